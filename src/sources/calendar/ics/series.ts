import type { Occurrence } from "../../../domain/outside/occurrence.ts";
import { type Micros, microsToRfc3339, type Window } from "../../../domain/time/time.ts";
import type { Event } from "./event.ts";
import { expandRule } from "./rule.ts";
import type { Time } from "./time/values.ts";
import { DAY_MS, dateOf, type Wall, type Zone } from "./time/wall.ts";

export const byStart = (a: Occurrence, b: Occurrence): number =>
  a.start - b.start || a.end - b.end || (a.uid ?? "").localeCompare(b.uid ?? "");

/** Of one event: what recurs, or is single, and those of its occurrences that were changed. */
export type Series = { readonly master: Event | undefined; readonly changed: readonly Event[] };

/** Changed ones may come before what they change, and older versions beside newer ones. */
export function seriesOf(events: readonly Event[]): Series[] {
  const byUid = new Map<string, Event[]>();
  const alone: Series[] = [];
  for (const event of events) {
    if (event.uid === null) alone.push({ master: event, changed: [] });
    else byUid.set(event.uid, [...(byUid.get(event.uid) ?? []), event]);
  }
  return [...byUid.values()]
    .map((versions): Series => {
      const changed = new Map<number, Event>();
      let master: Event | undefined;
      for (const event of versions) {
        const key = event.stands && keyOf(event.stands.for);
        const before = key === null ? master : changed.get(key);
        if (before && isOlder(event, before)) continue;
        if (key === null) master = event;
        else changed.set(key, event);
      }
      return { master, changed: [...changed.values()] };
    })
    .concat(alone);
}

const isOlder = (a: Event, b: Event): boolean =>
  a.sequence - b.sequence < 0 || (a.sequence === b.sequence && a.written < b.written);

/** The moment, or the day, that an occurrence is known by. */
const keyOf = (time: Time): number => (time.isDate ? time.wall : time.zone.instant(time.wall));

type Within = Window & { readonly calendar: string; readonly home: Zone };

export function expand({ master, changed }: Series, within: Within): Occurrence[] {
  const occurrences: Occurrence[] = [];
  const isWithin = ({ start, end }: Occurrence) => start < within.to && (end > within.from || start >= within.from);
  const add = (occurrence: Occurrence) => isWithin(occurrence) && occurrences.push(occurrence);
  const instead = new Map(
    changed.flatMap((event) => (event.stands ? [[keyOf(event.stands.for), event] as const] : [])),
  );
  const later = changed.filter((event) => event.stands?.andAfter).sort((a, b) => originalOf(a) - originalOf(b));
  for (const wall of master ? startsOf(master, changed, within) : []) {
    const at = { ...(master as Event).start, wall };
    if (instead.has(keyOf(at))) continue;
    const since = later.findLast((event) => originalOf(event) <= keyOf(at));
    if (since) add(occurrenceOf(since, wall + since.start.wall - (since.stands as { for: Time }).for.wall, at, within));
    else add(occurrenceOf(master as Event, wall, isRecurring(master as Event) ? at : null, within));
  }
  for (const event of changed) add(occurrenceOf(event, event.start.wall, event.stands?.for ?? null, within));
  return occurrences;
}

const originalOf = (event: Event): number => (event.stands ? keyOf(event.stands.for) : Number.NEGATIVE_INFINITY);
const isRecurring = ({ rule, more }: Event): boolean => rule !== null || more.length > 0;

/** When the occurrences of an event begin, those that were left out apart, by the clocks of its zone. */
function startsOf(event: Event, changed: readonly Event[], { from, to }: Window): Wall[] {
  const { start, rule, more, except } = event;
  const { zone } = start;
  const wallOf = (time: Time) =>
    time.zone === zone || time.isDate ? time.wall : zone.wall(time.zone.instant(time.wall));
  // What the calendar says of its start holds, whether or not it fits its rule.
  const walls = new Set<Wall>([start, ...more].map(wallOf));
  if (rule !== null) {
    const slack = slackOf(event, changed);
    const counted = expandRule({
      start: start.wall,
      rule,
      from: zone.wall(from / 1000) - slack,
      to: zone.wall(to / 1000) + slack,
      until: (utc) => (start.isDate ? dayOf(utc) : zone.wall(utc)),
    });
    for (const wall of counted) walls.add(wall);
  }
  const days = new Set<Wall>();
  const moments = new Set<number>();
  for (const time of except) {
    if (time.isDate || start.isDate) days.add(dayOf(time.wall));
    else moments.add(time.zone.instant(time.wall));
  }
  return [...walls].filter((wall) => !days.has(dayOf(wall)) && !moments.has(zone.instant(wall)));
}

const dayOf = (wall: Wall): Wall => Math.floor(wall / DAY_MS) * DAY_MS;

/** What begins before the window may last into it, and what was moved may have been moved by days. */
function slackOf(event: Event, changed: readonly Event[]): number {
  const length = ({ lasts }: Event) => lasts.wallMs + lasts.exactMs;
  const moved = changed.map((other) =>
    other.stands?.andAfter ? Math.abs(other.start.wall - other.stands.for.wall) + length(other) : 0,
  );
  return 2 * DAY_MS + Math.max(length(event), ...moved);
}

function occurrenceOf(event: Event, wall: Wall, original: Time | null, { calendar, home }: Within): Occurrence {
  const { start, lasts, told } = event;
  const zone = start.isDate ? home : start.zone;
  const begins = zone.instant(wall);
  const ends = zone.instant(wall + lasts.wallMs) + lasts.exactMs;
  return {
    calendar,
    uid: event.uid,
    recurrence:
      original === null
        ? null
        : original.isDate
          ? dateOf(original.wall)
          : microsToRfc3339(microsOf(original.zone.instant(original.wall))),
    start: microsOf(begins),
    // Over a change of the clocks a short one may seem to end before it begins.
    end: microsOf(Math.max(begins, ends)),
    dates: start.isDate ? { from: dateOf(wall), to: dateOf(wall + lasts.wallMs) } : null,
    ...told,
  };
}

const microsOf = (ms: number): Micros => ms * 1000;
