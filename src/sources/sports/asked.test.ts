import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { noSocket } from "../../../tests/support/outside/asked.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { openDatabase } from "../../database/open.ts";
import { sportsFactsOf } from "../../domain/outside/game.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import { ALL_TIME, type Micros, microsFromRfc3339 } from "../../domain/time/time.ts";
import { createHeld } from "../../history/held.ts";
import { silentLog } from "../../platform/told/log.ts";
import { createMask } from "../../platform/told/mask.ts";
import { createStatusBoard } from "../../platform/told/status-board.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createSources } from "../registry.ts";
import { espn } from "./espn.ts";
import { createSports } from "./sports.ts";
import { GAME_EVENT_TYPE } from "./told/event.ts";
import { createGameTelling } from "./told/telling.ts";

const at = (text: string): Micros => microsFromRfc3339(text) as Micros;
const HOUR_MS = 3_600_000;
const TEAMS = [
  { id: "6", abbreviation: "EDM", displayName: "Edmonton Oilers" },
  { id: "26", abbreviation: "FLA", displayName: "Florida Panthers" },
  { id: "1", abbreviation: "BOS", displayName: "Boston Bruins" },
];

/** A league of which every game lasts three hours; each side scores now and then. */
function league(starts: readonly string[], clock: { now(): Micros }) {
  const games = starts.map((start, i) => ({ id: `g${i}`, start: at(start), date: start.replace(":00Z", "Z") }));
  const eventOf = ({ id, start, date }: (typeof games)[number]) => {
    const minutes = (clock.now() - start) / 60_000_000;
    const [name, state, period] =
      minutes < 0
        ? ["STATUS_SCHEDULED", "pre", 0]
        : minutes >= 180
          ? ["STATUS_FINAL", "post", 3]
          : [minutes % 60 >= 45 ? "STATUS_END_PERIOD" : "STATUS_IN_PROGRESS", "in", Math.floor(minutes / 60) + 1];
    const score = (after: number[]) => String(after.filter((minute) => minutes >= minute).length);
    const side = (team: number, homeAway: string, goals: number[], winner: boolean) => ({
      ...{ id: TEAMS[team]?.id, homeAway, team: TEAMS[team], score: score(goals) },
      ...(minutes >= 180 ? { winner } : {}),
    });
    const competitors = [side(0, "home", [10, 130], false), side(1, "away", [70, 71, 150], true)];
    const status = { period, displayClock: "5:00", type: { name, state, completed: state === "post" } };
    return { id, date, name: "Florida Panthers at Edmonton Oilers", status, competitions: [{ competitors, status }] };
  };
  return (url: URL): unknown => {
    if (url.pathname.endsWith("/teams")) return { sports: [{ leagues: [{ teams: TEAMS.map((team) => ({ team })) }] }] };
    if (url.pathname.endsWith("/scoreboard")) {
      const day = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" });
      const wanted = (start: Micros) => day.format(start / 1000).replaceAll("-", "") === url.searchParams.get("dates");
      return { events: games.filter(({ start }) => wanted(start)).map(eventOf) };
    }
    const team = TEAMS.find(({ id }) => url.pathname.endsWith(`/${id}`));
    const next = games.filter(({ start }) => start > clock.now()).slice(0, 1);
    return { team: { ...team, nextEvent: team?.id === "1" ? [] : next.map(eventOf) } };
  };
}

