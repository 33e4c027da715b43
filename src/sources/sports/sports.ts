import type { Games } from "../../database/home/games.ts";
import type { HomeEvent } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import { type FollowedTeam, type Game, type SportsFacts, sportsFactsOf } from "../../domain/outside/game.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Ask } from "../source.ts";
import type { Sources } from "../sources.ts";
import {
  gamesAround,
  type KnownGames,
  type SeasonStatistics,
  statisticsOf,
  statusOfTeam,
  type TeamStatus,
  whyStale,
} from "./answers.ts";
import { LEAGUES, type League, sportOf } from "./espn/leagues.ts";
import { askSchedule, askTeams, type Team } from "./espn/requests.ts";
import { keyOf, teamNamed } from "./teams.ts";

/** What was asked for, and when; `why`: it is an older answer, since there is no newer one. */
export type Dated<T> = { readonly value: T; readonly fetched: Micros; readonly why?: string };

export type Season = Awaited<ReturnType<typeof askSchedule>> & {
  readonly league: string;
  readonly statistics: SeasonStatistics;
};

export type Sports = {
  /** What is offered, and what is followed besides. */
  leagues(): readonly (League & {
    readonly followed: readonly { readonly source: string; readonly teams: number }[];
  })[];
  /** @throws Failure `source_failed` */
  teams(league: string): Promise<Dated<readonly Team[]>>;
  /** Of each sports source that has answered. */
  known(): readonly KnownGames[];
  /** What was told of a game, oldest first; undefined: it was never seen here. */
  timeline(
    game: string,
  ): Promise<{ readonly game: Game | undefined; readonly events: readonly HomeEvent[] } | undefined>;
  /** @throws Failure `not_found`, `ambiguous_team`, `source_failed` */
  season(team: string, league?: string, season?: number): Promise<Dated<Season>>;
  /** Of a followed team. @throws Failure `not_found`, `ambiguous_team` */
  status(team: string, league?: string): TeamStatus;
  /** @throws Failure `not_found`, `ambiguous_team` */
  context(team: string, league?: string): TeamStatus & ReturnType<typeof gamesAround>;
};

const HOUR: Micros = 3_600_000_000;
const TEAMS_HOLD = 24 * HOUR;
/** While a season goes on; scores of today are on the scoreboard. */
const SEASON_HOLDS = HOUR;
const MOST_HELD = 40;

