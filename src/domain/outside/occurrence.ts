import type { Micros, Window } from "../time/time.ts";

/** Local dates, `2026-12-24`; `to` is not inside. */
export type DateRange = { readonly from: string; readonly to: string };

/** One time at which something of a calendar takes place. What the calendar does not say is null. */
export type Occurrence = {
  /** The calendar's own name, or its entity. */
  readonly calendar: string;
  readonly uid: string | null;
  /** Of an event that recurs: when this one would be had nobody moved it, as RFC 3339 or as a date. */
  readonly recurrence: string | null;
  /** `to` is not inside. Nothing lasts less than nothing: of a moment, both are the same. */
  readonly start: Micros;
  readonly end: Micros;
  /** Of an event of whole days: its dates, which are those of the home's zone. */
  readonly dates: DateRange | null;
  readonly summary: string | null;
  readonly location: string | null;
  readonly description: string | null;
  readonly status: "confirmed" | "tentative" | "cancelled";
  /** Whether it takes somebody's time; null: the calendar does not say. */
  readonly busy: boolean | null;
};

/** What could not be read of a calendar; the rest of it was. Names nothing of what the event is about. */
export type CalendarProblem = { readonly calendar: string; readonly code: string; readonly why: string };

/** What a source of calendars knows: the facts of its last good answer. */
export type CalendarFacts = {
  readonly window: Window;
  readonly calendars: readonly { readonly id: string; readonly name: string; readonly holidays: boolean }[];
  /** By start. */
  readonly occurrences: readonly Occurrence[];
  readonly problems: readonly CalendarProblem[];
  readonly rules: readonly OccupancyRule[];
};

/** What an event means for the home: whoever set the source up said so. */
export type OccupancyRule = {
  readonly means: "home" | "away";
  readonly where: "summary" | "location" | "calendar";
  /** Any of them, as whole words, whatever their case. */
  readonly words: readonly string[];
  /**
   * Of an event of whole days: the minutes of each local day for which it counts. `none`: it says nothing, since
   * nobody said which hours they are.
   */
  readonly wholeDays: "all" | "none" | { readonly from: number; readonly to: number };
  /** `rule`: the user's own; `words`: of the list of a language, which the user switched on. */
  readonly by: "rule" | "words";
};

/** A calendar of Home Assistant, as it answers for it. Times are RFC 3339, or dates of whole days. */
export type HomeCalendar = {
  readonly entityId: string;
  readonly name: string;
  readonly events: readonly {
    readonly uid: string | null;
    readonly recurrence: string | null;
    readonly start: string;
    readonly end: string;
    readonly summary: string | null;
    readonly location: string | null;
    readonly description: string | null;
  }[];
  /** Why its events could not be had. */
  readonly why?: string;
};
