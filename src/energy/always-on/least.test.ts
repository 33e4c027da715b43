import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import type { Window } from "../../domain/time/time.ts";
import { daysIn } from "../days/local.ts";
import type { KnownPower } from "../house/measured.ts";
import { alwaysOnOf, leastHour } from "./least.ts";

const QUARTER = 900_000_000;
const HOUR = 4 * QUARTER;
const DAY = 24 * HOUR;

const quarters = (from: number, watts: readonly (number | null)[], step: number | null = null): KnownPower[] =>
  watts.flatMap((one, i) =>
    one === null ? [] : [{ from: from + i * QUARTER, to: from + (i + 1) * QUARTER, watts: one, share: 1, step }],
  );
const dayAt = (i: number): Window => ({ from: i * DAY, to: (i + 1) * DAY });
const days = (count: number) => Array.from({ length: count }, (_, i) => dayAt(i));

test("the least hour of a day is the least mean of four quarters in a row that are all known", () => {
  const power = fc.option(fc.integer({ min: 0, max: 500 }), { freq: 12 });
  fc.assert(
    fc.property(fc.array(power, { minLength: 96, maxLength: 96 }), (watts) => {
      const known = watts.filter((one) => one !== null).length;
      let expected: number | undefined;
      for (let i = 0; i + 4 <= 96; i++) {
        const hour = watts.slice(i, i + 4);
        if (hour.some((one) => one === null)) continue;
        const mean = hour.reduce((sum: number, one) => sum + (one as number), 0) / 4;
        if (expected === undefined || mean < expected) expected = mean;
      }
      assert.equal(leastHour(quarters(0, watts), dayAt(0))?.watts, known < 80 ? undefined : expected);
    }),
  );
});

test("a refrigerator that is on every third quarter of an hour counts in the least hour, too", () => {
  const cycling = Array.from({ length: 7 * 96 }, (_, i) => 60 + (i % 3 === 0 ? 90 : 0));
  const found = alwaysOnOf(quarters(0, cycling), days(7), null);
  // Of any four quarters it is on in one or two.
  assert.deepEqual([found.watts, found.spread, found.days], [60 + 90 / 4, 0, 7]);
});

test("a night away and a night of work move the median of the days little", () => {
  const base = [200, 205, 195, 40, 900, 201, 199, 202, 198];
  const watts = base.flatMap((least) => Array.from({ length: 96 }, (_, i) => (i < 8 ? least : least + 300)));
  const found = alwaysOnOf(quarters(0, watts), days(9), null);
  assert.deepEqual([found.watts, found.spread, found.days], [200, 2, 9]);
});

test("too few days that are known nearly whole say nothing, and how many there are", () => {
  const holed = Array.from({ length: 9 * 96 }, (_, i) => (i % 96 < 17 && i >= 6 * 96 ? null : 100));
  const found = alwaysOnOf(quarters(0, holed), days(9), null);
  assert.deepEqual([found.watts, found.days], [null, 6]);
  assert.match(String(found.why), /7 days.*there are 6/);
  // Sixteen quarters less are four hours: twenty are known.
  const enough = Array.from({ length: 7 * 96 }, (_, i) => (i % 96 < 16 ? null : 100));
  assert.equal(alwaysOnOf(quarters(0, enough), days(7), null).watts, 100);
});

test("a counter too coarse for an hour says so, one that is fine enough says how precise it is", () => {
  const flat = (watts: number, step: number | null) => quarters(0, Array(7 * 96).fill(watts), step);
  const coarse = alwaysOnOf(flat(200, 0.1), days(7), 0.1);
  assert.deepEqual([coarse.watts, coarse.preciseTo], [null, 100]);
  assert.match(String(coarse.why), /100 Wh/);
  const fine = alwaysOnOf(flat(200, 0.05), days(7), 0.05);
  assert.deepEqual([fine.watts, fine.preciseTo], [200, 50]);
  // Nothing moved in the least hours: its steps are those of the rest of the time.
  assert.equal(alwaysOnOf(flat(0, null), days(7), 1).watts, null);
  assert.deepEqual(
    [alwaysOnOf(flat(0, null), days(7), 0.01).watts, alwaysOnOf(flat(0, null), days(7), null).watts],
    [0, 0],
  );
});

test("meters that add up to less than nothing are not believed", () => {
  const found = alwaysOnOf(quarters(0, Array(7 * 96).fill(-20)), days(7), null);
  assert.equal(found.watts, null);
  assert.match(String(found.why), /contradict/);
});

test("of a recorded meter, hour by hour, it is the median of the days' least hours", {
  skip: recordedAreAbsent,
}, () => {
  const xml = recorded("greenbutton/utilityapi_hourly_electric.xml");
  const all = [...xml.matchAll(/<duration>3600<\/duration>\s*<start>(\d+)<\/start>[\s\S]*?<value>(\d+)<\/value>/g)];
  const hours = all
    .map(([, start, wh]) => ({ from: Number(start) * 1e6, watts: Number(wh) }))
    .sort((a, b) => a.from - b.from)
    .map(({ from, watts }): KnownPower => ({ from, to: from + HOUR, watts, share: 1, step: null }));
  assert.equal(hours.length, 300);
  const calendar = createCalendar("America/New_York");
  const window = { from: (hours[0] as KnownPower).from, to: (hours.at(-1) as KnownPower).to };
  const whole = daysIn(window, "all", calendar).filter((day) => day.from === day.whole.from && day.to === day.whole.to);
  const found = alwaysOnOf(hours, whole, null);
  // The dates of New York, each with its least hour; those at the ends are not whole.
  const byDate = Map.groupBy(hours, ({ from }) =>
    new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" }).format(from / 1000),
  );
  const least = [...byDate.values()]
    .filter((one) => one.length === 24)
    .map((one) => Math.min(...one.map(({ watts }) => watts)))
    .sort((a, b) => a - b);
  assert.equal(found.days, least.length);
  const middle = least.length / 2;
  const median = least.length % 2 ? least[Math.floor(middle)] : ((least[middle - 1] ?? 0) + (least[middle] ?? 0)) / 2;
  assert.equal(found.watts, median);
  assert.ok((found.watts ?? 0) > 100 && (found.watts ?? 0) < 1000);
});
