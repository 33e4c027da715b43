import type { Game, GameStatus, Side } from "../../../domain/outside/game.ts";
import type { Micros } from "../../../domain/time/time.ts";

export const GAME_EVENTS = [
  "started",
  "scored",
  "score_corrected",
  "lead_changed",
  "period_ended",
  "final",
  "delayed",
  "postponed",
  "suspended",
  "canceled",
  "resumed",
  "rescheduled",
] as const;
export type GameEventKind = (typeof GAME_EVENTS)[number];

/** Something that happened in a game. (`game`, `sequence`) names it for good: none is told twice. */
export type GameEvent = {
  readonly game: string;
  /** Counts what was told of the game, from 1. */
  readonly sequence: number;
  readonly event: GameEventKind;
  /** When it was seen. */
  readonly time: Micros;
  /** It happened in the seconds before: since the last look. null: the game was not seen before. */
  readonly withinSeconds: number | null;
  /** Who scored, or whose score was corrected. */
  readonly side?: Side;
  readonly delta?: number;
  /** Of `lead_changed`; `previousLeader` null: it was level. */
  readonly leader?: Side;
  readonly previousLeader?: Side | null;
  /** Of `period_ended`. */
  readonly endedPeriod?: number;
  /** Of `final`; null: the provider does not say who won. */
  readonly winner?: Side | "draw" | null;
  /** Of `rescheduled`. */
  readonly previousStart?: Micros;
  /** How the game stood. */
  readonly homeScore: number | null;
  readonly awayScore: number | null;
  readonly period: number | null;
  readonly clock: string | null;
  readonly status: GameStatus;
};

export const GAME_MEMORY_FORM = 1;

/** What has been told of a game: plain JSON, so that a restart knows it. */
export type GameMemory = {
  readonly form: typeof GAME_MEMORY_FORM;
  readonly sequence: number;
  readonly status: GameStatus;
  readonly start: Micros;
  readonly startKnown: boolean;
  readonly home: number | null;
  readonly away: number | null;
  readonly period: number | null;
  /** The last period whose end is told, or was over before the game was seen. */
  readonly endedPeriod: number;
  readonly began: boolean;
  readonly isOver: boolean;
  /** Answers in a row that lie behind what was told. */
  readonly behind: number;
  readonly seen: Micros;
};

/** What is remembered of a game of which nothing is to be told yet. */
export const remember = (game: Game, now: Micros): GameMemory => ({
  form: GAME_MEMORY_FORM,
  sequence: 0,
  status: game.status,
  start: game.start,
  startKnown: game.startKnown,
  home: game.home.score,
  away: game.away.score,
  period: game.period,
  endedPeriod: Math.max(0, game.status === "break" ? (game.period ?? 0) : (game.period ?? 1) - 1),
  began: hasBegun(game),
  isOver: game.status === "final",
  behind: 0,
  seen: now,
});

export const hasBegun = ({ status }: Pick<Game, "status">): boolean =>
  status === "live" || status === "break" || status === "final";

/** Of what app.db kept; undefined: another version kept it in a form of its own. */
export const memoryOf = (kept: unknown): GameMemory | undefined =>
  (kept as GameMemory | null | undefined)?.form === GAME_MEMORY_FORM ? (kept as GameMemory) : undefined;
