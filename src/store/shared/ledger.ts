import { type Amendment, takesReading } from "../../domain/data/amendment.ts";
import type { Gap, Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Identity, Series } from "../../domain/data/series.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Entry } from "../store.ts";

/** What every engine keeps in memory about everything it has stored. */
export type Ledger = {
  readonly series: Map<SeriesId, Series>;
  readonly latest: Map<SeriesId, Stored<Reading>>;
  /** Sorted by (from, position). */
  readonly gaps: Stored<Gap>[];
  /** In the order of their positions; those of which everything is done may be missing. */
  readonly amendments: Stored<Amendment>[];
  /** Series of which an amendment took the latest reading: which one is the latest now has to be looked up. */
  readonly unsure: Set<SeriesId>;
  readings: number;
  events: number;
  /** Those that were replaced included. */
  statistics: number;
  oldest: Micros | null;
  newest: Micros | null;
  position: Position;
};

export const emptyLedger = (): Ledger => ({
  series: new Map(),
  latest: new Map(),
  gaps: [],
  amendments: [],
  unsure: new Set(),
  readings: 0,
  events: 0,
  statistics: 0,
  oldest: null,
  newest: null,
  position: 0,
});

/** What stands in a log: what is appended, and what the store itself puts there. */
export type Logged = Entry | { readonly kind: "amendment"; readonly amendment: Amendment };

export function enter(ledger: Ledger, entry: Logged, position: Position): void {
  if (position > ledger.position) ledger.position = position;
  switch (entry.kind) {
    case "reading":
      enterReading(ledger, { ...entry.reading, position });
      break;
    case "event":
      enterEvent(ledger, entry.event.time);
      break;
    case "gap":
      enterGap(ledger, { ...entry.gap, position });
      break;
    case "statistic":
      ledger.statistics++;
      break;
    case "amendment":
      enterAmendment(ledger, { ...entry.amendment, position });
      break;
    case "series":
      enterIdentity(ledger, entry.series, entry.identity);
  }
}

/** Counts a reading that is known not to be, or not yet, the latest of its series. */
export function countReading(ledger: Ledger, time: Micros): void {
  ledger.readings++;
  enterTime(ledger, time);
}

export function enterReading(ledger: Ledger, reading: Stored<Reading>): void {
  countReading(ledger, reading.time);
  const before = ledger.latest.get(reading.series);
  if (!before || isLater(reading, before)) ledger.latest.set(reading.series, reading);
}

export function enterEvent(ledger: Ledger, time: Micros): void {
  ledger.events++;
  enterTime(ledger, time);
}

export const isLater = (a: { time: Micros; position: Position }, b: { time: Micros; position: Position }): boolean =>
  a.time > b.time || (a.time === b.time && a.position > b.position);

export const byTimeAndPosition = (
  a: { time: Micros; position: Position },
  b: { time: Micros; position: Position },
): number => a.time - b.time || a.position - b.position;

function enterTime(ledger: Ledger, time: Micros): void {
  if (ledger.oldest === null || time < ledger.oldest) ledger.oldest = time;
  if (ledger.newest === null || time > ledger.newest) ledger.newest = time;
}

export function enterGap({ gaps }: Ledger, gap: Stored<Gap>): void {
  let at = gaps.length;
  while (at > 0 && (gaps[at - 1] as Gap).from > gap.from) at--;
  gaps.splice(at, 0, gap);
}

export function enterAmendment({ amendments, latest, unsure }: Ledger, amendment: Stored<Amendment>): void {
  amendments.push(amendment);
  const { series } = amendment;
  const last = latest.get(series);
  if (!last || !takesReading(amendment, series, last.time)) return;
  latest.delete(series);
  unsure.add(series);
}

export function enterIdentity({ series }: Ledger, id: SeriesId, identity: Identity): void {
  const identities = [...(series.get(id)?.identities ?? [])];
  let at = identities.length;
  while (at > 0 && (identities[at - 1] as Identity).from > identity.from) at--;
  identities.splice(at, 0, identity);
  series.set(id, { id, identities });
}

export const gapsIn = ({ gaps }: Ledger, window: Window, series?: SeriesId): readonly Stored<Gap>[] =>
  gaps.filter(
    (gap) =>
      gap.from < window.to &&
      gap.to > window.from &&
      (series === undefined || (gap.kind === "states" && (gap.series === null || gap.series === series))),
  );
