import type { CalendarFacts, CalendarProblem, OccupancyRule, Occurrence } from "../../../domain/outside/occurrence.ts";
import type { SourceKind } from "../../../domain/outside/outside.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import { readFacts } from "../facts.ts";
import { byStart } from "../ics/series.ts";

/** What the calendars of all sources hold. */
export type KnownCalendars = {
  readonly sources: readonly KnownSource[];
  /** The days that every source that answered knows; undefined: none did. */
  readonly window: Window | undefined;
  /** By start. */
  readonly occurrences: readonly Occurrence[];
  sourceOf(one: Occurrence): string;
  rulesOf(one: Occurrence): readonly OccupancyRule[];
  isHoliday(one: Occurrence): boolean;
};

export type KnownSource = {
  readonly source: string;
  readonly name: string;
  /** null: it has told nothing that still holds; `why` says it. */
  readonly fetched: Micros | null;
  readonly calendars: CalendarFacts["calendars"];
  readonly problems: readonly CalendarProblem[];
  readonly why?: string;
};

type Needs = {
  list(): readonly {
    readonly id: string;
    readonly kind: SourceKind;
    readonly name: string;
    readonly enabled: boolean;
    readonly why?: string;
  }[];
  facts(source: string): { readonly facts: unknown; readonly fetched: Micros } | undefined;
};

/** What a calendar said this long ago may have been changed since. */
export const TOO_OLD_MS = 24 * 3_600_000;

export function knownCalendars({ list, facts }: Needs, now: Micros): KnownCalendars {
  const sources: KnownSource[] = [];
  const from = new Map<Occurrence, { readonly source: string; readonly facts: CalendarFacts }>();
  const windows: Window[] = [];
  for (const { id, name, why } of list().filter(({ kind, enabled }) => kind === "calendar" && enabled)) {
    const kept = facts(id);
    const known = kept && readFacts(kept.facts);
    const isTooOld = kept !== undefined && now - kept.fetched > TOO_OLD_MS * 1000;
    if (!kept || !known || isTooOld) {
      const absent = isTooOld ? "What it told is more than a day old" : "It has told nothing yet";
      sources.push({ source: id, name, fetched: null, calendars: [], problems: [], why: why ?? absent });
      continue;
    }
    const { calendars, problems } = known;
    sources.push({
      source: id,
      name,
      fetched: kept.fetched,
      calendars,
      problems,
      ...(why === undefined ? {} : { why }),
    });
    windows.push(known.window);
    for (const one of known.occurrences) from.set(one, { source: id, facts: known });
  }
  const window = { from: Math.max(...windows.map((one) => one.from)), to: Math.min(...windows.map((one) => one.to)) };
  return {
    sources,
    window: windows.length > 0 && window.from < window.to ? window : undefined,
    occurrences: [...from.keys()].sort(byStart),
    sourceOf: (one) => from.get(one)?.source ?? "",
    rulesOf: (one) => from.get(one)?.facts.rules ?? [],
    isHoliday: (one) =>
      from.get(one)?.facts.calendars.some(({ name, holidays }) => holidays && name === one.calendar) ?? false,
  };
}

/** What is known of a window, and what is not. */
export function knownWithin(window: Window, known: Window | undefined): { known?: Window; unknown: readonly Window[] } {
  const own = known && { from: Math.max(window.from, known.from), to: Math.min(window.to, known.to) };
  if (!own || own.from >= own.to) return { unknown: [window] };
  const unknown = [
    { from: window.from, to: own.from },
    { from: own.to, to: window.to },
  ].filter(({ from, to }) => from < to);
  return { known: own, unknown };
}
