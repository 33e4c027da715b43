import * as v from "valibot";
import type { Reading, SeriesId } from "../../domain/data/reading.ts";
import type { Identity } from "../../domain/data/series.ts";
import { createChooser, SELECTOR_KINDS, sameSelector, traitsOf } from "../../domain/home/selector.ts";
import type { ThinnedSpan, ThinningRule } from "../../domain/home/thinning.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { StatusBoard } from "../../platform/told/status-board.ts";
import { isRedundant, openSlot, type Slot, stepSlot, worthKeeping } from "./slot.ts";

export type ListedThinning = ThinningRule & { readonly since: Micros };

/** Records less of what rules name. What is dropped is dropped for good; since when and by which rule is kept. */
export type Thinning = {
  list(): readonly ListedThinning[];
  /** How many readings were dropped since the hub started. */
  readonly dropped: number;
  /** When rules dropped readings of a series; the last span may last still. */
  spans(series: SeriesId): readonly ThinnedSpan[];
  /** The present reading of a series where it is not stored. */
  unsaved(series: SeriesId): Reading | undefined;
  /**
   * Takes a reading that is not older than the latest of its series.
   * @param stored the latest reading in the store
   * @returns what to store: nothing, the reading, or one held before it, too
   */
  take(
    reading: Reading,
    identity: Identity | undefined,
    stored: Reading | undefined,
  ): { store: Reading[]; holds: boolean };
  /** The rule that a late reading must be judged by; undefined: none. */
  ruleFor(reading: Reading, identity: Identity | undefined): ThinningRule | undefined;
  /** Whether a rule drops a late reading; what it drops is counted. */
  drops(rule: ThinningRule, reading: Reading, before: Reading | undefined, after: Reading | undefined): boolean;
  /** What is to be stored now, since its interval is over. */
  due(): Reading[];
  /** Everything that is held, which then is not held any more. */
  release(): Reading[];
  /** Answers with what is held by rules that hold no longer. */
  replace(rules: readonly ThinningRule[]): Reading[];
  close(): void;
};

const rule = v.object({
  select: v.object({ kind: v.picklist(SELECTOR_KINDS), value: v.string(), series: v.exactOptional(v.number()) }),
  minChange: v.nullable(v.number()),
  minInterval: v.nullable(v.number()),
});
/** As it is kept in app.db. */
const Kept = v.object({
  rules: v.array(v.object({ ...rule.entries, since: v.number() })),
  spans: v.array(v.object({ series: v.number(), from: v.number(), to: v.nullable(v.number()), rule })),
});

/** Closed spans that are remembered, over all series; the oldest go first. */
const MOST_SPANS = 20_000;
const TELL_EVERY_MS = 1_000;

type Span = { readonly series: SeriesId; readonly from: Micros; to: Micros | null; readonly rule: ThinningRule };

