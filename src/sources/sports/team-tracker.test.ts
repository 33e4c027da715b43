import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { Failure } from "../../domain/failure.ts";
import { type SportsFacts, sportsFactsOf } from "../../domain/outside/game.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import type { EntityNow } from "../source.ts";
import { teamTracker } from "./team-tracker.ts";

const NOW = "2022-09-10T19:00:00Z";
const at = (text: string) => microsFromRfc3339(text) as number;
/** As Home Assistant has it: the state is beside the attributes. */
const entity = (id: string, attributes: Record<string, unknown>, time = NOW): EntityNow => ({
  entityId: `sensor.${id}`,
  state: String(attributes.state),
  attributes,
  time: at(time),
});
const tracked = (id: string, number: string, more: object = {}) =>
  entity(id, { ...JSON.parse(recorded(`ha-entity-teamtracker/teamtracker_test${number}.json`)), ...more });
const read = (entities: readonly EntityNow[], more: { now?: string; facts?: unknown; names?: string[] } = {}) =>
  teamTracker.read({
    ...asked(() => assert.fail("nobody outside is asked"), {
      settings: { entities: more.names ?? entities.map(({ entityId }) => entityId) },
      now: more.now ?? NOW,
      entities,
    }),
    ...(more.facts === undefined ? {} : { facts: more.facts }),
  });
const factsOf = async (...given: Parameters<typeof read>) => (await read(...given)).facts as SportsFacts;
const failsAs = (words: RegExp) => (error: unknown) =>
  error instanceof Failure && error.code === "entity_absent" && words.test(error.message);

test("recorded: a game that is on, by both sides, with its scores and its clock", {
  skip: recordedAreAbsent,
}, async () => {
  const { readings, facts } = await read([tracked("ala", "05")]);
  assert.deepEqual(
    readings.map(({ quantity, of, value }) => [of?.key, of?.name, quantity, value]),
    [
      ["ala", "Alabama Crimson Tide", "status", "live"],
      ["ala", "Alabama Crimson Tide", "score", 17],
      ["ala", "Alabama Crimson Tide", "opponent_score", 16],
    ],
  );
  assert.equal(facts?.league, "football/college-football");
  const [game] = facts?.games ?? [];
  assert.deepEqual(
    [game?.id, game?.status, game?.period, game?.clock, game?.winner, game?.start, game?.venue],
    ["401403868", "live", 4, "4:15 - 4th", null, at("2022-09-10T16:00:00Z"), "DKR-Texas Memorial Stadium"],
  );
  // Alabama plays away.
  assert.deepEqual(
    [game?.home, game?.away].map((side) => [side?.id, side?.abbreviation, side?.name, side?.score, side?.rank]),
    [
      ["251", "TEX", "Texas Longhorns", 16, null],
      ["333", "ALA", "Alabama Crimson Tide", 17, 1],
    ],
  );
  assert.deepEqual(sportsFactsOf(JSON.parse(JSON.stringify(facts))), facts);
  assert.equal(teamTracker.rhythm?.(facts, { entities: [] }, at(NOW)), 15_000);
});

test("recorded: before a game its scores are placeholders; soccer has no winner while it is on", {
  skip: recordedAreAbsent,
}, async () => {
  const before = await factsOf([tracked("mia", "01")]);
  const [game] = before.games;
  assert.deepEqual(
    [game?.id, game?.status, game?.home.score, game?.away.score, game?.period, game?.clock],
    ["401356264", "scheduled", null, null, null, null],
  );
  assert.equal(teamTracker.rhythm?.(before, { entities: [] }, at(NOW)), 60_000);
  const [soccer] = (await factsOf([tracked("clb", "08")])).games;
  assert.deepEqual([soccer?.id, soccer?.status, soccer?.away.score, soccer?.winner], ["623574", "live", 2, null]);
});

