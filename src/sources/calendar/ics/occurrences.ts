import { describeError, Failure } from "../../../domain/failure.ts";
import type { CalendarProblem, Occurrence } from "../../../domain/outside/occurrence.ts";
import type { Window } from "../../../domain/time/time.ts";
import { type Event, readEvent } from "./event.ts";
import { freeBusyOf } from "./freebusy.ts";
import { propertyOf, readComponents, textOf } from "./lines.ts";
import { byStart, expand, seriesOf } from "./series.ts";
import { ianaZone } from "./time/wall.ts";
import { createZones } from "./time/zones.ts";

/** More than any home's calendar has in the weeks that are asked for. */
const MOST_OCCURRENCES = 5_000;
const MOST_PROBLEMS = 20;
/** Events that are read before others get their turn. */
const AT_ONCE = 100;

export type ReadCalendar = {
  /** What the calendar calls itself. */
  readonly name: string | null;
  readonly occurrences: readonly Occurrence[];
  readonly problems: readonly CalendarProblem[];
};

/**
 * What takes place within a window, of one iCalendar text or several of one calendar. An event that cannot be read is
 * left out and told among the problems. Times without a zone are in the calendar's own, else in the home's.
 *
 * @throws Failure `no_calendar`
 */
export async function readCalendar(needs: {
  readonly texts: readonly string[];
  /** What the occurrences say they belong to; else the calendar's own name. */
  readonly calendar?: string;
  readonly window: Window;
  readonly timeZone: string;
}): Promise<ReadCalendar> {
  const roots = needs.texts.map(readComponents);
  const calendars = roots.flatMap((root) => [root, ...root.components.filter(({ name }) => name === "VCALENDAR")]);
  const ofCalendar = (name: string) => {
    const value = calendars.map((calendar) => propertyOf(calendar, name)?.value.trim()).find((found) => found);
    return value === undefined ? undefined : textOf(value);
  };
  const parts = calendars.flatMap(({ components }) => components);
  if (!parts.some(({ name }) => /^V(?:CALENDAR|EVENT|TODO|JOURNAL|FREEBUSY)$/.test(name)) && roots.length > 0)
    throw new Failure("no_calendar", "What came is no iCalendar text");
  const name = ofCalendar("X-WR-CALNAME") ?? null;
  const calendar = needs.calendar ?? name ?? "calendar";
  const problems = createProblems(calendar);
  const zones = createZones({
    described: parts.filter((part) => part.name === "VTIMEZONE"),
    own: ofCalendar("X-WR-TIMEZONE"),
    home: needs.timeZone,
  });

  const home = ianaZone(needs.timeZone);

  const events: Event[] = [];
  for (const [at, part] of parts.filter((found) => found.name === "VEVENT").entries()) {
    if (at % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    problems.around(() => events.push(readEvent(part, zones)));
  }
  const occurrences: Occurrence[] = [];
  for (const [at, series] of seriesOf(events).entries()) {
    if (at % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    problems.around(() => occurrences.push(...expand(series, { calendar, home, ...needs.window })));
    if (occurrences.length > MOST_OCCURRENCES) break;
  }
  for (const part of parts.filter((found) => found.name === "VFREEBUSY"))
    problems.around(() => occurrences.push(...freeBusyOf(part, { calendar, zones, window: needs.window })));
  occurrences.sort(byStart);
  if (occurrences.length > MOST_OCCURRENCES) {
    occurrences.length = MOST_OCCURRENCES;
    problems.note("too_many", `More than ${MOST_OCCURRENCES} events are in these weeks; the rest is left out`);
  }
  return { name, occurrences, problems: problems.all };
}

function createProblems(calendar: string) {
  const all: CalendarProblem[] = [];
  const note = (code: string, why: string) => {
    if (all.length < MOST_PROBLEMS) all.push({ calendar, code, why });
  };
  return {
    all,
    note,
    /** What is wrong with one event costs that one. */
    around: (read: () => void) => {
      try {
        read();
      } catch (error) {
        note(error instanceof Failure ? error.code : "bad_event", describeError(error));
      }
    },
  };
}
