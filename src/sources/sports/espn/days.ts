import { type FollowedTeam, type Game, isOn, isOver, type SportsFacts } from "../../../domain/outside/game.ts";
import { calendarOf } from "../../../domain/time/calendar.ts";
import type { Micros } from "../../../domain/time/time.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** From here before the start on, a game is looked at each minute. */
const SOON = 20 * MINUTE;
const MATCH_DAY = 12 * HOUR;
/** No game lasts longer without ESPN calling it something else. */
const LONGEST = 12 * HOUR;
/** How long a team's next game is believed. */
const NEXT_HOLDS = 12 * HOUR;

const LIVE_MS = 15_000;
const SOON_MS = 60_000;
const MATCH_DAY_MS = 600_000;
export const QUIET_MS = 6 * 3_600_000;

const EASTERN = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York", dateStyle: "short" });
/** ESPN's days are those of New York: an evening in Europe or a late game in the West lies on a neighbouring one. */
export const easternDay = (time: Micros): string => EASTERN.format(Math.floor(time / 1000)).replaceAll("-", "");
const easternMidnight = (time: Micros): Micros => calendarOf("America/New_York").startOf("day", time);
export const dayAfter = (time: Micros): Micros => calendarOf("America/New_York").nextAfter("day", time);
const dayBefore = (time: Micros): Micros => easternMidnight(easternMidnight(time) - 1);

/** On, or should have begun: 15 minutes late it is on as well as it can be told from here. */
const mayBeOn = (game: Game, now: Micros): boolean =>
  isOn(game) || (!isOver(game) && game.startKnown && game.start <= now && now < game.start + LONGEST);
const soon = (game: Game, now: Micros): boolean =>
  !isOver(game) && game.startKnown && now < game.start && game.start - now <= SOON;

/**
 * The days whose scoreboard is asked for. While a game is on it is one day, and one call: that of the game; of two days,
 * now one, now the other. Before a game that is near it is its day. Else today, yesterday (what ended late) and
 * tomorrow (which begins here while it is still today there).
 */
export function daysToAsk(games: readonly Game[], now: Micros): readonly string[] {
  const daysOf = (wanted: (game: Game) => boolean) => [
    ...new Set(games.filter(wanted).map(({ start }) => easternDay(start))),
  ];
  const on = daysOf((game) => mayBeOn(game, now) || soon(game, now)).sort();
  if (on.length > 0) return [on[Math.floor(now / (LIVE_MS * 1000)) % on.length] as string];
  const near = daysOf((game) => !isOver(game) && now < game.start && game.start - now <= MATCH_DAY).sort();
  if (near.length > 0) return near.slice(0, 1);
  return [...new Set([now, dayBefore(now), dayAfter(now)].map(easternDay))];
}

/** Milliseconds until the next look. */
export function rhythmOf(facts: SportsFacts | undefined, now: Micros): number {
  if (!facts) return MATCH_DAY_MS;
  const { games } = facts;
  if (games.some((game) => isOn(game))) return LIVE_MS;
  // Late, delayed, or suspended: each minute for as long as it may still be played today.
  if (games.some((game) => mayBeOn(game, now) && game.status !== "suspended")) return SOON_MS;
  if (games.some((game) => soon(game, now))) return SOON_MS;
  const ahead = games.filter((game) => !isOver(game) && game.startKnown && game.start > now);
  const next = Math.min(...ahead.map(({ start }) => start - SOON - now)) / 1000;
  const usual = ahead.some(({ start }) => start - now <= MATCH_DAY) ? MATCH_DAY_MS : QUIET_MS;
  return Math.max(1_000, Math.min(usual, Math.ceil(next), teamsDue(facts, now).length > 0 ? SOON_MS : usual));
}

/**
 * Teams whose next game is to be asked for: none is known, or it was heard long ago. Not while a game is on or near, when
 * one call is all there is.
 */
export function teamsDue(facts: SportsFacts, now: Micros): readonly FollowedTeam[] {
  if (facts.games.some((game) => mayBeOn(game, now) || soon(game, now))) return [];
  return facts.teams.filter(({ id }) => {
    const asked = facts.nextAsked[id];
    return asked === undefined || asked + NEXT_HOLDS <= now || asked > now;
  });
}
