import assert from "node:assert/strict";
import { test } from "node:test";
import { GAME_START, gameFrom } from "../../../../tests/support/outside/games.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import type { Game } from "../../../domain/outside/game.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { gameOf } from "../espn/game.ts";
import type { GameEvent, GameMemory } from "./memory.ts";
import { tell } from "./tell.ts";

const START = GAME_START;
const LOOK: Micros = 15_000_000;

const words = (event: GameEvent): string =>
  [
    event.event,
    event.side,
    event.delta,
    event.leader && `${event.previousLeader ?? "level"}->${event.leader}`,
    event.endedPeriod && `p${event.endedPeriod}`,
    event.winner,
  ]
    .filter((part) => part !== undefined && part !== null)
    .join(" ");

/** What is told at each look; the memory goes through its serialised form each time, as over a restart. */
function replay(looks: readonly Game[], from = START): string[][] {
  let memory: GameMemory | undefined;
  let sequence = 0;
  return looks.map((look, i) => {
    const told = tell(memory, look, from + i * LOOK);
    memory = JSON.parse(JSON.stringify(told.memory)) as GameMemory;
    for (const event of told.events) assert.equal(event.sequence, ++sequence);
    return told.events.map(words);
  });
}
const said = (...looks: readonly (string | Game)[]) =>
  replay(looks.map((look) => (typeof look === "string" ? gameFrom(look) : look)));

test("a game from its start to its end: each thing once, at the look that shows it", () => {
  assert.deepEqual(
    said(
      "scheduled",
      "live 0-0 p1",
      "live 1-0 p1",
      "live 1-0 p1",
      "break 1-0 p1",
      "live 1-1 p2",
      "live 1-2 p2",
      "live 3-2 p3",
      gameFrom("final 3-2 p3", { winner: "home" }),
      gameFrom("final 3-2 p3", { winner: "home" }),
    ),
    [
      [],
      ["started"],
      ["scored home 1", "lead_changed level->home"],
      [],
      ["period_ended p1"],
      ["scored away 1"],
      ["scored away 1", "lead_changed level->away"],
      ["scored home 2", "lead_changed away->home", "period_ended p2"],
      ["final home"],
      [],
    ],
  );
});

test("overtime and a shoot-out: the periods end, level scores have a winner", () => {
  assert.deepEqual(
    said(
      "scheduled",
      "live 2-2 p3",
      "break 2-2 p3",
      "live 2-2 p4",
      "live 2-2 p5",
      gameFrom("final 2-2 p5", { winner: "away", shootout: true }),
    ).slice(2),
    [["period_ended p3"], [], ["period_ended p4"], ["final away"]],
  );
  assert.deepEqual(said("live 1-1 p2", gameFrom("final 1-1 p2", { winner: "draw" })), [["started"], ["final draw"]]);
});

test("a score that goes down is a correction, and only once it was said twice", () => {
  assert.deepEqual(said("live 7-3 p1", "live 1-3 p1", "live 1-3 p1", "live 1-3 p1"), [
    ["started"],
    [],
    ["score_corrected home -6", "lead_changed home->away"],
    [],
  ]);
});

test("an old answer of a cache tells nothing, and what it hid is not told again", () => {
  assert.deepEqual(said("live 1-0 p2", "live 2-0 p2", "live 1-0 p2", "live 2-0 p2", "live 0-0 p1", "live 2-0 p2"), [
    ["started"],
    ["scored home 1"],
    [],
    [],
    [],
    [],
  ]);
  assert.deepEqual(
    said(
      "live 2-0 p3",
      gameFrom("final 2-0 p3", { winner: "home" }),
      "live 2-0 p3",
      "live 2-0 p3",
      gameFrom("final 2-0 p3", { winner: "home" }),
    ),
    [["started"], ["final home"], [], [], []],
  );
});

test("a game that is first seen when it is over says so once; an old one says nothing", () => {
  const over = gameFrom("final 3-1 p3", { winner: "home" });
  assert.deepEqual(said(over, over), [["final home"], []]);
  assert.deepEqual(replay([over], START + 4 * 24 * 3_600_000_000), [[]]);
});

