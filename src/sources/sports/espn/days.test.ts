import assert from "node:assert/strict";
import { test } from "node:test";
import { gameFrom } from "../../../../tests/support/outside/games.ts";
import { type Game, SPORTS_FACTS_FORM, type SportsFacts } from "../../../domain/outside/game.ts";
import { type Micros, microsFromRfc3339 } from "../../../domain/time/time.ts";
import { daysToAsk, easternDay, rhythmOf } from "./days.ts";

const at = (text: string): Micros => microsFromRfc3339(text) as Micros;
const game = (words: string, start: string, id = "g1"): Game => gameFrom(words, { id, start: at(start) });
const factsOf = (...games: Game[]): SportsFacts => ({
  form: SPORTS_FACTS_FORM,
  league: "hockey/nhl",
  teams: [],
  unknownTeams: [],
  teamsAsked: 0,
  nextAsked: {},
  games,
  unlisted: {},
  since: {},
  problems: [],
});
const seconds = (now: string, ...games: Game[]) => rhythmOf(factsOf(...games), at(now)) / 1000;

test("15 s while a game is on, a minute from 20 minutes before it, 10 minutes on its day, else 6 hours", () => {
  const start = "2026-01-10T20:00:00Z";
  assert.equal(seconds("2026-01-10T21:00:00Z", game("live 0-0 p1", start)), 15);
  assert.equal(seconds("2026-01-10T21:00:00Z", game("break 0-0 p1", start)), 15);
  assert.equal(seconds("2026-01-10T19:40:00Z", game("scheduled", start)), 60);
  assert.equal(seconds("2026-01-10T20:05:00Z", game("scheduled", start)), 60);
  assert.equal(seconds("2026-01-10T20:05:00Z", game("delayed", start)), 60);
  assert.equal(seconds("2026-01-10T12:00:00Z", game("scheduled", start)), 600);
  assert.equal(seconds("2026-01-09T00:00:00Z", game("scheduled", start)), 6 * 3600);
  assert.equal(seconds("2026-01-10T23:30:00Z", game("final 1-0 p3", start)), 6 * 3600);
  assert.equal(seconds("2026-01-10T20:30:00Z", game("postponed", start)), 6 * 3600);
  assert.equal(seconds("2026-01-11T12:00:00Z", game("scheduled", start)), 6 * 3600, "a game that never began ends");
});

test("a long wait ends when a game comes near", () => {
  const start = "2026-01-10T20:00:00Z";
  assert.equal(seconds("2026-01-10T19:35:00Z", game("scheduled", start)), 300);
  assert.equal(seconds("2026-01-10T19:39:59.500Z", game("scheduled", start)), 1);
});

test("days are those of New York, also where its clocks change", () => {
  assert.equal(easternDay(at("2026-01-11T03:00:00Z")), "20260110");
  assert.equal(easternDay(at("2026-07-11T03:59:59Z")), "20260710");
  assert.equal(easternDay(at("2026-07-11T04:00:00Z")), "20260711");
});

test("while a game is on only its day is asked for, though the day has changed since", () => {
  const late = game("live 0-0 p3", "2026-01-11T02:30:00Z");
  assert.deepEqual(daysToAsk([late], at("2026-01-11T05:30:00Z")), ["20260110"]);
});

test("games on two days are asked for in turn, one call at a time", () => {
  const games = [game("live 0-0 p3", "2026-01-11T04:30:00Z"), game("live 0-0 p1", "2026-01-11T05:30:00Z", "g2")];
  const days = [0, 15, 30, 45].map((s) => daysToAsk(games, at("2026-01-11T06:00:00Z") + s * 1_000_000));
  assert.ok(days.every((asked) => asked.length === 1));
  assert.deepEqual(new Set(days.flat()), new Set(["20260110", "20260111"]));
});

test("with no game near, today, yesterday and tomorrow are asked for", () => {
  assert.deepEqual(daysToAsk([], at("2026-03-08T12:00:00Z")), ["20260308", "20260307", "20260309"]);
});
