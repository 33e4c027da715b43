import * as v from "valibot";

/** When the hub makes backups by itself, and how many of those it keeps. What people make is kept until they remove it. */
export type BackupSchedule = {
  readonly on: boolean;
  /** By the home's clocks, `HH:MM`. */
  readonly at: string;
  readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number };
};

const kept = (most: number) =>
  v.pipe(
    v.number("is no number"),
    v.integer("is no whole number"),
    v.minValue(0, "is below 0"),
    v.maxValue(most, `is more than ${most}`),
  );

export const scheduleSchema = v.strictObject({
  on: v.boolean("is neither true nor false"),
  at: v.pipe(v.string("is no text"), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is no time of day such as 03:40")),
  keep: v.pipe(
    v.strictObject({ daily: kept(366), weekly: kept(520), monthly: kept(1200) }),
    v.check(({ daily, weekly, monthly }) => daily + weekly + monthly > 0, "keeps no backup at all"),
  ),
});

/** Home Assistant's own backup comes between 4:45 and 5:45 unless somebody chose otherwise. */
export const PROPOSED: BackupSchedule = { on: false, at: "03:40", keep: { daily: 7, weekly: 4, monthly: 12 } };

export const SCHEDULE_KEY = "backup_schedule";

/** The time up to which scheduled backups were made, tried or not wanted yet. */
export const DONE_KEY = "backup_schedule_done";

/** What app.db keeps; undefined: nobody has decided yet. */
export function readSchedule(value: unknown): BackupSchedule | undefined {
  const parsed = v.safeParse(scheduleSchema, value);
  return parsed.success ? parsed.output : undefined;
}

export function patternOf({ at }: BackupSchedule): string {
  const [hour, minute] = at.split(":").map(Number);
  return `${minute} ${hour} * * *`;
}
