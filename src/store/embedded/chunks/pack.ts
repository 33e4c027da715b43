import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Position, Reading, SeriesId, Stored } from "../../../domain/reading.ts";
import { numberOf, type Summary, summarise } from "../../../domain/summary.ts";
import type { Micros } from "../../../domain/time.ts";
import type { StateColumn } from "../../shared/columns.ts";
import { parseExact, writeExact } from "../../shared/exact-json.ts";
import { NO_ATTRIBUTES } from "../../store.ts";
import type { Bytes } from "../format/bytes.ts";
export type ChunkInput = { readonly series: SeriesId; readonly rows: readonly Stored<Reading>[] };
export type ChunkEntry = {
  readonly series: SeriesId;
  readonly count: number;
  readonly from: Micros;
  readonly to: Micros;
  readonly firstPosition: Position;
  readonly lastPosition: Position;
  readonly summary: Summary | null;
};
export type Chunk = {
  readonly series: SeriesId;
  readonly count: number;
  readonly times: Float64Array;
  readonly states: StateColumn;
  state(i: number): string | null;
  attributes(i: number): Reading["attributes"];
  row(i: number, attributes: boolean): Stored<Reading>;
  position(i: number): Position;
  summary(from: number, to: number): Summary;
};
export type Pack = { readonly count: number; chunk(index: number): Chunk };
export function encodePack(chunks: readonly ChunkInput[]): { bytes: Buffer; entries: readonly ChunkEntry[] } {
  const text = JSON.stringify(
    chunks.map(({ series, rows }) => ({
      series,
      rows: rows.map(({ attributes, ...r }) => ({ ...r, a: writeExact(attributes, "a") })),
    })),
  );
  return {
    bytes: zstdCompressSync(Buffer.from(text, "utf16le")),
    entries: chunks.map(({ series, rows }) => ({
      series,
      count: rows.length,
      from: (rows[0] as Reading).time,
      to: (rows.at(-1) as Reading).time,
      firstPosition: Math.min(...rows.map((r) => r.position)),
      lastPosition: Math.max(...rows.map((r) => r.position)),
      summary: null,
    })),
  };
}
export function openPack(bytes: Buffer): Pack {
  const all = JSON.parse(zstdDecompressSync(bytes).toString("utf16le")) as {
    series: number;
    rows: (Stored<Reading> & { a: string })[];
  }[];
  return {
    count: all.length,
    chunk: (index) => {
      const { series, rows } = all[index] as (typeof all)[number];
      return {
        series,
        count: rows.length,
        times: Float64Array.from(rows, (r) => r.time),
        states: { form: "texts", dictionary: rows.map((r) => r.state), indexes: Uint32Array.from(rows, (_, i) => i) },
        state: (i) => (rows[i] as Stored<Reading> & { a: string }).state,
        attributes: (i) => parseExact((rows[i] as Stored<Reading> & { a: string }).a),
        row: (i, attributes) => {
          const { a, ...r } = rows[i] as Stored<Reading> & { a: string };
          return { ...r, attributes: attributes ? parseExact(a) : NO_ATTRIBUTES } as Stored<Reading>;
        },
        position: (i) => (rows[i] as Stored<Reading> & { a: string }).position,
        summary: (from, to) => summarise(rows.slice(from, to)),
      };
    },
  };
}
export function putSummary(_b: Bytes, _s: Summary): void {}
export function takeSummary(_b: Bytes): Summary {
  return undefined as never;
}
void numberOf;
