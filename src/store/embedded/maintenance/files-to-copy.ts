import type { StoreSnapshot } from "../../store.ts";
import { encodeManifest, MANIFEST, type Manifest } from "../blocks/set/manifest.ts";
import { indexName } from "../segments/header.ts";
import type { Segment } from "../segments/tail.ts";

/** What a copy of the store consists of now: acknowledged bytes and blocks never change, so it may be made later. */
export function filesToCopy(segments: readonly Segment[], manifest: Manifest): StoreSnapshot["files"] {
  const content = encodeManifest(manifest);
  return [
    ...segments.flatMap(({ name, base, limit, index }) => [
      { path: `tail/${name}`, bytes: limit },
      ...(index ? [{ path: `tail/${indexName(base)}`, bytes: index.snapshot.at + index.snapshot.length }] : []),
    ]),
    ...manifest.blocks.map(({ name, bytes }) => ({ path: `blocks/${name}`, bytes })),
    { path: `blocks/${MANIFEST}`, bytes: content.length, content },
  ];
}
