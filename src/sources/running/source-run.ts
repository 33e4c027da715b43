import { describeError } from "../../domain/failure.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { OutsideItem } from "../../domain/outside/record.ts";
import type { PartState } from "../../domain/status.ts";
import type { Micros } from "../../domain/time/time.ts";
import { createBell } from "../../platform/time/bell.ts";
import { createSoon } from "../../platform/time/soon.ts";
import type { Chosen } from "../settings/check.ts";
import type { Answered, AnyProvider, Place } from "../source.ts";
import type { KnownFacts, SourceConfig, SourceStatus } from "../sources.ts";
import { type Asker, type AskingNeeds, createAsker } from "./asker.ts";
import { createBackfill } from "./backfill.ts";
import { forget, type Knowledge, learn } from "./knowledge.ts";
import { jittered } from "./rest.ts";
import { createTelling } from "./telling.ts";

export type SourceRunNeeds = AskingNeeds & {
  readonly config: SourceConfig;
  readonly chosen: readonly Chosen[];
  readonly created: Micros;
  readonly providerOf: (id: string) => AnyProvider | undefined;
  readonly place: () => { readonly place: Place; readonly known: boolean };
  readonly keep: { get(): Knowledge | undefined; set(knowledge: Knowledge): void };
  readonly latest: Parameters<typeof createTelling>[0]["latest"];
  readonly record: (items: readonly OutsideItem[]) => Promise<void>;
  readonly onFacts: (facts: KnownFacts, before: KnownFacts | undefined) => void;
  /** Something of what `state()` says is new. */
  readonly onStatus: () => void;
};

export type SourceState = Pick<
  SourceStatus,
  "state" | "why" | "fix" | "inUse" | "lastSuccess" | "nextRead" | "waitsFor" | "statuses"
>;

/** One source at work. */
export type SourceRun = ReturnType<typeof startSourceRun>;

/** Where the clock is not set: a board without a battery starts in 1970. Nothing is asked or told then. */
const CLOCK_IS_SET: Micros = Date.UTC(2024, 0, 1) * 1000;
const LOOK_AGAIN_MS = 3_600_000;
const CLOCK_AGAIN_MS = 10_000;
/** A time that did not change what is known is written this seldom. */
const KEEP_EVERY_MS = 300_000;
/** What changes in one entity often changes in others, or again, a moment later. */
const CHANGED_WAIT_MS = 3_000;
/** However often entities change, nobody is read more often for it. */
const CHANGED_EVERY_MS = 60_000;
/** Readings of a file that are stored together; others have their turn in between. */
const AT_ONCE = 500;
/** Node's timers hold no longer ones. */
const LONGEST_TIMER_MS = 24 * 3_600_000;

