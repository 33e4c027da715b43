import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import {
  type FollowedTeam,
  type Game,
  type GameStatus,
  type GameTeam,
  isOn,
  isOver,
  SPORTS_FACTS_FORM,
  type SportsFacts,
  sportsFactsOf,
} from "../../domain/outside/game.ts";
import { type Micros, microsFromRfc3339 } from "../../domain/time/time.ts";
import type { EntityNow, Provider } from "../source.ts";
import { DAY } from "./espn/days.ts";
import { readingsOf, sinceOf } from "./readings.ts";
import { keyOf } from "./teams.ts";

const settings = v.strictObject({
  entities: v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^sensor\.[a-z0-9_]+$/, "is no entity such as sensor.team_tracker_nfl_kc"))),
    v.minLength(1, "names no entity"),
    v.maxLength(30, "has more than 30 entities"),
    v.title("Team Tracker entities"),
    v.description("One for each team, all of one league, such as sensor.team_tracker"),
  ),
});
type Settings = v.InferOutput<typeof settings>;

const text = v.nullish(v.string());
const figure = v.nullish(v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))]));
const side = (of: "team" | "opponent") => ({
  [`${of}_abbr`]: text,
  [`${of}_long_name`]: text,
  [`${of}_id`]: text,
  [`${of}_homeaway`]: text,
  [`${of}_record`]: text,
  [`${of}_rank`]: v.fallback(figure, null),
  [`${of}_colors`]: v.fallback(v.nullish(v.array(v.string())), null),
  [`${of}_score`]: figure,
  [`${of}_winner`]: v.nullish(v.boolean()),
});
const attributesSchema = v.object({
  sport_path: v.string(),
  league_path: v.string(),
  date: text,
  event_name: text,
  event_url: text,
  venue: text,
  clock: text,
  quarter: v.fallback(figure, null),
});
const teamSchema = v.object(side("team"));
const opponentSchema = v.object(side("opponent"));
type Attributes = v.InferOutput<typeof attributesSchema>;

const LIVE_MS = 15_000;
const QUIET_MS = 60_000;
/** Team Tracker looks each ten minutes, and each few seconds while a game is on. */
const SILENT_AFTER: Micros = 30 * 60_000_000;
const SILENT_AFTER_LIVE: Micros = 3 * 60_000_000;
const KEPT_AFTER = 3 * DAY;

/** What an entity says: a team, and its game where there is one. */
type Told = { readonly league: string; readonly team: FollowedTeam; readonly game: Game | undefined };

/** The scores that the home knows already, by the Team Tracker integration, which asks ESPN. */
export const teamTracker: Provider<Settings, SportsFacts> = {
  id: "team_tracker",
  kind: "sports",
  name: "Team Tracker in Home Assistant",
  homepage: "https://github.com/vasqued2/ha-teamtracker",
  attribution: "Scores: ESPN, by Team Tracker",
  settings,
  worksUnset: false,
  limits: [],
  // Nobody outside is asked.
  everyMs: QUIET_MS,
  tooOldMs: 3_600_000,
  rhythm: (facts) => (facts?.games.some(isOn) ? LIVE_MS : QUIET_MS),
  async read({ settings: { entities }, entity, now, facts: kept }) {
    const told: Told[] = [];
    const problems: { team: string; why: string }[] = [];
    for (const id of entities) {
      const one = toldBy(entity(id), id, now);
      const league = told[0]?.league;
      if ("why" in one) problems.push(one);
      else if (league !== undefined && one.league !== league)
        problems.push({ team: one.team.name, why: `it plays in ${one.league}, which wants a source of its own` });
      else if (!told.some(({ team }) => team.id === one.team.id)) told.push(one);
    }
    const [first] = told;
    if (!first)
      throw new Failure("entity_absent", problems.map(({ team, why }) => `${team}: ${why}`).join("; "), {
        fix: "Check the entities of Team Tracker in Home Assistant.",
        retry: true,
      });
    const last = sportsFactsOf(kept);
    const before = last?.league === first.league ? last : undefined;
    const games = new Map(told.flatMap(({ game }) => (game ? [[game.id, game] as const] : [])));
    // An entity tells one game: the last one is known until the next has long been told.
    for (const game of before?.games ?? [])
      if (!games.has(game.id) && isOver(game) && game.start + KEPT_AFTER > now) games.set(game.id, game);
    const heard: SportsFacts = {
      form: SPORTS_FACTS_FORM,
      league: first.league,
      teams: told.map(({ team }) => team),
      unknownTeams: [],
      teamsAsked: now,
      nextAsked: Object.fromEntries(told.map(({ team }) => [team.id, now])),
      games: [...games.values()].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1)),
      unlisted: {},
      since: before?.since ?? {},
      problems,
    };
    const readings = readingsOf(heard, now);
    const waitsFor = problems.map(({ team, why }) => `${team}: ${why}.`).join(" ");
    return {
      readings,
      issues: [],
      facts: { ...heard, since: sinceOf(readings) },
      ...(waitsFor === "" ? {} : { waitsFor }),
    };
  },
};