export function createThinning(needs: {
  keep: { get(): unknown; set(value: unknown): void };
  clock: Clock;
  status: StatusBoard;
  /** Called when something is due. */
  onDue: () => void;
}): Thinning {
  const { keep, clock, status, onDue } = needs;
  const found = keep.get();
  const read = v.safeParse(Kept, found);
  let rules: readonly ListedThinning[] = read.success ? read.output.rules : [];
  let spans: Span[] = read.success ? read.output.spans : [];
  let bySeries: Map<SeriesId, Span[]> | undefined;
  const open = new Map<SeriesId, Span>(
    spans.flatMap((span) => (span.to === null ? [[span.series, span] as const] : [])),
  );
  const slots = new Map<SeriesId, Slot>();
  /** By ticks: when what is held is to be stored. */
  const dues = new Map<SeriesId, number>();
  let choose = createChooser(rules);
  let judged = new WeakMap<Identity, Map<unknown, ListedThinning | undefined>>();
  let dropped = 0;
  let timer: { at: number; cancel: () => void } | undefined;
  let cancelTelling: (() => void) | undefined;

  const save = () => {
    const closed = spans.filter(({ to }) => to !== null);
    if (closed.length > MOST_SPANS) {
      const forgotten = new Set(closed.slice(0, closed.length - MOST_SPANS));
      spans = spans.filter((span) => !forgotten.has(span));
    }
    bySeries = undefined;
    keep.set({ rules, spans });
  };
  const ruleOf = ({ series, attributes }: Reading, identity: Identity | undefined): ListedThinning | undefined => {
    if (rules.length === 0 || !identity) return undefined;
    // An identity never changes, so each is judged once for a device class.
    const known = judged.get(identity) ?? new Map<unknown, ListedThinning | undefined>();
    judged.set(identity, known);
    const deviceClass = attributes.device_class;
    if (known.has(deviceClass)) return known.get(deviceClass);
    const chosen = choose(traitsOf(series, identity, attributes));
    known.set(deviceClass, chosen);
    return chosen;
  };
  const endSpan = (series: SeriesId, to: Micros) => {
    const span = open.get(series);
    if (!span) return;
    span.to = Math.max(to, span.from);
    open.delete(series);
    save();
  };
  const noteDropped = (reading: Reading, by: ThinningRule) => {
    dropped++;
    tellSoon();
    const span = open.get(reading.series);
    if (span && sameRule(span.rule, by)) return;
    endSpan(reading.series, reading.time);
    const { select, minChange, minInterval } = by;
    const begun: Span = {
      series: reading.series,
      from: reading.time,
      to: null,
      rule: { select, minChange, minInterval },
    };
    spans.push(begun);
    open.set(reading.series, begun);
    save();
  };
  const forget = (series: SeriesId): Reading | undefined => {
    const held = slots.get(series)?.held;
    slots.delete(series);
    dues.delete(series);
    if (held) dropped--;
    return held;
  };
  const arm = () => {
    const next = Math.min(...dues.values());
    if (!Number.isFinite(next) || (timer && timer.at <= next)) return;
    timer?.cancel();
    const cancel = clock.after(Math.max(0, next - clock.ticks()), () => {
      timer = undefined;
      onDue();
    });
    timer = { at: next, cancel };
  };
  const tell = () => {
    cancelTelling = undefined;
    const figures = { rules: rules.length, entities: open.size, readings_dropped: dropped };
    if (rules.length > 0) status.set("thinning", { state: "ok", why: "Thinned by choice.", figures });
    else if (status.get("thinning")) status.set("thinning", { state: "off", why: "Nothing is thinned.", figures });
  };
  const tellSoon = () => {
    cancelTelling ??= clock.after(TELL_EVERY_MS, tell);
  };

  tell();
  if (found !== undefined && !read.success)
    status.set("thinning", {
      state: "broken",
      why: "What is to be thinned cannot be read from app.db, so everything is recorded.",
      fix: "Say anew what to thin, in the panel under Storage.",
    });

  return {
    list: () => rules,
    get dropped() {
      return dropped;
    },
    spans: (series) => {
      bySeries ??= Map.groupBy(spans, (span) => span.series);
      return bySeries.get(series) ?? [];
    },
    unsaved: (series) => slots.get(series)?.held,
    take: (reading, identity, stored) => {
      const { series } = reading;
      const by = ruleOf(reading, identity);
      if (!by || !stored) {
        const held = forget(series);
        if (!by) endSpan(series, reading.time);
        return { store: held ? [held, reading] : [reading], holds: false };
      }
      const slot = slots.get(series);
      const { slot: next, flushed, keeps } = stepSlot(slot?.rule === by ? slot : openSlot(by, stored), reading);
      slots.set(series, next);
      dues.delete(series);
      if (flushed) dropped--;
      if (!keeps) {
        noteDropped(reading, by);
        if (worthKeeping(next)) dues.set(series, clock.ticks() + Math.max(0, next.end - reading.time) / 1000);
        arm();
      }
      return { store: [...(flushed ? [flushed] : []), ...(keeps ? [reading] : [])], holds: !keeps };
    },
    ruleFor: ruleOf,
    drops: (by, reading, before, after) => {
      if (!isRedundant(by, reading, before, after)) return false;
      noteDropped(reading, by);
      return true;
    },
    due: () => {
      const now = clock.ticks();
      const readings: Reading[] = [];
      for (const [series, at] of dues) {
        if (at > now) continue;
        dues.delete(series);
        const slot = slots.get(series);
        const held = slot && worthKeeping(slot);
        if (!slot || !held) continue;
        dropped--;
        readings.push(held);
        slots.set(series, {
          rule: slot.rule,
          kept: held,
          end: slot.end + (slot.rule.minInterval ?? 0),
          held: undefined,
        });
      }
      arm();
      return readings;
    },
    release: () => [...slots.keys()].flatMap((series) => forget(series) ?? []),
    replace: (wanted) => {
      const now = clock.now();
      const before = rules;
      rules = wanted.map((next) => before.find((one) => sameRule(one, next)) ?? { ...next, since: now });
      choose = createChooser(rules);
      judged = new WeakMap();
      for (const series of [...open.keys()])
        if (!rules.some((one) => sameRule(one, (open.get(series) as Span).rule))) endSpan(series, now);
      const released = [...slots].flatMap(([series, slot]) =>
        rules.some((one) => one === slot.rule) ? [] : (forget(series) ?? []),
      );
      save();
      tell();
      return released;
    },
    close: () => {
      timer?.cancel();
      cancelTelling?.();
    },
  };
}

const sameRule = (a: ThinningRule, b: ThinningRule): boolean =>
  sameSelector(a.select, b.select) && a.minChange === b.minChange && a.minInterval === b.minInterval;
