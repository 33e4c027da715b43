import type { Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import type { Change } from "../../domain/home/home.ts";
import { INSTEAD_OF, type OutsideItem } from "../../domain/outside/record.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Exclusions } from "../exclusions/exclusions.ts";
import type { Identities } from "../identities.ts";
import type { HeldIn, IngestNeeds } from "../needs.ts";
import type { Quality } from "../quality.ts";
import { type Batch, keyOf, putGap } from "../write/batch.ts";

type OutsideReading = OutsideItem & { readonly kind: "reading" };

/**
 * Files what sources know. Values of the past are compared with what is stored, so that a provider may tell the same day
 * again and again. What came before its source was set up (`imported`) is stored and told to nobody. Answers readings that
 * are to take the place of what is stored of their time: what a slot amounted to counts once.
 */
export function createOutsideFiling(needs: {
  readonly identities: Identities;
  readonly excluded: Exclusions;
  readonly quality: Quality;
  readonly latest: (series: SeriesId) => Stored<Reading> | undefined;
  readonly heldIn: IngestNeeds["heldIn"];
  readonly readingsAt: IngestNeeds["readingsAt"];
  readonly now: () => Micros;
  readonly onRepeated: () => void;
}) {
  const { identities, excluded, quality, latest, heldIn, readingsAt, now, onRepeated } = needs;

  /** Of each series that something of the past is told of: what the store holds of that time. */
  const heldBefore = async (readings: readonly OutsideReading[]) => {
    const held = new Map<SeriesId, HeldIn>();
    for (const [entityId, own] of Map.groupBy(readings, (item) => item.entityId)) {
      const series = identities.holder(entityId);
      const last = series === undefined ? undefined : latest(series);
      if (series === undefined || !last) continue;
      const past = own.filter(({ time }) => time < last.time).map(({ time }) => time);
      if (past.length === 0) continue;
      // Not spread: thousands of arguments would be too many.
      const from = past.reduce((a, b) => Math.min(a, b));
      const to = past.reduce((a, b) => Math.max(a, b)) + 1;
      held.set(series, await heldIn(series, { from, to }));
    }
    return held;
  };

  /** The reading as it takes the place of another; undefined: the user put that there, whose word is the last. */
  const inPlace = async (reading: Reading): Promise<Reading | undefined> => {
    const before = (await readingsAt(reading.series, reading.time)).at(-1);
    if (before?.origin === "corrected" && !(INSTEAD_OF in before.attributes)) return undefined;
    return { ...reading, attributes: { ...reading.attributes, [INSTEAD_OF]: before?.state ?? null } };
  };

  return async (items: readonly OutsideItem[], batch: Batch): Promise<readonly Reading[]> => {
    const corrected: Reading[] = [];
    const held = await heldBefore(items.filter((item) => item.kind === "reading"));
    const inBatch = new Set<string>();
    const slots = new Set<string>();
    for (const item of items) {
      if (item.kind === "gap") {
        const series = identities.holder(item.entityId);
        if (series === undefined || excluded.has(series)) continue;
        putGap({ kind: "states", series, from: item.from, to: item.to, cause: "source_silent" }, batch);
        continue;
      }
      const { kind: _, replaces, ...said } = item;
      const change: Change = { ...said, changed: said.time, context: null, timeIsArrival: false };
      const found = identities.outside(item.entityId, item.time);
      if (found.entry) batch.entries.push(found.entry);
      const { series } = found;
      if (excluded.leaveOut(change, series)) continue;
      if (excluded.has(series)) putGap(excluded.reopen(series, change.time), batch);
      const previous = batch.latest.get(series) ?? latest(series);
      const { time, state, attributes } = change;
      const key = keyOf({ series, time, state });
      const slot = `${series}|${time}`;
      const isAgain = slots.has(slot);
      slots.add(slot);
      const isLate = previous !== undefined && time < previous.time;
      const isRepeated =
        inBatch.has(key) ||
        (previous?.time === time && previous.state === state) ||
        (previous?.state === null && state === null) ||
        (isLate && held.get(series)?.has(time, state));
      if (isRepeated) {
        onRepeated();
        continue;
      }
      inBatch.add(key);
      const origin = isLate && change.origin === "live" ? "late" : change.origin;
      const changed = !isLate && previous?.state === state ? previous.changed : time;
      const flaws = quality({
        ...{ entityId: item.entityId, state, attributes, time, now: now() },
        previousAttributes: isLate ? undefined : previous?.attributes,
      });
      if (replaces && (isAgain || previous?.time === time || held.get(series)?.holds(time))) {
        const own = { series, time, changed: time, state, attributes, context: null, timeIsArrival: false, flaws };
        // Of two values in one telling the first counts.
        const instead = isAgain ? undefined : await inPlace({ ...own, origin });
        if (instead) corrected.push(instead);
        else onRepeated();
        continue;
      }
      const reading = {
        ...{ series, time, changed, state, attributes, context: null, origin, timeIsArrival: false, flaws },
        position: -1,
      };
      if (origin !== "imported")
        batch.changes.push({ at: batch.entries.length, change: { series, reading, previous }, reading });
      batch.entries.push({ kind: "reading", reading });
      if (!isLate) batch.latest.set(series, reading);
    }
    return corrected;
  };
}
