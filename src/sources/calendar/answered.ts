import type { CalendarFacts, CalendarProblem, Occurrence } from "../../domain/outside/occurrence.ts";
import type { Issue, OutsideReading, Slot } from "../../domain/outside/outside.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Answered, ReadNeeds } from "../source.ts";
import { readFacts } from "./facts.ts";
import { byStart } from "./ics/series.ts";
import { busySlots, freeSlots, holidaysAt, onAt, takesTime } from "./looking/looking.ts";
import { occupancy } from "./looking/occupancy.ts";
import { type CommonSettings, rulesOf } from "./settings.ts";

/** Local days before and after today that are read. */
const DAYS_BEFORE = 1;
const DAYS_AFTER = 60;
/** Of the days that are said in advance. */
const DAYS_SAID = 8;
/** So that no forecast of a calendar full of notes becomes a long one. */
const MOST_SLOTS = 500;

export type CalendarRead = {
  readonly id: string;
  readonly name: string;
  readonly holidays: boolean;
  readonly occurrences: readonly Occurrence[];
  readonly problems: readonly CalendarProblem[];
};

/** The days that a source of calendars reads: whole ones, so that within a day nothing of the window changes. */
export function windowAt(now: Micros, calendar: Calendar): Window {
  const today = calendar.startOf("day", now);
  let from = today;
  for (let day = 0; day < DAYS_BEFORE; day++) from = calendar.startOf("day", from - 1);
  return { from, to: daysAfter(today, DAYS_AFTER, calendar) };
}

/** What was read of calendars, as a provider answers it. */
export function answered(
  needs: Pick<ReadNeeds<CommonSettings>, "settings" | "now" | "place" | "facts">,
  read: readonly CalendarRead[],
): Answered<CalendarFacts> {
  const { settings, now } = needs;
  const { calendar } = needs.place;
  const calendars = withNamesOfTheirOwn(read);
  const facts: CalendarFacts = {
    window: windowAt(now, calendar),
    calendars: calendars.map(({ id, name, holidays }) => ({ id, name, holidays })),
    occurrences: calendars.flatMap(({ occurrences }) => occurrences).sort(byStart),
    problems: calendars.flatMap(({ problems }) => problems),
    rules: rulesOf(settings),
  };
  const before = readFacts(needs.facts);
  const past = before && saidBy(before, { now, calendar, titles: settings.keep_names });
  const issues = saidBy(facts, { now, calendar, titles: settings.keep_names });
  const readings = issues.flatMap((issue) =>
    readingAt(
      issue,
      past?.find(({ quantity }) => quantity === issue.quantity),
      now,
    ),
  );
  return { readings, issues, facts };
}

/** Two calendars of one name are told apart. */
const withNamesOfTheirOwn = (read: readonly CalendarRead[]): readonly CalendarRead[] =>
  read.map((one) => {
    if (!read.some(({ name, id }) => name === one.name && id !== one.id)) return one;
    const name = `${one.name} (${one.id})`;
    return { ...one, name, occurrences: one.occurrences.map((occurrence) => ({ ...occurrence, calendar: name })) };
  });

/** What calendars say of the local days from today on. */
function saidBy(
  facts: CalendarFacts,
  { now, calendar, titles }: { readonly now: Micros; readonly calendar: Calendar; readonly titles: boolean },
): Issue[] {
  const { occurrences, calendars } = facts;
  const today = calendar.startOf("day", now);
  const window = { from: today, to: daysAfter(today, DAYS_SAID, calendar) };
  const issues: [quantity: string, slots: Slot[]][] = [
    ["busy", busyOf(occurrences, window)],
    ["occupancy", occupancyOf(facts, window, calendar.timeZone)],
  ];
  const ofHolidays = new Set(calendars.filter(({ holidays }) => holidays).map(({ name }) => name));
  if (ofHolidays.size > 0) {
    const isHoliday = ({ calendar: name }: Occurrence) => ofHolidays.has(name);
    const named = (day: Window) => holidaysAt(occurrences, isHoliday, day.from, calendar.timeZone).join(", ") || "none";
    issues.push(["holiday", daysOf(window, calendar).map((day) => ({ ...day, value: named(day) }))]);
  }
  if (titles) issues.push(["event", titlesOf(occurrences, window)]);
  return issues.map(([quantity, slots]) => ({ quantity, issued: now, slots: slots.slice(0, MOST_SLOTS) }));
}

/**
 * Of what is said, what holds now. Where a calendar was changed so that something else holds than what it said before
 * of this time, and that has told itself already, it holds since now.
 */
function readingAt({ quantity, slots }: Issue, before: Issue | undefined, now: Micros): OutsideReading[] {
  const holding = (all: readonly Slot[]) => all.find(({ from, to }) => from <= now && now < to);
  const slot = holding(slots);
  if (!slot) return [];
  const past = before && holding(before.slots);
  const isRevised = past !== undefined && past.value !== slot.value && slot.from <= past.from;
  return [{ quantity, time: isRevised ? now : slot.from, until: slot.to, value: slot.value }];
}

function busyOf(occurrences: readonly Occurrence[], window: Window): Slot[] {
  const busy = busySlots(occurrences, window);
  const on = busy.map(({ from, to }) => ({ from, to, value: "on" }));
  const off = freeSlots(busy, window).map((free) => ({ ...free, value: "off" }));
  return together([...on, ...off].sort((a, b) => a.from - b.from));
}

function occupancyOf(facts: CalendarFacts, window: Window, timeZone: string): Slot[] {
  const slots = occupancy({ occurrences: facts.occurrences, rules: () => facts.rules, window, timeZone });
  return together(slots.map(({ from, to, expected }) => ({ from, to, value: expected })));
}

function titlesOf(occurrences: readonly Occurrence[], window: Window): Slot[] {
  const named = occurrences.filter((one) => takesTime(one) && one.start < window.to && one.end > window.from);
  const edges = [...new Set([window.from, window.to, ...named.flatMap(({ start, end }) => [start, end])])]
    .filter((edge) => edge >= window.from && edge <= window.to)
    .sort((a, b) => a - b);
  const titles = edges.slice(0, -1).map((from, at) => ({
    from,
    to: edges[at + 1] as Micros,
    value:
      onAt(named, from)
        .flatMap(({ summary }) => summary ?? [])
        .join(", ")
        .slice(0, 255)
        .toWellFormed() || "none",
  }));
  return together(titles);
}

/** Neighbours that say the same are one. */
function together(slots: readonly Slot[]): Slot[] {
  const merged: Slot[] = [];
  for (const slot of slots) {
    const last = merged.at(-1);
    if (last && last.to === slot.from && last.value === slot.value)
      merged[merged.length - 1] = { ...last, to: slot.to };
    else merged.push(slot);
  }
  return merged;
}

function daysAfter(day: Micros, count: number, calendar: Calendar): Micros {
  let at = day;
  for (let passed = 0; passed < count; passed++) at = calendar.nextAfter("day", at);
  return at;
}

function daysOf({ from, to }: Window, calendar: Calendar): Window[] {
  const days: Window[] = [];
  for (let at = from; at < to; at = calendar.nextAfter("day", at))
    days.push({ from: at, to: calendar.nextAfter("day", at) });
  return days;
}
