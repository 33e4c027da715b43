import type { StoreSnapshot } from "../../store.ts";
import { indexName } from "../segments/header.ts";
import type { Segment } from "../segments/tail.ts";

/** What a copy of the store consists of now: acknowledged bytes never change, so it may be made later. */
export function filesToCopy(segments: readonly Segment[]): StoreSnapshot["files"] {
  return segments.flatMap(({ name, base, limit, index }) => [
    { path: `tail/${name}`, bytes: limit },
    ...(index ? [{ path: `tail/${indexName(base)}`, bytes: index.snapshot.at + index.snapshot.length }] : []),
  ]);
}
