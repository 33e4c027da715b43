import * as v from "valibot";
import type { SeriesId } from "../../domain/data/reading.ts";
import type { Settings } from "./settings.ts";

const KEY = "statistic_units";
const Kept = v.record(v.pipe(v.string(), v.digits()), v.string());

/** In what units imported statistics are, by series: Home Assistant tells it of all hours of one together. */
export function keptStatisticUnits(settings: Pick<Settings, "get" | "set">) {
  const read = v.safeParse(Kept, settings.get(KEY));
  const units = new Map(read.success ? Object.entries(read.output).map(([id, unit]) => [Number(id), unit]) : []);
  return {
    /** null: it has none, or was imported before units were kept. */
    of: (series: SeriesId): string | null => units.get(series) ?? null,
    note: (news: ReadonlyMap<SeriesId, string>): void => {
      const differs = [...news].filter(([series, unit]) => units.get(series) !== unit);
      if (differs.length === 0) return;
      for (const [series, unit] of differs) units.set(series, unit);
      settings.set(KEY, Object.fromEntries(units));
    },
  };
}
