import { Hono } from "hono";
import * as v from "valibot";
import { sideOf } from "../../../domain/outside/game.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import { INDIVIDUAL_SPORTS, sportOf } from "../../../sources/sports/espn/leagues.ts";
import type { Sports } from "../../../sources/sports/sports.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, one, text, wholeNumberText } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import {
  type GamesShape,
  gamesSchema,
  gamesShape,
  type LeaguesShape,
  leaguesSchema,
  leaguesShape,
  type ScheduleShape,
  scheduleSchema,
  scheduleShape,
  type TeamContextShape,
  type TeamStatusShape,
  type TeamsShape,
  type TimelineShape,
  teamContextSchema,
  teamContextShape,
  teamStatusSchema,
  teamStatusShape,
  teamsSchema,
  teamsShape,
  timelineSchema,
  timelineShape,
  WHEN,
} from "../../shapes/outside/sports.ts";

const league = v.pipe(
  text,
  v.regex(/^[a-z][a-z-]*\/[a-z0-9][a-z0-9._-]*$/, "is not of the form sport/league, such as football/nfl"),
  v.check((path) => !INDIVIDUAL_SPORTS.includes(sportOf(path)), "is no sport of two teams"),
);
const teamsParameters = v.strictObject({ league: one(league) });
const gamesParameters = v.strictObject({
  when: one(v.picklist(WHEN, `is none of ${WHEN.join(", ")}`)),
  league: one(league),
  team: one(text),
});
const teamParameters = v.strictObject({ league: one(league) });
const scheduleParameters = v.strictObject({ league: one(league), season: one(wholeNumberText(1900, 2200)) });

const described = (route: Omit<RouteDescription, "tag">): RouteDescription => ({ tag: "Outside", ...route });
const LEAGUES = described({
  id: "list_leagues",
  summary: "Leagues to follow teams of, and which are followed",
  description: "Others work too, by ESPN's path.",
  query: NO_PARAMETERS,
  answer: { json: leaguesSchema },
});
const TEAMS = described({
  id: "list_league_teams",
  summary: "A league's teams, as ESPN lists them",
  description: "Asked of ESPN once a day.",
  query: teamsParameters,
  answer: { json: teamsSchema },
  problems: ["source_failed"],
});
const GAMES = described({
  id: "list_games",
  summary: "Games of followed teams: on now, to come, over",
  query: gamesParameters,
  answer: { json: gamesSchema },
  problems: ["not_found", "ambiguous_team"],
});
const TIMELINE = described({
  id: "get_game_timeline",
  summary: "The course of a game as it was recorded here",
  path: { game: "The game's id." },
  query: NO_PARAMETERS,
  answer: { json: timelineSchema },
  problems: ["not_found"],
});
const team = "A followed team's key, abbreviation, number or exact name.";
const SCHEDULE = described({
  id: "get_team_schedule",
  summary: "A team's season with its record and statistics",
  description:
    "Asked of ESPN once an hour. With league also of teams that nobody follows. Soccer has past games alone.",
  path: { team: "A team's abbreviation, number or exact name." },
  query: scheduleParameters,
  answer: { json: scheduleSchema },
  problems: ["not_found", "ambiguous_team", "source_failed"],
});
const STATUS = described({
  id: "get_team_status",
  summary: "How it stands with a followed team, flat, for conditions",
  description:
    "About the game that is on, the last one for 12 hours after its start, or the next one. Scores that are too old are not told.",
  path: { team },
  query: teamParameters,
  answer: { json: teamStatusSchema },
  problems: ["not_found", "ambiguous_team"],
});
const CONTEXT = described({
  id: "get_team_context",
  summary: "The same with the game that is on, the last and the next one",
  path: { team },
  query: teamParameters,
  answer: { json: teamContextSchema },
  problems: ["not_found", "ambiguous_team"],
});

export const sportsRoutes = ({ auth, sports, clock }: { auth: Auth; sports: Sports; clock: Clock }) =>
  new Hono<ApiEnv>()
    .get("/sports/leagues", auth.needs("read", LEAGUES), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<LeaguesShape>(c, leaguesShape(sports.leagues()));
    })
    .get("/sports/teams", auth.needs("read", TEAMS), async (c) => {
      const { league: path } = readQuery(c, teamsParameters);
      if (path === undefined)
        throw refuse("invalid_request", "Query: league: is missing", {
          errors: [{ path: "league", message: "is missing" }],
        });
      return json<TeamsShape>(c, teamsShape(path, await sports.teams(path), clock.now()));
    })
    .get("/sports/games", auth.needs("read", GAMES), (c) => {
      const { when, league: path, team: name } = readQuery(c, gamesParameters);
      const only = name === undefined ? undefined : sports.status(name, path);
      const known = sports
        .known()
        .filter(({ source, facts }) =>
          only ? source === only.known.source : path === undefined || facts.league === path,
        );
      const wanted = (game: Parameters<typeof sideOf>[0]) => !only || sideOf(game, only.team.id) !== undefined;
      return json<GamesShape>(c, gamesShape(known, { when, wanted }, clock.now()));
    })
    .get("/sports/timeline/:game", auth.needs("read", TIMELINE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("game");
      const found = await sports.timeline(id);
      if (!found)
        throw refuse("not_found", `The game ${id} was never seen here`, {
          fix: "GET api/v1/sports/games lists games of followed teams.",
        });
      return json<TimelineShape>(c, timelineShape(id, found.game, found.events));
    })
    .get("/sports/schedule/:team", auth.needs("read", SCHEDULE), async (c) => {
      const { league: path, season } = readQuery(c, scheduleParameters);
      return json<ScheduleShape>(c, scheduleShape(await sports.season(c.req.param("team"), path, season), clock.now()));
    })
    .get("/sports/status/:team", auth.needs("read", STATUS), (c) => {
      const { league: path } = readQuery(c, teamParameters);
      return json<TeamStatusShape>(c, teamStatusShape(sports.status(c.req.param("team"), path), clock.now()));
    })
    .get("/sports/context/:team", auth.needs("read", CONTEXT), (c) => {
      const { league: path } = readQuery(c, teamParameters);
      return json<TeamContextShape>(c, teamContextShape(sports.context(c.req.param("team"), path), clock.now()));
    });