export function startSourceRun(needs: SourceRunNeeds) {
  const { config, clock, random, log, keep, onStatus } = needs;
  const stopping = new AbortController();
  const { signal } = stopping;
  const askers = needs.chosen.map((one) => {
    const facts = () => (knowledge?.facts?.provider === one.provider.id ? knowledge.facts.facts : undefined);
    return createAsker(one, { ...needs, signal, facts });
  });
  const telling = createTelling(needs);
  const backfill = createBackfill({ ...needs, telling });
  const bell = createBell(clock);
  let knowledge = keep.get();
  let keptAt = Number.NEGATIVE_INFINITY;
  let keptText = "";
  /** By provider: when it is its turn again, on the clock that only goes forward. */
  const due = new Map<Asker, number>();
  let nextTicks: number | undefined;
  let asked = false;
  let failing: { readonly why: string; readonly fix?: string } | undefined;
  let starting: string | undefined = "It was not asked yet.";
  let cancelChange = () => {};
  let recording: Promise<void> = Promise.resolve();

  const record = (items: readonly OutsideItem[]) => {
    if (items.length === 0) return;
    recording = recording
      .then(() => needs.record(items))
      .catch((error: unknown) => log.error("what a source knows could not be stored", { source: config.id, error }));
  };
  /** Stores what began or ended by now, and wakes up when that is next so. */
  const tell = () => {
    cancelChange();
    if (!knowledge || clock.now() < CLOCK_IS_SET) return;
    const now = clock.now();
    record(telling.tell(knowledge, now));
    const next = telling.nextChange(knowledge, now);
    if (next === undefined || signal.aborted) return;
    cancelChange = clock.after(Math.min(LONGEST_TIMER_MS, Math.max(1, Math.ceil((next - now) / 1000))), () => {
      tell();
      onStatus();
    });
  };
  const save = (force: boolean) => {
    if (!knowledge) return;
    const text = JSON.stringify(knowledge, (key, value: unknown) =>
      // Who does not say when an issue was made is said to have made it when it was read.
      ["fetched", "due", "issued"].includes(key) ? undefined : value,
    );
    if (!force && text === keptText && clock.ticks() - keptAt < KEEP_EVERY_MS) return;
    keptText = text;
    keptAt = clock.ticks();
    keep.set(knowledge);
  };
  const accept = (answered: Answered<unknown>, provider: AnyProvider, waitMs: number) => {
    const now = clock.now();
    const before = knowledge;
    knowledge = { ...learn(before, answered, { provider, now }), due: now + Math.round(waitMs * 1000) };
    const issues = telling.tellIssues(knowledge, before);
    tell();
    record(issues);
    knowledge = forget(knowledge, now);
    save(false);
    if (answered.facts !== undefined && knowledge.facts) needs.onFacts(knowledge.facts, before?.facts);
  };
  const waitAfter = (answered: Answered<unknown>, { provider, settings }: Asker): number => {
    const now = clock.now();
    const ms =
      answered.next === undefined || answered.next <= now
        ? (provider.rhythm?.(answered.facts as never, settings as never, now) ?? provider.everyMs)
        : (answered.next - now) / 1000;
    return jittered(ms, random);
  };

  /** Asks in the order of preference until one answers. */
  const attempt = async (): Promise<void> => {
    const { place, known } = needs.place();
    let why: { readonly why: string; readonly fix?: string } | undefined;
    for (const asker of askers) {
      // Who answered last is not asked again before its time, however often a better one is tried.
      if (clock.ticks() < (due.get(asker) ?? 0)) {
        if (knowledge?.provider === asker.provider.id) break;
        continue;
      }
      const before = knowledge;
      const result = await asker.read(place);
      if (signal.aborted) return;
      asked ||= result.kind !== "left";
      if (result.kind === "answered") {
        const waitMs = Math.max(waitAfter(result.answered, asker), asker.restMs());
        due.set(asker, clock.ticks() + waitMs);
        // What was missed comes first, so that what is a hole still is known.
        if (before) await backfill(asker, place, before);
        if (signal.aborted) return;
        accept(result.answered, asker.provider, waitMs);
        if (!before) await backfill(asker, place, before);
        break;
      }
      const status = asker.status();
      why ??= { why: status.why ?? "It cannot be asked now.", ...(status.fix ? { fix: status.fix } : {}) };
    }
    failing = why;
    starting =
      !asked && !known && askers.every((one) => one.isUnfit())
        ? "Home Assistant has not said yet where the home is."
        : undefined;
  };
  /** Until somebody is to be asked again. */
  const restMs = (): number => {
    const waits = askers.map((asker) =>
      asker.isUnfit() ? LOOK_AGAIN_MS : Math.max((due.get(asker) ?? 0) - clock.ticks(), asker.restMs()),
    );
    // Behind the one that answers, nobody is asked.
    const answering = askers.findIndex(
      ({ provider, isUnfit, restMs: rests }, i) =>
        provider.id === knowledge?.provider && !isUnfit() && rests() === 0 && waits[i] !== undefined,
    );
    const own = answering === -1 ? waits : waits.slice(0, answering + 1);
    return Math.min(LONGEST_TIMER_MS, ...own);
  };

  let attempting: Promise<void> | undefined;
  const attemptOnce = (): Promise<void> => {
    attempting ??= attempt()
      .catch((error: unknown) => log.error("a source could not be read", { source: config.id, error }))
      .finally(() => {
        attempting = undefined;
        onStatus();
      });
    return attempting;
  };
  const followers = askers.filter(({ provider }) => provider.follows !== undefined);
  /** Those that read an entity that has changed. */
  const outdated = new Set<Asker>();
  const readSoon = createSoon({
    clock,
    waitMs: CHANGED_WAIT_MS,
    everyMs: CHANGED_EVERY_MS,
    run: () => {
      // A read that is under way may have seen what was before.
      void (attempting ?? Promise.resolve()).then(() => {
        for (const asker of outdated) due.delete(asker);
        outdated.clear();
        bell.ring();
      });
    },
  });
  /** A hub that starts goes on in the rhythm of the one before. */
  const resume = () => {
    const asker = askers.find(({ provider }) => provider.id === knowledge?.provider);
    if (!asker || !knowledge?.due) return;
    const rhythm = asker.provider.rhythm?.(asker.facts() as never, asker.settings as never, clock.now());
    const left = (knowledge.due - clock.now()) / 1000;
    const mostMs = rhythm === undefined ? LONGEST_TIMER_MS : Math.min(LONGEST_TIMER_MS, rhythm);
    if (left > 0) due.set(asker, clock.ticks() + Math.min(left, mostMs));
  };
  const loop = async () => {
    resume();
    tell();
    while (!signal.aborted) {
      if (clock.now() < CLOCK_IS_SET) {
        starting = "The clock of this machine is not set yet.";
        onStatus();
        await bell.rest(CLOCK_AGAIN_MS, signal);
        continue;
      }
      await attemptOnce();
      const wait = Math.max(1, restMs());
      nextTicks = clock.ticks() + wait;
      onStatus();
      await bell.rest(wait, signal);
    }
  };
  const running = loop();

  const state = (): SourceState => {
    const now = clock.now();
    const present = knowledge ? telling.present(knowledge, now) : [];
    const factsAge = knowledge?.facts && (now - knowledge.facts.fetched) / 1000;
    const hasFacts =
      factsAge !== undefined && factsAge < (needs.providerOf(knowledge?.facts?.provider ?? "")?.tooOldMs ?? 0);
    const knows = present.some(({ value }) => value !== null) || hasFacts;
    const first = askers[0]?.provider.id;
    const inUse = knows ? (knowledge?.provider ?? null) : null;
    const partState = ((): [PartState, ({ readonly why: string; readonly fix?: string } | undefined)?] => {
      if (starting !== undefined && !knows) return ["starting", { why: starting }];
      // Nothing is to be asked for here: no team followed, no such service in this country.
      if (failing && !knows && askers.every((one) => one.isUnfit())) return ["off", failing];
      if (failing && !knows) return ["broken", failing];
      if (failing && inUse !== first)
        return ["degraded", { ...failing, why: `${failing.why}. ${inUse} answers instead.` }];
      if (failing) return ["degraded", failing];
      return ["ok"];
    })();
    return {
      state: partState[0],
      ...partState[1],
      inUse,
      lastSuccess: knowledge?.fetched ?? null,
      nextRead: nextTicks === undefined ? null : now + Math.max(0, Math.round((nextTicks - clock.ticks()) * 1000)),
      ...(knowledge?.waitsFor === undefined ? {} : { waitsFor: knowledge.waitsFor }),
      statuses: askers.map((asker) => asker.status()),
    };
  };

  return {
    state,
    raw: () => askers.flatMap((asker) => asker.raw()).sort((a, b) => b.time - a.time),
    present: () => (knowledge ? telling.present(knowledge, clock.now()) : []),
    issue: (quantity: string) => knowledge?.issues[quantity],
    facts: (): KnownFacts | undefined => knowledge?.facts,
    refresh: async (): Promise<void> => {
      await attempting;
      for (const asker of askers) {
        asker.forgive();
        due.delete(asker);
      }
      await attemptOnce();
      bell.ring();
      await recording;
    },
    entityChanged: (entityId: string) => {
      for (const asker of followers) {
        if (!asker.provider.follows?.(entityId, asker.settings as never)) continue;
        outdated.add(asker);
        readSoon.ask();
      }
    },
    /** Stores what a file told of the past. */
    takeIn: async ({ id }: AnyProvider, readings: readonly OutsideReading[]): Promise<void> => {
      const sorted = readings.toSorted((a, b) => a.time - b.time);
      const taken = recording.then(async () => {
        for (let i = 0; i < sorted.length; i += AT_ONCE)
          await needs.record(telling.tellPast(sorted.slice(i, i + AT_ONCE), { provider: id }));
      });
      recording = taken.catch(() => {});
      await taken;
    },
    placeChanged: () => {
      if (askers.some((asker) => asker.isUnfit())) bell.ring();
    },
    /** @param ends the source is switched off (`unavailable`) or removed (null): its series say so */
    stop: async (ends?: "unavailable" | null): Promise<void> => {
      stopping.abort();
      readSoon.cancel();
      cancelChange();
      await running.catch((error: unknown) => log.error("a source ended badly", { why: describeError(error) }));
      cancelChange();
      if (knowledge && ends !== undefined) record(telling.end(knowledge, clock.now(), ends));
      save(true);
      await recording;
    },
  };
}
