import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../tests/support/outside/asked.ts";
import { testCases } from "../../../tests/support/outside/cases.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { plain } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { type Game, SPORTS_FACTS_FORM, type SportsFacts } from "../../domain/outside/game.ts";
import { type Micros, microsFromRfc3339 } from "../../domain/time/time.ts";
import { gameOf } from "./espn/game.ts";
import { askSchedule, askTeam, askTeams } from "./espn/requests.ts";
import { espn } from "./espn.ts";
import { keyOf } from "./teams.ts";

const CASES = join(import.meta.dirname, "cases");
testCases(CASES, espn);

const at = (text: string): Micros => microsFromRfc3339(text) as Micros;
const teamsAnswer = (...teams: readonly (readonly [id: string, abbreviation: string, name?: string])[]) =>
  JSON.stringify({
    sports: [
      {
        leagues: [
          {
            teams: teams.map(([id, abbreviation, displayName = `The ${abbreviation}`]) => ({
              team: { id, abbreviation, displayName },
            })),
          },
        ],
      },
    ],
  });

/** Facts as if the teams had been asked for just now, so that the scoreboard alone is asked. */
const factsOf = (league: string, now: string, teams: readonly (readonly [id: string, key: string])[]): SportsFacts => ({
  form: SPORTS_FACTS_FORM,
  league,
  teams: teams.map(([id, key]) => ({ id, key, name: key, abbreviation: key.toUpperCase(), color: null, record: null })),
  unknownTeams: [],
  teamsAsked: at(now),
  nextAsked: Object.fromEntries(teams.map(([id]) => [id, at(now)])),
  games: [],
  unlisted: {},
  since: {},
  problems: [],
});

async function readRecorded(file: string, league: string, now: string, teams: readonly (readonly [string, string])[]) {
  const needs = asked(() => recorded(`espn/${file}`), {
    settings: { league, teams: teams.map(([, key]) => key) },
    now,
  });
  const { facts, readings } = await espn.read({ ...needs, facts: factsOf(league, now, teams) });
  assert.ok(facts);
  return { facts, readings, requests: needs.requests };
}
const short = (game: Game | undefined) =>
  game && {
    status: game.status,
    score: `${game.home.abbreviation} ${game.home.score} ${game.away.abbreviation} ${game.away.score}`,
    period: game.period,
    winner: game.winner,
  };
const allOf = (file: string) =>
  (JSON.parse(recorded(`espn/${file}`)) as { events: unknown[] }).events.map((event) => gameOf(event, file));

test("recorded games of six sports have the right status, score, period and winner", {
  skip: recordedAreAbsent,
}, () => {
  const find = (file: string, id: string) => short(allOf(file).find((game) => game.id === id));
  assert.deepEqual(find("mlb_scoreboard_20250604_live_postponed.json", "401695827"), {
    status: "postponed",
    score: "STL null KC null",
    period: null,
    winner: null,
  });
  assert.deepEqual(find("mlb_scoreboard_20250604_live_postponed.json", "401695818"), {
    status: "live",
    score: "ATL 0 ARI 1",
    period: 9,
    winner: null,
  });
  assert.deepEqual(find("nfl_scoreboard_2022w1_sunday_live.json", "401437640"), {
    status: "scheduled",
    score: "TEN null NYG null",
    period: null,
    winner: null,
  });
  assert.deepEqual(find("nfl_scoreboard_20241215_finals.json", "401671854"), {
    status: "final",
    score: "CLE 7 KC 21",
    period: 4,
    winner: "away",
  });
  assert.deepEqual(find("wnba_seq1_a_halftime.json", "401736158"), {
    status: "break",
    score: "SEA 30 DAL 38",
    period: 2,
    winner: null,
  });
  assert.deepEqual(find("soccer_eng1_last_day_ft.json", "704652"), {
    status: "final",
    score: "LIV 1 CRY 1",
    period: 2,
    winner: "draw",
  });
  assert.deepEqual(find("soccer_mls_2022-09-17_live.json", "623601"), {
    status: "live",
    score: "NE 0 MTL 0",
    period: 2,
    winner: null,
  });
  // Before it begins ESPN says 0 to 0, which is no score.
  assert.deepEqual(find("nhl_seq1_a_pre.json", "401777455"), {
    status: "scheduled",
    score: "EDM null FLA null",
    period: null,
    winner: null,
  });
  assert.deepEqual(find("nhl_seq1_b_third_period.json", "401777455"), {
    status: "live",
    score: "EDM 2 FLA 3",
    period: 3,
    winner: null,
  });
  assert.deepEqual(find("wnba_seq1_c_final.json", "401736158"), {
    status: "final",
    score: "SEA 83 DAL 77",
    period: 4,
    winner: "home",
  });
  const overtime = allOf("nhl_scoreboard_2022-09-25_split_squads.json").filter((game) => game.overtime);
  assert.deepEqual(
    overtime.map(({ id, winner }) => `${id} ${winner}`),
    ["401461562 home", "401461454 away", "401461559 home"],
  );
});

