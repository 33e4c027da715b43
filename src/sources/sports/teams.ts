import { Failure } from "../../domain/failure.ts";
import type { FollowedTeam, SportsFacts } from "../../domain/outside/game.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Ask } from "../source.ts";
import { DAY } from "./espn/days.ts";
import { askTeams, type Team } from "./espn/requests.ts";

const TEAMS_HOLD = 7 * DAY;

/** Whom the chosen names mean. Asked anew once a week, and when others are chosen. */
export async function teamsOf(
  ask: Ask,
  { league, teams: chosen }: { readonly league: string; readonly teams: readonly string[] },
  before: SportsFacts | undefined,
  now: Micros,
): Promise<Pick<SportsFacts, "teams" | "unknownTeams" | "teamsAsked" | "nextAsked">> {
  const keys = [...new Set(chosen.map(keyOf))];
  const held = new Set([...(before?.teams ?? []).map(({ key }) => key), ...(before?.unknownTeams ?? []).map(keyOf)]);
  const fresh = before && before.teamsAsked <= now && now < before.teamsAsked + TEAMS_HOLD;
  if (before && fresh && keys.length === held.size && keys.every((key) => held.has(key))) {
    const { teams, unknownTeams, teamsAsked, nextAsked } = before;
    return { teams, unknownTeams, teamsAsked, nextAsked };
  }
  const offered = await askTeams(ask, league);
  const teams: FollowedTeam[] = [];
  const unknownTeams: string[] = [];
  for (const name of new Map(chosen.map((one) => [keyOf(one), one])).values()) {
    const team = teamNamed(offered, name);
    if (!team) unknownTeams.push(name);
    else if (!teams.some(({ id }) => id === team.id)) {
      const record = before?.teams.find(({ id }) => id === team.id)?.record ?? null;
      teams.push({ ...team, key: keyOf(name), record });
    }
  }
  if (teams.length === 0)
    throw new Failure("unknown_team", `${league} has no team ${unknownTeams.join(", ")}`, {
      fix: `Choose from its teams, such as ${offered
        .slice(0, 3)
        .map(({ abbreviation, name }) => abbreviation ?? name)
        .join(", ")}.`,
    });
  return { teams, unknownTeams, teamsAsked: now, nextAsked: before?.nextAsked ?? {} };
}

export function teamNamed(teams: readonly Team[], name: string): Team | undefined {
  const wanted = name.trim().toLowerCase();
  return (
    teams.find(({ id }) => id === wanted) ??
    teams.find(({ abbreviation }) => abbreviation?.toLowerCase() === wanted) ??
    teams.find((team) => team.name.toLowerCase() === wanted)
  );
}

/** A word for the names of series: `Kansas City Chiefs` is `kansas_city_chiefs`. */
export const keyOf = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "") ||
  // In a script without such letters.
  [...name.trim()].map((letter) => letter.codePointAt(0)?.toString(16)).join("_");
