import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import type { Game } from "../../../domain/outside/game.ts";
import type { Ask } from "../../source.ts";
import { adornment, changed, gameOf, maybe, type Outline, outlineSchema } from "./game.ts";

const SITE = "https://site.api.espn.com/apis/site/v2/sports";
/** Without it a long day is cut at 100 games; above 500 ESPN cuts again. */
const MOST_GAMES = 500;
const MOST_TEAMS = 1_000;

const text = v.string();

/** A team of a league, as ESPN lists it. */
export type Team = {
  readonly id: string;
  readonly abbreviation: string | null;
  readonly name: string;
  readonly color: string | null;
};
const team = v.object({
  id: text,
  abbreviation: maybe(text),
  displayName: maybe(text),
  name: maybe(text),
  color: adornment(text),
});
const teamOf = ({ id, abbreviation, displayName, name, color }: v.InferOutput<typeof team>): Team => ({
  id,
  abbreviation: abbreviation ?? null,
  name: displayName ?? name ?? id,
  color: color ?? null,
});

const teamsAnswer = v.object({
  sports: v.pipe(
    v.array(v.object({ leagues: v.pipe(v.array(v.object({ teams: v.array(v.object({ team })) })), v.minLength(1)) })),
    v.minLength(1),
  ),
});
const scoreboardAnswer = v.object({ events: v.array(outlineSchema) });
const record = v.object({ items: maybe(v.array(v.object({ type: maybe(text), summary: maybe(text) }))) });
const teamAnswer = v.object({
  team: v.object({
    ...team.entries,
    record: adornment(record),
    standingSummary: adornment(text),
    nextEvent: maybe(v.array(outlineSchema)),
  }),
});
const scheduleAnswer = v.object({
  season: adornment(v.object({ year: maybe(v.number()) })),
  requestedSeason: adornment(v.object({ year: maybe(v.number()), displayName: maybe(text), name: maybe(text) })),
  team: v.object({
    ...team.entries,
    recordSummary: adornment(text),
    standingSummary: adornment(text),
    seasonSummary: adornment(text),
  }),
  byeWeek: adornment(v.number()),
  events: v.array(outlineSchema),
});

/** A blocked client is a 403 of the edge, not a wrong key. */
const blocked = (status: number): undefined => {
  if (status === 403)
    throw new Failure("refused", "ESPN refuses to answer (403)", {
      fix: "ESPN blocks programs now and then, by their name or address. It is asked again later; if it stays so, report it.",
    });
  return undefined;
};

export async function askTeams(ask: Ask, league: string): Promise<readonly Team[]> {
  const url = `${SITE}/${league}/teams?limit=${MOST_TEAMS}`;
  const answer = await ask({ url, schema: teamsAnswer, onStatus: blocked });
  return answer.sports.flatMap(({ leagues }) => leagues.flatMap(({ teams }) => teams.map((one) => teamOf(one.team))));
}

/** The games of a day of New York (`20250604`) in which one of the teams plays. */
export async function askScoreboard(
  ask: Ask,
  league: string,
  day: string,
  teams: ReadonlySet<string>,
): Promise<readonly Game[]> {
  const url = `${SITE}/${league}/scoreboard?dates=${day}&limit=${MOST_GAMES}`;
  const { events } = await ask({ url, schema: scoreboardAnswer, onStatus: blocked });
  return gamesOf(events, teams, `the scoreboard of ${league}`);
}

/** Its next game, where ESPN says one, and its record. */
export async function askTeam(ask: Ask, league: string, id: string) {
  const url = `${SITE}/${league}/teams/${encodeURIComponent(id)}`;
  const answer = await ask({ url, schema: teamAnswer, onStatus: blocked });
  const overall = answer.team.record?.items?.find(({ type }) => type === "total") ?? answer.team.record?.items?.[0];
  return {
    team: teamOf(answer.team),
    record: overall?.summary ?? null,
    standing: answer.team.standingSummary ?? null,
    next: gamesOf(answer.team.nextEvent ?? [], new Set([answer.team.id]), `the team ${id} of ${league}`),
  };
}

/** The games of a season, past and to come as far as ESPN tells them. @param season undefined: the present one */
export async function askSchedule(ask: Ask, league: string, id: string, season?: number) {
  const query = season === undefined ? "" : `?season=${season}`;
  const url = `${SITE}/${league}/teams/${encodeURIComponent(id)}/schedule${query}`;
  const answer = await ask({ url, schema: scheduleAnswer, onStatus: blocked });
  return {
    team: teamOf(answer.team),
    season: answer.requestedSeason?.year ?? answer.season?.year ?? null,
    record: answer.team.recordSummary ?? null,
    /** Of which season `record` is. */
    recordOf: answer.team.seasonSummary ?? null,
    standing: answer.team.standingSummary ?? null,
    byeWeek: answer.byeWeek ?? null,
    games: gamesOf(answer.events, new Set([answer.team.id]), `the schedule of ${id} of ${league}`),
  };
}

function gamesOf(outlines: readonly Outline[], teams: ReadonlySet<string>, where: string): Game[] {
  const ours = outlines.filter(({ competitions }) =>
    competitions[0]?.competitors.some((one) => teams.has(one.team?.id ?? one.id)),
  );
  const games = ours.map((one) => gameOf(one, where));
  const ids = new Set(games.map(({ id }) => id));
  if (ids.size !== games.length) throw changed(where, "two games have the same id");
  return games;
}
