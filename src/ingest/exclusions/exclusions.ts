import * as v from "valibot";
import type { Gap, HomeEvent, SeriesId, Stored } from "../../domain/data/reading.ts";
import { createPatternMatcher, type Exclusion, isGlob } from "../../domain/home/exclusion.ts";
import type { Change } from "../../domain/home/home.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { StatusBoard } from "../../platform/told/status-board.ts";
import { entitiesOf } from "./entities-of.ts";

/** What the user does not want recorded. Names are kept up to date all the same, so that an exclusion follows renames. */
export type Exclusions = {
  list(): readonly Exclusion[];
  /** Whether what is excluded names it, whether or not a change of it was left out yet. */
  matches(entityId: string, series: SeriesId | undefined): boolean;
  /** Whether nothing of this series is recorded now. */
  has(series: SeriesId): boolean;
  /** Holes that last still; each ends as a stored gap once the series is recorded again. */
  openGaps(window: Window, series?: SeriesId): Stored<Gap>[];
  /** Whether to leave a change out; it is counted then, and the last one of each series kept in memory. */
  leaveOut(change: Change, series: SeriesId): boolean;
  /** An event is left out if it names entities and all of them are excluded. */
  leaveOutEvent(event: HomeEvent, holder: (entityId: string) => SeriesId | undefined): boolean;
  /** The last change of a series that was left out, as far as one was heard since the hub started. */
  present(series: SeriesId): Change | undefined;
  /** From now on the series is recorded again; answers with what it missed until then, which is to be stored. */
  reopen(series: SeriesId, until: Micros): Gap | undefined;
  /** What `reopen` answered is stored: until then a restart must find the hole again. */
  settle(): void;
  /** Answers with the series that are recorded again. `present`: every entity that has its name. */
  replace(patterns: readonly string[], present: Iterable<readonly [entityId: string, series: SeriesId]>): SeriesId[];
  close(): void;
};

/** As it is kept in app.db. */
const Kept = v.object({
  rules: v.array(v.object({ pattern: v.string(), since: v.number(), series: v.optional(v.number()) })),
  spans: v.array(v.tuple([v.number(), v.number()])),
});
type Rule = v.InferOutput<typeof Kept>["rules"][number];

/** The id of a gap that lasts still. */
const OPEN = 0;
const TELL_EVERY_MS = 1_000;

export function createExclusions(needs: {
  keep: { get(): unknown; set(value: unknown): void };
  clock: Clock;
  status: StatusBoard;
}): Exclusions {
  const { keep, clock, status } = needs;
  const found = keep.get();
  const kept = v.safeParse(Kept, found);
  let rules: readonly Rule[] = kept.success ? kept.output.rules : [];
  /** Since when a series is not recorded. */
  const spans = new Map<SeriesId, Micros>(kept.success ? kept.output.spans : []);
  /** The present state of what is excluded: never on the disk, only recorded once it is wanted again. */
  const latest = new Map<SeriesId, Change>();
  const counts = { changes: 0, events: 0 };
  let matches = createPatternMatcher([]);
  let bySeries = new Set<SeriesId | undefined>();
  const judged = new Map<string, boolean>();
  let unsettled = false;
  let cancelTelling: (() => void) | undefined;

  const adopt = (next: readonly Rule[]) => {
    rules = next;
    matches = createPatternMatcher(rules.map(({ pattern }) => pattern));
    bySeries = new Set(rules.flatMap(({ series }) => series ?? []));
    judged.clear();
  };
  const save = () => keep.set({ rules, spans: [...spans] });
  const isMatched = (entityId: string, series: SeriesId | undefined): boolean => {
    if (rules.length === 0) return false;
    if (series !== undefined && bySeries.has(series)) return true;
    let known = judged.get(entityId);
    if (known === undefined) {
      known = matches(entityId);
      judged.set(entityId, known);
    }
    return known;
  };
  const tell = () => {
    cancelTelling = undefined;
    const figures = {
      exclusions: rules.length,
      entities: spans.size,
      changes_left_out: counts.changes,
      events_left_out: counts.events,
    };
    if (rules.length > 0) status.set("exclusions", { state: "ok", why: "Left out by choice.", figures });
    else if (status.get("exclusions")) status.set("exclusions", { state: "off", why: "Nothing is excluded.", figures });
  };
  const tellSoon = () => {
    // At most once a second: an entity that never rests must not become a flood of statuses.
    cancelTelling ??= clock.after(TELL_EVERY_MS, tell);
  };

  adopt(rules);
  tell();
  if (found !== undefined && !kept.success) {
    const why = "What was excluded cannot be read from app.db, so everything is recorded.";
    status.set("exclusions", {
      state: "broken",
      why,
      fix: "Choose anew what to leave out, in the panel under Set-up.",
    });
  }
  return {
    list: () => rules.map(({ pattern, since }) => ({ pattern, since })),
    matches: isMatched,
    has: (series) => spans.has(series),
    openGaps: ({ from, to }, series) => {
      const now = clock.now();
      const gaps: Stored<Gap>[] = [];
      for (const [id, since] of spans)
        if ((series === undefined || id === series) && since < to && now > from && since < now)
          gaps.push({ kind: "states", series: id, from: since, to: now, cause: "excluded", position: OPEN });
      return gaps;
    },
    leaveOut: (change, series) => {
      if (!isMatched(change.entityId, series)) return false;
      const before = latest.get(series);
      if (!before || change.time >= before.time) latest.set(series, change);
      counts.changes++;
      if (!spans.has(series)) {
        spans.set(series, change.time - 1);
        save();
      }
      tellSoon();
      return true;
    },
    leaveOutEvent: ({ data }, holder) => {
      if (rules.length === 0) return false;
      const named = entitiesOf(data);
      if (named.length === 0 || !named.every((entityId) => isMatched(entityId, holder(entityId)))) return false;
      counts.events++;
      tellSoon();
      return true;
    },
    present: (series) => latest.get(series),
    reopen: (series, until) => {
      const from = spans.get(series);
      if (from === undefined) return undefined;
      latest.delete(series);
      spans.delete(series);
      unsettled = true;
      tellSoon();
      return until > from + 1 ? { kind: "states", series, from, to: until, cause: "excluded" } : undefined;
    },
    settle: () => {
      if (!unsettled) return;
      unsettled = false;
      save();
    },
    replace: (patterns, present) => {
      const now = clock.now();
      const before = new Map(rules.map((rule) => [rule.pattern, rule]));
      const known = new Map(present);
      adopt(
        [...new Set(patterns)].map((pattern) => {
          const series = isGlob(pattern) ? undefined : known.get(pattern);
          return before.get(pattern) ?? { pattern, since: now, ...(series === undefined ? {} : { series }) };
        }),
      );
      const ended = new Set(spans.keys());
      for (const [entityId, series] of known) {
        if (!isMatched(entityId, series)) continue;
        ended.delete(series);
        if (!spans.has(series)) spans.set(series, now);
      }
      save();
      tell();
      return [...ended];
    },
    close: () => cancelTelling?.(),
  };
}
