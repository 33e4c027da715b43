import * as v from "valibot";
import { describeError, Failure } from "../../domain/failure.ts";
import {
  type Game,
  isOn,
  isOver,
  SPORTS_FACTS_FORM,
  type SportsFacts,
  sportsFactsOf,
} from "../../domain/outside/game.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Ask, Provider } from "../source.ts";
import { DAY, daysToAsk, easternDay, QUIET_MS, rhythmOf, teamsDue } from "./espn/days.ts";
import { INDIVIDUAL_SPORTS, LEAGUES, sportOf } from "./espn/leagues.ts";
import { askScoreboard, askTeam } from "./espn/requests.ts";
import { readingsOf, sinceOf } from "./readings.ts";
import { teamsOf } from "./teams.ts";

const MOST_FOLLOWED = 30;
/** Teams asked for their next game in one read; the others follow a minute later. */
const MOST_ASKED = 5;
const KEPT_AFTER = 3 * DAY;
const UNLISTED_HOLDS: Micros = 10 * 60_000_000;

const settings = v.strictObject({
  league: v.pipe(
    v.string(),
    v.title("League"),
    v.description(
      `Sport and league as in ESPN's addresses, such as ${LEAGUES.slice(0, 4)
        .map(({ path }) => path)
        .join(", ")}.`,
    ),
    v.regex(/^[a-z][a-z-]*\/[a-z0-9][a-z0-9._-]*$/, "is not of the form sport/league, such as football/nfl"),
    v.maxLength(80, "is longer than 80 characters"),
  ),
  teams: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.trim(),
          v.regex(/[\p{L}\p{N}]/u, "names no team"),
          v.maxLength(60, "is longer than 60 characters"),
        ),
      ),
      v.maxLength(MOST_FOLLOWED, `has more than ${MOST_FOLLOWED} teams`),
      v.title("Teams you follow"),
      v.description("Each by its abbreviation, its exact name or ESPN's number. Without one nothing is asked."),
    ),
    [],
  ),
});
export type EspnSettings = v.InferOutput<typeof settings>;

export const espn: Provider<EspnSettings, SportsFacts> = {
  id: "espn",
  kind: "sports",
  name: "ESPN",
  homepage: "https://www.espn.com",
  attribution: "Scores: ESPN",
  terms: "ESPN offers these answers without a contract and may change or end them. They are for personal use.",
  settings,
  worksUnset: false,
  // ESPN publishes none; this is what six leagues with a game on each would ask, twice over.
  limits: [{ calls: 60, perMs: 60_000 }],
  everyMs: QUIET_MS,
  tooOldMs: 2 * QUIET_MS + 3_600_000,
  unfit: ({ league, teams }) => {
    if (INDIVIDUAL_SPORTS.includes(sportOf(league)))
      return {
        why: `${league} is no sport of two teams`,
        fix: "Choose a league in which two teams play against each other.",
      };
    if (teams.length === 0) return { why: "No team is followed", fix: "Choose at least one team of the league." };
    return undefined;
  },
  rhythm: (facts, _, now) => rhythmOf(facts, now),
  read: async ({ ask, settings: chosen, now, facts: kept }) => {
    const last = sportsFactsOf(kept);
    const before = last?.league === chosen.league ? last : undefined;
    const followed = await teamsOf(ask, chosen, before, now);
    const ids = new Set(followed.teams.map(({ id }) => id));
    const known = (before?.games ?? []).filter((game) => playsIn(game, ids));

    const days = new Set<string>();
    const found: Game[] = [];
    for (const day of daysToAsk(known, now)) {
      days.add(day);
      found.push(...(await askScoreboard(ask, chosen.league, day, ids)));
      // Whoever is set up while a game is on goes on with that one alone.
      if (found.some(isOn)) break;
    }
    const { problems = [], since = {}, unlisted = {} } = before ?? {};
    const merged = merge({ games: known, unlisted }, found, days, now);

    const form = SPORTS_FACTS_FORM;
    const heard = await nextOf(ask, { form, ...followed, league: chosen.league, ...merged, problems, since }, now);
    const readings = readingsOf(heard, now);
    const waitsFor = [
      ...heard.unknownTeams.map((name) => `${chosen.league} has no team ${name}.`),
      ...heard.problems.map(({ team, why }) => `The next game of ${team} is not known: ${why}.`),
    ].join(" ");
    return {
      readings,
      issues: [],
      facts: { ...heard, since: sinceOf(readings) },
      ...(waitsFor === "" ? {} : { waitsFor }),
    };
  },
};

const playsIn = ({ home, away }: Game, ids: ReadonlySet<string>): boolean => ids.has(home.id) || ids.has(away.id);

/**
 * What a day's scoreboard no longer lists was moved; games of other days stay as they were heard. One that was on is
 * believed in for a while: an answer is empty now and then, and the next one is not.
 */
function merge(
  before: Pick<SportsFacts, "games" | "unlisted">,
  found: readonly Game[],
  days: ReadonlySet<string>,
  now: Micros,
): Pick<SportsFacts, "games" | "unlisted"> {
  const games = new Map(found.map((game) => [game.id, game]));
  const unlisted: { [game: string]: Micros } = {};
  for (const game of before.games) {
    if (games.has(game.id) || game.start + KEPT_AFTER <= now) continue;
    if (days.has(easternDay(game.start))) {
      const since = before.unlisted[game.id] ?? now;
      if (!isOn(game) || now >= since + UNLISTED_HOLDS) continue;
      unlisted[game.id] = since;
    }
    games.set(game.id, game);
  }
  return { games: [...games.values()].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1)), unlisted };
}

/** Next games of teams; a team that cannot be told of now costs the others nothing. */
async function nextOf(ask: Ask, facts: SportsFacts, now: Micros): Promise<SportsFacts> {
  const due = teamsDue(facts, now).slice(0, MOST_ASKED);
  if (due.length === 0) return facts;
  let { games, teams } = facts;
  const nextAsked = { ...facts.nextAsked };
  const problems = facts.problems.filter(({ team }) => !due.some(({ name }) => name === team));
  for (const { id, name } of due) {
    nextAsked[id] = now;
    try {
      const { record, next } = await askTeam(ask, facts.league, id);
      teams = teams.map((team) => (team.id === id && record !== null ? { ...team, record } : team));
      const ahead = next.filter((game) => !isOver(game) && !games.some((one) => one.id === game.id));
      games = [...games, ...ahead].sort((a, b) => a.start - b.start);
    } catch (error) {
      problems.push({ team: name, why: describeError(error) });
      // Whoever refuses or limits us is not asked for the next team.
      if (error instanceof Failure && ["refused", "limited"].includes(error.code)) break;
    }
  }
  return { ...facts, teams, games, nextAsked, problems };
}
