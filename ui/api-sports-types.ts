import type { Time } from "./api-types.ts";

/** Games of followed teams, as docs/api.md has it. */

export type GameTeam = {
  readonly id: string;
  readonly abbreviation: string | null;
  readonly name: string;
  readonly score: number | null;
  readonly shootout: number | null;
  readonly record: string | null;
};
export type Game = {
  readonly id: string;
  readonly name: string;
  readonly start: Time;
  readonly start_known: boolean;
  readonly status: string;
  readonly detail: string | null;
  readonly period: number | null;
  readonly clock: string | null;
  readonly winner: "home" | "away" | "draw" | null;
  readonly home: GameTeam;
  readonly away: GameTeam;
  readonly venue: string | null;
  readonly note: string | null;
};

export const WHEN = ["live", "upcoming", "final", "other"] as const;
export type ListedGame = Game & { readonly when: (typeof WHEN)[number] };

export type Team = { readonly id: string; readonly abbreviation: string | null; readonly name: string };
/** `why`: the last look is too old to be the present. */
type Fresh = { readonly fetched: Time; readonly why?: string };
export type SourceGames = Fresh & {
  readonly source: string;
  readonly name: string;
  readonly league: string;
  readonly teams: readonly (Team & { readonly key: string; readonly record: string | null })[];
  readonly unknown_teams: readonly string[];
  readonly problems: readonly { readonly team: string; readonly why: string }[];
  readonly games: readonly ListedGame[];
};
export type League = {
  readonly league: string;
  readonly name: string;
  readonly followed: readonly { readonly source: string; readonly teams: number }[];
};
export type Timeline = {
  readonly game: Game | null;
  readonly events: readonly {
    readonly time: Time;
    readonly sequence: number;
    readonly event: string;
    readonly team: string | null;
    readonly home_score: number | null;
    readonly away_score: number | null;
    readonly period: number | null;
    readonly clock: string | null;
  }[];
};
export type Schedule = Fresh & {
  readonly team: Team;
  readonly season: number | null;
  readonly record: string | null;
  readonly standing: string | null;
  readonly statistics: {
    readonly played: number;
    readonly won: number;
    readonly lost: number;
    readonly drawn: number;
    readonly scored: number;
    readonly conceded: number;
    readonly streak: string | null;
  };
  readonly games: readonly Game[];
};
