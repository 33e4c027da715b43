import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { GAME_START, gameFrom } from "../../../../tests/support/outside/games.ts";
import { createTestClock } from "../../../../tests/support/test-clock.ts";
import { openDatabase } from "../../../database/open.ts";
import type { HomeEvent } from "../../../domain/data/reading.ts";
import { type Game, SPORTS_FACTS_FORM, type SportsFacts } from "../../../domain/outside/game.ts";
import { ALL_TIME } from "../../../domain/time/time.ts";
import { createHeld } from "../../../history/held.ts";
import { createLog } from "../../../platform/told/log.ts";
import { createMask } from "../../../platform/told/mask.ts";
import { createMemoryStore } from "../../../store/memory/memory.ts";
import { GAME_EVENT_TYPE } from "./event.ts";
import { createGameTelling, type GameTellingNeeds } from "./telling.ts";

const LOOK = 15_000_000;
const SOURCE = "sports_test";

function openHome() {
  const folder = mkdtempSync(join(tmpdir(), "games-"));
  const clock = createTestClock();
  const lines: string[] = [];
  const log = createLog({ clock, mask: createMask(), level: "debug", write: (line) => void lines.push(line) });
  const database = openDatabase({ folder, clock, log });
  let store = createMemoryStore();
  const held = () => createHeld({ store, keyOf: String });
  const needs: GameTellingNeeds = {
    book: database.games,
    followed: {
      get: () => database.settings.get("sports_followed"),
      set: (value) => database.settings.set("sports_followed", value),
    },
    record: async (events) => void (await store.append(events.map((event) => ({ kind: "event", event })))),
    stored: (window) => held().events(GAME_EVENT_TYPE, window),
    log,
  };
  return {
    needs,
    database,
    lines,
    told: () => held().events(GAME_EVENT_TYPE, ALL_TIME),
    /** As new; opening a database takes most of a life. */
    reset: async () => {
      database.games.forget(Number.MAX_SAFE_INTEGER);
      database.settings.remove("sports_followed");
      await store.close();
      store = createMemoryStore();
    },
    [Symbol.asyncDispose]: async () => {
      database.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
const factsOf = (games: readonly Game[], teams: readonly string[] = ["a"]): SportsFacts => ({
  form: SPORTS_FACTS_FORM,
  league: "hockey/nhl",
  teams: teams.map((id) => ({ id, key: id, name: id, abbreviation: id, color: null, record: null })),
  unknownTeams: [],
  teamsAsked: 0,
  nextAsked: {},
  games,
  unlisted: {},
  since: {},
  problems: [],
});
const words = ({ data }: HomeEvent) =>
  `${data.game_id}#${data.sequence} ${data.event}${data.delta === undefined ? "" : ` ${data.side} ${data.delta}`}`;

/** Two games at once, so that a stop may lie between them. */
const SEQUENCE: readonly (readonly Game[])[] = [
  ["scheduled", "scheduled"],
  ["live 0-0 p1", "scheduled"],
  ["live 1-0 p1", "live 0-0 p1"],
  ["break 1-0 p1", "live 0-3 p1"],
  ["live 1-2 p2", "live 0-3 p1"],
  ["live 1-2 p3", "suspended 0-3 p1"],
  ["final 3-2 p3", "suspended 0-3 p1"],
  ["final 3-2 p3", "final 0-3 p1"],
].map(([one, two]) => [gameFrom(one as string), gameFrom(two as string, { id: "g2" })]);

const EXPECTED = [
  "g1#1 started",
  "g1#2 scored home 1",
  "g1#3 lead_changed",
  "g2#1 started",
  "g1#4 period_ended",
  "g2#2 scored away 3",
  "g2#3 lead_changed",
  "g1#5 scored away 2",
  "g1#6 lead_changed",
  "g1#7 period_ended",
  "g2#4 suspended",
  "g1#8 scored home 2",
  "g1#9 lead_changed",
  "g1#10 final",
  "g2#5 final",
];

test("what happens is stored once, in order, as events that an automation can ask for", async () => {
  await using home = openHome();
  const telling = createGameTelling(home.needs);
  for (const [i, games] of SEQUENCE.entries()) await telling.hear(SOURCE, factsOf(games), GAME_START + i * LOOK);
  const told = await home.told();
  assert.deepEqual(told.map(words), EXPECTED);
  const { type, time, data } = told[1] as HomeEvent;
  assert.equal(type, "ha_ingestor_game");
  assert.equal(time, GAME_START + 2 * LOOK);
  assert.deepEqual(data, {
    event: "scored",
    source: SOURCE,
    league: "hockey/nhl",
    game_id: "g1",
    sequence: 2,
    game: "B at A",
    team: "A",
    home: "A",
    away: "B",
    home_name: "The a",
    away_name: "The b",
    home_score: 1,
    away_score: 0,
    status: "live",
    period: 1,
    clock: null,
    start: "2025-06-04T00:00:00.000000Z",
    followed: ["a"],
    within_s: 15,
    side: "home",
    delta: 1,
  });
});

/** The ports of a hub that is killed at its `at`-th use of one of them, before it is done or just after. */
function killedAt(needs: GameTellingNeeds, at: number, done: boolean) {
  let uses = 0;
  let dead = false;
  const guard =
    <A extends unknown[], R>(use: (...args: A) => R) =>
    (...args: A): R => {
      if (dead) throw new Error("dead");
      uses++;
      if (uses < at) return use(...args);
      dead = true;
      if (done) use(...args);
      throw new Error("killed");
    };
  const ports: GameTellingNeeds = {
    ...needs,
    book: {
      get: guard(needs.book.get),
      pending: guard(needs.book.pending),
      put: guard(needs.book.put),
      forget: guard(needs.book.forget),
    },
    followed: { get: guard(needs.followed.get), set: guard(needs.followed.set) },
    record: guard(needs.record),
    stored: guard(needs.stored),
  };
  return { ports, isDead: () => dead };
}

for (const done of [false, true])
  for (const repeats of [true, false])
    test(`killed at every step ${done ? "just after" : "before"} it is done, and started again ${repeats ? "on the same look" : "on the next one"}: nothing is told twice, and nothing is lost`, async () => {
      await using home = openHome();
      for (let at = 1; ; at++) {
        await home.reset();
        const { ports, isDead } = killedAt(home.needs, at, done);
        let telling = createGameTelling(ports);
        let killed = false;
        for (const [i, games] of SEQUENCE.entries()) {
          await telling.hear(SOURCE, factsOf(games), GAME_START + i * LOOK);
          if (killed || !isDead()) continue;
          killed = true;
          telling = createGameTelling(home.needs);
          if (repeats || i === SEQUENCE.length - 1) await telling.hear(SOURCE, factsOf(games), GAME_START + i * LOOK);
        }
        const told = await home.told();
        if (repeats) assert.deepEqual(told.map(words).toSorted(), EXPECTED.toSorted(), `killed at ${at}`);
        for (const game of ["g1", "g2"]) {
          const own = told.filter(({ data }) => data.game_id === game);
          assert.deepEqual(
            own.map(({ data }) => data.sequence),
            own.map((_, n) => n + 1),
            `killed at ${at}`,
          );
          assert.equal(own.filter(({ data }) => data.event === "final").length, 1, `killed at ${at}`);
          const total = (side: string) =>
            own.filter(({ data }) => data.side === side).reduce((sum, { data }) => sum + (data.delta as number), 0);
          assert.deepEqual([total("home"), total("away")], game === "g1" ? [3, 2] : [0, 3], `killed at ${at}`);
        }
        if (!killed) {
          assert.ok(at > 40, "it was killed at each of its steps");
          break;
        }
      }
    });

test("whoever begins to follow a team is not told of what was before", async () => {
  await using home = openHome();
  const telling = createGameTelling(home.needs);
  const over = gameFrom("final 3-2 p3", { winner: "home" });
  await telling.hear(SOURCE, factsOf([over, gameFrom("live 1-0 p1", { id: "g2" })]), GAME_START);
  assert.deepEqual(await home.told(), []);
  await telling.hear(SOURCE, factsOf([over, gameFrom("live 2-0 p1", { id: "g2" })]), GAME_START + LOOK);
  assert.deepEqual((await home.told()).map(words), ["g2#1 scored home 1"]);
});

test("a game that came and went while the hub was away is told when it is first seen as final", async () => {
  await using home = openHome();
  await createGameTelling(home.needs).hear(SOURCE, factsOf([]), GAME_START - 86_400_000_000);
  const over = gameFrom("final 3-2 p3", { winner: "home" });
  for (const look of [0, 1])
    await createGameTelling(home.needs).hear(SOURCE, factsOf([over]), GAME_START + look * LOOK);
  assert.deepEqual((await home.told()).map(words), ["g1#1 final"]);
});

test("a store that does not take an event is asked again at the next look", async () => {
  await using home = openHome();
  let refuses = true;
  const telling = createGameTelling({
    ...home.needs,
    record: async (events) => {
      if (refuses) throw new Error("the disk is full");
      await home.needs.record(events);
    },
  });
  for (const [i, words_] of ["scheduled", "live 0-0 p1", "live 1-0 p1"].entries()) {
    refuses = i === 1;
    await telling.hear(SOURCE, factsOf([gameFrom(words_)]), GAME_START + i * LOOK);
  }
  assert.deepEqual((await home.told()).map(words), ["g1#1 started", "g1#2 scored home 1", "g1#3 lead_changed"]);
  assert.ok(home.lines.some((line) => line.includes("the disk is full")));
});
