import { type Game, isOn, isOver, type SportsFacts, sideOf } from "../../domain/outside/game.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
/** A game that is over is still the team's game for so long. */
const LINGERS = 12 * HOUR;
/** As long as the API tells a score as the present. */
const LIVE_HOLDS = 3 * MINUTE;

/** The game that a team's status is about: the one that is on, the last one for a while, else the next one. */
export function gameOfTeam(games: readonly Game[], team: string, now: Micros): Game | undefined {
  const own = games.filter((game) => sideOf(game, team) !== undefined);
  const late = (game: Game) => !isOver(game) && game.start <= now && game.start + LINGERS > now;
  const on = own.find(isOn) ?? own.find(late);
  if (on) return on;
  const next = own.find((game) => !isOver(game) && game.start > now);
  const last = own.findLast((game) => isOver(game) && game.start + LINGERS > now);
  // Of two games on a day the coming one takes over an hour before it starts.
  if (last && !(next && next.start - now < HOUR)) return last;
  return next;
}

const seriesOf = (key: string, quantity: string): string => `${key} ${quantity}`;

/** How each followed team's game stands, each value at the time since when it is so. */
export function readingsOf({ teams, games, since }: SportsFacts, now: Micros): OutsideReading[] {
  return teams.flatMap((team) => {
    const of = { key: team.key, name: team.name };
    const reading = (quantity: string, value: string | number | null, until?: Micros): OutsideReading[] => {
      if (value === null) return [];
      const before = since[seriesOf(team.key, quantity)];
      const time = before?.value === value && before.time <= now ? before.time : now;
      return [{ quantity, time, value, of, ...(until === undefined ? {} : { until }) }];
    };
    const game = gameOfTeam(games, team.id, now);
    const side = game && sideOf(game, team.id);
    if (!game || !side) return reading("status", "none");
    const [ours, theirs] = side === "home" ? [game.home, game.away] : [game.away, game.home];
    // Of a game that is on, what was seen is so until the next looks have failed; the next look says it again.
    const shown = isOn(game) ? now + LIVE_HOLDS : undefined;
    const scored = shown ?? Math.max(game.start + LINGERS, now + HOUR);
    return [
      ...reading("status", game.status, shown),
      ...reading("score", ours.score, scored),
      ...reading("opponent_score", theirs.score, scored),
    ];
  });
}

export const sinceOf = (readings: readonly OutsideReading[]): SportsFacts["since"] =>
  Object.fromEntries(
    readings.map(({ of, quantity, value, time }) => [seriesOf(of?.key ?? "", quantity), { value, time }]),
  );