test("recorded: a game that was won is final, and is known on while the entity tells the next one", {
  skip: recordedAreAbsent,
}, async () => {
  const now = "2022-10-02T02:00:00Z";
  const heard = (more: object) => entity("cbj", { ...tracked("cbj", "15").attributes, ...more }, now);
  const facts = await factsOf([heard({})], { now });
  const [game] = facts.games;
  assert.deepEqual(
    [game?.id, game?.status, game?.winner, game?.home.score, game?.away.score],
    ["401461499", "final", "home", 2, 1],
  );
  const next = heard({
    ...{ state: "PRE", date: "2022-10-05T23:00Z", event_url: "https://www.espn.com/nhl/game/_/gameId/401461777" },
    ...{ team_winner: null, opponent_winner: null, team_score: "0", opponent_score: "0", clock: "10/5 - 7:00 PM EDT" },
  });
  const both = await factsOf([next], { now, facts });
  assert.deepEqual(
    both.games.map(({ id, status }) => [id, status]),
    [
      ["401461499", "final"],
      ["401461777", "scheduled"],
    ],
  );
  const later = await factsOf([entity("cbj", next.attributes, "2022-10-05T12:00:00Z")], {
    now: "2022-10-05T12:00:00Z",
    facts: both,
  });
  assert.deepEqual(
    later.games.map(({ id }) => id),
    ["401461777"],
  );
});

test("a game that was put off is never final, and what POST means nobody knows without a winner or a word", {
  skip: recordedAreAbsent,
}, async () => {
  const none = { state: "POST", team_winner: null, opponent_winner: false, team_score: "0", opponent_score: "0" };
  const status = async (clock: string | null, more: object = {}) => {
    const [game] = (await factsOf([tracked("ala", "05", { ...none, clock, ...more })])).games;
    return [game?.status, game?.home.score, game?.winner];
  };
  assert.deepEqual(await status("Postponed"), ["postponed", null, null]);
  assert.deepEqual(await status("Canceled"), ["canceled", null, null]);
  assert.deepEqual(await status("Suspended"), ["suspended", 0, null]);
  assert.deepEqual(await status("Pospuesto"), ["unknown", null, null]);
  assert.deepEqual(await status(null), ["unknown", null, null]);
  assert.deepEqual(await status("FT"), ["final", 0, "draw"]);
  assert.deepEqual(await status("Final/OT", { opponent_winner: true, opponent_score: "3" }), ["final", 3, "home"]);
  assert.deepEqual(await status("Halftime", { state: "IN" }), ["break", 0, null]);
  assert.deepEqual(await status("Delayed", { state: "PRE" }), ["delayed", null, null]);
  assert.deepEqual((await factsOf([tracked("ala", "05", { state: "BYE" })])).games, []);
  const { readings } = await read([tracked("ala", "05", { state: "BYE" })]);
  assert.deepEqual(
    readings.map(({ quantity, value }) => [quantity, value]),
    [["status", "none"]],
  );
});

test("an entity that is silent, not there, or of another league costs itself alone, and says why", {
  skip: recordedAreAbsent,
}, async () => {
  const names = ["sensor.ala", "sensor.nobody", "sensor.cbj", "sensor.other"];
  const other = entity("other", { state: "21.5", unit_of_measurement: "°C" });
  const { facts, waitsFor } = await read([tracked("ala", "05"), tracked("cbj", "15"), other], { names });
  assert.deepEqual(
    facts?.teams.map(({ key }) => key),
    ["ala"],
  );
  assert.match(waitsFor ?? "", /sensor\.nobody: there is no such entity/);
  assert.match(waitsFor ?? "", /Columbus Blue Jackets: it plays in hockey\/nhl/);
  assert.match(waitsFor ?? "", /sensor\.other: it is 21\.5 now/);
  const silent = entity("ala", tracked("ala", "05").attributes, "2022-09-10T18:50:00Z");
  await assert.rejects(read([silent]), failsAs(/last heard 10 minutes ago/));
  await assert.rejects(read([], { names: ["sensor.ala"] }), failsAs(/no such entity/));
  await assert.rejects(read([tracked("ala", "05", { state: "NOT_FOUND", team_id: null })]), failsAs(/no such team/));
  await assert.rejects(read([tracked("ala", "05", { team_score: "many" })]), failsAs(/team_score/));
});

test("of two entities that follow one team, and of two teams of one game, each is there once", {
  skip: recordedAreAbsent,
}, async () => {
  const away = tracked("ala", "05");
  const swapped = Object.fromEntries(
    Object.entries(away.attributes).map(([name, value]) => [
      name.replace(/^(team|opponent)_/, (_, one) => (one === "team" ? "opponent_" : "team_")),
      value,
    ]),
  );
  const facts = await factsOf([away, tracked("again", "05"), entity("tex", swapped)]);
  assert.deepEqual(
    facts.teams.map(({ key, id }) => [key, id]),
    [
      ["ala", "333"],
      ["tex", "251"],
    ],
  );
  assert.equal(facts.games.length, 1);
});
