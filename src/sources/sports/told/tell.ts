import { type Game, isOn, SIDES, type Side } from "../../../domain/outside/game.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { type GameEvent, type GameMemory, hasBegun, remember } from "./memory.ts";

const DAY = 24 * 3_600_000_000;
/** A game that is first seen when it is over is news for so long. */
const NEWS = 3 * DAY;
/** An answer that lies behind what was told is believed when it comes again: caches of the provider repeat old ones. */
const BELIEVED_AFTER = 2;

type What = Omit<
  GameEvent,
  "game" | "sequence" | "time" | "withinSeconds" | "homeScore" | "awayScore" | "period" | "clock" | "status"
>;
type Told = { readonly memory: GameMemory; readonly events: readonly GameEvent[] };

/**
 * What happened in a game since it was looked at last.
 *
 * @param memory what was told of it; undefined: nothing, it is seen for the first time
 */
export function tell(memory: GameMemory | undefined, game: Game, now: Micros): Told {
  if (!memory) return written(remember(game, now), game, now, firstSeen(game, now), null);
  if (isBehind(memory, game) && memory.behind + 1 < BELIEVED_AFTER)
    return { memory: { ...memory, behind: memory.behind + 1 }, events: [] };
  // A look that says nothing certain changes nothing of what was told.
  if (game.status === "unknown") return { memory: { ...memory, behind: 0, seen: now }, events: [] };
  const within = Math.max(0, Math.round((now - memory.seen) / 1_000_000));
  return written(after(memory, game, now), game, now, happened(memory, game), within);
}

/** Scores and periods of before the first look are not told: nobody knows when they were. */
function firstSeen(game: Game, now: Micros): What[] {
  if (isOn(game)) return [{ event: "started" }];
  if (game.start + NEWS <= now) return [];
  if (game.status === "final") return [{ event: "final", winner: game.winner }];
  const interruption = interruptionOf(game);
  return interruption ? [{ event: interruption }] : [];
}

function happened(memory: GameMemory, game: Game): What[] {
  const before = { home: memory.home ?? startingScore(memory), away: memory.away ?? startingScore(memory) };
  const isNew = game.status !== memory.status;
  const interruption = isNew ? interruptionOf(game) : undefined;
  const isFinal = game.status === "final" && !memory.isOver;
  // A game that was missed as a whole is told by how it ended.
  if (isFinal && !memory.began) return [{ event: "final", winner: game.winner }];
  const isPlaying = isOn(game) || game.status === "final";
  const resumes =
    memory.began && isOn(game) && !isOn(memory) && memory.status !== "final" && memory.status !== "unknown";
  return [
    ...movedFrom(memory, game),
    ...(isOn(game) && !memory.began ? [{ event: "started" as const }] : []),
    ...(resumes ? [{ event: "resumed" as const }] : []),
    ...(isPlaying ? scoring(before, game) : []),
    ...(isPlaying ? endedPeriods(memory, game) : []),
    ...(interruption ? [{ event: interruption }] : []),
    ...(isFinal ? [{ event: "final" as const, winner: game.winner }] : []),
  ];
}

/** Nobody has scored before the start; of a game that had begun, a score that was not known is not taken for 0. */
const startingScore = ({ began }: GameMemory): number | null => (began ? null : 0);

type Scores = { readonly home: number | null; readonly away: number | null };

function scoring(before: Scores, game: Game): What[] {
  const now: Scores = { home: game.home.score, away: game.away.score };
  const changes = SIDES.flatMap((side): What[] => {
    const [from, to] = [before[side], now[side]];
    if (from === null || to === null || from === to) return [];
    return [{ event: to > from ? "scored" : "score_corrected", side, delta: to - from }];
  });
  const [previousLeader, leader] = [leaderOf(before), leaderOf(now)];
  if (previousLeader === undefined || !leader || leader === previousLeader) return changes;
  return [...changes, { event: "lead_changed", leader, previousLeader }];
}

/** null: level; undefined: not known. */
function leaderOf({ home, away }: Scores): Side | null | undefined {
  if (home === null || away === null) return undefined;
  return home === away ? null : home > away ? "home" : "away";
}

const endedPeriods = (memory: GameMemory, game: Game): What[] =>
  Array.from({ length: Math.max(0, overPeriods(memory, game) - memory.endedPeriod) }, (_, i) => ({
    event: "period_ended" as const,
    endedPeriod: memory.endedPeriod + i + 1,
  }));

/** Those before the present one, and the present one in the break behind it. The last one's end is `final`. */
const overPeriods = ({ endedPeriod }: GameMemory, { period, status }: Game): number =>
  Math.max(endedPeriod, (period ?? 0) - (status === "break" ? 0 : 1));

function movedFrom(memory: GameMemory, game: Game): What[] {
  const waits = game.status === "scheduled" || game.status === "delayed";
  const moved = memory.startKnown && game.startKnown && memory.start !== game.start;
  return waits && moved && !memory.began ? [{ event: "rescheduled", previousStart: memory.start }] : [];
}

const interruptionOf = ({ status }: Game): "delayed" | "postponed" | "suspended" | "canceled" | undefined =>
  status === "delayed" || status === "postponed" || status === "suspended" || status === "canceled"
    ? status
    : undefined;

/** Whether an answer says less than was told already: an older one, or a correction. */
function isBehind(memory: GameMemory, game: Game): boolean {
  if (memory.isOver) return game.status !== "final";
  if (game.status === "final") return false;
  if (memory.began && (game.status === "scheduled" || game.status === "delayed")) return true;
  if (!isOn(game)) return false;
  const [was, is] = [memory.period ?? 0, game.period ?? 0];
  if (is !== was) return is < was;
  if (memory.status === "live" && game.status === "live") {
    const less = (side: Side) => (game[side].score ?? 0) < (memory[side] ?? 0);
    return SIDES.some(less);
  }
  return game.status === "live" && memory.status === "break" && memory.endedPeriod >= is && is > 0;
}

/** What is remembered after a look. What the look does not say stays as it was. */
const after = (memory: GameMemory, game: Game, now: Micros): GameMemory => ({
  ...remember(game, now),
  sequence: memory.sequence,
  home: game.home.score ?? memory.home,
  away: game.away.score ?? memory.away,
  period: game.period ?? memory.period,
  endedPeriod: isOn(game) || game.status === "final" ? overPeriods(memory, game) : memory.endedPeriod,
  began: memory.began || hasBegun(game),
  isOver: memory.isOver || game.status === "final",
});

function written(
  memory: GameMemory,
  game: Game,
  now: Micros,
  happenings: readonly What[],
  withinSeconds: number | null,
): Told {
  const { period, clock, status } = game;
  const stands = { homeScore: game.home.score, awayScore: game.away.score, period, clock, status };
  const events = happenings.map((what, i) => ({
    game: game.id,
    sequence: memory.sequence + i + 1,
    time: now,
    withinSeconds,
    ...what,
    ...stands,
  }));
  return { memory: { ...memory, sequence: memory.sequence + events.length }, events };
}
