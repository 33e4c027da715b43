import * as v from "valibot";
import type { HomeEvent } from "../../../domain/data/reading.ts";
import { GAME_STATUSES, type Game, type GameTeam, SIDES, type Side, sideOf } from "../../../domain/outside/game.ts";
import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";
import { type KnownGames, TEAM_STATES, type TeamStatus, whenOf } from "../../../sources/sports/answers.ts";
import type { Dated, Season, Sports } from "../../../sources/sports/sports.ts";
import { countSchema, type Shape, timeSchema } from "../answers.ts";

const explained = <S extends v.GenericSchema>(schema: S, text: string) => v.pipe(schema, v.description(text));
const words = v.nullable(v.string());
const number = v.nullable(v.number());
const side = v.picklist(SIDES);
const fresh = {
  fetched: explained(timeSchema, "When the provider was heard."),
  age_s: countSchema,
  why: explained(
    v.exactOptional(v.string()),
    "Too old to be the present, and why. Absent: it is as fresh as it can be.",
  ),
};

const gameTeamSchema = v.pipe(
  v.object({
    id: v.string(),
    abbreviation: words,
    name: v.string(),
    color: words,
    score: explained(number, "null: not played."),
    shootout: number,
    periods: explained(v.array(v.number()), "By period."),
    record: words,
    rank: number,
    statistics: v.array(v.object({ name: v.string(), value: v.string() })),
  }),
  v.title("GameTeam"),
);
const gameSchema = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    start: timeSchema,
    start_known: explained(v.boolean(), "False: only the day is set."),
    status: v.picklist(GAME_STATUSES),
    raw_status: explained(v.string(), "In the provider's words."),
    detail: words,
    period: number,
    regulation_periods: number,
    clock: words,
    overtime: v.boolean(),
    shootout: v.boolean(),
    winner: explained(v.nullable(v.picklist([...SIDES, "draw"])), "Of a final game; null: not said."),
    home: gameTeamSchema,
    away: gameTeamSchema,
    venue: words,
    neutral: v.boolean(),
    note: words,
  }),
  v.title("Game"),
);
export type GameShape = Shape<typeof gameSchema>;

const teamShape = ({ ...team }: GameTeam): GameShape["home"] => team;
export const gameShape = (game: Game): GameShape => ({
  id: game.id,
  name: game.name,
  start: microsToRfc3339(game.start),
  start_known: game.startKnown,
  status: game.status,
  raw_status: game.rawStatus,
  detail: game.detail,
  period: game.period,
  regulation_periods: game.regulationPeriods,
  clock: game.clock,
  overtime: game.overtime,
  shootout: game.shootout,
  winner: game.winner,
  home: teamShape(game.home),
  away: teamShape(game.away),
  venue: game.venue,
  neutral: game.neutral,
  note: game.note,
});
const maybeGame = (game: Game | undefined) => (game ? gameShape(game) : null);
const freshOf = ({ fetched, why }: { readonly fetched: Micros; readonly why?: string }, now: Micros) => ({
  fetched: microsToRfc3339(fetched),
  age_s: Math.max(0, Math.round((now - fetched) / 1_000_000)),
  ...(why === undefined ? {} : { why }),
});

export const leaguesSchema = v.object({
  leagues: v.array(
    v.object({
      league: explained(v.string(), "As other routes and the settings of a source take it, such as football/nfl."),
      name: v.string(),
      sport: v.string(),
      followed: v.array(v.object({ source: v.string(), teams: countSchema })),
    }),
  ),
});
export type LeaguesShape = Shape<typeof leaguesSchema>;
export const leaguesShape = (leagues: ReturnType<Sports["leagues"]>): LeaguesShape => ({
  leagues: leagues.map(({ path, name, sport, followed }) => ({ league: path, name, sport, followed })),
});

