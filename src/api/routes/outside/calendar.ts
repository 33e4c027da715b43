import { Hono } from "hono";
import * as v from "valibot";
import type { Occurrence } from "../../../domain/outside/occurrence.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import { DAY } from "../../../history/history.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import { type KnownCalendars, knownCalendars, knownWithin } from "../../../sources/calendar/looking/known.ts";
import { busySlots, freeSlots, holidaysAt, nextAfter, onAt } from "../../../sources/calendar/looking/looking.ts";
import { occupancy } from "../../../sources/calendar/looking/occupancy.ts";
import type { Sources } from "../../../sources/sources.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { many, NO_PARAMETERS, one, time, truth, wholeNumberText } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import {
  busyShape,
  type CalendarNowShape,
  calendarNowSchema,
  type FreeBusyShape,
  freeBusySchema,
  type OccupancyShape,
  occupancySchema,
  type PlannedEventsShape,
  plannedEventsSchema,
  plannedShape,
  slotShape,
  sourceShape,
  windowShape,
} from "../../shapes/calendar.ts";

const WEEK = 7 * DAY;
const MOST_EVENTS = 1_000;
const NEXT = 5;

const window = { from: one(time), to: one(time) };
const eventsParameters = v.strictObject({
  ...window,
  calendar: many,
  cancelled: one(truth),
  limit: one(wholeNumberText(1, MOST_EVENTS)),
});
const freeBusyParameters = v.strictObject({ ...window, calendar: many });
const occupancyParameters = v.strictObject(window);

const EVENTS: RouteDescription = {
  id: "list_planned_events",
  tag: "Outside",
  summary: "What calendars hold within a window",
  description:
    "Without a window: the next seven days. What lasts from before into the window is in it. calendar: its name; several may be given. Events that were cancelled are told with cancelled=true alone.",
  query: eventsParameters,
  answer: { json: plannedEventsSchema },
};
const NOW: RouteDescription = {
  id: "get_calendar_now",
  tag: "Outside",
  summary: "What is on, what comes next, today's holidays, and who is expected to be home",
  query: NO_PARAMETERS,
  answer: { json: calendarNowSchema },
};
const FREE_BUSY: RouteDescription = {
  id: "get_free_busy",
  tag: "Outside",
  summary: "The times of a window that events take, and those that they leave",
  description:
    "Without a window: the next seven days. Events of whole days take time where their calendar says so; what an event is about is not told.",
  query: freeBusyParameters,
  answer: { json: freeBusySchema },
};
const OCCUPANCY: RouteDescription = {
  id: "get_occupancy_forecast",
  tag: "Outside",
  summary: "Who is expected to be home within a window, with the events that say so",
  description:
    "Without a window: the next seven days. By the rules and lists of words that somebody set up with a calendar; without any, every time is unknown.",
  query: occupancyParameters,
  answer: { json: occupancySchema },
};

/** What is planned, by the last good answers of the sources of calendars. */
export const calendarRoutes = (needs: {
  auth: Auth;
  sources: Pick<Sources, "list" | "facts">;
  clock: Clock;
  timeZone: () => string;
}) => {
  const { auth, sources, clock, timeZone } = needs;
  const look = () => {
    const now = clock.now();
    return { now, known: knownCalendars(sources, now) };
  };
  return new Hono<ApiEnv>()
    .get("/calendar/events", auth.needs("read", EVENTS), (c) => {
      const asked = readQuery(c, eventsParameters);
      const { now, known } = look();
      const within = windowOf(asked, now);
      const { limit = 200, cancelled = false } = asked;
      const found = known.occurrences.filter(
        (planned) =>
          planned.start < within.to &&
          (planned.end > within.from || planned.start >= within.from) &&
          (cancelled || planned.status !== "cancelled") &&
          isOf(planned, asked.calendar),
      );
      return json<PlannedEventsShape>(c, {
        ...windowShape(within),
        events: found.slice(0, limit).map((planned) => plannedShape(planned, known.sourceOf(planned))),
        more: Math.max(0, found.length - limit),
        unknown: knownWithin(within, known.window).unknown.map(windowShape),
        sources: known.sources.map(sourceShape),
      });
    })
    .get("/calendar/now", auth.needs("read", NOW), (c) => {
      readQuery(c, NO_PARAMETERS);
      const { now, known } = look();
      const shape = (planned: Occurrence) => plannedShape(planned, known.sourceOf(planned));
      const ahead = knownWithin({ from: now, to: now + WEEK }, known.window).known;
      const [busy] = ahead ? busySlots(known.occurrences, ahead) : [];
      const isBusy = busy !== undefined && busy.from <= now;
      const [expected] = ahead ? occupancyOf(known, ahead, timeZone()) : [];
      return json<CalendarNowShape>(c, {
        time: microsToRfc3339(now),
        on: onAt(known.occurrences, now).map(shape),
        next: nextAfter(known.occurrences, now, NEXT).map(shape),
        busy: ahead ? isBusy : null,
        ...(isBusy ? { busy_until: microsToRfc3339(endOf(known, busy.to)) } : {}),
        holidays: holidaysAt(known.occurrences, known.isHoliday, now, timeZone()),
        occupancy: expected ? slotShape(expected, known) : null,
        sources: known.sources.map(sourceShape),
      });
    })
    .get("/calendar/free-busy", auth.needs("read", FREE_BUSY), (c) => {
      const asked = readQuery(c, freeBusyParameters);
      const { now, known } = look();
      const within = windowOf(asked, now);
      const { known: own, unknown } = knownWithin(within, known.window);
      const busy = own
        ? busySlots(
            known.occurrences.filter((planned) => isOf(planned, asked.calendar)),
            own,
          )
        : [];
      return json<FreeBusyShape>(c, {
        ...windowShape(within),
        busy: busy.map(busyShape),
        free: own ? freeSlots(busy, own).map(windowShape) : [],
        unknown: unknown.map(windowShape),
        sources: known.sources.map(sourceShape),
      });
    })
    .get("/calendar/occupancy", auth.needs("read", OCCUPANCY), (c) => {
      const asked = readQuery(c, occupancyParameters);
      const { now, known } = look();
      const within = windowOf(asked, now);
      const { known: own, unknown } = knownWithin(within, known.window);
      return json<OccupancyShape>(c, {
        ...windowShape(within),
        slots: own ? occupancyOf(known, own, timeZone()).map((slot) => slotShape(slot, known)) : [],
        unknown: unknown.map(windowShape),
        sources: known.sources.map(sourceShape),
      });
    });
};

const occupancyOf = (known: KnownCalendars, window: Window, timeZone: string) =>
  occupancy({ occurrences: known.occurrences, rules: known.rulesOf, window, timeZone });

/** Slots that are sure and those that are not follow one another. */
function endOf(known: KnownCalendars, from: Micros): Micros {
  let end = from;
  const { window } = known;
  if (!window || end >= window.to) return end;
  for (const slot of busySlots(known.occurrences, { from, to: window.to })) {
    if (slot.from > end) break;
    end = slot.to;
  }
  return end;
}

const isOf = ({ calendar }: Occurrence, names: readonly string[] | undefined): boolean =>
  names === undefined || names.includes(calendar);

function windowOf({ from, to }: { from?: Micros | undefined; to?: Micros | undefined }, now: Micros): Window {
  const begins = from ?? (to === undefined || to > now ? now : to - DAY);
  const window = { from: begins, to: to ?? begins + WEEK };
  if (window.from < window.to) return window;
  const message = "is not before to";
  throw refuse("invalid_request", `from: ${message}`, { errors: [{ path: "from", message }] });
}
