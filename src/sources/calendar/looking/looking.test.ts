import assert from "node:assert/strict";
import { test } from "node:test";
import type { Occurrence } from "../../../domain/outside/occurrence.ts";
import { microsFromRfc3339, microsToRfc3339, type Window } from "../../../domain/time/time.ts";
import { busySlots, freeSlots, holidaysAt, nextAfter, onAt } from "./looking.ts";

const at = (text: string) => microsFromRfc3339(`2026-11-26T${text}:00Z`) as number;
const WINDOW = { from: at("00:00"), to: at("23:00") };
const occurrence = (from: string, to: string, more: Partial<Occurrence> = {}): Occurrence => ({
  calendar: "Family",
  uid: `${from}-${to}`,
  recurrence: null,
  start: at(from),
  end: at(to),
  dates: null,
  summary: null,
  location: null,
  description: null,
  status: "confirmed",
  busy: null,
  ...more,
});
const wholeDay = (more: Partial<Occurrence> = {}) =>
  occurrence("00:00", "23:59", { dates: { from: "2026-11-26", to: "2026-11-27" }, ...more });
const told = (windows: readonly Window[]) =>
  windows.map(({ from, to }) => `${microsToRfc3339(from).slice(11, 16)}-${microsToRfc3339(to).slice(11, 16)}`);

test("an event that began before now is on, its end is no part of it, and what was cancelled is not on", () => {
  const all = [
    occurrence("08:00", "12:00"),
    occurrence("10:00", "10:00"),
    occurrence("10:00", "11:00"),
    occurrence("10:30", "11:00", { status: "cancelled" }),
    occurrence("12:00", "13:00"),
    occurrence("14:00", "15:00", { status: "cancelled" }),
    occurrence("16:00", "17:00"),
  ];
  const ids = (found: readonly Occurrence[]) => found.map(({ uid }) => uid);
  assert.deepEqual(ids(onAt(all, at("10:00"))), ["08:00-12:00", "10:00-11:00"]);
  assert.deepEqual(ids(onAt(all, at("12:00"))), ["12:00-13:00"]);
  assert.deepEqual(ids(nextAfter(all, at("10:45"), 5)), ["12:00-13:00", "16:00-17:00"]);
  assert.deepEqual(ids(nextAfter(all, at("10:45"), 1)), ["12:00-13:00"]);
});

test("the time that is taken is told merged, and what is left is free", () => {
  const busy = busySlots(
    [
      occurrence("08:00", "09:00"),
      occurrence("08:30", "10:00"),
      occurrence("10:00", "11:00"),
      occurrence("12:00", "13:00", { busy: false }),
      occurrence("14:00", "15:00", { status: "cancelled" }),
      occurrence("16:00", "16:00"),
      occurrence("22:30", "23:30"),
    ],
    WINDOW,
  );
  assert.deepEqual(told(busy), ["08:00-11:00", "22:30-23:00"]);
  assert.deepEqual(told(freeSlots(busy, WINDOW)), ["00:00-08:00", "11:00-22:30"]);
  assert.deepEqual(told(freeSlots([], WINDOW)), ["00:00-23:00"]);
});

test("a time that only events take which may not take place is told as such", () => {
  const busy = busySlots(
    [
      occurrence("08:00", "10:00", { status: "tentative" }),
      occurrence("09:00", "11:00"),
      occurrence("12:00", "13:00", { status: "tentative" }),
    ],
    WINDOW,
  );
  assert.deepEqual(told(busy), ["08:00-09:00", "09:00-11:00", "12:00-13:00"]);
  assert.deepEqual(
    busy.map(({ tentative }) => tentative),
    [true, false, true],
  );
});

test("an event of whole days takes time where its calendar says so alone", () => {
  assert.deepEqual(told(busySlots([wholeDay()], WINDOW)), []);
  assert.deepEqual(told(busySlots([wholeDay({ busy: true })], WINDOW)), ["00:00-23:00"]);
});

test("a day is a holiday by the dates of the home, of the calendars that are of holidays", () => {
  const thanksgiving = wholeDay({ calendar: "Holidays", summary: "Thanksgiving" });
  const birthday = wholeDay({ summary: "Birthday" });
  const isHoliday = ({ calendar }: Occurrence) => calendar === "Holidays";
  const named = (time: string, zone: string) =>
    holidaysAt([thanksgiving, birthday], isHoliday, microsFromRfc3339(time) as number, zone);
  assert.deepEqual(named("2026-11-26T12:00:00Z", "America/New_York"), ["Thanksgiving"]);
  // In UTC it is the 27th already.
  assert.deepEqual(named("2026-11-27T03:00:00Z", "America/New_York"), ["Thanksgiving"]);
  assert.deepEqual(named("2026-11-26T03:00:00Z", "America/New_York"), []);
});
