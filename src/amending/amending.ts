import type { Gap, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import { currentIdentity, type Series } from "../domain/data/series.ts";
import { describeError, Failure } from "../domain/failure.ts";
import { isOutside } from "../domain/outside/names.ts";
import { INSTEAD_OF } from "../domain/outside/record.ts";
import type { Micros, Window } from "../domain/time/time.ts";
import type { Jobs, JobWork } from "../platform/jobs/jobs.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { ErasedCounts, ErasePlan, Store } from "../store/store.ts";
import { createPreviews, type Kept } from "./previews.ts";
import { type Book, type Corrected, openReceipts, type Receipt } from "./receipts.ts";

export type { Corrected, Receipt } from "./receipts.ts";

/** A reading as somebody wants it to have been. */
export type WantedReading = {
  readonly series: SeriesId;
  readonly time: Micros;
  /** null: there was no such reading. */
  readonly instead: { readonly state: string; readonly attributes?: Reading["attributes"] | undefined } | null;
};
export type CorrectionsPreview = Kept<{
  readonly corrections: readonly {
    readonly before: readonly Stored<Reading>[];
    readonly after: Reading | null;
    readonly series: SeriesId;
    readonly time: Micros;
  }[];
}>;

export type WantedErasure = {
  readonly series: readonly SeriesId[];
  readonly window: Window;
  readonly withEvents: boolean;
  readonly backups: Receipt["backups"]["choice"];
};
export type ErasurePreview = Kept<{
  readonly wanted: WantedErasure;
  readonly counts: ErasedCounts;
  /** Those that hold any of it, or may. */
  readonly backups: readonly string[];
  readonly refused: { readonly why: string; readonly fix: string } | null;
}>;

export type Amending = {
  previewCorrections(wanted: readonly WantedReading[]): Promise<CorrectionsPreview>;
  /** @throws Failure `action_unavailable` */
  correct(plan: string): Promise<Corrected>;
  corrections(): readonly Corrected[];
  previewErasure(wanted: WantedErasure): Promise<ErasurePreview>;
  /** Begins it; the receipt says how far it is. @throws Failure `action_unavailable` */
  erase(plan: string): Receipt;
  erasures(): readonly Receipt[];
};

export type AmendingNeeds = {
  readonly store: Pick<Store, "correct" | "countErasure" | "erase" | "series" | "quarantined">;
  /** The readings of a time, in the order in which they came, with attributes. */
  readonly readingsAt: (series: SeriesId, time: Micros) => Promise<readonly Stored<Reading>[]>;
  readonly settings: Book;
  readonly backups: {
    /** Ids of all there are. */
    list(): Promise<readonly string[]>;
    /** Makes one and answers its id when it is whole. */
    make(): Promise<string>;
    remove(id: string): Promise<void>;
  };
  readonly publish: {
    changes(stored: readonly { series: SeriesId; reading: Stored<Reading>; previous: undefined }[]): void;
    gaps(stored: readonly Stored<Gap>[]): void;
  };
  /** Why nothing can be erased now; undefined: it can. */
  readonly busy: () => { readonly why: string; readonly fix: string } | undefined;
  readonly jobs: Pick<Jobs, "register" | "start">;
  readonly clock: Clock;
  readonly log: Log;
};

export const ERASURE = "erasure";

export function createAmending(needs: AmendingNeeds): Amending {
  const { store, readingsAt, backups, publish, busy, jobs, clock, log } = needs;
  const receipts = openReceipts(needs.settings);
  const corrections = createPreviews<Omit<CorrectionsPreview, "id" | "asOf" | "expires">>({
    kind: "correction",
    clock,
  });
  const erasures = createPreviews<Omit<ErasurePreview, "id" | "asOf" | "expires">>({ kind: ERASURE, clock });

  const nameOf = (series: SeriesId): string => {
    const found = store.series().get(series);
    return found ? currentIdentity(found).entityId : `#${series}`;
  };
  const planOf = ({ series, window, withEvents }: WantedErasure): ErasePlan => ({
    series: series.map((id) => ({ series: id, names: withEvents ? namesOf(store.series().get(id)) : [] })),
    window,
  });

  const erase = async (receipt: Receipt, { signal, tell }: JobWork) => {
    const { backups: wanted, entities, window, withEvents } = receipt;
    const plan = planOf({ series: entities.map(({ series }) => series), window, withEvents, backups: wanted.choice });
    const isFirst = receipt.answers === null;
    const erasing = store.erase(plan, ({ gaps, ...removed }) => {
      const now = clock.now();
      // What a kill interrupted was counted before.
      if (isFirst && total(removed) > 0) receipts.note(receipt, { removed, gaps: gaps.length, answers: now });
      else receipts.note(receipt, { answers: receipt.answers ?? now });
      publish.gaps(gaps);
    });
    erasing.catch(() => {});
    await Promise.race([erasing, aborted(signal)]);
    receipts.note(receipt, { files: clock.now() });
    tell({ done: total(receipt.removed), outcome: { ...receipt.removed } });
    if (wanted.choice === "replace") await replaceBackups(receipt);
    const made = receipt.backups.made;
    const left = (await backups.list()).filter((id) => id !== made);
    const setAside = (await store.quarantined()).map(({ file }) => file);
    receipts.note(receipt, {
      backups: { ...receipt.backups, held: wanted.choice === "keep" ? left : [] },
      ...{ setAside, state: "done", ended: clock.now() },
    });
    log.info("what was to be erased is erased", { receipt: receipt.id, ...receipt.removed });
  };
  /** The new one is whole before the first of the others goes. */
  const replaceBackups = async (receipt: Receipt) => {
    let { made } = receipt.backups;
    const there = await backups.list();
    if (there.length === 0) return;
    if (made === null || !there.includes(made)) {
      made = await backups.make();
      receipts.note(receipt, { backups: { ...receipt.backups, made } });
    }
    for (const id of there) {
      if (id === made) continue;
      await backups.remove(id);
      receipts.note(receipt, { backups: { ...receipt.backups, removed: [...receipt.backups.removed, id] } });
    }
  };

  let next: (() => Receipt) | undefined;
  let begun: Receipt | undefined;
  jobs.register({
    kind: ERASURE,
    unit: "entries",
    byHand: false,
    run: async (work) => {
      begun = next?.();
      const receipt = begun ?? receipts.find(String(work.checkpoint));
      if (!receipt) return;
      work.keep(receipt.id);
      work.tell({ total: total(receipt.removed) });
      try {
        receipts.note(receipt, { state: "running", ended: null, why: undefined, fix: undefined });
        await erase(receipt, work);
      } catch (error) {
        if (work.signal.aborted)
          return receipts.note(receipt, {
            ...{ state: "failed", why: "The hub was stopped, or somebody cancelled the job." },
            fix: "The next start goes on with it; a job that was cancelled is resumed by hand.",
          });
        const fix = error instanceof Failure && error.fix ? error.fix : "Resume the job; the hub's log says more.";
        receipts.note(receipt, { state: "failed", ended: clock.now(), why: `${describeError(error)}.`, fix });
        throw error;
      }
    },
  });

  return {
    previewCorrections: async (wanted) => {
      const found: CorrectionsPreview["corrections"][number][] = [];
      for (const { series, time, instead } of wanted) {
        const before = await readingsAt(series, time);
        const old = before.at(-1);
        if (!old)
          throw new Failure("reading_unknown", `${nameOf(series)} has no reading at that very time`, {
            fix: "Take the time from its history, to the microsecond.",
          });
        const { position: _, ...was } = old;
        // From now on it is the user's word, which no source takes back.
        const { [INSTEAD_OF]: __, ...attributes } = was.attributes;
        const after: Reading | null = instead && {
          ...was,
          state: instead.state,
          attributes: instead.attributes ?? (isOutside(nameOf(series)) ? attributes : was.attributes),
          changed: instead.state === was.state ? was.changed : time,
          ...{ origin: "corrected", flaws: [] },
        };
        found.push({ series, time, before, after });
      }
      return corrections.keep({ corrections: found });
    },
    correct: async (id) => {
      const plan = corrections.find(id);
      corrections.done(id);
      const wanted = plan.corrections.map(({ series, time, after }) => ({ series, time, reading: after }));
      const positions = await store.correct(wanted);
      const put = wanted.flatMap(({ series, reading }) => (reading ? [{ series, reading }] : []));
      publish.changes(
        put.map(({ series, reading }, i) => ({
          series,
          reading: { ...reading, position: positions[i] as number },
          previous: undefined,
        })),
      );
      return receipts.corrected(
        clock.now(),
        wanted.map(({ series, time, reading }) => ({
          ...{ series, entityId: nameOf(series), time },
          what: reading ? "replaced" : "removed",
        })),
      );
    },
    corrections: receipts.corrections,
    previewErasure: async (wanted) =>
      erasures.keep({
        wanted,
        counts: await store.countErasure(planOf(wanted)),
        backups: await backups.list(),
        refused: busy() ?? null,
      }),
    erase: (id) => {
      const { wanted, counts } = erasures.find(id);
      const refused = busy();
      if (refused) throw new Failure("action_unavailable", refused.why, { fix: refused.fix, retry: true });
      const { series, window, withEvents, backups: choice } = wanted;
      next = () =>
        receipts.begin({
          ...{ asked: clock.now(), window, withEvents, choice, removed: counts },
          entities: series.map((one) => ({ series: one, entityId: nameOf(one) })),
        });
      try {
        jobs.start(ERASURE);
      } finally {
        next = undefined;
      }
      erasures.done(id);
      return begun as Receipt;
    },
    erasures: receipts.erasures,
  };
}

/** Everything that it was ever called. */
const namesOf = (series: Series | undefined): readonly string[] => [
  ...new Set(series?.identities.map(({ entityId }) => entityId)),
];

const total = ({ readings, statistics, rollups, events }: ErasedCounts): number =>
  readings + statistics + rollups + events;

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new Error("The hub stops"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
