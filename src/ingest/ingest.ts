import type { PastItem } from "../domain/data/past.ts";
import type { HomeEvent, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import { describeError } from "../domain/failure.ts";
import type { Change, FeedItem, HomeGap } from "../domain/home/home.ts";
import type { ThinningRule } from "../domain/home/thinning.ts";
import { isOutside } from "../domain/outside/names.ts";
import type { OutsideItem } from "../domain/outside/record.ts";
import { createExclusions, type Exclusions } from "./exclusions/exclusions.ts";
import { createChangeFiling } from "./filing/changes.ts";
import { createOutsideFiling } from "./filing/outside.ts";
import { createPastFiling } from "./filing/past.ts";
import { createIdentities } from "./identities.ts";
import type { IngestNeeds } from "./needs.ts";
import { createQuality } from "./quality.ts";
import { maskAttributes, maskEvent } from "./secrets.ts";
import { createThinning, type Thinning } from "./thinning/thinning.ts";
import { createPatientAppend } from "./write/append.ts";
import { type Batch, createBatch, putGap } from "./write/batch.ts";
import { createCorrecting } from "./write/correcting.ts";
import { type Counts, createStoring } from "./write/storing.ts";

export type Ingest = {
  /** Stores the items in order, then publishes them. Concurrent calls are kept in call order. */
  record(items: readonly FeedItem[]): Promise<void>;
  /** Stores what was before the hub, and publishes nothing of it. */
  recordPast(items: readonly PastItem[]): Promise<void>;
  /** Stores what sources of the outside world know, then publishes what is news. */
  recordOutside(items: readonly OutsideItem[]): Promise<void>;
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
  readonly counts: Readonly<Counts>;
  close(): Promise<void>;
};

/** Files, checks, masks, stores, then publishes: nothing is published that a query cannot find. */
export function createIngest(needs: IngestNeeds): Ingest {
  const { clock, log, status, publish } = needs;
  const identities = createIdentities(needs.series);
  const excluded = createExclusions({ ...needs, keep: needs.keepExclusions });
  const thinned = createThinning({ ...needs, keep: needs.keepThinning, onDue: () => void storeHeld(thinned.due) });
  const quality = createQuality();
  const last = new Map<SeriesId, Stored<Reading>>();
  const latest = (series: SeriesId) => last.get(series) ?? needs.latest(series);
  const counts: Counts = { changes: 0, events: 0, repeated: 0, flawed: 0, refused: 0 };
  const stopping = new AbortController();
  const append = createPatientAppend({ ...needs, signal: stopping.signal });
  const { store, tellRefused } = createStoring({
    ...{ append, publish, last, counts, log, status },
    nameOf: identities.nameOf,
    onStored: excluded.settle,
  });

  const correct = createCorrecting({ correct: needs.correct, publish, last });

  const masked = new WeakMap<object, Change["attributes"]>();
  const withoutSecrets = (attributes: Change["attributes"]) => {
    const known = masked.get(attributes);
    if (known) return known;
    const clean = maskAttributes(attributes);
    masked.set(attributes, clean);
    return clean;
  };
  const { fileChange, putHeld, removeOrphans } = createChangeFiling({
    ...{ identities, excluded, thinned, quality, withoutSecrets, latest },
    latestStored: needs.latest,
    isHeld: needs.isHeld,
    around: needs.around,
    now: clock.now,
    onRepeated: () => void counts.repeated++,
  });
  const filePast = createPastFiling({
    ...{ identities, excluded, quality, withoutSecrets, latest, append },
    now: clock.now,
    refuse: tellRefused,
  });

  const fileOutside = createOutsideFiling({
    ...{ identities, excluded, quality, latest },
    heldIn: needs.heldIn,
    readingsAt: needs.readingsAt,
    now: clock.now,
    onRepeated: () => void counts.repeated++,
  });

  const fileGap = (gap: HomeGap, batch: Batch) => {
    if (gap.entityId !== null && isOutside(gap.entityId)) return;
    const series = gap.entityId === null ? null : identities.holder(gap.entityId);
    if (series === undefined || (series !== null && excluded.has(series))) return;
    const { entityId: _, ...rest } = gap;
    putGap({ ...rest, series }, batch);
  };
  const fileEvent = (event: HomeEvent, batch: Batch) => {
    if (excluded.leaveOutEvent(event, identities.holder)) return;
    const filed = { ...event, data: maskEvent(event.type, event.data), position: -1 };
    batch.events.push({ at: batch.entries.length, event: filed });
    batch.entries.push({ kind: "event", event: filed });
  };
  const tellTaken = (entityId: string) =>
    status.set("outside_names", {
      state: "degraded",
      why: `${entityId} of Home Assistant is not recorded: names that begin with "outside." are those of the hub's own sources.`,
      fix: "Give the entity another name in Home Assistant.",
    });
  const file = async (items: readonly FeedItem[]): Promise<Batch> => {
    const batch = createBatch();
    for (const item of items) {
      if (item.kind === "change") {
        if (isOutside(item.change.entityId)) tellTaken(item.change.entityId);
        else await fileChange(item.change, batch);
      } else if (item.kind === "event") fileEvent(item.event, batch);
      else if (item.kind === "gap") fileGap(item.gap, batch);
      else {
        const { entries, orphaned } = identities.apply(item.update);
        batch.entries.push(...entries);
        // While connected, Home Assistant tells of the removal itself.
        if (item.update.complete) removeOrphans(orphaned, item.update.at, batch);
      }
    }
    return batch;
  };

  let chain: Promise<void> = Promise.resolve();
  /** Work on the store goes one after another, in the order in which it is asked for. */
  const inTurn = (work: () => Promise<void>, onFailure: (error: unknown) => void = () => {}): Promise<void> => {
    const done = chain.then(work);
    chain = done.catch(onFailure);
    return done;
  };
  const storeHeld = (take: () => readonly Reading[]): Promise<void> =>
    inTurn(
      async () => {
        const batch = createBatch();
        putHeld(take(), batch);
        await store(batch);
      },
      (error) => log.warning("what was held by a rule could not be stored", { why: describeError(error) }),
    );

  const waiting = () => status.set("recording", { state: "starting", why: "Waiting for the first change." });
  waiting();
  return {
    rest: (rests) => {
      if (!rests) return waiting();
      // Not `off`, which troubles nobody: a pause that is forgotten costs what Home Assistant does not keep.
      const fix = "Resume the link to Home Assistant.";
      status.set("recording", { state: "degraded", why: "Nothing comes in: the link is paused.", fix });
    },
    record: (items) => inTurn(async () => store(await file(items))),
    recordOutside: async (items) => {
      let corrected: readonly Reading[] = [];
      await inTurn(async () => {
        const batch = createBatch();
        corrected = await fileOutside(items, batch);
        await store(batch, "outside");
      });
      // Not in turn: a correction may have to wait for a merge, and what Home Assistant tells must not wait with it.
      await correct(corrected);
    },
    recordPast: (items) => inTurn(() => filePast(items)),
    holder: identities.holder,
    excluded,
    thinned,
    thin: (rules) => storeHeld(() => thinned.replace(rules)),
    exclude: (patterns) =>
      inTurn(async () => {
        const batch = createBatch();
        for (const series of excluded.replace(patterns, identities.named())) {
          const present = excluded.present(series);
          putGap(excluded.reopen(series, present?.time ?? clock.now()), batch);
          if (present) await fileChange(present, batch);
        }
        await store(batch);
        excluded.settle();
      }),
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
