import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar } from "../time/calendar.ts";
import type { Window } from "../time/time.ts";
import { amend, createRoller, type Rollup, rollUp } from "./rollup.ts";
import { combine, summarise } from "./summary.ts";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const at = (text: string): number => Date.parse(text) * 1000;
const row = (time: number, state: string | null = "1") => ({ time, changed: time, state });

function rolled(rows: readonly ReturnType<typeof row>[], zone = "UTC", holes: readonly Window[] = []): Rollup[] {
  const roller = createRoller({ calendar: createCalendar(zone), holes });
  return [...rows.flatMap((one) => roller.add(one)), ...roller.finish()];
}
const counts = (rollups: readonly Rollup[]) => rollups.map(({ summary }) => summary.readings);

test("few readings are rolled up by days of the home, more by hours, many by five minutes", () => {
  const start = at("2026-06-01T00:00:00Z");
  const every = (minutes: number, hours: number) =>
    Array.from({ length: (hours * 60) / minutes }, (_, i) => row(start + i * minutes * MINUTE));
  assert.deepEqual(counts(rolled(every(60, 48))), [24, 24]);
  assert.deepEqual(counts(rolled(every(15, 24))), [96]);
  assert.deepEqual(counts(rolled(every(5, 3))), [12, 12, 12]);
  assert.deepEqual(counts(rolled(every(0.5, 1))), [120]);
  assert.deepEqual(counts(rolled(every(0.2, 1))), Array(12).fill(25));
});

test("a day is that of the home's clocks, with 23 and 25 hours and midnight beside the hour", () => {
  const hourly = (from: string, hours: number) =>
    Array.from({ length: hours }, (_, i) => row(at(from) + i * HOUR + 20 * MINUTE));
  assert.deepEqual(counts(rolled(hourly("2026-03-28T23:00:00Z", 47), "Europe/Berlin")), [23, 24]);
  assert.deepEqual(counts(rolled(hourly("2026-10-24T22:00:00Z", 49), "Europe/Berlin")), [25, 24]);
  // Midnight is at 18:15 of the UTC clock; what lies in that hour before it is of the day before.
  const dense = Array.from({ length: 24 }, (_, i) => row(at("2026-06-01T18:00:00Z") + i * 1.25 * MINUTE));
  assert.deepEqual(counts(rolled(dense, "Asia/Kathmandu")), [12, 12]);
});

test("no roll-up reaches over the beginning or end of a gap", () => {
  const start = at("2026-06-01T00:00:00Z");
  const rows = [1, 2, 3, 10, 11, 20].map((hour) => row(start + hour * HOUR));
  const holes = [{ from: start + 4 * HOUR, to: start + 10.5 * HOUR }];
  const found = rolled(rows, "UTC", holes);
  assert.deepEqual(counts(found), [3, 1, 2]);
  const whole = found.map(({ summary }) => summary).reduce(combine);
  assert.deepEqual(whole, summarise(rows));
});

test("of texts it is known how long each held and how often it began", () => {
  const rows = [
    row(0, "on"),
    row(10_000_000, "off"),
    row(30_000_000, "on"),
    row(31_000_000, "on"),
    row(40_000_000, null),
    row(50_000_000, "off"),
  ];
  const { texts } = rollUp(rows);
  assert.deepEqual([texts?.first, texts?.last], ["on", "off"]);
  assert.deepEqual(
    texts?.states.map(({ state, seconds, entered }) => [state, seconds, entered]),
    [
      ["on", 20, 1],
      ["off", 20, 2],
    ],
  );
  assert.equal(rollUp([row(0, "1"), row(1, "2")]).texts, null);
});

test("what comes late counts, and leaves the time that each value held as it was", () => {
  const base = summarise([row(0, "10"), row(10_000_000, "20"), row(20_000_000, "30")]);
  const within = amend(base, summarise([row(5_000_000, "-4")]));
  assert.deepEqual(
    [within.readings, within.numbers, within.min, within.max, within.sum, within.integral, within.lastNumber],
    [4, 4, -4, 30, 56, base.integral, 30],
  );
  const beyond = amend(base, summarise([row(5_000_000, "1"), row(40_000_000, "5")]));
  assert.deepEqual([beyond.readings, beyond.lastTime, beyond.lastNumber, beyond.sum], [5, 40_000_000, 5, 66]);
});
