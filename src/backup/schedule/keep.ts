import type { BackupSchedule } from "./settings.ts";

type Dated = { readonly id: string; readonly made: number };

/**
 * Which scheduled backups may go: all but the newest of each of the last days, weeks and months that have one. Counted by
 * the backups themselves and never by the present time, so that a wrong clock removes nothing.
 */
export function planRemoval(
  backups: readonly Dated[],
  keep: BackupSchedule["keep"],
  timeZone: string,
): readonly string[] {
  const newestFirst = backups.toSorted((a, b) => b.made - a.made || (a.id < b.id ? 1 : -1));
  const dayOf = createDayOf(timeZone);
  const kept = new Set<string>();
  const keepNewest = (count: number, periodOf: (day: Day) => string) => {
    const periods = new Set<string>();
    for (const { id, made } of newestFirst) {
      const period = periodOf(dayOf(made));
      if (periods.has(period)) continue;
      if (periods.size === count) return;
      periods.add(period);
      kept.add(id);
    }
  };
  keepNewest(keep.daily, ({ year, month, day }) => `${year}-${month}-${day}`);
  keepNewest(keep.weekly, ({ monday }) => String(monday));
  keepNewest(keep.monthly, ({ year, month }) => `${year}-${month}`);
  return newestFirst.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
}

/** `monday`: the number of its week's Monday, counted in days. */
type Day = { readonly year: number; readonly month: number; readonly day: number; readonly monday: number };

const DAY_MS = 86_400_000;

function createDayOf(timeZone: string): (made: number) => Day {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (made) => {
    const [year = 0, month = 0, day = 0] = format
      .format(made / 1000)
      .split("-")
      .map(Number);
    const date = Date.UTC(year, month - 1, day) / DAY_MS;
    // Day 0 was a Thursday.
    return { year, month, day, monday: date - ((date + 3) % 7) };
  };
}
