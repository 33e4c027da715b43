import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../tests/support/outside/asked.ts";
import type { HomeCalendar } from "../../domain/outside/occurrence.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { homeAssistantCalendars } from "./home-assistant.ts";
import { readCalendar } from "./ics/occurrences.ts";

const BLANK = { uid: null, recurrence: null, location: null, description: null };
const FAMILY: HomeCalendar = {
  entityId: "calendar.family",
  name: "Family",
  events: [
    {
      ...BLANK,
      start: "2026-11-27T09:00:00+01:00",
      end: "2026-11-27T10:00:00+01:00",
      summary: "Dentist",
      location: "Main St",
      uid: "a@b",
    },
    { ...BLANK, start: "2026-11-26", end: "2026-11-28", summary: "Fair" },
    { ...BLANK, start: "soon", end: "2026-11-28", summary: "Broken" },
  ],
};
const HOLIDAYS: HomeCalendar = {
  entityId: "calendar.holidays",
  name: "Holidays",
  events: [{ ...BLANK, start: "2026-11-26", end: "2026-11-27", summary: "Thanksgiving" }],
};

const read = (calendars: readonly HomeCalendar[], more: object = {}) =>
  homeAssistantCalendars.read(
    asked(() => "", {
      settings: v.parse(homeAssistantCalendars.settings, more),
      now: "2026-11-26T12:00:00Z",
      place: { timeZone: "Europe/Amsterdam" },
      calendars,
    }),
  );

test("what Home Assistant's calendars hold is told as of any other; whole days are days of the home", async () => {
  const { facts, readings } = await read([FAMILY, HOLIDAYS], { holiday_calendars: ["calendar.holidays"] });
  assert.deepEqual(
    facts?.occurrences.map(({ calendar, summary, start, dates }) => [
      calendar,
      summary,
      microsToRfc3339(start).slice(5, 16),
      dates?.to ?? null,
    ]),
    [
      ["Holidays", "Thanksgiving", "11-25T23:00", "2026-11-27"],
      ["Family", "Fair", "11-25T23:00", "2026-11-28"],
      ["Family", "Dentist", "11-27T08:00", null],
    ],
  );
  assert.deepEqual(facts?.problems, [
    { calendar: "Family", code: "bad_time", why: "1 events do not say when they are" },
  ]);
  assert.deepEqual(
    readings.map(({ quantity, value }) => [quantity, value]),
    [
      ["busy", "off"],
      ["occupancy", "unknown"],
      ["holiday", "Thanksgiving"],
    ],
  );
});

test("the same event is the same by way of Home Assistant and by its feed", async () => {
  const feed = await readCalendar({
    texts: [
      "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a@b\nDTSTART;TZID=Europe/Amsterdam:20261127T090000\nDTEND;TZID=Europe/Amsterdam:20261127T100000\nSUMMARY:Dentist\nLOCATION:Main St\nEND:VEVENT\nEND:VCALENDAR\n",
    ],
    calendar: "Family",
    window: { from: 0, to: Date.UTC(2030, 0, 1) * 1000 },
    timeZone: "Europe/Amsterdam",
  });
  const { facts } = await read([FAMILY]);
  const own = facts?.occurrences.find(({ uid }) => uid === "a@b");
  // Home Assistant does not say whether an event takes time.
  assert.deepEqual({ ...own, busy: true }, feed.occurrences[0]);
});

test("a calendar that cannot be read, and one that is not there, are told; the others are read", async () => {
  const broken = {
    entityId: "calendar.work",
    name: "Work",
    events: [],
    why: "Home Assistant answered with 500 for calendar.work",
  };
  const { facts } = await read([HOLIDAYS, broken], {
    calendars: ["calendar.work", "calendar.holidays", "calendar.gone"],
  });
  assert.equal(facts?.occurrences.length, 1);
  assert.deepEqual(
    facts?.problems.map(({ calendar, code }) => [calendar, code]),
    [
      ["Work", "unreadable_calendar"],
      ["calendar.gone", "unknown_calendar"],
    ],
  );
});

test("two calendars of one name are told apart", async () => {
  const { facts } = await read([HOLIDAYS, { ...HOLIDAYS, entityId: "calendar.holidays_2" }]);
  assert.deepEqual(
    facts?.occurrences.map(({ calendar }) => calendar),
    ["Holidays (calendar.holidays)", "Holidays (calendar.holidays_2)"],
  );
});
