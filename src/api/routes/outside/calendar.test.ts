import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as v from "valibot";
import { startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import type { HomeCalendar } from "../../../domain/outside/occurrence.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import { homeAssistantCalendars } from "../../../sources/calendar/home-assistant.ts";
import type { KnownFacts, SourceStatus, Sources } from "../../../sources/sources.ts";
import type { Problem } from "../../errors.ts";
import type { CalendarNowShape, FreeBusyShape, OccupancyShape, PlannedEventsShape } from "../../shapes/calendar.ts";

const HOUR = 3_600_000_000;
const BLANK = { uid: null, recurrence: null, location: null, description: null };
const at = (hours: number) => microsToRfc3339(TEST_TIME + hours * HOUR);
const FAMILY: HomeCalendar = {
  entityId: "calendar.family",
  name: "Family",
  events: [
    { ...BLANK, start: at(-1), end: at(1), summary: "Dentist", location: "Main St", description: "Room 3", uid: "a@b" },
    { ...BLANK, start: at(3), end: at(4), summary: "Cinema" },
    { ...BLANK, start: "2026-11-24", end: "2026-11-25", summary: "Birthday" },
  ],
};
const HOLIDAYS: HomeCalendar = {
  entityId: "calendar.holidays",
  name: "Holidays",
  events: [{ ...BLANK, start: "2026-11-23", end: "2026-11-24", summary: "Labour Thanksgiving Day" }],
};

const kept = new Map<string, KnownFacts>();
const status = (id: string, more: Partial<SourceStatus> = {}) =>
  ({ id, kind: "calendar", name: `The ${id}`, enabled: true, ...more }) as SourceStatus;
let listed: SourceStatus[] = [];

async function keep(source: string, calendars: readonly HomeCalendar[], settings: object = {}, fetched = TEST_TIME) {
  const needs = asked(() => "", {
    settings: v.parse(homeAssistantCalendars.settings, settings),
    now: microsToRfc3339(TEST_TIME),
    place: { timeZone: "Europe/Berlin" },
    calendars,
  });
  const { facts } = await homeAssistantCalendars.read(needs);
  // As app.db gives it back.
  kept.set(source, { facts: JSON.parse(JSON.stringify(facts)), fetched, provider: "home_assistant" });
}

const sources = { list: () => listed, facts: (id: string) => kept.get(id) } as Partial<Sources> as Sources;
const hub = startTestHub({ sources });
after(() => hub.close());
const get = async <T>(path: string): Promise<T> => {
  const answer = await hub.ask(`/api/v1/calendar/${path}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as T;
};

test("without a calendar nothing is said of any time", async () => {
  const events = await get<PlannedEventsShape>("events");
  assert.deepEqual([events.events, events.sources], [[], []]);
  assert.deepEqual(events.unknown, [{ from: events.from, to: events.to }]);
  const now = await get<CalendarNowShape>("now");
  assert.deepEqual([now.busy, now.occupancy, now.on, now.next, now.holidays], [null, null, [], [], []]);
  const { busy, free, unknown } = await get<FreeBusyShape>("free-busy");
  assert.deepEqual([busy, free, unknown.length], [[], [], 1]);
  assert.deepEqual((await get<OccupancyShape>("occupancy")).slots, []);
});

test("what is on, what comes next and what today is are told of all calendars together", async () => {
  listed = [status("home"), status("days"), status("weather", { kind: "weather" }), status("off", { enabled: false })];
  await keep("home", [FAMILY], { rules: [{ means: "away", where: "summary", words: ["cinema", "dentist"] }] });
  await keep("days", [HOLIDAYS], { holiday_calendars: ["calendar.holidays"] });
  const now = await get<CalendarNowShape>("now");
  assert.deepEqual(
    now.on.map(({ source, summary, all_day, location }) => [source, summary, all_day, location]),
    [
      ["days", "Labour Thanksgiving Day", true, null],
      ["home", "Dentist", false, "Main St"],
    ],
  );
  assert.deepEqual(
    now.next.map(({ summary, start_date }) => [summary, start_date]),
    [
      ["Cinema", undefined],
      ["Birthday", "2026-11-24"],
    ],
  );
  assert.deepEqual([now.busy, now.busy_until, now.holidays], [true, at(1), ["Labour Thanksgiving Day"]]);
  assert.equal(now.occupancy?.expected, "away");
  assert.equal(now.occupancy?.to, at(1));
  assert.deepEqual(
    now.occupancy?.evidence.map(({ source, summary, found, by }) => [source, summary, found, by]),
    [["home", "Dentist", "dentist", "rule"]],
  );
  assert.deepEqual(
    now.sources.map(({ source, fetched }) => [source, fetched]),
    [
      ["home", at(0)],
      ["days", at(0)],
    ],
  );
});

test("events are listed by window, calendar and number", async () => {
  const titles = async (query: string) => {
    const { events, more } = await get<PlannedEventsShape>(`events${query}`);
    return [...events.map(({ summary }) => summary), more];
  };
  assert.deepEqual(await titles(""), ["Labour Thanksgiving Day", "Dentist", "Cinema", "Birthday", 0]);
  assert.deepEqual(await titles("?calendar=Family&limit=2"), ["Dentist", "Cinema", 1]);
  assert.deepEqual(await titles(`?from=${at(3)}&to=${at(3.5)}`), ["Labour Thanksgiving Day", "Cinema", 0]);
  assert.deepEqual(await titles("?calendar=None"), [0]);
});

test("busy and free times are told without what they are about, and as far as the calendars were asked", async () => {
  const answer = await get<FreeBusyShape>(`free-busy?from=${at(0)}&to=${at(24 * 100)}`);
  assert.deepEqual(
    answer.busy.map(({ from, to }) => [from, to]),
    [
      [at(0), at(1)],
      [at(3), at(4)],
    ],
  );
  const [first, second, last] = answer.free;
  assert.deepEqual(
    [first, second],
    [
      { from: at(1), to: at(3) },
      { from: at(4), to: answer.unknown[0]?.from },
    ],
  );
  assert.equal(last, undefined);
  assert.deepEqual(answer.unknown, [{ from: "2027-01-21T23:00:00.000000Z", to: at(2400) }]);
  assert.doesNotMatch(JSON.stringify(answer), /Dentist|Room/);
});

test("the forecast of who is home names the events it is made of, and what nobody says", async () => {
  const { slots } = await get<OccupancyShape>(`occupancy?from=${at(0)}&to=${at(5)}`);
  assert.deepEqual(
    slots.map(({ from, expected, evidence }) => [from, expected, evidence.map(({ summary }) => summary)]),
    [
      [at(0), "away", ["Dentist"]],
      [at(1), "unknown", []],
      [at(3), "away", ["Cinema"]],
      [at(4), "unknown", []],
    ],
  );
  assert.match(slots[1]?.why ?? "", /No event/);
});

test("what a source told more than a day ago, in another shape or never is absent, and says why", async () => {
  listed = [status("home"), status("silent", { why: "The address is wrong" }), status("older")];
  await keep("home", [FAMILY], {}, TEST_TIME - 25 * HOUR);
  kept.set("older", { facts: { events: [] }, fetched: TEST_TIME, provider: "ics" });
  const now = await get<CalendarNowShape>("now");
  assert.deepEqual(
    now.sources.map(({ source, fetched, why }) => [source, fetched, why]),
    [
      ["home", null, "What it told is more than a day old"],
      ["silent", null, "The address is wrong"],
      ["older", null, "It has told nothing yet"],
    ],
  );
  assert.deepEqual([now.on, now.busy], [[], null]);
});

test("a window that ends before it begins, and what is not known here, are refused", async () => {
  for (const [query, path] of [
    [`events?from=${at(1)}&to=${at(0)}`, "from"],
    ["events?from=yesterday", "from"],
    ["events?limit=0", "limit"],
    ["free-busy?title=Dentist", "title"],
    ["occupancy?calendar=Family", "calendar"],
    ["now?x=1", "x"],
  ]) {
    const answer = await hub.ask(`/api/v1/calendar/${query}`);
    assert.equal(answer.status, 400, query);
    assert.equal(((await answer.json()) as Problem).errors?.[0]?.path, path, query);
  }
});
