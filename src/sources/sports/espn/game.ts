import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import type { Game, GameStatistic, GameTeam, Side } from "../../../domain/outside/game.ts";
import { type Micros, microsFromRfc3339 } from "../../../domain/time/time.ts";
import { statusOf } from "./status.ts";

export const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema));
/** What adorns a game. ESPN writes some of it in several forms (`record` is a list, or "2-3"): unread, it is left out. */
export const adornment = <S extends v.GenericSchema>(schema: S) => v.fallback(maybe(schema), undefined);
const text = v.string();

const teamSchema = v.object({
  id: maybe(text),
  abbreviation: maybe(text),
  displayName: maybe(text),
  name: maybe(text),
  shortDisplayName: maybe(text),
  color: adornment(text),
});

const score = v.union([text, v.number(), v.object({ value: v.number() })]);
const competitor = v.object({
  id: text,
  homeAway: v.picklist(["home", "away"]),
  /** Absent of opponents who are not known yet. */
  team: maybe(teamSchema),
  score: maybe(score),
  winner: maybe(v.boolean()),
  shootoutScore: maybe(v.number()),
  linescores: adornment(v.array(v.object({ value: maybe(v.number()) }))),
  records: adornment(v.array(v.object({ type: maybe(text), name: maybe(text), summary: maybe(text) }))),
  /** Of a schedule in place of `records`. */
  record: adornment(v.array(v.object({ type: maybe(text), displayValue: maybe(text) }))),
  curatedRank: adornment(v.object({ current: maybe(v.number()) })),
  statistics: adornment(v.array(v.object({ name: maybe(text), abbreviation: maybe(text), displayValue: maybe(text) }))),
});
const status = v.object({
  period: maybe(v.number()),
  displayClock: adornment(text),
  type: v.object({
    name: text,
    state: maybe(text),
    completed: maybe(v.boolean()),
    detail: adornment(text),
    shortDetail: adornment(text),
    altDetail: adornment(text),
  }),
});
const competition = v.object({
  timeValid: adornment(v.boolean()),
  neutralSite: adornment(v.boolean()),
  venue: adornment(v.object({ fullName: maybe(text) })),
  notes: adornment(v.array(v.object({ headline: maybe(text), text: maybe(text) }))),
  status: maybe(status),
  format: adornment(v.object({ regulation: maybe(v.object({ periods: maybe(v.number()) })) })),
  competitors: v.array(competitor),
});
const eventSchema = v.object({
  id: text,
  date: text,
  name: maybe(text),
  timeValid: adornment(v.boolean()),
  status: maybe(status),
  competitions: v.pipe(v.array(competition), v.minLength(1)),
});

/** Enough to see whose game it is. What the rest of it looks like matters only where somebody follows one of them. */
export const outlineSchema = v.looseObject({
  id: text,
  competitions: v.pipe(
    v.array(
      v.looseObject({
        competitors: v.array(
          v.looseObject({
            id: text,
            team: maybe(v.looseObject({ id: maybe(text), abbreviation: maybe(text), displayName: maybe(text) })),
          }),
        ),
      }),
    ),
    v.minLength(1),
  ),
});
export type Outline = v.InferOutput<typeof outlineSchema>;