export const teamsSchema = v.object({
  league: v.string(),
  teams: v.array(v.object({ id: v.string(), abbreviation: words, name: v.string(), color: words })),
  ...fresh,
});
export type TeamsShape = Shape<typeof teamsSchema>;
export const teamsShape = (league: string, teams: Awaited<ReturnType<Sports["teams"]>>, now: Micros): TeamsShape => ({
  league,
  teams: teams.value,
  ...freshOf(teams, now),
});

export const WHEN = ["live", "upcoming", "final", "other"] as const;
const sourceGamesSchema = v.object({
  source: v.string(),
  name: v.string(),
  league: v.string(),
  ...fresh,
  teams: v.array(
    v.object({ key: v.string(), id: v.string(), abbreviation: words, name: v.string(), color: words, record: words }),
  ),
  unknown_teams: explained(v.array(v.string()), "Chosen in the settings, and no team of the league."),
  problems: v.array(v.object({ team: v.string(), why: v.string() })),
  games: v.array(v.object({ when: v.picklist(WHEN), ...gameSchema.entries })),
});
export const gamesSchema = v.object({ sources: v.array(sourceGamesSchema) });
export type GamesShape = Shape<typeof gamesSchema>;
export function gamesShape(
  known: readonly KnownGames[],
  asked: { readonly when?: string | undefined; readonly wanted: (game: Game, known: KnownGames) => boolean },
  now: Micros,
): GamesShape {
  return {
    sources: known.map((one) => ({
      source: one.source,
      name: one.name,
      league: one.facts.league,
      ...freshOf(one, now),
      teams: one.facts.teams,
      unknown_teams: one.facts.unknownTeams,
      problems: one.facts.problems,
      games: one.facts.games.flatMap((game) => {
        const when = whenOf(game, now);
        if (!asked.wanted(game, one) || (asked.when !== undefined && asked.when !== when)) return [];
        return [{ when, ...gameShape(game) }];
      }),
    })),
  };
}

export const timelineSchema = v.object({
  game_id: v.string(),
  game: explained(v.nullable(gameSchema), "As it was seen last; null: it is no longer listed."),
  events: explained(
    v.array(
      v.object({
        time: timeSchema,
        within_s: explained(number, "It happened in the seconds before; null: the game was not seen before."),
        sequence: countSchema,
        event: v.string(),
        team: words,
        home_score: number,
        away_score: number,
        period: number,
        clock: words,
        data: explained(v.record(v.string(), v.unknown()), "All that the event ha_ingestor_game says."),
      }),
    ),
    "As recorded here, oldest first.",
  ),
});
export type TimelineShape = Shape<typeof timelineSchema>;
export const timelineShape = (id: string, game: Game | undefined, events: readonly HomeEvent[]): TimelineShape => ({
  game_id: id,
  game: maybeGame(game),
  events: events.map(({ time, data }) => ({
    time: microsToRfc3339(time),
    within_s: data.within_s as number | null,
    sequence: data.sequence as number,
    event: data.event as string,
    team: data.team as string | null,
    home_score: data.home_score as number | null,
    away_score: data.away_score as number | null,
    period: data.period as number | null,
    clock: data.clock as string | null,
    data,
  })),
});

export const scheduleSchema = v.object({
  league: v.string(),
  team: v.object({ id: v.string(), abbreviation: words, name: v.string(), color: words }),
  season: number,
  record: explained(words, "In the provider's words, of the season record_of."),
  record_of: words,
  standing: words,
  bye_week: number,
  ...fresh,
  statistics: v.pipe(
    v.object({
      played: countSchema,
      won: countSchema,
      lost: countSchema,
      drawn: countSchema,
      win_share: explained(number, "0 to 1, a draw counts half; null: none was played."),
      scored: v.number(),
      conceded: v.number(),
      difference: v.number(),
      streak: explained(words, "What the last games have in common: W3, L1, D2."),
      undecided: explained(countSchema, "Final games whose winner or score is not said; counted nowhere else."),
    }),
    v.description("Of the final games listed here."),
  ),
  games: v.array(gameSchema),
});
export type ScheduleShape = Shape<typeof scheduleSchema>;
export const scheduleShape = (season: Dated<Season>, now: Micros): ScheduleShape => {
  const { league, team, record, recordOf, standing, byeWeek, statistics, games, season: year } = season.value;
  const { winShare, ...counts } = statistics;
  return {
    ...{ league, team, season: year, record, record_of: recordOf, standing, bye_week: byeWeek },
    ...freshOf(season, now),
    statistics: { ...counts, win_share: winShare },
    games: games.map(gameShape),
  };
};

