import { describeError, Failure } from "../domain/failure.ts";
import type { Change, FeedItem, HomeGap } from "../domain/home.ts";
import type { PastItem } from "../domain/past.ts";
import type { Flaw, Gap, HomeEvent, Position, Reading, SeriesId, Stored } from "../domain/reading.ts";
import type { ThinningRule } from "../domain/thinning.ts";
import type { Micros } from "../domain/time.ts";
import { createExclusions, type Exclusions } from "./exclusions/exclusions.ts";
import { createIdentities } from "./identities.ts";
import type { IngestEntry, IngestNeeds } from "./needs.ts";
import { createPastFiling } from "./past.ts";
import { createQuality } from "./quality.ts";
import { maskAttributes, maskEvent } from "./secrets.ts";
import { createThinning, type Thinning } from "./thinning/thinning.ts";
import { createPatientAppend } from "./write/append.ts";
import { type Batch, createBatch, keyOf } from "./write/batch.ts";

export type { IngestEntry } from "./needs.ts";

export type Ingest = {
  /** Stores the items in order, then publishes them. Concurrent calls are kept in call order. */
  record(items: readonly FeedItem[]): Promise<void>;
  /** Stores what was before the hub, and publishes nothing of it. */
  recordPast(items: readonly PastItem[]): Promise<void>;
  /** Tells that nothing comes in since the link is paused, or that it will again. */
  rest(rests: boolean): void;
  /** The series that has this name now. */
  holder(entityId: string): SeriesId | undefined;
  readonly excluded: Pick<Exclusions, "list" | "has" | "matches" | "openGaps">;
  /** From now on leaves out what matches, and records again what no longer does, with a gap for the time between. */
  exclude(patterns: readonly string[]): Promise<void>;
  readonly thinned: Pick<Thinning, "list" | "spans" | "unsaved" | "dropped">;
  /** From now on records less of what the rules name, in place of what was said before. */
  thin(rules: readonly ThinningRule[]): Promise<void>;
  readonly counts: {
    readonly changes: number;
    readonly events: number;
    readonly repeated: number;
    readonly flawed: number;
    /** What the store can never hold, left out and told. */
    readonly refused: number;
  };
  close(): Promise<void>;
};

/** The position of what the store refused. */
const REFUSED: Position = -1;
/** The position of what a rule keeps from being stored: it is told all the same, since it is the present. */
const UNSAVED: Position = 0;
/** Where an entry stands in a batch that is not stored. */
const NOT_STORED = -1;
const REPORT = "Report it with the hub's log";

