import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Failure } from "../../domain/failure.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import { createHttp } from "../../platform/http/http.ts";
import { systemClock } from "../../platform/time/clock.ts";
import { createHomeCalendars } from "./calendars.ts";

const WINDOW = {
  from: microsFromRfc3339("2026-11-01T00:00:00Z") as number,
  to: microsFromRfc3339("2026-12-01T00:00:00Z") as number,
};

async function home(answers: { readonly [path: string]: readonly [number, string] }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    const [status, text] = answers[(request.url ?? "").split("?")[0] as string] ?? [404, "404: Not Found"];
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/core/`;
  const calendars = createHomeCalendars({
    http: createHttp({ clock: systemClock }),
    through: () => ({ url, token: "t0ken" }),
  });
  return { calendars, asked, [Symbol.asyncDispose]: async () => void server.close() };
}
const LIST = '[{"name":"Family","entity_id":"calendar.family"},{"name":"Work","entity_id":"calendar.work"}]';

test("calendars are read by the connection in use, and one that fails costs itself alone", async () => {
  const event = {
    start: { date: "2026-11-05" },
    end: { date: "2026-11-06" },
    summary: "Fair",
    description: null,
    location: "Hall",
    uid: "a@b",
    recurrence_id: null,
    rrule: null,
  };
  const timed = {
    start: { dateTime: "2026-11-07T09:00:00+01:00" },
    end: { dateTime: "2026-11-07T10:00:00+01:00" },
    summary: "Dentist",
  };
  await using core = await home({
    "/core/api/calendars": [200, LIST],
    "/core/api/calendars/calendar.family": [200, JSON.stringify([event, timed])],
    "/core/api/calendars/calendar.work": [500, '{"message":"Error reading events"}'],
  });
  const [family, work] = await core.calendars(WINDOW, []);
  assert.deepEqual(family, {
    entityId: "calendar.family",
    name: "Family",
    events: [
      {
        uid: "a@b",
        recurrence: null,
        start: "2026-11-05",
        end: "2026-11-06",
        summary: "Fair",
        location: "Hall",
        description: null,
      },
      {
        uid: null,
        recurrence: null,
        start: "2026-11-07T09:00:00+01:00",
        end: "2026-11-07T10:00:00+01:00",
        summary: "Dentist",
        location: null,
        description: null,
      },
    ],
  });
  assert.match(work?.why ?? "", /500/);
  assert.equal(
    core.asked[1],
    "Bearer t0ken /core/api/calendars/calendar.family?start=2026-11-01T00%3A00%3A00.000000Z&end=2026-12-01T00%3A00%3A00.000000Z",
  );
});

test("only the calendars that are wanted are read; a home without any has none", async () => {
  await using core = await home({
    "/core/api/calendars": [200, LIST],
    "/core/api/calendars/calendar.work": [200, "[]"],
  });
  assert.deepEqual(await core.calendars(WINDOW, ["calendar.work"]), [
    { entityId: "calendar.work", name: "Work", events: [] },
  ]);
  assert.equal(core.asked.length, 2);
  await using empty = await home({});
  assert.deepEqual(await empty.calendars(WINDOW, []), []);
});

test("what is no list of calendars, and no connection, are failures", async () => {
  for (const [status, text] of [
    [200, "<html>"],
    [200, '{"a":1}'],
    [401, ""],
    [502, ""],
  ] as const) {
    await using core = await home({ "/core/api/calendars": [status, text] });
    await assert.rejects(
      core.calendars(WINDOW, []),
      (error) => error instanceof Failure && error.code === "bad_answer",
    );
  }
  const none = createHomeCalendars({ http: createHttp({ clock: systemClock }), through: () => undefined });
  await assert.rejects(none(WINDOW, []), (error) => error instanceof Failure && error.code === "not_connected");
});