export const teamStatusSchema = v.object({
  team: v.object({ key: v.string(), id: v.string(), abbreviation: words, name: v.string(), record: words }),
  source: v.string(),
  league: v.string(),
  status: explained(v.picklist(TEAM_STATES), "unknown: the last look is too old, or says what nobody knows; see why."),
  game_status: v.nullable(v.picklist(GAME_STATUSES)),
  game_id: words,
  start: v.nullable(timeSchema),
  starts_in_s: explained(number, "Below 0: it should have begun. null: it has, or is not set."),
  side: v.nullable(side),
  opponent: words,
  score: number,
  opponent_score: number,
  leads: explained(v.nullable(v.boolean()), "Of a game with scores; null: level, or none."),
  won: explained(v.nullable(v.boolean()), "Of a final game; null: a draw, or not said."),
  period: number,
  clock: words,
  ...fresh,
});
export type TeamStatusShape = Shape<typeof teamStatusSchema>;

const sidesOf = (game: Game, ours: Side): readonly [GameTeam, GameTeam] =>
  ours === "home" ? [game.home, game.away] : [game.away, game.home];

export function teamStatusShape({ team, known, state, game, why }: TeamStatus, now: Micros): TeamStatusShape {
  const ours = game && sideOf(game, team.id);
  const [own, other] = game && ours ? sidesOf(game, ours) : [];
  const scores = [own?.score ?? null, other?.score ?? null] as const;
  const { id, key, name, abbreviation, record } = team;
  // What may have changed since is not told as the present.
  const isUnknown = state === "unknown";
  const score = isUnknown ? null : scores[0];
  const opponentScore = isUnknown ? null : scores[1];
  const level = score === null || opponentScore === null || score === opponentScore;
  return {
    team: { key, id, abbreviation, name, record },
    source: known.source,
    league: known.facts.league,
    status: state,
    game_status: isUnknown ? null : (game?.status ?? null),
    game_id: game?.id ?? null,
    start: game ? microsToRfc3339(game.start) : null,
    starts_in_s: state === "upcoming" && game?.startKnown ? Math.round((game.start - now) / 1_000_000) : null,
    side: ours ?? null,
    opponent: other?.name ?? null,
    score,
    opponent_score: opponentScore,
    leads: level ? null : (score as number) > (opponentScore as number),
    won: state !== "final" || !game?.winner || game.winner === "draw" ? null : game.winner === ours,
    period: isUnknown ? null : (game?.period ?? null),
    clock: isUnknown ? null : (game?.clock ?? null),
    ...freshOf(known, now),
    ...(why === undefined ? {} : { why }),
  };
}

export const teamContextSchema = v.object({
  ...teamStatusSchema.entries,
  current_game: v.nullable(gameSchema),
  last_game: v.nullable(gameSchema),
  next_game: v.nullable(gameSchema),
});
export type TeamContextShape = Shape<typeof teamContextSchema>;
export const teamContextShape = (context: ReturnType<Sports["context"]>, now: Micros): TeamContextShape => ({
  ...teamStatusShape(context, now),
  current_game: context.state === "unknown" ? null : maybeGame(context.current),
  last_game: maybeGame(context.last),
  next_game: maybeGame(context.next),
});
