import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CalendarUnit, createCalendar } from "./calendar.ts";
import { microsFromRfc3339, microsToRfc3339 } from "./time.ts";

const at = (text: string): number => microsFromRfc3339(text) as number;
const HOUR = 3_600_000_000;

/** The beginnings from one moment on. */
function starts(zone: string, unit: CalendarUnit, from: string, count: number): string[] {
  const calendar = createCalendar(zone);
  const found = [calendar.startOf(unit, at(from))];
  while (found.length < count) found.push(calendar.nextAfter(unit, found.at(-1) as number));
  return found.map((time) => microsToRfc3339(time).slice(0, 19));
}
const hours = (zone: string, day: string): number => {
  const calendar = createCalendar(zone);
  const start = calendar.startOf("day", at(day));
  return (calendar.nextAfter("day", start) - start) / HOUR;
};

test("days have 23 and 25 hours where clocks change, in both hemispheres, and half an hour more or less on Lord Howe", () => {
  assert.equal(hours("Europe/Berlin", "2026-03-29T10:00:00Z"), 23);
  assert.equal(hours("Europe/Berlin", "2026-10-25T10:00:00Z"), 25);
  assert.equal(hours("America/New_York", "2026-03-08T17:00:00Z"), 23);
  assert.equal(hours("America/New_York", "2026-11-01T17:00:00Z"), 25);
  assert.equal(hours("Australia/Lord_Howe", "2026-04-05T01:00:00Z"), 24.5);
  assert.equal(hours("Australia/Lord_Howe", "2026-10-04T01:00:00Z"), 23.5);
  assert.equal(hours("Asia/Kathmandu", "2026-03-29T10:00:00Z"), 24);
  assert.equal(hours("UTC", "2026-03-29T10:00:00Z"), 24);
});

test("clocks show an hour twice where they are put back, none where they are put on, and the same as Intl says", () => {
  const shown = (zone: string, text: string) => createCalendar(zone).clockAt(at(text)) / HOUR;
  assert.deepEqual(
    ["2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z"].map((text) => shown("Europe/Berlin", text)),
    [2.25, 2.25],
  );
  assert.deepEqual(
    ["2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z"].map((text) => shown("Europe/Berlin", text)),
    [1.75, 3],
  );
  assert.equal(createCalendar("Asia/Kathmandu").clockAt(at("1969-12-31T20:00:00.000001Z")), 1.5 * HOUR + 1);
  const zones = ["Australia/Lord_Howe", "America/St_Johns", "Pacific/Kiritimati", "UTC"] as const;
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 2_000_000_000 }), (zone, seconds) => {
      const text = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" }).format(seconds * 1000);
      const [hour, minute, second] = text.split(":").map(Number) as [number, number, number];
      assert.equal(createCalendar(zone).clockAt(seconds * 1e6), (hour * 3600 + minute * 60 + second) * 1e6);
    }),
    { numRuns: 50 },
  );
});

test("days begin at local midnight, whatever the zone is ahead of UTC by", () => {
  assert.deepEqual(starts("Asia/Kathmandu", "day", "2026-01-01T00:00:00Z", 2), [
    "2025-12-31T18:15:00",
    "2026-01-01T18:15:00",
  ]);
  assert.deepEqual(starts("America/St_Johns", "day", "2026-01-01T12:00:00Z", 2), [
    "2026-01-01T03:30:00",
    "2026-01-02T03:30:00",
  ]);
  assert.deepEqual(starts("Pacific/Kiritimati", "day", "2026-01-01T12:00:00Z", 2), [
    "2026-01-01T10:00:00",
    "2026-01-02T10:00:00",
  ]);
});

