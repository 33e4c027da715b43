import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Amendment } from "../../../domain/data/amendment.ts";
import type { Gap, Reading, SeriesId, Stored } from "../../../domain/data/reading.ts";
import type { Series } from "../../../domain/data/series.ts";
import { parseExact } from "../../shared/exact-json.ts";
import { emptyLedger, type Ledger } from "../../shared/ledger.ts";
import type { Damage } from "../../store.ts";

/** What a start needs to know of everything up to the end of a segment. */
export type Snapshot = { readonly ledger: Ledger; readonly damages: readonly Damage[] };

type Head = Pick<Ledger, "readings" | "events" | "statistics" | "oldest" | "newest" | "position"> & {
  readonly series: readonly Series[];
  readonly gaps: readonly Stored<Gap>[];
  readonly damages: readonly Damage[];
  /** Absent where there are none. */
  readonly amendments?: readonly Stored<Amendment>[];
  readonly unsure?: readonly SeriesId[];
};

/** Lines of JSON, compressed: all but the latest readings, then one of these a line. JSON holds any text exactly. */
export function encodeSnapshot({ ledger, damages }: Snapshot): Buffer {
  const { readings, events, statistics, oldest, newest, position, series, gaps, latest, amendments, unsure } = ledger;
  const head: Head = {
    readings,
    events,
    statistics,
    oldest,
    newest,
    position,
    series: [...series.values()],
    gaps,
    damages,
    ...(amendments.length > 0 && { amendments }),
    ...(unsure.size > 0 && { unsure: [...unsure] }),
  };
  const lines = [JSON.stringify(head)];
  for (const reading of latest.values()) lines.push(JSON.stringify(reading));
  return zstdCompressSync(lines.join("\n"));
}

/** The caller has checked the bytes. */
export function decodeSnapshot(bytes: Buffer): Snapshot {
  const [first = "{}", ...lines] = zstdDecompressSync(bytes).toString("utf8").split("\n");
  const { series, gaps, damages, amendments = [], unsure = [], ...totals } = JSON.parse(first) as Head;
  const ledger = Object.assign(emptyLedger(), totals);
  ledger.amendments.push(...amendments);
  for (const id of unsure) ledger.unsure.add(id);
  for (const one of series) ledger.series.set(one.id, one);
  ledger.gaps.push(...gaps);
  for (const line of lines) {
    // Line by line, since a number in another spelling would send the whole text the slow way.
    const reading = parseExact(line) as unknown as Stored<Reading>;
    ledger.latest.set(reading.series, reading);
  }
  return { ledger, damages };
}
