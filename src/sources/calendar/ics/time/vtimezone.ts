import { type Component, propertiesOf, propertyOf } from "../lines.ts";
import { expandRule } from "../rule.ts";
import { wallOf } from "./values.ts";
import { DAY_MS, type Wall, type Zone, zoneOf } from "./wall.ts";

/** One of the rules by which the clocks of a zone were or are set. Offsets in ms. */
type Observance = {
  readonly kind: string;
  readonly begins: Wall;
  /** Where its rule is over, since a later one of its kind begins. */
  readonly ends: Wall;
  readonly rule: string | undefined;
  readonly dates: readonly Wall[];
  readonly before: number;
  readonly after: number;
};

/** When the clocks are set, and what they are ahead of UTC by since then. */
type Change = { readonly at: number; readonly offset: number };

/** Years before the time that is asked for, of which changes are counted: every rule comes once a year. */
const LOOK_BACK_MS = 400 * DAY_MS;

/** A zone as a calendar describes it. undefined: its description cannot be read. */
export function describedZone(zone: Component): Zone | undefined {
  const observances: Observance[] = [];
  for (const part of zone.components) {
    if (part.name !== "STANDARD" && part.name !== "DAYLIGHT") continue;
    const begins = wallOf(propertyOf(part, "DTSTART")?.value ?? "");
    const before = offsetOf(propertyOf(part, "TZOFFSETFROM")?.value);
    const after = offsetOf(propertyOf(part, "TZOFFSETTO")?.value);
    if (begins === undefined || before === undefined || after === undefined) return undefined;
    const dates = propertiesOf(part, "RDATE").flatMap(({ value }) => value.split(",").map((date) => wallOf(date)));
    const rule = propertyOf(part, "RRULE")?.value;
    observances.push({
      kind: part.name,
      ends: Number.POSITIVE_INFINITY,
      begins,
      rule,
      dates: dates.filter((date) => date !== undefined),
      before,
      after,
    });
  }
  const [first] = observances.toSorted((a, b) => a.begins - b.begins);
  if (!first) return undefined;
  // Exchange lists the rules of several eras and lets none of them end.
  const eras = observances.map((observance) => {
    const later = observances.filter(({ kind, begins }) => kind === observance.kind && begins > observance.begins);
    return { ...observance, ends: Math.min(...later.map(({ begins }) => begins)) };
  });
  const years = new Map<number, readonly Change[]>();
  /** What was set in the year before the end of a UTC year. */
  const changesOf = (year: number): readonly Change[] => {
    const known = years.get(year);
    if (known) return known;
    const to = Date.UTC(year + 1, 0, 2);
    const changes = eras
      .flatMap((observance) =>
        onsetsOf(observance, to - LOOK_BACK_MS - 366 * DAY_MS, to).map((wall) => ({
          at: wall - observance.before,
          offset: observance.after,
        })),
      )
      .sort((a, b) => a.at - b.at);
    years.set(year, changes);
    return changes;
  };
  return zoneOf(null, (ms) => {
    const last = changesOf(new Date(ms).getUTCFullYear()).findLast(({ at }) => at <= ms);
    return last?.offset ?? first.before;
  });
}

/** When it sets the clocks within two times, and the last time before them. */
function onsetsOf({ begins, ends, rule, dates }: Observance, from: Wall, until: Wall): Wall[] {
  const to = Math.min(until, ends);
  const all = [begins, ...dates];
  if (rule !== undefined && begins < to) all.push(...expandRule({ start: begins, rule, from, to, until: (at) => at }));
  const last = all.filter((wall) => wall < from).sort((a, b) => a - b);
  return [...new Set([...last.slice(-1), ...all.filter((wall) => wall >= from && wall < until)])];
}

/** `+0200`, `-033045` */
function offsetOf(value: string | undefined): number | undefined {
  const parts = /^([+-])(\d{2})(\d{2})(\d{2})?$/.exec(value?.trim() ?? "");
  if (!parts) return undefined;
  const [, sign, hours, minutes, seconds] = parts;
  return (sign === "-" ? -1000 : 1000) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0));
}
