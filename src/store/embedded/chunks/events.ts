import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { HomeEvent, Stored } from "../../../domain/reading.ts";
import { parseExact, writeExact } from "../../shared/exact-json.ts";
export const encodeEvents = (events: readonly Stored<HomeEvent>[]): Buffer =>
  zstdCompressSync(
    Buffer.from(JSON.stringify(events.map(({ data, ...e }) => ({ ...e, a: writeExact(data, "d") }))), "utf16le"),
  );
export const openEvents = (bytes: Buffer): Stored<HomeEvent>[] =>
  (JSON.parse(zstdDecompressSync(bytes).toString("utf16le")) as (Stored<HomeEvent> & { a: string })[]).map(
    ({ a, ...e }) => ({ ...e, data: parseExact(a) }),
  );
