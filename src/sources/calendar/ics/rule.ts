import { RRuleTemporal } from "rrule-temporal";
import { Failure } from "../../../domain/failure.ts";
import { wallOf } from "./time/values.ts";
import type { Wall } from "./time/wall.ts";

const PARTS: { readonly [name: string]: RegExp } = {
  FREQ: /^(?:SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,5}$/,
  COUNT: /^\d{1,6}$/,
  BYSECOND: /^\d{1,2}(?:,\d{1,2})*$/,
  BYMINUTE: /^\d{1,2}(?:,\d{1,2})*$/,
  BYHOUR: /^\d{1,2}(?:,\d{1,2})*$/,
  BYDAY: /^(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTHDAY: /^[+-]?\d{1,2}(?:,[+-]?\d{1,2})*$/,
  BYYEARDAY: /^[+-]?\d{1,3}(?:,[+-]?\d{1,3})*$/,
  BYWEEKNO: /^[+-]?\d{1,2}(?:,[+-]?\d{1,2})*$/,
  BYMONTH: /^\d{1,2}(?:,\d{1,2})*$/,
  BYSETPOS: /^[+-]?\d{1,3}(?:,[+-]?\d{1,3})*$/,
  WKST: /^(?:MO|TU|WE|TH|FR|SA|SU)$/,
};

/**
 * The occurrences of a rule between two times, all in what the clocks of the event's zone show. They are counted as in
 * a zone whose clocks are never set, so that an occurrence in an hour that is left out takes place all the same: RFC
 * 5545 asks for both, and calendars show it.
 *
 * @param until what the clocks of that zone show at a time in UTC
 * @throws Failure `bad_rule`
 */
export function expandRule(needs: {
  readonly start: Wall;
  readonly rule: string;
  readonly from: Wall;
  readonly to: Wall;
  readonly until: (utc: number) => Wall;
}): Wall[] {
  const parts = partsOf(needs.rule);
  let last = Number.POSITIVE_INFINITY;
  const until = parts.get("UNTIL");
  if (until !== undefined) {
    const wall = wallOf(until);
    if (wall === undefined) throw new Failure("bad_rule", "Its recurrence ends at something that is no time");
    // Of a date, that day is the last.
    last = /^\d{8}$/.test(until) ? wall + 86_399_999 : until.endsWith("Z") ? needs.until(wall) : wall;
    parts.delete("UNTIL");
  }
  const to = Math.min(needs.to - 1, last);
  if (to < needs.from || to < needs.start) return [];
  const rule = [...parts].map(([name, value]) => `${name}=${value}`).join(";");
  try {
    return new RRuleTemporal({ rruleString: `DTSTART:${written(needs.start)}\nRRULE:${rule}` })
      .between(new Date(Math.max(needs.from, needs.start)), new Date(to), true)
      .map((time) => time.epochMilliseconds);
  } catch (error) {
    throw new Failure("bad_rule", "Its recurrence cannot be followed", { cause: error });
  }
}

function partsOf(rule: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of rule.toUpperCase().split(";")) {
    const [name = "", value = ""] = part.split("=").map((side) => side.trim());
    if (name === "" || name.startsWith("X-")) continue;
    if (name !== "UNTIL" && !PARTS[name]?.test(value))
      throw new Failure("bad_rule", `Its recurrence has a part that is none of a rule: ${name}`);
    parts.set(name, value);
  }
  if (!parts.has("FREQ")) throw new Failure("bad_rule", "Its recurrence does not say how often it comes");
  // What the two mean together is not followed by the library that counts here.
  if (parts.has("BYYEARDAY") && parts.has("BYDAY"))
    throw new Failure("bad_rule", "Its recurrence names days of the year and days of the week together");
  return parts;
}

const written = (wall: Wall): string => `${new Date(wall).toISOString().replace(/[-:]|\.\d+/g, "")}`;
