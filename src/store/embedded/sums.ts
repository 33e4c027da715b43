import type { Ledger } from "../shared/ledger.ts";
import type { Manifest } from "./blocks/set/manifest.ts";
import type { Segment } from "./segments/tail.ts";

/** What is in the store, less what was let go. */
export const countsOf = ({ readings, events }: Ledger, { shed }: Manifest) => ({
  readings: readings - shed.readings,
  events: events - shed.events,
});

/** The store's size and what it holds. */
export function sumsOf(store: {
  readonly ledger: Ledger;
  readonly segments: readonly Segment[];
  readonly manifest: Manifest;
}) {
  const { ledger, segments, manifest } = store;
  const { blocks } = manifest;
  let bytes = 0;
  for (const { limit, index } of segments) bytes += limit + (index ? index.snapshot.at + index.snapshot.length : 0);
  for (const block of blocks) bytes += block.bytes;
  return {
    ...countsOf(ledger, manifest),
    statistics: ledger.statistics - manifest.shed.statistics,
    series: ledger.series.size,
    bytes,
    files: segments.length + segments.filter(({ index }) => index).length + blocks.length,
    oldest: ledger.oldest,
    newest: ledger.newest,
    position: ledger.position,
  };
}