test("every game of every recorded scoreboard is read, and no state is unknown", { skip: recordedAreAbsent }, () => {
  const counts = {
    "mlb_scoreboard_20250604_live_postponed.json": 15,
    "mlb_scoreboard_20250605_doubleheader_pre.json": 13,
    "nba_scoreboard_2022-10-02_in_progress_trimmed.json": 2,
    "nba_scoreboard_20241215_finals.json": 7,
    "nba_scoreboard_2025-05-29_playoff.json": 1,
    "nba_scoreboard_no_games.json": 0,
    "nfl_scoreboard_2022w1_sunday_live.json": 16,
    "nfl_scoreboard_20241215_finals.json": 13,
    "nhl_scoreboard_2022-09-25_split_squads.json": 10,
    "soccer_eng1_last_day_ft.json": 10,
    "soccer_mls_2022-09-17_live.json": 11,
    "soccer_usa1_pre.json": 1,
    "nhl_seq1_a_pre.json": 1,
    "nhl_seq1_b_third_period.json": 1,
    "wnba_seq1_c_final.json": 3,
  };
  for (const [file, count] of Object.entries(counts)) {
    const games = allOf(file);
    assert.equal(games.length, count, file);
    for (const game of games) {
      assert.notEqual(game.status, "unknown", `${file} ${game.id}`);
      const played = ["live", "break", "final"].includes(game.status);
      assert.equal(game.home.score !== null, played, `${file} ${game.id}`);
      assert.equal(game.winner !== null, game.status === "final", `${file} ${game.id}`);
    }
  }
});

test("only games of followed teams are kept; a double-header is two games", { skip: recordedAreAbsent }, async () => {
  const now = "2025-06-05T15:00:00Z";
  const { facts, readings } = await readRecorded("mlb_scoreboard_20250605_doubleheader_pre.json", "baseball/mlb", now, [
    ["24", "stl"],
  ]);
  assert.deepEqual(
    facts.games.map(({ id, start, status }) => `${id} ${plain(start)} ${status}`),
    ["401778098 2025-06-05T17:45:00Z scheduled", "401695839 2025-06-05T23:45:00Z scheduled"],
  );
  assert.deepEqual(
    readings.map(({ of, quantity, value }) => `${of?.key} ${quantity} ${value}`),
    ["stl status scheduled"],
  );
});

test("a value keeps the time since when it is so", { skip: recordedAreAbsent }, async () => {
  const settings = { league: "basketball/wnba", teams: ["sea"] };
  const looks = ["a_halftime", "b_fourth_quarter", "b_fourth_quarter"];
  let facts: unknown = factsOf(settings.league, "2025-06-04T02:00:00Z", [["14", "sea"]]);
  const times: string[] = [];
  for (const [i, look] of looks.entries()) {
    const needs = asked(() => recorded(`espn/wnba_seq1_${look}.json`), {
      settings,
      now: `2025-06-04T02:0${i}:00Z`,
    });
    const answered = await espn.read({ ...needs, facts });
    facts = JSON.parse(JSON.stringify(answered.facts));
    times.push(answered.readings.map(({ quantity, value, time }) => `${quantity} ${value} ${plain(time)}`).join(", "));
    assert.equal(needs.requests.length, 1);
  }
  assert.deepEqual(times, [
    "status break 2025-06-04T02:00:00Z, score 30 2025-06-04T02:00:00Z, opponent_score 38 2025-06-04T02:00:00Z",
    "status live 2025-06-04T02:01:00Z, score 56 2025-06-04T02:01:00Z, opponent_score 59 2025-06-04T02:01:00Z",
    "status live 2025-06-04T02:01:00Z, score 56 2025-06-04T02:01:00Z, opponent_score 59 2025-06-04T02:01:00Z",
  ]);
});

