import type { HomeEvent } from "../../../domain/data/reading.ts";
import { type Game, type GameTeam, type Side, type SportsFacts, sideOf } from "../../../domain/outside/game.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { GameEvent } from "./memory.ts";

/** The type of the event as Home Assistant's automations and our own streams see it. */
export const GAME_EVENT_TYPE = "ha_ingestor_game";

const shortOf = (team: GameTeam): string => team.abbreviation ?? team.name;

/** Flat, so that an automation's trigger can ask for `event: scored` and `team: KC`. */
export function homeEventOf(event: GameEvent, game: Game, source: string, facts: SportsFacts): HomeEvent {
  const teamOf = (side: Side | "draw" | null | undefined) =>
    side === "home" || side === "away" ? shortOf(game[side]) : null;
  const { side, leader, winner } = event;
  const subject = side ?? leader ?? winner;
  return {
    type: GAME_EVENT_TYPE,
    time: event.time,
    origin: "live",
    context: null,
    data: {
      event: event.event,
      source,
      league: facts.league,
      game_id: event.game,
      sequence: event.sequence,
      game: game.name,
      team: teamOf(subject),
      home: shortOf(game.home),
      away: shortOf(game.away),
      home_name: game.home.name,
      away_name: game.away.name,
      home_score: event.homeScore,
      away_score: event.awayScore,
      status: event.status,
      period: event.period,
      clock: event.clock,
      start: microsToRfc3339(game.start),
      /** Of the followed teams. */
      followed: facts.teams.filter(({ id }) => sideOf(game, id) !== undefined).map(({ key }) => key),
      within_s: event.withinSeconds,
      ...(side === undefined ? {} : { side, delta: event.delta }),
      ...(leader === undefined ? {} : { leader, previous_leader: event.previousLeader }),
      ...(event.endedPeriod === undefined ? {} : { ended_period: event.endedPeriod }),
      ...(winner === undefined ? {} : { winner, overtime: game.overtime, shootout: game.shootout }),
      ...(event.previousStart === undefined ? {} : { previous_start: microsToRfc3339(event.previousStart) }),
      ...(game.note === null ? {} : { note: game.note }),
    },
  };
}
