import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom } from "../../../tests/support/data/random.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import type { Window } from "../../domain/time/time.ts";
import { DAY_KINDS, type DayKind, daysIn } from "../days/local.ts";
import type { KnownPower } from "../house/measured.ts";
import { profileOf } from "./profile.ts";

const MINUTE = 60_000_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const at = (text: string): number => Date.parse(text) * 1000;
const near = (a: number | null | undefined, b: number | null | undefined, what: string) => {
  if (a == null || b == null) assert.equal(a ?? null, b ?? null, what);
  else assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${what}: ${a} is not ${b}`);
};

/** Power for most quarters of an hour of a window; some are missing, some known in part. */
function someQuarters(window: Window, seed: number): KnownPower[] {
  const random = createRandom(seed);
  const known: KnownPower[] = [];
  for (let from = window.from; from < window.to; from += QUARTER) {
    if (random() < 0.2) continue;
    const share = random() < 0.2 ? 0.1 + 0.8 * random() : 1;
    known.push({ from, to: from + QUARTER, watts: Math.round(random() * 3000 - 300), share, step: null });
  }
  return known;
}

/** Minute by minute, by what the clock of the zone shows. */
function bruteForce(known: readonly KnownPower[], window: Window, zone: string, kind: DayKind, slot: number) {
  const format = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone: zone, weekday: "long", year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
  const slots = new Map<number, Map<string, { time: number; known: number; integral: number }>>();
  for (let time = window.from; time < window.to; time += MINUTE) {
    const part = Object.fromEntries(format.formatToParts(time / 1000).map(({ type, value }) => [type, value]));
    const weekday = String(part.weekday).toLowerCase();
    const isWeekend = weekday.startsWith("s");
    if (kind === "workdays" ? isWeekend : kind === "weekend" ? !isWeekend : kind !== "all" && kind !== weekday)
      continue;
    const minute = Number(part.hour) * 60 + Number(part.minute);
    const index = Math.floor((minute * MINUTE) / slot);
    const days = slots.get(index) ?? new Map();
    slots.set(index, days);
    const date = `${part.year}-${part.month}-${part.day}`;
    const sum = days.get(date) ?? { time: 0, known: 0, integral: 0 };
    days.set(date, sum);
    const own = known.find(({ from, to }) => from <= time && time < to);
    sum.time += 1;
    sum.known += own?.share ?? 0;
    sum.integral += (own?.share ?? 0) * (own?.watts ?? 0);
  }
  return (index: number) => {
    const days = [...(slots.get(index)?.values() ?? [])];
    const total = (of: "time" | "known" | "integral") => days.reduce((sum, day) => sum + day[of], 0);
    const means = days
      .filter((day) => day.known > 0 && day.known >= day.time / 2 - 1e-9)
      .map((day) => day.integral / day.known);
    return {
      mean: total("known") === 0 ? null : total("integral") / total("known"),
      least: means.length === 0 ? null : Math.min(...means),
      most: means.length === 0 ? null : Math.max(...means),
      known: total("time") === 0 ? 0 : total("known") / total("time"),
      days: means.length,
    };
  };
}

const ZONES = [
  // Clocks are put on, and back; in both hemispheres, by half an hour, at midnight, and not at all.
  ["Europe/Berlin", "2026-03-28T00:00:00Z"],
  ["Europe/Berlin", "2026-10-24T00:00:00Z"],
  ["Australia/Sydney", "2026-04-03T20:15:00Z"],
  ["Australia/Sydney", "2026-10-02T20:15:00Z"],
  ["Australia/Lord_Howe", "2026-04-03T20:15:00Z"],
  ["America/Santiago", "2026-09-04T13:30:00Z"],
  ["Asia/Kathmandu", "2026-03-28T00:00:00Z"],
  ["America/St_Johns", "2026-10-30T00:00:00Z"],
] as const;

test("the profile equals a count minute by minute, where clocks change and where parts are not known", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: 1, max: 4 * 96 }),
      fc.constantFrom(QUARTER, HOUR),
      fc.constantFrom(...DAY_KINDS),
      fc.integer(),
      ([zone, from], quarters, slot, kind, seed) => {
        const window = { from: at(from), to: at(from) + quarters * QUARTER };
        const calendar = createCalendar(zone);
        const known = someQuarters(window, seed);
        const profile = profileOf(known, daysIn(window, kind, calendar), slot, calendar);
        const expected = bruteForce(known, window, zone, kind, slot);
        assert.equal(profile.slots.length, (24 * HOUR) / slot);
        for (const [i, found] of profile.slots.entries()) {
          const own = expected(i);
          const what = `${zone} ${kind} slot ${i}`;
          assert.equal(found.at, i * slot);
          for (const key of ["mean", "least", "most", "known"] as const) near(found[key], own[key], `${what} ${key}`);
          assert.equal(found.days, own.days, what);
        }
      },
    ),
    { numRuns: 25 },
  );
});

test("an hour that clocks show twice counts twice, one that is left out is no time at all", () => {
  const calendar = createCalendar("Europe/Berlin");
  const day = (text: string) => {
    const from = calendar.startOf("day", at(text));
    return { from, to: calendar.nextAfter("day", from) };
  };
  const constant = ({ from, to }: Window) =>
    Array.from({ length: (to - from) / QUARTER }, (_, i) => ({
      ...{ from: from + i * QUARTER, to: from + (i + 1) * QUARTER, share: 1, step: null },
      // The second hour that is shown as 2:00 takes more.
      watts: Math.floor(i / 4) === 3 ? 300 : 100,
    }));
  const long = day("2026-10-25T12:00:00Z");
  const autumn = profileOf(constant(long), daysIn(long, "all", calendar), HOUR, calendar);
  assert.deepEqual(autumn.slots[2], { at: 2 * HOUR, mean: 200, least: 200, most: 200, known: 1, days: 1 });
  assert.equal(autumn.known, 1);
  const short = day("2026-03-29T12:00:00Z");
  const spring = profileOf(constant(short), daysIn(short, "all", calendar), HOUR, calendar);
  assert.deepEqual(spring.slots[2], { at: 2 * HOUR, mean: null, least: null, most: null, known: 0, days: 0 });
  assert.deepEqual([spring.slots[3]?.mean, spring.known, spring.kwhPerDay], [100, 1, null]);
});

test("a mean day's kWh are the sum of its slots, and not known while a slot is not", () => {
  const calendar = createCalendar("UTC");
  const window = { from: at("2026-06-01T00:00:00Z"), to: at("2026-06-02T00:00:00Z") };
  const quarters = Array.from({ length: 96 }, (_, i) => ({
    ...{ from: window.from + i * QUARTER, to: window.from + (i + 1) * QUARTER, share: 1, step: null },
    watts: i < 48 ? 100 : 300,
  }));
  const days = daysIn(window, "all", calendar);
  near(profileOf(quarters, days, QUARTER, calendar).kwhPerDay, 4.8, "kWh");
  assert.equal(profileOf(quarters.slice(1), days, QUARTER, calendar).kwhPerDay, null);
  near(profileOf(quarters.slice(1), days, HOUR, calendar).kwhPerDay, 4.8, "kWh by the hour");
});

test("what is longer than a slot, or reaches over its end, is not spread over it", () => {
  const calendar = createCalendar("Asia/Kathmandu");
  const window = { from: at("2026-05-31T18:15:00Z"), to: at("2026-06-01T18:15:00Z") };
  const days = daysIn(window, "all", calendar);
  // A whole hour of the UTC clock begins and ends at a quarter past of the local one.
  const rolledUp = [
    { from: at("2026-06-01T00:00:00Z"), to: at("2026-06-01T01:00:00Z"), watts: 1, share: 1, step: null },
  ];
  assert.equal(profileOf(rolledUp, days, HOUR, calendar).known, 0);
  const local = [{ from: at("2026-06-01T00:15:00Z"), to: at("2026-06-01T01:15:00Z"), watts: 1, share: 1, step: null }];
  assert.equal(profileOf(local, days, HOUR, calendar).slots[6]?.mean, 1);
  assert.equal(profileOf(local, days, QUARTER, calendar).known, 0);
  // From two o'clock to a quarter past two, an hour and a quarter later.
  const berlin = createCalendar("Europe/Berlin");
  const autumn = { from: at("2026-10-24T22:00:00Z"), to: at("2026-10-25T23:00:00Z") };
  const over = [{ from: at("2026-10-25T00:00:00Z"), to: at("2026-10-25T01:15:00Z"), watts: 1, share: 1, step: null }];
  assert.equal(profileOf(over, daysIn(autumn, "all", berlin), QUARTER, berlin).known, 0);
});
