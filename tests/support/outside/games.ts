import type { Game, GameStatus, GameTeam } from "../../../src/domain/outside/game.ts";
import type { Micros } from "../../../src/domain/time/time.ts";

export const GAME_START: Micros = Date.UTC(2025, 5, 4) * 1000;

const teamOf = (id: string, score: number | null): GameTeam => ({
  id,
  abbreviation: id.toUpperCase(),
  name: `The ${id}`,
  color: null,
  score,
  shootout: null,
  periods: [],
  record: null,
  rank: null,
  statistics: [],
});

/** `live 1-0 p2`: status, score of the teams `a` (home) and `b`, period. */
export function gameFrom(words: string, more: Partial<Game> = {}): Game {
  const [status, score, period] = words.split(" ") as [GameStatus, string | undefined, string | undefined];
  const [home, away] = score && score !== "-" ? score.split("-").map(Number) : [null, null];
  return {
    id: "g1",
    name: "B at A",
    start: GAME_START,
    startKnown: true,
    status,
    rawStatus: `STATUS_${status.toUpperCase()}`,
    detail: null,
    period: period ? Number(period.slice(1)) : null,
    regulationPeriods: 3,
    clock: null,
    overtime: false,
    shootout: false,
    winner: null,
    home: teamOf("a", home ?? null),
    away: teamOf("b", away ?? null),
    venue: null,
    neutral: false,
    note: null,
    ...more,
  };
}
