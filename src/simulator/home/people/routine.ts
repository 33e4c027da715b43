import type { Random } from "../../core/base/random.ts";

export type PersonKey = "robin" | "kim";
export const PEOPLE: readonly PersonKey[] = ["robin", "kim"];

/** One person's day, in hours since local midnight (past 24: after midnight). */
export type Day = {
  readonly wake: number;
  readonly bed: number;
  /** Times away from home, in order, not overlapping. */
  readonly trips: readonly { readonly leave: number; readonly back: number; readonly to: "work" | "elsewhere" }[];
  readonly worksAtHome: boolean;
  readonly showersAt: number;
};

/** Work away from home by weekday (0: Sunday). */
const OFFICE_DAYS: { readonly [person in PersonKey]: readonly number[] } = { robin: [1, 2, 4], kim: [1, 2, 3, 4, 5] };

/** The day that a person has: the same for the same seed, person and date. */
export function planDay(random: Random, person: PersonKey, date: string, weekday: number): Day {
  const day = random.branch(`day ${person} ${date}`);
  const around = (hour: number, minutes: number) => hour + (day.bell() * minutes) / 60;
  const weekend = weekday === 0 || weekday === 6;
  const office = OFFICE_DAYS[person].includes(weekday);
  const wake = weekend ? around(8.6, 25) : around(person === "robin" ? 6.75 : 7.05, 8);
  const bed = around(weekday === 5 || weekday === 6 ? 24.1 : 22.9, 15);
  const trips: { leave: number; back: number; to: "work" | "elsewhere" }[] = [];
  if (office) {
    const leave = Math.max(wake + 0.7, around(person === "robin" ? 8.05 : 8.35, 7));
    trips.push({ leave, back: around(17.6, 18), to: "work" });
  }
  const errand = weekend ? 0.8 : 0.25;
  if (day.chance(errand)) {
    const leave = weekend ? around(11, 40) : around(19.2, 15);
    const back = leave + day.between(0.6, weekend ? 3.5 : 1.8);
    const last = trips.at(-1);
    if (!last || leave > last.back + 0.5) trips.push({ leave, back: Math.min(back, bed - 0.5), to: "elsewhere" });
  }
  return { wake, bed, trips, worksAtHome: !weekend && !office, showersAt: wake + day.between(0.1, 0.3) };
}