export function createSports(needs: {
  readonly sources: Pick<Sources, "list" | "facts">;
  /** Beside the reads of sources, within the provider's limits. */
  readonly ask: Ask;
  readonly book: Pick<Games, "find">;
  readonly stored: (window: Window) => Promise<readonly HomeEvent[]>;
  readonly clock: Clock;
}): Sports {
  const { sources, ask, book, stored, clock } = needs;
  const teamsHeld = createHeldAnswers<readonly Team[]>(clock, TEAMS_HOLD);
  const seasonsHeld = createHeldAnswers<Awaited<ReturnType<typeof askSchedule>>>(clock, SEASON_HOLDS);

  const known = (): readonly KnownGames[] =>
    sources.list().flatMap(({ id, kind, name, enabled }) => {
      if (kind !== "sports" || !enabled) return [];
      const kept = sources.facts(id);
      const facts = kept && sportsFactsOf(kept.facts);
      if (!kept || !facts) return [];
      const why = whyStale(facts, kept.fetched, clock.now());
      return [{ source: id, name, facts, fetched: kept.fetched, ...(why === undefined ? {} : { why }) }];
    });

  const followed = (name: string, league: string | undefined) => {
    const all = known().filter(({ facts }) => league === undefined || facts.league === league);
    const found = all.flatMap((one) => {
      const team = followedNamed(one.facts, name);
      return team ? [{ known: one, team }] : [];
    });
    const leagues = new Set(found.map((one) => one.known.facts.league));
    if (leagues.size > 1)
      throw new Failure("ambiguous_team", `${name} is followed in ${[...leagues].join(" and ")}`, {
        fix: `Say which: league=${[...leagues][0]}.`,
      });
    return found[0];
  };
  const followedOrFail = (name: string, league: string | undefined) => {
    const found = followed(name, league);
    if (found) return found;
    const teams = known().flatMap(({ facts }) => facts.teams.map(({ key }) => key));
    throw new Failure(
      "not_found",
      `${name} is no team that is followed${league === undefined ? "" : ` in ${league}`}`,
      {
        fix:
          teams.length > 0
            ? `Followed are ${teams.join(", ")}. Others are followed by the settings of a sports source.`
            : "Set up a source of kind sports with a league and its teams.",
      },
    );
  };
  const teams: Sports["teams"] = (league) => teamsHeld.get(league, () => askTeams(ask, league));

  return {
    leagues: () => {
      const following = known();
      const of = (path: string) =>
        following
          .filter(({ facts }) => facts.league === path)
          .map(({ source, facts }) => ({ source, teams: facts.teams.length }));
      const others = following
        .map(({ facts, name }) => ({ path: facts.league, name, sport: sportOf(facts.league) }))
        .filter(({ path }, i, all) => all.findIndex((one) => one.path === path) === i)
        .filter(({ path }) => !LEAGUES.some((league) => league.path === path));
      return [...LEAGUES, ...others].map((league) => ({ ...league, followed: of(league.path) }));
    },
    teams,
    known,
    timeline: async (id) => {
      const kept = book.find(id);
      const game = known()
        .flatMap(({ facts }) => facts.games)
        .find((one) => one.id === id);
      if (!kept) return game && { game, events: [] };
      if (kept.firstTold === null || kept.lastTold === null) return { game, events: [] };
      const told = await stored({ from: kept.firstTold, to: kept.lastTold + 1 });
      const own = told.filter(({ data }) => data.game_id === id && data.source === kept.source);
      return { game, events: own.toSorted((a, b) => (a.data.sequence as number) - (b.data.sequence as number)) };
    },
    season: async (name, league, season) => {
      const own = followed(name, league);
      if (!own && league === undefined) followedOrFail(name, league);
      const of = (own?.known.facts.league ?? league) as string;
      const team = own?.team ?? teamNamed((await teams(of)).value, name);
      if (!team) throw new Failure("not_found", `${of} has no team ${name}`);
      const key = `${of} ${team.id} ${season ?? ""}`;
      const { value, ...dated } = await seasonsHeld.get(key, () => askSchedule(ask, of, team.id, season));
      return { ...dated, value: { ...value, league: of, statistics: statisticsOf(value.games, value.team.id) } };
    },
    status: (name, league) => {
      const { known: of, team } = followedOrFail(name, league);
      return statusOfTeam(of, team, clock.now());
    },
    context: (name, league) => {
      const { known: of, team } = followedOrFail(name, league);
      return { ...statusOfTeam(of, team, clock.now()), ...gamesAround(of, team, clock.now()) };
    },
  };
}

/** By the key of its series, number, abbreviation or name. */
const followedNamed = ({ teams }: SportsFacts, name: string): FollowedTeam | undefined => {
  const wanted = keyOf(name);
  return (
    teams.find(({ key }) => key === wanted) ??
    teams.find(({ id }) => id === name.trim()) ??
    teams.find(({ abbreviation }) => abbreviation !== null && keyOf(abbreviation) === wanted) ??
    teams.find((team) => keyOf(team.name) === wanted)
  );
};

/** Answers that are asked for once and held for a while; where there is no newer one, an older one says why. */
function createHeldAnswers<T>(clock: Clock, holds: Micros) {
  const held = new Map<string, { readonly value: T; readonly fetched: Micros }>();
  const asking = new Map<string, Promise<Dated<T>>>();
  const askAnew = async (key: string, ask: () => Promise<T>): Promise<Dated<T>> => {
    const before = held.get(key);
    if (before && before.fetched <= clock.now() && clock.now() < before.fetched + holds) return before;
    try {
      const answer = { value: await ask(), fetched: clock.now() };
      held.delete(key);
      held.set(key, answer);
      const [oldest] = held.keys();
      if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest);
      return answer;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (before) return { ...before, why: error.message };
      throw new Failure("source_failed", error.message, {
        ...(error.fix === undefined ? {} : { fix: error.fix }),
        retry: error.retry,
        cause: error,
      });
    }
  };
  return {
    /** Who asks for the same at once shares one call. */
    get: (key: string, ask: () => Promise<T>): Promise<Dated<T>> => {
      const under = asking.get(key);
      if (under) return under;
      const started = askAnew(key, ask).finally(() => asking.delete(key));
      asking.set(key, started);
      return started;
    },
  };
}