/** Files, checks, masks, stores, then publishes: nothing is published that a query cannot find. */
export function createIngest(needs: IngestNeeds): Ingest {
  const { clock, log, status } = needs;
  const identities = createIdentities(needs.series);
  const excluded = createExclusions({ ...needs, keep: needs.keepExclusions });
  const thinned = createThinning({ ...needs, keep: needs.keepThinning, onDue: () => void storeHeld(thinned.due) });
  const quality = createQuality();
  const masked = new WeakMap<object, Change["attributes"]>();
  const last = new Map<SeriesId, Stored<Reading>>();
  const flaws = new Map<Flaw, number>();
  const counts = { changes: 0, events: 0, repeated: 0, flawed: 0, refused: 0 };
  /** The last entry that could not be stored, until the hub is started anew. */
  let refusal: { readonly why: string; readonly fix: string } | undefined;
  const stopping = new AbortController();
  const append = createPatientAppend({ ...needs, signal: stopping.signal });
  let chain: Promise<void> = Promise.resolve();

  const latest = (series: SeriesId) => last.get(series) ?? needs.latest(series);
  const withoutSecrets = (attributes: Change["attributes"]) => {
    const known = masked.get(attributes);
    if (known) return known;
    const clean = maskAttributes(attributes);
    masked.set(attributes, clean);
    return clean;
  };

  const seriesOf = (change: Change): ReturnType<typeof identities.resolve> => {
    const { entityId, state, timeIsArrival, time } = change;
    if (state !== null || timeIsArrival) return identities.resolve(entityId, state === null, time);
    // Home Assistant's history goes by the names of now, so a removal in it belongs to whoever has the name now.
    const series = identities.holder(entityId);
    return series === undefined ? undefined : { series };
  };
  const fileChange = async (change: Change, batch: Batch) => {
    const found = seriesOf(change);
    if (!found) return;
    if (found.entry) batch.entries.push(found.entry);
    const { series } = found;
    if (excluded.leaveOut(change, series)) return;
    // It had a name that is excluded, and has been renamed.
    if (excluded.has(series)) fileMissed(excluded.reopen(series, change.time), batch);
    const previous = batch.latest.get(series) ?? latest(series);
    // An older removal, filled from history, is news all the same.
    const isOlder = previous !== undefined && !change.timeIsArrival && change.time < previous.time;
    if (change.state === null && previous?.state === null && !isOlder) return;
    let { time, changed, origin } = change;
    if (previous && change.timeIsArrival && time <= previous.time) time = changed = previous.time + 1;
    const late = previous !== undefined && time < previous.time;
    if (previous && time <= previous.time) {
      if (await repeats(change, series, previous, batch)) {
        counts.repeated++;
        return;
      }
      if (origin === "live" && late) origin = "late";
    }
    const attributes = withoutSecrets(change.attributes);
    const reading = {
      series,
      time,
      changed,
      state: change.state,
      attributes,
      context: change.context,
      origin,
      timeIsArrival: change.timeIsArrival,
      flaws: quality({
        entityId: change.entityId,
        state: change.state,
        attributes,
        time,
        now: clock.now(),
        previousAttributes: previous?.attributes,
      }),
      position: -1,
    };
    if (late ? await dropsLate(reading) : !putThinned(reading, batch)) {
      if (late) return;
      batch.changes.push({ at: NOT_STORED, change: { series, reading, previous }, reading });
    } else {
      batch.changes.push({ at: batch.entries.length, change: { series, reading, previous }, reading });
      batch.entries.push({ kind: "reading", reading });
    }
    batch.keys?.add(keyOf(reading));
    if (!late) batch.latest.set(series, reading);
  };
  /** Stores what a rule held until now, where the reading ends that; answers whether the reading itself is to be stored. */
  const putThinned = (reading: Reading, batch: Batch): boolean => {
    const { series } = reading;
    const stored = batch.kept.get(series) ?? needs.latest(series);
    const { store, holds } = thinned.take(reading, identities.identityOf(series), stored);
    putHeld(holds ? store : store.slice(0, -1), batch);
    if (!holds) batch.kept.set(series, reading);
    return !holds;
  };
  /** Nobody is told: whoever listens has heard it when it was held. */
  const putHeld = (held: readonly Reading[], batch: Batch) => {
    for (const reading of held) {
      batch.kept.set(reading.series, reading);
      batch.entries.push({ kind: "reading", reading });
    }
  };
  const dropsLate = async (reading: Reading): Promise<boolean> => {
    const { series, time } = reading;
    const rule = thinned.ruleFor(reading, identities.identityOf(series));
    if (!rule) return false;
    const { before, after } = await needs.around(series, time);
    return thinned.drops(rule, reading, before, after);
  };
  const storeHeld = (take: () => readonly Reading[]): Promise<void> => {
    const done = chain.then(async () => {
      const batch = createBatch();
      putHeld(take(), batch);
      await store(batch);
    });
    chain = done.catch((error: unknown) => {
      log.warning("what was held by a rule could not be stored", { why: describeError(error) });
    });
    return done;
  };
  const repeats = async (change: Change, series: SeriesId, previous: Reading, batch: Batch): Promise<boolean> => {
    const { time, state, origin } = change;
    if (time === previous.time && state === previous.state) return true;
    batch.keys ??= new Set(batch.changes.map(({ reading }) => keyOf(reading)));
    if (batch.keys.has(keyOf({ series, time, state }))) return true;
    // Who fills a hole has compared its rows with the store already; a look at the disk for each would take minutes.
    return origin !== "filled" && needs.isHeld(series, time, state);
  };
  const fileGap = (gap: HomeGap, batch: Batch) => {
    const series = gap.entityId === null ? null : identities.holder(gap.entityId);
    if (series === undefined || (series !== null && excluded.has(series))) return;
    const { entityId: _, ...rest } = gap;
    putGap({ ...rest, series }, batch);
  };
  const putGap = (gap: Gap, batch: Batch) => {
    const filed = { ...gap, position: -1 };
    batch.gaps.push({ at: batch.entries.length, gap: filed });
    batch.entries.push({ kind: "gap", gap: filed });
  };
  const fileMissed = (gap: Gap | undefined, batch: Batch) => {
    if (gap) putGap(gap, batch);
  };
  const fileEvent = (event: HomeEvent, batch: Batch) => {
    if (excluded.leaveOutEvent(event, identities.holder)) return;
    const filed = { ...event, data: maskEvent(event.type, event.data), position: -1 };
    batch.events.push({ at: batch.entries.length, event: filed });
    batch.entries.push({ kind: "event", event: filed });
  };
  const removeOrphans = async (orphaned: readonly SeriesId[], at: Micros, batch: Batch) => {
    for (const series of orphaned) {
      const previous = batch.latest.get(series) ?? latest(series);
      if (!previous || previous.state === null) continue;
      const time = Math.max(at, previous.time + 1);
      const reading = {
        ...previous,
        state: null,
        attributes: {},
        context: null,
        time,
        changed: time,
        flaws: [],
        position: -1,
      };
      const removal = { ...reading, origin: "filled" as const, timeIsArrival: true };
      batch.changes.push({
        at: batch.entries.length,
        change: { series, reading: removal, previous },
        reading: removal,
      });
      batch.entries.push({ kind: "reading", reading: removal });
      batch.latest.set(series, removal);
    }
  };

  const file = async (items: readonly FeedItem[]): Promise<Batch> => {
    const batch = createBatch();
    for (const item of items) {
      if (item.kind === "change") await fileChange(item.change, batch);
      else if (item.kind === "event") fileEvent(item.event, batch);
      else if (item.kind === "gap") fileGap(item.gap, batch);
      else {
        const { entries, orphaned } = identities.apply(item.update);
        batch.entries.push(...entries);
        // While connected, Home Assistant tells of the removal itself.
        if (item.update.complete) await removeOrphans(orphaned, item.update.at, batch);
      }
    }
    return batch;
  };

  /** One entry that can never be stored must not cost its neighbours; a refused one has no position. */
  const appendEach = async (batch: Batch): Promise<(Position | undefined)[]> => {
    const positions: (Position | undefined)[] = [];
    for (const entry of batch.entries) {
      try {
        positions.push((await append([entry]))[0]);
      } catch (error) {
        if (!(error instanceof Failure) || error.retry) throw error;
        positions.push(undefined);
        await refuse(entry, error, batch);
      }
    }
    return positions;
  };
  const tellRefused = (entry: IngestEntry, failure: Failure) => {
    counts.refused++;
    const series = entry.kind === "reading" ? entry.reading.series : null;
    const what = series === null ? `An ${entry.kind} entry` : `A change of ${identities.nameOf(series)}`;
    log.error("what cannot be stored was left out", { what, why: describeError(failure) });
    refusal = { why: `${what} could not be stored: ${describeError(failure)}.`, fix: `${failure.fix ?? REPORT}.` };
  };
  const refuse = async (entry: IngestEntry, failure: Failure, batch: Batch) => {
    tellRefused(entry, failure);
    if (entry.kind !== "reading" || !Number.isSafeInteger(entry.reading.time)) return;
    const { series, time } = entry.reading;
    const gap = { kind: "states", series, from: time - 1, to: time + 1, cause: "not_recorded" } as const;
    const [position] = await append([{ kind: "gap", gap }]);
    // Published with the batch, not before it: what is published rises in position.
    batch.refused.push({ ...gap, position: position as Position });
  };

  const store = async (batch: Batch) => {
    const { entries, changes, events, gaps } = batch;
    if (entries.length === 0 && changes.length === 0) return;
    const positions =
      entries.length === 0
        ? []
        : await append(entries).catch((error: unknown) => {
            if (!(error instanceof Failure) || error.retry) throw error;
            return appendEach(batch);
          });
    excluded.settle();
    for (const { at, reading } of changes) reading.position = at === NOT_STORED ? UNSAVED : (positions[at] ?? REFUSED);
    for (const { at, event } of events) event.position = positions[at] ?? REFUSED;
    for (const { at, gap } of gaps) gap.position = positions[at] ?? REFUSED;
    const isStored = ({ position }: { position: Position }) => position !== REFUSED;
    for (const [series, reading] of batch.latest)
      if (isStored(reading)) last.set(series, reading);
      else last.delete(series);
    count(batch);
    const stored = changes.filter(({ reading }) => isStored(reading)).map(({ change }) => change);
    if (stored.length > 0) needs.publish.changes(stored);
    if (events.length > 0) needs.publish.events(events.map(({ event }) => event).filter(isStored));
    const holes = [...gaps.map(({ gap }) => gap).filter(isStored), ...batch.refused];
    if (holes.length > 0) needs.publish.gaps(holes);
  };
  const count = (batch: Batch) => {
    counts.changes += batch.changes.length;
    counts.events += batch.events.length;
    for (const { reading } of batch.changes) {
      if (reading.flaws.length === 0) continue;
      counts.flawed++;
      for (const flaw of reading.flaws) flaws.set(flaw, (flaws.get(flaw) ?? 0) + 1);
    }
    if (refusal) status.set("recording", { state: "degraded", ...refusal, figures: { refused: counts.refused } });
    else if (status.get("recording")?.state !== "ok") status.set("recording", { state: "ok" });
  };

  const filePast = createPastFiling({
    ...{ identities, excluded, quality, withoutSecrets, latest, append },
    now: clock.now,
    refuse: tellRefused,
  });

  const waiting = () => status.set("recording", { state: "starting", why: "Waiting for the first change." });
  waiting();
  return {
    rest: (rests) => {
      if (!rests) return waiting();
      // Not `off`, which troubles nobody: a pause that is forgotten costs what Home Assistant does not keep.
      const fix = "Resume the link to Home Assistant.";
      status.set("recording", { state: "degraded", why: "Nothing comes in: the link is paused.", fix });
    },
    record: (items) => {
      const done = chain.then(() => file(items)).then(store);
      chain = done.catch(() => {});
      return done;
    },
    recordPast: (items) => {
      const done = chain.then(() => filePast(items));
      chain = done.catch(() => {});
      return done;
    },
    holder: identities.holder,
    excluded,
    thinned,
    thin: (rules) => storeHeld(() => thinned.replace(rules)),
    exclude: (patterns) => {
      const done = chain.then(async () => {
        const batch = createBatch();
        for (const series of excluded.replace(patterns, identities.named())) {
          const present = excluded.present(series);
          fileMissed(excluded.reopen(series, present?.time ?? clock.now()), batch);
          if (present) await fileChange(present, batch);
        }
        await store(batch);
        excluded.settle();
      });
      chain = done.catch(() => {});
      return done;
    },
    counts,
    close: async () => {
      stopping.abort();
      excluded.close();
      thinned.close();
      // Tried once: what is lost is a reading that Home Assistant tells again.
      await storeHeld(thinned.release).catch(() => {});
    },
  };
}