test("teams, a team's next game and a season's schedule are read as recorded", {
  skip: recordedAreAbsent,
}, async () => {
  const needs = (file: string) => asked(() => recorded(`espn/${file}`), { settings: {}, now: "2026-04-01T00:00:00Z" });
  const teams = await askTeams(needs("nfl_teams.json").ask, "football/nfl");
  assert.equal(teams.length, 32);
  assert.deepEqual(teams[0], { id: "22", abbreviation: "ARI", name: "Arizona Cardinals", color: "a40227" });
  const { next, record } = await askTeam(needs("team_usa1_183_with_next_event.json").ask, "soccer/usa.1", "183");
  assert.equal(record, "0-2-3");
  assert.deepEqual(
    next.map(({ id, start, status }) => `${id} ${plain(start)} ${status}`),
    ["761521 2026-04-04T23:30:00Z scheduled"],
  );
  assert.deepEqual(
    (await askTeam(needs("team_college_194_minimal.json").ask, "football/college-football", "194")).next,
    [],
  );
  const chiefs = await askSchedule(needs("schedule_nfl_kc_2025_pre_byeweek.json").ask, "football/nfl", "12");
  assert.deepEqual([chiefs.season, chiefs.byeWeek, chiefs.games.length], [2025, 6, 17]);
  assert.equal(chiefs.games.filter(({ startKnown }) => !startKnown).length, 1);
  const crew = await askSchedule(needs("schedule_usa1_183.json").ask, "soccer/usa.1", "183");
  assert.equal(crew.record, "0-2-3");
  assert.deepEqual(short(crew.games[0]), { status: "final", score: "TOR 2 CLB 1", period: 2, winner: "home" });
});

test("nobody is asked where no team is followed, and for sports without two teams", () => {
  const place = asked(() => "", { settings: {}, now: "2026-01-01T00:00:00Z" }).place;
  const unfit = (league: string, teams: string[]) => espn.unfit?.({ league, teams }, place)?.why;
  assert.equal(unfit("football/nfl", []), "No team is followed");
  assert.match(String(unfit("golf/pga", ["a"])), /no sport of two teams/);
  assert.equal(unfit("football/nfl", ["KC"]), undefined);
  for (const league of ["nfl", "football/", "../x", "football/nfl?x=1", "football/nfl/teams"])
    assert.equal(v.safeParse(espn.settings, { league, teams: [] }).success, false, league);
});

test("a team that the league does not have is said; where there is no other, nothing is read", async () => {
  const read = (teams: string[]) =>
    espn.read(
      asked(
        ({ at: url }) =>
          url.pathname.endsWith("/teams") ? teamsAnswer(["12", "KC"]) : '{"events":[],"team":{"id":"12"}}',
        {
          settings: { league: "football/nfl", teams },
          now: "2026-01-01T00:00:00Z",
        },
      ),
    );
  const answered = await read(["KC", "KCC"]);
  assert.deepEqual(answered.facts?.unknownTeams, ["KCC"]);
  assert.equal(answered.waitsFor, "football/nfl has no team KCC.");
  await assert.rejects(read(["KCC"]), (error: unknown) => error instanceof Failure && error.code === "unknown_team");
});

test("a team's key is a word for the names of series, in any script", () => {
  const names = ["Kansas City Chiefs", "Atlético-MG", " 49ers ", "東京", "大阪"];
  assert.deepEqual(names.map(keyOf), ["kansas_city_chiefs", "atletico_mg", "49ers", "6771_4eac", "5927_962a"]);
});

