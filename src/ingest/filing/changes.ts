import type { Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Change } from "../../domain/home/home.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Exclusions } from "../exclusions/exclusions.ts";
import type { Identities } from "../identities.ts";
import type { IngestNeeds } from "../needs.ts";
import type { Quality } from "../quality.ts";
import type { Thinning } from "../thinning/thinning.ts";
import { type Batch, keyOf, NOT_STORED, putGap } from "../write/batch.ts";

export type ChangeFilingNeeds = Pick<IngestNeeds, "isHeld" | "around"> & {
  readonly identities: Identities;
  readonly excluded: Exclusions;
  readonly thinned: Thinning;
  readonly quality: Quality;
  readonly withoutSecrets: (attributes: Change["attributes"]) => Change["attributes"];
  /** The latest that was told, stored or not. */
  readonly latest: (series: SeriesId) => Stored<Reading> | undefined;
  readonly latestStored: (series: SeriesId) => Stored<Reading> | undefined;
  readonly now: () => Micros;
  readonly onRepeated: () => void;
};

/** Makes readings of changes: whose they are, whether they are news, what is wrong with them, whether a rule holds them. */
export function createChangeFiling(needs: ChangeFilingNeeds) {
  const { identities, excluded, thinned, quality, withoutSecrets, latest, now } = needs;

  const seriesOf = (change: Change): ReturnType<typeof identities.resolve> => {
    const { entityId, state, timeIsArrival, time } = change;
    if (state !== null || timeIsArrival) return identities.resolve(entityId, state === null, time);
    // Home Assistant's history goes by the names of now, so a removal in it belongs to whoever has the name now.
    const series = identities.holder(entityId);
    return series === undefined ? undefined : { series };
  };

  const repeats = async (change: Change, series: SeriesId, previous: Reading, batch: Batch): Promise<boolean> => {
    const { time, state, origin } = change;
    if (time === previous.time && state === previous.state) return true;
    batch.keys ??= new Set(batch.changes.map(({ reading }) => keyOf(reading)));
    if (batch.keys.has(keyOf({ series, time, state }))) return true;
    // Who fills a hole has compared its rows with the store already; a look at the disk for each would take minutes.
    return origin !== "filled" && needs.isHeld(series, time, state);
  };

  /** Nobody is told: whoever listens has heard it when it was held. */
  const putHeld = (held: readonly Reading[], batch: Batch) => {
    for (const reading of held) {
      batch.kept.set(reading.series, reading);
      batch.entries.push({ kind: "reading", reading });
    }
  };
  /** Stores what a rule held until now, where the reading ends that; answers whether the reading itself is to be stored. */
  const putThinned = (reading: Reading, batch: Batch): boolean => {
    const { series } = reading;
    const stored = batch.kept.get(series) ?? needs.latestStored(series);
    const { store, holds } = thinned.take(reading, identities.identityOf(series), stored);
    putHeld(holds ? store : store.slice(0, -1), batch);
    if (!holds) batch.kept.set(series, reading);
    return !holds;
  };
  const dropsLate = async (reading: Reading): Promise<boolean> => {
    const { series, time } = reading;
    const rule = thinned.ruleFor(reading, identities.identityOf(series));
    if (!rule) return false;
    const { before, after } = await needs.around(series, time);
    return thinned.drops(rule, reading, before, after);
  };

  const fileChange = async (change: Change, batch: Batch): Promise<void> => {
    const found = seriesOf(change);
    if (!found) return;
    if (found.entry) batch.entries.push(found.entry);
    const { series } = found;
    if (excluded.leaveOut(change, series)) return;
    // It had a name that is excluded, and has been renamed.
    if (excluded.has(series)) putGap(excluded.reopen(series, change.time), batch);
    const previous = batch.latest.get(series) ?? latest(series);
    // An older removal, filled from history, is news all the same.
    const isOlder = previous !== undefined && !change.timeIsArrival && change.time < previous.time;
    if (change.state === null && previous?.state === null && !isOlder) return;
    let { time, changed, origin } = change;
    if (previous && change.timeIsArrival && time <= previous.time) time = changed = previous.time + 1;
    const late = previous !== undefined && time < previous.time;
    if (previous && time <= previous.time) {
      if (await repeats(change, series, previous, batch)) return needs.onRepeated();
      if (origin === "live" && late) origin = "late";
    }
    const { entityId, state, context, timeIsArrival } = change;
    const attributes = withoutSecrets(change.attributes);
    const previousAttributes = previous?.attributes;
    const flaws = quality({ entityId, state, attributes, time, now: now(), previousAttributes });
    const reading = { series, time, changed, state, attributes, context, origin, timeIsArrival, flaws, position: -1 };
    if (late ? await dropsLate(reading) : !putThinned(reading, batch)) {
      if (late) return;
      batch.changes.push({ at: NOT_STORED, change: { series, reading, previous }, reading });
    } else {
      batch.changes.push({ at: batch.entries.length, change: { series, reading, previous }, reading });
      batch.entries.push({ kind: "reading", reading });
    }
    batch.keys?.add(keyOf(reading));
    if (!late) batch.latest.set(series, reading);
  };

  /** Removes what went from Home Assistant while nobody listened. */
  const removeOrphans = (orphaned: readonly SeriesId[], at: Micros, batch: Batch): void => {
    for (const series of orphaned) {
      const previous = batch.latest.get(series) ?? latest(series);
      if (!previous || previous.state === null) continue;
      const time = Math.max(at, previous.time + 1);
      const nothing = { state: null, attributes: {}, context: null, flaws: [], position: -1 };
      const reading = { ...previous, ...nothing, time, changed: time, origin: "filled" as const, timeIsArrival: true };
      batch.changes.push({ at: batch.entries.length, change: { series, reading, previous }, reading });
      batch.entries.push({ kind: "reading", reading });
      batch.latest.set(series, reading);
    }
  };

  return { fileChange, putHeld, removeOrphans };
}
