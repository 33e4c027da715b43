import * as v from "valibot";
import type { CalendarFacts, CalendarProblem, HomeCalendar, Occurrence } from "../../domain/outside/occurrence.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import type { Provider } from "../source.ts";
import { answered, type CalendarRead, windowAt } from "./answered.ts";
import { ianaZone, wallOfDate, type Zone } from "./ics/time/wall.ts";
import { COMMON_ENTRIES } from "./settings.ts";

const entities = v.array(v.pipe(v.string(), v.regex(/^calendar\.[a-z0-9_]+$/, "is no entity of a calendar")));

const settings = v.strictObject({
  calendars: v.pipe(
    v.optional(entities, []),
    v.title("Calendars"),
    v.description("Entities such as calendar.family; none: all that Home Assistant has."),
  ),
  holiday_calendars: v.pipe(
    v.optional(entities, []),
    v.title("Public holidays"),
    v.description("Those whose whole days are public holidays."),
  ),
  ...COMMON_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

/** More than that is cut, as it is of other calendars. */
const MOST_TEXT = 2_000;
const MOST_OCCURRENCES = 5_000;

/** The calendars that Home Assistant has, with what they expand to there. */
export const homeAssistantCalendars: Provider<Settings, CalendarFacts> = {
  id: "home_assistant",
  kind: "calendar",
  name: "Home Assistant's calendars",
  homepage: "https://www.home-assistant.io/integrations/calendar/",
  attribution: "",
  settings,
  worksUnset: true,
  limits: [],
  everyMs: 15 * 60_000,
  tooOldMs: 24 * 3_600_000,
  follows: (entityId, { calendars }) =>
    entityId.startsWith("calendar.") && (calendars.length === 0 || calendars.includes(entityId)),
  async read(needs) {
    const { settings: given, place, now } = needs;
    const calendars = await needs.calendars(windowAt(now, place.calendar), given.calendars);
    const zone = ianaZone(place.calendar.timeZone);
    const read = calendars.map(
      (calendar): CalendarRead => ({
        ...occurrencesOf(calendar, zone),
        id: calendar.entityId,
        name: calendar.name,
        holidays: given.holiday_calendars.includes(calendar.entityId),
      }),
    );
    const missing = given.calendars.filter((id) => !calendars.some(({ entityId }) => entityId === id));
    const absent = missing.map((id) => ({
      calendar: id,
      code: "unknown_calendar",
      why: `Home Assistant has no ${id}`,
    }));
    const answer = answered(needs, read);
    const facts = answer.facts as CalendarFacts;
    return { ...answer, facts: { ...facts, problems: [...facts.problems, ...absent] } };
  },
};

function occurrencesOf(calendar: HomeCalendar, zone: Zone): Pick<CalendarRead, "occurrences" | "problems"> {
  const occurrences: Occurrence[] = [];
  const problems: CalendarProblem[] = [];
  const note = (code: string, why: string) => problems.push({ calendar: calendar.name, code, why });
  if (calendar.why !== undefined) note("unreadable_calendar", calendar.why);
  let unreadable = 0;
  for (const event of calendar.events.slice(0, MOST_OCCURRENCES)) {
    const start = timeOf(event.start, zone);
    const end = timeOf(event.end, zone);
    if (start === undefined || end === undefined) {
      unreadable++;
      continue;
    }
    const isWholeDays = DATE.test(event.start) && DATE.test(event.end);
    occurrences.push({
      calendar: calendar.name,
      uid: cut(event.uid),
      recurrence: event.recurrence,
      start,
      end: Math.max(start, end),
      dates: isWholeDays ? { from: event.start, to: event.end } : null,
      summary: cut(event.summary),
      location: cut(event.location),
      description: cut(event.description),
      // Home Assistant says neither.
      status: "confirmed",
      busy: null,
    });
  }
  if (unreadable > 0) note("bad_time", `${unreadable} events do not say when they are`);
  if (calendar.events.length > MOST_OCCURRENCES)
    note("too_many", `More than ${MOST_OCCURRENCES} events are in these weeks; the rest is left out`);
  return { occurrences, problems };
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

function timeOf(text: string, zone: Zone): number | undefined {
  if (!DATE.test(text)) return microsFromRfc3339(text);
  const wall = wallOfDate(text);
  return Number.isNaN(wall) ? undefined : zone.instant(wall) * 1000;
}

const cut = (text: string | null): string | null =>
  text === null || text.trim() === ""
    ? null
    : text.length > MOST_TEXT
      ? `${text.slice(0, MOST_TEXT).toWellFormed()}…`
      : text.trim();
