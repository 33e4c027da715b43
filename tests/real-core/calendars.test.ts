import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as v from "valibot";
import { Failure } from "../../src/domain/failure.ts";
import { createCalendar } from "../../src/domain/time/calendar.ts";
import { createHomeCalendars } from "../../src/hass/calendars/calendars.ts";
import { createHttp } from "../../src/platform/http/http.ts";
import { systemClock } from "../../src/platform/time/clock.ts";
import { homeAssistantCalendars } from "../../src/sources/calendar/home-assistant.ts";
import { nextAfter, onAt } from "../../src/sources/calendar/looking/looking.ts";
import { type ControlClient, openControlClient } from "../support/core/control-client.ts";
import { type Core, coreUnavailable, startCore } from "../support/core/core.ts";
import { asked } from "../support/outside/asked.ts";

const skip = await coreUnavailable();

let core: Core;
let control: ControlClient;
before(async () => {
  if (skip) return;
  core = await startCore({ name: "calendars" });
  control = await openControlClient({ url: core.url, token: core.token });
});
after(async () => {
  await control?.close();
  await core?.stop();
});

type Event = { start: { dateTime: string }; end: { dateTime: string }; summary: string };

test("Core's demo calendars are read as Core shows them: one event is on, one comes next", { skip }, async () => {
  const calendars = createHomeCalendars({
    http: createHttp({ clock: systemClock }),
    through: () => ({ url: core.url, token: core.token }),
  });
  const now = systemClock.now();
  const settings = v.parse(homeAssistantCalendars.settings, {
    rules: [{ means: "away", where: "summary", words: ["current event"] }],
  });
  const needs = asked(() => "", { settings, now: "2026-11-26T12:00:00Z" });
  const place = { ...needs.place, calendar: createCalendar("Europe/Amsterdam") };
  const { facts, readings } = await homeAssistantCalendars.read({ ...needs, calendars, now, place });

  const listed = await control.rest<{ entity_id: string; name: string }[]>("GET", "/api/calendars");
  assert.ok(listed.length >= 2);
  assert.deepEqual(
    facts?.calendars.map(({ id, name }) => [id, name]),
    listed.map(({ entity_id, name }) => [entity_id, name]),
  );
  const own: string[] = [];
  for (const { entity_id: id, name } of listed) {
    const window = `start=${new Date(now / 1000 - 86_400_000).toISOString()}&end=${new Date(now / 1000 + 86_400_000).toISOString()}`;
    for (const { start, end, summary } of await control.rest<Event[]>("GET", `/api/calendars/${id}?${window}`))
      own.push(`${name} ${summary} ${Date.parse(start.dateTime)} ${Date.parse(end.dateTime)}`);
  }
  const told = facts?.occurrences.map(
    ({ calendar, summary, start, end }) =>
      `${calendar} ${summary} ${Math.floor(start / 1000)} ${Math.floor(end / 1000)}`,
  );
  assert.deepEqual(told?.sort(), own.sort());
  assert.deepEqual(facts?.problems, []);

  assert.deepEqual(
    onAt(facts?.occurrences ?? [], now).map(({ summary }) => summary),
    ["Current Event"],
  );
  const [next] = nextAfter(facts?.occurrences ?? [], now, 1);
  assert.deepEqual(
    [next?.summary, next?.location, next?.description],
    ["Future Event", "Future Location", "Future Description"],
  );
  assert.deepEqual(
    readings.map(({ quantity, value }) => [quantity, value]),
    [
      ["busy", "on"],
      ["occupancy", "away"],
    ],
  );
});

test("only the calendars that are wanted are read, and a wrong token is said", { skip }, async () => {
  const http = createHttp({ clock: systemClock });
  const now = systemClock.now();
  const window = { from: now, to: now + 86_400_000_000 };
  const [first] = await control.rest<{ entity_id: string; name: string }[]>("GET", "/api/calendars");
  const id = first?.entity_id ?? "";
  const good = createHomeCalendars({ http, through: () => ({ url: core.url, token: core.token }) });
  assert.deepEqual(
    (await good(window, [id])).map(({ entityId }) => entityId),
    [id],
  );
  const bad = createHomeCalendars({ http, through: () => ({ url: core.url, token: "wrong" }) });
  await assert.rejects(
    bad(window, []),
    (error) => error instanceof Failure && error.code === "bad_answer" && /401/.test(error.message),
  );
});