test("blocked is refused with what to know, not a day without games", async () => {
  const needs = asked(() => ({ status: 403, text: "Access Denied" }), {
    settings: { league: "football/nfl", teams: ["KC"] },
    now: "2026-01-01T00:00:00Z",
  });
  await assert.rejects(espn.read(needs), (error: unknown) => error instanceof Failure && error.code === "refused");
  assert.match(String(needs.requests[0]?.headers?.["user-agent"]), /^HA-Ingestor\//);
});

test("a game that is on survives an empty answer, and ten minutes of them end it", {
  skip: recordedAreAbsent,
}, async () => {
  const settings = { league: "basketball/wnba", teams: ["sea"] };
  let facts: unknown = factsOf(settings.league, "2025-06-04T02:00:00Z", [["14", "sea"]]);
  const counts: number[] = [];
  for (const minute of ["00", "01", "09", "11", "12"]) {
    const text = minute === "00" ? recorded("espn/wnba_seq1_b_fourth_quarter.json") : '{"events":[]}';
    const needs = asked(() => text, { settings, now: `2025-06-04T02:${minute}:00Z` });
    const answered = await espn.read({ ...needs, facts });
    facts = answered.facts;
    counts.push(answered.facts?.games.length ?? 0);
  }
  assert.deepEqual(counts, [1, 1, 1, 0, 0]);
});

test("recorded: a refused range of days is a failure in ESPN's words; the page of one game is no scoreboard", {
  skip: recordedAreAbsent,
}, async () => {
  const read = (status: number, file: string) => {
    const now = "2025-06-01T00:00:00Z";
    const settings = { league: "basketball/nba", teams: ["ind"] };
    const needs = asked(() => ({ status, text: recorded(`espn/${file}`) }), { settings, now });
    return espn.read({ ...needs, facts: factsOf(settings.league, now, [["11", "ind"]]) });
  };
  await assert.rejects(read(400, "error_400_date_range.json"), (error: unknown) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, "unexpected_status");
    assert.match(error.message, /400: .*Failed to get events endpoint/);
    return true;
  });
  await assert.rejects(
    read(200, "summary_nba_pregame.json"),
    (error: unknown) => error instanceof Failure && error.code === "changed_shape" && /events/.test(error.message),
  );
});

test("a range of days is never asked for", { skip: recordedAreAbsent }, async () => {
  const now = "2025-06-05T03:00:00Z";
  const { requests } = await readRecorded("nba_scoreboard_no_games.json", "basketball/nba", now, [["1", "atl"]]);
  const days = requests.map(({ url }) => new URL(url).searchParams.get("dates"));
  assert.deepEqual(days, ["20250604", "20250603", "20250605"]);
});

test("a game of another team in a shape that nobody knows troubles nobody; one's own is said with its path", async () => {
  const scoreboard = (id: string) =>
    JSON.stringify({ events: [{ id: "1", date: "soon", competitions: [{ competitors: [{ id }, { id: "99" }] }] }] });
  const now = "2026-01-01T00:00:00Z";
  const read = (id: string) =>
    espn.read({
      ...asked(() => scoreboard(id), { settings: { league: "football/nfl", teams: ["kc"] }, now }),
      facts: factsOf("football/nfl", now, [["12", "kc"]]),
    });
  assert.deepEqual((await read("98")).facts?.games, []);
  await assert.rejects(
    read("12"),
    (error: unknown) => error instanceof Failure && /competitions\.0/.test(error.message),
  );
});

test("what is missing or odd in an answer makes up nothing", async () => {
  const file = (name: string) => readFileSync(join(CASES, "espn-one-call-for-all-teams", name), "utf8");
  const now = "2025-06-05T03:00:00Z";
  const counts = await nothingIsMadeUp(
    file("answer-scoreboard.json"),
    (text) =>
      espn.read(
        asked(({ at: url }) => (url.pathname.endsWith("/teams") ? file("answer-teams.json") : text), {
          settings: { league: "hockey/nhl", teams: ["fla", "Montréal Canadiens", "1"] },
          now,
        }),
      ),
    // A game that is listed no longer is none, and an unknown state is said to be so.
    ["status"],
  );
  assert.ok(counts.read > 100 && counts.refused > 100, JSON.stringify(counts));
});