function toldBy(found: EntityNow | undefined, id: string, now: Micros): Told | { team: string; why: string } {
  if (!found) return { team: id, why: "there is no such entity, or it is excluded from recording" };
  const { state, attributes, time } = found;
  if (!["PRE", "IN", "POST", "BYE", "NOT_FOUND"].includes(state)) return { team: id, why: `it is ${state} now` };
  const [general, own, other] = [
    v.safeParse(attributesSchema, attributes),
    v.safeParse(teamSchema, attributes),
    v.safeParse(opponentSchema, attributes),
  ];
  if (!general.success || !own.success || !other.success) {
    const [issue] = general.issues ?? own.issues ?? other.issues ?? [];
    const where = issue ? (v.getDotPath(issue) ?? "") : "";
    return { team: id, why: `its attributes are not Team Tracker's: ${where}` };
  }
  const { output } = general;
  const mine = sideOf(own.output, "team");
  if (!mine.id) return { team: id, why: "it has found no such team" };
  if (now - time > (state === "IN" ? SILENT_AFTER_LIVE : SILENT_AFTER))
    return { team: mine.name, why: `${id} was last heard ${Math.round((now - time) / 60_000_000)} minutes ago` };
  const { abbreviation, name, color, record } = mine;
  return {
    league: `${output.sport_path}/${output.league_path}`,
    team: { key: keyOf(abbreviation ?? name), id: mine.id, abbreviation, name, color, record },
    game: gameOf(state, output, mine, sideOf(other.output, "opponent")),
  };
}

type Side = Omit<GameTeam, "id"> & { readonly id: string; readonly isHome: boolean | null; readonly won: boolean };

function sideOf(told: Readonly<Record<string, unknown>>, of: "team" | "opponent"): Side {
  const get = <T>(name: string): T | null => (told[`${of}_${name}`] as T | undefined) ?? null;
  const abbreviation = get<string>("abbr");
  const homeAway = get<string>("homeaway");
  return {
    id: get<string>("id") ?? "",
    abbreviation,
    name: get<string>("long_name") ?? abbreviation ?? "?",
    color: get<readonly string[]>("colors")?.[0]?.replace("#", "") ?? null,
    score: get<number>("score"),
    shootout: null,
    periods: [],
    record: get<string>("record"),
    rank: get<number>("rank"),
    statistics: [],
    isHome: homeAway === "home" ? true : homeAway === "away" ? false : null,
    won: get<boolean>("winner") === true,
  };
}

function gameOf(state: string, told: Attributes, mine: Side, theirs: Side): Game | undefined {
  const start = microsFromRfc3339(told.date ?? "");
  const isHome = mine.isHome ?? (theirs.isHome === null ? null : !theirs.isHome);
  if (state === "BYE" || state === "NOT_FOUND" || start === undefined || isHome === null) return undefined;
  const clock = told.clock ?? "";
  const status = statusOf(state, clock, mine.won || theirs.won);
  // Before the game, and of one that is not played, they are placeholders.
  const played = status === "live" || status === "break" || status === "final" || status === "suspended";
  const team = ({ isHome: _, won: __, ...rest }: Side): GameTeam => ({ ...rest, score: played ? rest.score : null });
  const [home, away] = isHome ? [mine, theirs] : [theirs, mine];
  const level = home.score !== null && home.score === away.score;
  const id = /gameId[=/](\d+)/.exec(told.event_url ?? "")?.[1];
  return {
    id: id ?? `${home.id}-${away.id}-${start / 1_000_000}`,
    name: told.event_name ?? `${away.name} at ${home.name}`,
    start,
    startKnown: true,
    status,
    rawStatus: `${state} ${clock}`.trim(),
    detail: clock === "" ? null : clock,
    period: played ? (told.quarter ?? null) : null,
    regulationPeriods: null,
    clock: isOn({ status }) && clock !== "" ? clock : null,
    overtime: played && /\bOT\b|AET/.test(clock),
    shootout: played && /\bSO\b|pens?\b/i.test(clock),
    winner: status !== "final" ? null : home.won ? "home" : away.won ? "away" : level ? "draw" : null,
    home: team(home),
    away: team(away),
    venue: told.venue ?? null,
    neutral: false,
    note: null,
  };
}

/** A game that was put off is POST too: it is final only where somebody won, or where its own word says so. */
function statusOf(state: string, clock: string, won: boolean): GameStatus {
  if (/postponed|\bppd\b/i.test(clock)) return "postponed";
  if (/cancel|abandon/i.test(clock)) return "canceled";
  if (/suspend/i.test(clock)) return "suspended";
  if (state === "PRE") return /delay/i.test(clock) ? "delayed" : "scheduled";
  if (state === "IN") return /^(half ?time|ht)$|^end\b/i.test(clock.trim()) ? "break" : "live";
  return won || /^(ft|aet|final|full)/i.test(clock.trim()) ? "final" : "unknown";
}
