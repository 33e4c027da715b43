import type { StoragePart } from "../../../store.ts";
import type { Segment } from "../../segments/tail.ts";
import type { Manifest } from "./manifest.ts";

/** What the store has on the disk. Sealed segments are there for live streams alone: their entries count in the blocks. */
export function storageOf(segments: readonly Segment[], { sealed, blocks }: Manifest): readonly StoragePart[] {
  const log = { kind: "log" as const, month: null, files: 0, bytes: 0, entries: 0 };
  for (const { base, limit, index, lists } of segments) {
    log.files += index ? 2 : 1;
    log.bytes += limit + (index ? index.snapshot.at + index.snapshot.length : 0);
    if (base + limit <= sealed) continue;
    if (index) log.entries += index.readings + index.events;
    else if (lists) for (const { times } of [...lists.readings.values(), lists.events]) log.entries += times.length;
  }
  const groups = Map.groupBy(blocks, ({ kind, month }) => `${month} ${kind}`);
  const sealedParts = [...groups.values()].map((group) => {
    const [{ kind, month }] = group as [(typeof group)[number]];
    const sum = (key: "bytes" | "entries") => group.reduce((total, block) => total + block[key], 0);
    return { kind, month, files: group.length, bytes: sum("bytes"), entries: sum("entries") };
  });
  return [log, ...sealedParts.sort((a, b) => (a.month < b.month ? -1 : 1))];
}