async function openHub(from: string, starts: readonly string[]) {
  const clock = createTestClock(at(from));
  const folder = mkdtempSync(join(tmpdir(), "sports-"));
  const database = openDatabase({ folder, clock, log: silentLog });
  const store = createMemoryStore();
  const held = createHeld({ store, keyOf: String });
  const answer = league(starts, clock);
  const calls: { readonly path: string; readonly time: Micros }[] = [];
  let isDown = false;
  const sources = createSources({
    providers: [espn],
    book: database.sources,
    http: async ({ url }) => {
      const asked = new URL(url);
      calls.push({ path: asked.pathname.split("/").slice(7).join("/"), time: clock.now() });
      if (isDown) return { status: 500, headers: {}, text: "" };
      return { status: 200, headers: {}, text: JSON.stringify(answer(asked)) };
    },
    socket: noSocket,
    userAgent: "HA-Ingestor/test (+https://example.org)",
    mask: createMask(),
    status: createStatusBoard({ clock }),
    place: () => ({
      known: true,
      place: {
        ...{ latitude: 52, longitude: 4, elevation: null, currency: null, country: null, language: null },
        calendar: createCalendar("UTC"),
      },
    }),
    entity: () => undefined,
    calendars: async () => [],
    forecasts: async () => [],
    homeEntities: () => [],
    record: async () => {},
    latest: () => undefined,
    clock,
    random: () => 0.5,
    log: silentLog,
  });
  const telling = createGameTelling({
    book: database.games,
    followed: {
      get: () => database.settings.get("sports_followed"),
      set: (value) => database.settings.set("sports_followed", value),
    },
    record: async (events) => void (await store.append(events.map((event) => ({ kind: "event", event })))),
    stored: (window) => held.events(GAME_EVENT_TYPE, window),
    log: silentLog,
  });
  sources.onFacts("sports", (source, known) => {
    const facts = sportsFactsOf(known.facts);
    if (facts) void telling.hear(source, facts, known.fetched);
  });
  const sports = createSports({
    sources,
    ask: sources.askOf("sports", "espn"),
    book: database.games,
    stored: (window) => held.events(GAME_EVENT_TYPE, window),
    clock,
  });
  const pass = async (ms: number, stepMs: number) => {
    for (let left = ms; left > 0; left -= stepMs) {
      clock.advance(Math.min(stepMs, left));
      for (let i = 0; i < 4; i++) await setImmediate();
    }
  };
  const setUp = (teams: readonly string[]) =>
    sources.add({
      id: "sports_nhl",
      kind: "sports",
      name: "NHL",
      enabled: true,
      providers: [{ provider: "espn", settings: { league: "hockey/nhl", teams } }],
    });
  return {
    ...{ clock, sources, sports, calls, pass, setUp },
    fail: (down: boolean) => {
      isDown = down;
    },
    told: async () => {
      await telling.settled();
      return held.events(GAME_EVENT_TYPE, ALL_TIME);
    },
    [Symbol.asyncDispose]: async () => {
      await sources.close();
      await telling.settled();
      database.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

test("where no team is followed nobody is asked, and the source says so", async () => {
  await using hub = await openHub("2026-01-10T12:00:00Z", ["2026-01-10T20:00:00Z"]);
  await hub.setUp([]);
  await hub.pass(24 * HOUR_MS, HOUR_MS / 4);
  assert.deepEqual(hub.calls, []);
  const [source] = hub.sources.list();
  assert.equal(source?.state, "off");
  assert.match(String(source?.why), /No team is followed/);
});

test("a day with a game: at most one call of the scoreboard in 15 s while it is on, for all teams; each event once", async () => {
  const start = "2026-01-10T20:00:00Z";
  await using hub = await openHub("2026-01-10T01:00:00Z", [start]);
  await hub.setUp(["EDM", "FLA", "Boston Bruins"]);
  await hub.pass(18.5 * HOUR_MS, 300_000);
  await hub.pass(HOUR_MS, 5_000);
  // A step above the rhythm, so that no look is left out.
  await hub.pass(2.75 * HOUR_MS, 16_000);
  await hub.pass(4 * HOUR_MS, 300_000);
  const scoreboard = hub.calls.filter(({ path }) => path === "scoreboard").map(({ time }) => time);
  const on = scoreboard.filter((time) => time >= at(start) && time < at(start) + 3 * HOUR_MS * 1000);
  for (const [i, time] of on.entries())
    assert.ok(i === 0 || time - (on[i - 1] as number) >= 15_000_000, `two calls within 15 s at ${time}`);
  assert.ok(on.length > 500, `it was looked at ${on.length} times in three hours`);
  assert.ok(scoreboard.length - on.length < 150, `${scoreboard.length - on.length} calls while none was on`);
  const others = hub.calls.filter(({ path }) => path !== "scoreboard");
  assert.ok(others.length <= 1 + 3 * 3, `${others.length} calls for teams and their next games`);
  assert.deepEqual(
    (await hub.told()).map(({ data }) => `${data.event} ${data.home_score}-${data.away_score}`),
    [
      "started 0-0",
      "scored 1-0",
      "lead_changed 1-0",
      "period_ended 1-0",
      "scored 1-1",
      "scored 1-2",
      "lead_changed 1-2",
      "period_ended 1-2",
      "scored 2-2",
      "scored 2-3",
      "lead_changed 2-3",
      "period_ended 2-3",
      "final 2-3",
    ],
  );
});

test("what is too old is no present: a game that was on is unknown while ESPN does not answer", async () => {
  await using hub = await openHub("2026-01-10T19:30:00Z", ["2026-01-10T20:00:00Z"]);
  await hub.setUp(["EDM"]);
  await hub.pass(HOUR_MS, 20_000);
  assert.equal(hub.sports.status("EDM").state, "playing");
  hub.fail(true);
  await hub.pass(60_000, 20_000);
  assert.equal(hub.sports.status("EDM").state, "playing");
  assert.ok(hub.sources.present("sports_nhl").every(({ value }) => value !== null));
  await hub.pass(10 * 60_000, 30_000);
  const { state, why } = hub.sports.status("EDM");
  assert.equal(state, "unknown");
  assert.match(String(why), /minutes old/);
  const series = hub.sources.present("sports_nhl");
  assert.ok(series.length === 3 && series.every(({ value }) => value === null), JSON.stringify(series));
  hub.fail(false);
  await hub.pass(HOUR_MS, 30_000);
  assert.equal(hub.sports.status("EDM").state, "playing");
});