/** @throws Failure `changed_shape` where it is none that is understood */
export function gameOf(outline: unknown, where: string): Game {
  const parsed = v.safeParse(eventSchema, outline);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw changed(where, `${v.getDotPath(issue) ?? "the game"}: ${issue.message}`);
  }
  const event = parsed.output;
  const [of] = event.competitions as [v.InferOutput<typeof competition>];
  const stated = of.status ?? event.status;
  const home = of.competitors.find(({ homeAway }) => homeAway === "home");
  const away = of.competitors.find(({ homeAway }) => homeAway === "away");
  if (!stated) throw changed(where, "competitions.0.status is missing");
  if (!home || !away || of.competitors.length !== 2)
    throw changed(where, "competitions.0.competitors are not a home and an away team");
  const start = timeOf(event.date);
  if (start === undefined) throw changed(where, `date: ${event.date} is no time`);

  const { type } = stated;
  const now = statusOf({ name: type.name, state: type.state ?? undefined, completed: type.completed ?? undefined });
  // Before the start ESPN shows period 1 and a full clock; a game that will be played later counts from 0.
  const played = now === "live" || now === "break" || now === "final" || now === "suspended";
  const period = played && stated.period ? stated.period : null;
  const regulation = of.format?.regulation?.periods ?? null;
  const detail = type.detail ?? type.shortDetail ?? null;
  const shootout =
    /SHOOTOUT|_PEN$/.test(type.name) || /\bSO\b/.test(type.altDetail ?? "") || typeof home.shootoutScore === "number";
  return {
    id: event.id,
    name: event.name ?? `${nameOf(away)} at ${nameOf(home)}`,
    start,
    startKnown: (of.timeValid ?? event.timeValid) !== false,
    status: now,
    rawStatus: type.name,
    detail,
    period,
    regulationPeriods: regulation,
    clock: now === "live" || now === "break" || now === "suspended" ? (stated.displayClock ?? null) : null,
    overtime:
      played &&
      ((period !== null && regulation !== null && period > regulation) ||
        /OVERTIME|EXTRA|_AET$|_PEN$/.test(type.name) ||
        /\bOT\b|\bAET\b/.test(`${detail} ${type.altDetail}`)),
    shootout: played && shootout,
    winner: now === "final" ? winnerOf(home, away) : null,
    home: teamOf(home, played),
    away: teamOf(away, played),
    venue: of.venue?.fullName ?? null,
    neutral: of.neutralSite === true,
    note: of.notes?.flatMap((note) => note.headline ?? note.text ?? []).at(0) ?? null,
  };
}

type Competitor = v.InferOutput<typeof competitor>;

function teamOf(side: Competitor, played: boolean): GameTeam {
  const rank = side.curatedRank?.current;
  return {
    id: side.team?.id ?? side.id,
    abbreviation: side.team?.abbreviation ?? null,
    name: nameOf(side),
    color: side.team?.color ?? null,
    score: played ? scoreOf(side) : null,
    shootout: played ? (side.shootoutScore ?? null) : null,
    periods: played ? (side.linescores ?? []).flatMap(({ value }) => value ?? []) : [],
    record: recordOf(side),
    // ESPN's number of whoever has no rank.
    rank: typeof rank === "number" && rank > 0 && rank < 99 ? rank : null,
    statistics: played ? statisticsOf(side) : [],
  };
}

const nameOf = ({ team }: Competitor): string => team?.displayName ?? team?.name ?? team?.shortDisplayName ?? "TBD";

function scoreOf({ score: given }: Competitor): number | null {
  if (given === undefined || given === null || given === "") return null;
  const number = typeof given === "object" ? given.value : Number(given);
  return Number.isFinite(number) ? number : null;
}

function recordOf({ records, record }: Competitor): string | null {
  const overall = (records ?? []).find(({ type }) => type === "total" || type === "ytd") ?? records?.[0];
  const scheduled = (record ?? []).find(({ type }) => type === "total");
  return overall?.summary ?? scheduled?.displayValue ?? null;
}

const statisticsOf = ({ statistics }: Competitor): GameStatistic[] =>
  (statistics ?? []).flatMap(({ name, displayValue }) =>
    typeof name === "string" && typeof displayValue === "string" ? { name, value: displayValue } : [],
  );

function winnerOf(home: Competitor, away: Competitor): Side | "draw" | null {
  if (home.winner === true) return "home";
  if (away.winner === true) return "away";
  const [ours, theirs] = [scoreOf(home), scoreOf(away)];
  return ours !== null && ours === theirs ? "draw" : null;
}

/** ESPN leaves the seconds out: `2022-09-11T17:00Z`. */
export const timeOf = (date: string): Micros | undefined => microsFromRfc3339(date);

export const changed = (where: string, what: string): Failure =>
  new Failure("changed_shape", `${where} answered in another shape than it used to: ${what}`, {
    fix: "If it stays so, report it with the raw answer, which the source's page shows.",
  });