test("a game that was missed as a whole is told by how it ended", () => {
  assert.deepEqual(said("scheduled", gameFrom("final 3-1 p3", { winner: "home" })), [[], ["final home"]]);
});

test("a game that is first seen while it is on has started; what was before is not told", () => {
  assert.deepEqual(said("live 4-2 p2", "live 4-3 p2", "live 4-3 p3"), [
    ["started"],
    ["scored away 1"],
    ["period_ended p2"],
  ]);
  assert.deepEqual(said("break 4-2 p2", "live 4-2 p3"), [["started"], []]);
});

test("delayed, postponed, suspended, canceled, moved and resumed are told once each", () => {
  assert.deepEqual(said("scheduled", "delayed", "delayed", "live 0-0 p1", "suspended 0-0 p1", "live 0-0 p1"), [
    [],
    ["delayed"],
    [],
    ["started"],
    ["suspended"],
    ["resumed"],
  ]);
  const later = { start: START + 86_400_000_000 };
  assert.deepEqual(
    said("scheduled", "postponed", "postponed", gameFrom("scheduled", later), gameFrom("scheduled", later)),
    [[], ["postponed"], [], ["rescheduled"], []],
  );
  assert.deepEqual(said("scheduled", "canceled", "canceled"), [[], ["canceled"], []]);
});

test("a postponed game never scores and never ends", () => {
  assert.deepEqual(said("scheduled", "postponed -", "postponed - p1"), [[], ["postponed"], []]);
});

test("what the provider says and nobody knows changes nothing", () => {
  assert.deepEqual(said("live 1-0 p1", "unknown", "live 2-0 p1"), [["started"], [], ["scored home 1"]]);
});

test("a start that was not set and then is, is no move", () => {
  assert.deepEqual(said(gameFrom("scheduled", { startKnown: false }), gameFrom("scheduled", { start: START + 1 })), [
    [],
    [],
  ]);
});

test("a score that is missing for a look is not taken for 0", () => {
  assert.deepEqual(said("live 3-1 p1", "live - p1", "live - p1", "live 3-2 p1"), [
    ["started"],
    [],
    [],
    ["scored away 1"],
  ]);
});

test("each event says within how many seconds it happened", () => {
  const first = tell(undefined, gameFrom("live 0-0 p1"), START);
  assert.equal(first.events[0]?.withinSeconds, null);
  assert.equal(tell(first.memory, gameFrom("live 1-0 p1"), START + LOOK).events[0]?.withinSeconds, 15);
  assert.equal(tell(first.memory, gameFrom("live 1-0 p1"), START + 240 * LOOK).events[0]?.withinSeconds, 3_600);
});

const gameIn = (file: string, id: string): Game =>
  gameOf(
    (JSON.parse(recorded(`espn/${file}`)) as { events: { id: string }[] }).events.find((one) => one.id === id),
    file,
  );

test("the recorded WNBA game gives exactly its events", { skip: recordedAreAbsent }, () => {
  const files = ["a_halftime", "b_fourth_quarter", "c_final"].map((name) => `wnba_seq1_${name}.json`);
  const looks = files.map((file) => gameIn(file, "401736158"));
  assert.deepEqual(replay(looks, looks[0]?.start), [
    ["started"],
    ["scored home 26", "scored away 21", "period_ended p3"],
    ["scored home 27", "scored away 18", "lead_changed away->home", "final home"],
  ]);
  for (const id of ["401736156", "401736157"]) {
    const over = files.map((file) => gameIn(file, id));
    assert.deepEqual(replay(over, over[0]?.start), [["final home"], [], []]);
  }
});

test("the recorded NHL game gives exactly its events", { skip: recordedAreAbsent }, () => {
  const looks = ["a_pre", "b_third_period"].map((name) => gameIn(`nhl_seq1_${name}.json`, "401777455"));
  assert.deepEqual(replay(looks, looks[0]?.start), [
    [],
    ["started", "scored home 2", "scored away 3", "lead_changed level->away", "period_ended p1", "period_ended p2"],
  ]);
});
