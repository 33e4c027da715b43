import type { Micros } from "../time/time.ts";

/**
 * How a game stands. `break`: between two periods. `delayed`, `postponed`, `suspended` and `canceled` are none of `final`:
 * their scores are placeholders, or not the last word. `unknown`: the provider said something that has no meaning here.
 */
export const GAME_STATUSES = [
  "scheduled",
  "delayed",
  "live",
  "break",
  "final",
  "postponed",
  "suspended",
  "canceled",
  "unknown",
] as const;
export type GameStatus = (typeof GAME_STATUSES)[number];

export const SIDES = ["home", "away"] as const;
export type Side = (typeof SIDES)[number];

export type GameTeam = {
  readonly id: string;
  readonly abbreviation: string | null;
  readonly name: string;
  /** Hexadecimal, without `#`. */
  readonly color: string | null;
  /** null: not played, or the provider's number is a placeholder. */
  readonly score: number | null;
  /** Goals of a penalty shoot-out. */
  readonly shootout: number | null;
  /** By period. */
  readonly periods: readonly number[];
  /** Won and lost so far this season, in the provider's words: `15-2`. */
  readonly record: string | null;
  readonly rank: number | null;
  readonly statistics: readonly GameStatistic[];
};
export type GameStatistic = { readonly name: string; readonly value: string };

export type Game = {
  /** The provider's; two teams can meet twice on a day. */
  readonly id: string;
  readonly name: string;
  readonly start: Micros;
  /** False: only the day is set. */
  readonly startKnown: boolean;
  readonly status: GameStatus;
  /** In the provider's words: `STATUS_RAIN_DELAY`. */
  readonly rawStatus: string;
  readonly detail: string | null;
  /** Of a game that has begun. */
  readonly period: number | null;
  readonly regulationPeriods: number | null;
  readonly clock: string | null;
  readonly overtime: boolean;
  readonly shootout: boolean;
  /** Of a final game. */
  readonly winner: Side | "draw" | null;
  readonly home: GameTeam;
  readonly away: GameTeam;
  readonly venue: string | null;
  readonly neutral: boolean;
  readonly note: string | null;
};

/** A team that somebody follows. */
export type FollowedTeam = {
  /** Made of how it was chosen; series are named by it. */
  readonly key: string;
  readonly id: string;
  readonly abbreviation: string | null;
  readonly name: string;
  readonly color: string | null;
  readonly record: string | null;
};

export const SPORTS_FACTS_FORM = 1;

/** What is known of a league's followed teams. */
export type SportsFacts = {
  /** Of this form of facts; others were kept by another version. */
  readonly form: typeof SPORTS_FACTS_FORM;
  /** `football/nfl`. */
  readonly league: string;
  readonly teams: readonly FollowedTeam[];
  /** What was chosen and is no team of the league. */
  readonly unknownTeams: readonly string[];
  /** When the teams were asked for. */
  readonly teamsAsked: Micros;
  /** When each team was asked for its next game, by id. */
  readonly nextAsked: { readonly [team: string]: Micros };
  /** Of followed teams, by start; those of the last days, on now, and to come as far as they are known. */
  readonly games: readonly Game[];
  /** Games that were on and that their day lists no longer, by id: since when. */
  readonly unlisted: { readonly [game: string]: Micros };
  /** By followed team's key and quantity: what its series says, and since when. */
  readonly since: { readonly [series: string]: { readonly value: string | number; readonly time: Micros } };
  /** What could not be had beside the scores: a team's next game. */
  readonly problems: readonly { readonly team: string; readonly why: string }[];
};

/** What was kept of them, where it is of this form. */
export const sportsFactsOf = (kept: unknown): SportsFacts | undefined =>
  (kept as SportsFacts | null | undefined)?.form === SPORTS_FACTS_FORM ? (kept as SportsFacts) : undefined;

export const isOn = ({ status }: Pick<Game, "status">): boolean => status === "live" || status === "break";
/** It will not go on as it is. */
export const isOver = ({ status }: Pick<Game, "status">): boolean =>
  status === "final" || status === "postponed" || status === "canceled";

export const sideOf = (game: Game, team: string): Side | undefined =>
  game.home.id === team ? "home" : game.away.id === team ? "away" : undefined;