test("a calendar day that was left out is no day", () => {
  // Samoa went from the 29th to the 31st of December 2011.
  assert.deepEqual(starts("Pacific/Apia", "day", "2011-12-29T12:00:00Z", 4), [
    "2011-12-29T10:00:00",
    "2011-12-30T10:00:00",
    "2011-12-31T10:00:00",
    "2012-01-01T10:00:00",
  ]);
  const calendar = createCalendar("Pacific/Apia");
  const shown = (time: number) =>
    new Intl.DateTimeFormat("en-CA", { timeZone: "Pacific/Apia" }).format(new Date(time / 1000));
  const days = ["2011-12-29T12:00:00Z", "2011-12-30T12:00:00Z"].map((text) => calendar.startOf("day", at(text)));
  assert.deepEqual(days.map(shown), ["2011-12-29", "2011-12-31"]);
});

test("a day whose midnight does not exist begins when the clocks jump, and one whose midnight comes twice at the first", () => {
  assert.deepEqual(starts("America/Sao_Paulo", "day", "2018-11-03T12:00:00Z", 3), [
    "2018-11-03T03:00:00",
    "2018-11-04T03:00:00",
    "2018-11-05T02:00:00",
  ]);
  assert.equal(hours("America/Sao_Paulo", "2018-11-04T12:00:00Z"), 23);
  // Put back at midnight to 23:00.
  assert.deepEqual(starts("America/Sao_Paulo", "day", "2018-02-17T12:00:00Z", 2), [
    "2018-02-17T02:00:00",
    "2018-02-18T03:00:00",
  ]);
  // Put back at one o'clock to midnight.
  assert.deepEqual(starts("America/Havana", "day", "2026-10-31T12:00:00Z", 3), [
    "2026-10-31T04:00:00",
    "2026-11-01T04:00:00",
    "2026-11-02T05:00:00",
  ]);
});

test("weeks begin on Monday, months on their first, in leap years too", () => {
  assert.deepEqual(starts("Europe/Berlin", "week", "2026-03-29T10:00:00Z", 3), [
    "2026-03-22T23:00:00",
    "2026-03-29T22:00:00",
    "2026-04-05T22:00:00",
  ]);
  assert.deepEqual(starts("Europe/Berlin", "month", "2024-02-29T23:30:00Z", 3), [
    "2024-02-29T23:00:00",
    "2024-03-31T22:00:00",
    "2024-04-30T22:00:00",
  ]);
  assert.deepEqual(starts("UTC", "month", "2023-12-31T23:59:59Z", 4), [
    "2023-12-01T00:00:00",
    "2024-01-01T00:00:00",
    "2024-02-01T00:00:00",
    "2024-03-01T00:00:00",
  ]);
});

const ZONES = [
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "America/New_York",
  "America/St_Johns",
  "America/Havana",
  "Africa/Casablanca",
  "Asia/Beirut",
  "Antarctica/Troll",
  "Pacific/Kiritimati",
];

test("in every zone each moment lies in one day, whose beginning shows its date and the moment before an earlier one", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: 0, max: 2_500_000_000_000 }),
      fc.constantFrom<CalendarUnit>("day", "week", "month"),
      (zone, millis, unit) => {
        const calendar = createCalendar(zone);
        const shown = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
        const time = millis * 1000;
        const start = calendar.startOf(unit, time);
        const next = calendar.nextAfter(unit, time);
        assert.ok(start <= time && time < next);
        assert.equal(calendar.startOf(unit, start), start);
        assert.equal(calendar.startOf(unit, next - 1), start);
        assert.equal(calendar.nextAfter(unit, start), next);
        assert.ok(shown.format(start / 1000 - 1) < shown.format(start / 1000));
      },
    ),
    { numRuns: 2000 },
  );
});

test("a day that has begun goes on when clocks are put back over its midnight and show the day before once more", () => {
  const at = (text: string) => Date.parse(text) * 1000;
  // St. John's, 2010-11-07: at 00:01 clocks went back to 23:01.
  const calendar = createCalendar("America/St_Johns");
  assert.equal(calendar.startOf("day", at("2010-11-07T02:45:00Z")), at("2010-11-07T02:30:00Z"));
  assert.equal(calendar.nextAfter("day", at("2010-11-07T02:45:00Z")), at("2010-11-08T03:30:00Z"));
});
