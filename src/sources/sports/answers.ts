import { type FollowedTeam, type Game, isOn, isOver, type SportsFacts, sideOf } from "../../domain/outside/game.ts";
import type { Micros } from "../../domain/time/time.ts";
import { rhythmOf } from "./espn/days.ts";
import { gameOfTeam } from "./readings.ts";

/** What a sports source knows, and how old that is. */
export type KnownGames = {
  readonly source: string;
  readonly name: string;
  readonly facts: SportsFacts;
  readonly fetched: Micros;
  /** Why it is too old to be the present; undefined: it is as fresh as it can be. */
  readonly why?: string;
};

/** A look that is this much later than it was due has failed. */
const LATE_MS = 120_000;

/** Whether the scores are so old that what happens now may be something else. */
export function whyStale(facts: SportsFacts, fetched: Micros, now: Micros): string | undefined {
  const ageMs = (now - fetched) / 1000;
  if (ageMs <= 3 * rhythmOf(facts, fetched) + LATE_MS) return undefined;
  const minutes = Math.round(ageMs / 60_000);
  return `The scores are ${minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`} old.`;
}

/** A game whose state can be told for certain from an old answer: it is over, or is far from its start. */
export const holdsStill = (game: Game, now: Micros): boolean => isOver(game) || (!isOn(game) && game.start > now);

export type GameWhen = "live" | "upcoming" | "final" | "other";
/** Under which heading a game belongs. */
export function whenOf(game: Game, now: Micros): GameWhen {
  if (isOn(game)) return "live";
  if (game.status === "final") return "final";
  if (game.status === "scheduled" || game.status === "delayed")
    return game.start > now || !isOver(game) ? "upcoming" : "other";
  return "other";
}

/** Conditions of automations ask for one word. */
export const TEAM_STATES = ["playing", "upcoming", "final", "interrupted", "none", "unknown"] as const;
export type TeamState = (typeof TEAM_STATES)[number];

/** How it stands with a team. */
export type TeamStatus = {
  readonly team: FollowedTeam;
  readonly known: KnownGames;
  readonly state: TeamState;
  readonly game: Game | undefined;
  readonly why?: string;
};

export function statusOfTeam(known: KnownGames, team: FollowedTeam, now: Micros): TeamStatus {
  const game = gameOfTeam(known.facts.games, team.id, now);
  const is = (state: TeamState, why?: string): TeamStatus => ({
    ...{ team, known, state, game },
    ...(why === undefined ? {} : { why }),
  });
  if (known.why !== undefined && (!game || !holdsStill(game, now))) return is("unknown", known.why);
  if (!game) return is("none");
  if (isOn(game)) return is("playing");
  if (game.status === "final") return is("final");
  if (game.status === "scheduled" || game.status === "delayed") return is("upcoming");
  if (game.status === "unknown")
    return is("unknown", `The game is said to be ${game.rawStatus}, which nobody here knows.`);
  return is("interrupted");
}

/** The team's games around now. */
export function gamesAround(known: KnownGames, team: FollowedTeam, now: Micros) {
  const own = known.facts.games.filter((game) => sideOf(game, team.id) !== undefined);
  return {
    current: own.find(isOn),
    last: own.findLast(({ status }) => status === "final"),
    next: own.find((game) => !isOn(game) && !isOver(game) && game.start > now),
  };
}

export type SeasonStatistics = {
  readonly played: number;
  readonly won: number;
  readonly lost: number;
  readonly drawn: number;
  /** 0 to 1, a draw counts as half; null: none was played. */
  readonly winShare: number | null;
  readonly scored: number;
  readonly conceded: number;
  readonly difference: number;
  /** `W3`: what the last games have in common; null: none was played. */
  readonly streak: string | null;
  /** Final games whose winner or score is not said; they are counted nowhere else. */
  readonly undecided: number;
};

/** Of a season's final games, worked out from their scores. */
export function statisticsOf(games: readonly Game[], team: string): SeasonStatistics {
  let [won, lost, drawn, scored, conceded, undecided] = [0, 0, 0, 0, 0, 0];
  const results: string[] = [];
  for (const game of [...games].sort((a, b) => a.start - b.start)) {
    const side = sideOf(game, team);
    if (!side || game.status !== "final") continue;
    const [ours, theirs] = side === "home" ? [game.home, game.away] : [game.away, game.home];
    if (game.winner === null || ours.score === null || theirs.score === null) {
      undecided++;
      continue;
    }
    scored += ours.score;
    conceded += theirs.score;
    const result = game.winner === "draw" ? "D" : game.winner === side ? "W" : "L";
    if (result === "W") won++;
    else if (result === "L") lost++;
    else drawn++;
    results.push(result);
  }
  const played = won + lost + drawn;
  const last = results.at(-1);
  const streak = last && results.length - 1 - results.findLastIndex((result) => result !== last);
  return {
    ...{ played, won, lost, drawn, scored, conceded, undecided },
    winShare: played === 0 ? null : (won + drawn / 2) / played,
    difference: scored - conceded,
    streak: last === undefined ? null : `${last}${streak}`,
  };
}
