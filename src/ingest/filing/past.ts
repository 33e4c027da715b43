import type { PastItem } from "../../domain/data/past.ts";
import type { Position, Reading, SeriesId } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import type { Change } from "../../domain/home/home.ts";
import type { Exclusions } from "../exclusions/exclusions.ts";
import type { Identities } from "../identities.ts";
import type { IngestEntry } from "../needs.ts";
import type { Quality } from "../quality.ts";

/**
 * Files what was before the hub, and tells nobody: no listener hears of it. Who hands it over has compared it with what
 * is stored.
 */
export function createPastFiling(needs: {
  readonly identities: Identities;
  readonly excluded: Pick<Exclusions, "matches" | "has">;
  readonly quality: Quality;
  readonly withoutSecrets: (attributes: Change["attributes"]) => Change["attributes"];
  readonly latest: (series: SeriesId) => Pick<Reading, "time"> | undefined;
  readonly now: () => number;
  readonly append: (entries: readonly IngestEntry[]) => Promise<readonly Position[]>;
  /** Tells of what can never be stored. */
  readonly refuse: (entry: IngestEntry, failure: Failure) => void;
}) {
  const { identities, excluded, quality, withoutSecrets, latest, now, append, refuse } = needs;

  /** Names of the past are not known: what is recorded under a name is of whoever has it now. */
  const seriesOf = (entityId: string, time: number, entries: IngestEntry[]): SeriesId | undefined => {
    const { series, entry } = identities.resolve(entityId, false, time) ?? {};
    if (series === undefined || excluded.matches(entityId, series) || excluded.has(series)) return undefined;
    if (entry) entries.push(entry);
    return series;
  };

  const entriesOf = (items: readonly PastItem[]): IngestEntry[] => {
    const entries: IngestEntry[] = [];
    const attributesBefore = new Map<SeriesId, Change["attributes"]>();
    for (const item of items) {
      if (item.kind === "statistic") {
        const series = seriesOf(item.entityId, item.statistic.start, entries);
        if (series !== undefined) entries.push({ kind: "statistic", statistic: { ...item.statistic, series } });
        continue;
      }
      const { entityId, timeIsArrival, ...change } = item.change;
      const series = seriesOf(entityId, change.time, entries);
      if (series === undefined || (timeIsArrival && latest(series))) continue;
      const attributes = withoutSecrets(change.attributes);
      const { state, time } = change;
      const checked = {
        entityId,
        state,
        attributes,
        time,
        now: now(),
        previousAttributes: attributesBefore.get(series),
      };
      const flaws = quality(checked);
      attributesBefore.set(series, attributes);
      entries.push({ kind: "reading", reading: { ...change, attributes, series, timeIsArrival, flaws } });
    }
    return entries;
  };

  return async (items: readonly PastItem[]): Promise<void> => {
    const entries = entriesOf(items);
    if (entries.length === 0) return;
    try {
      await append(entries);
    } catch (error) {
      if (!(error instanceof Failure) || error.retry) throw error;
      // One that can never be stored must not cost its neighbours.
      for (const entry of entries)
        await append([entry]).catch((one: unknown) => {
          if (!(one instanceof Failure) || one.retry) throw one;
          refuse(entry, one);
        });
    }
  };
}
