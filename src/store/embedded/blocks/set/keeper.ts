import { join } from "node:path";
import type { Amendment } from "../../../../domain/data/amendment.ts";
import type { Position, Stored } from "../../../../domain/data/reading.ts";
import { describeError } from "../../../../domain/failure.ts";
import { createBackoff } from "../../../../platform/time/backoff.ts";
import type { Clock } from "../../../../platform/time/clock.ts";
import type { Log } from "../../../../platform/told/log.ts";
import type { Damage, Shed, ShedPlan } from "../../../store.ts";
import type { Files } from "../../files.ts";
import type { Maintainer } from "../../maintenance/job.ts";
import { setAside } from "../../recovery/survey.ts";
import type { Segment, Tail } from "../../segments/tail.ts";
import type { Troubles } from "../../troubles.ts";
import type { Block, BlockKind } from "../file/block.ts";
import type { Merged, MergeJob } from "../jobs/merge.ts";
import type { Hole } from "../jobs/roll.ts";
import { type LetGo, shedBlocks } from "../jobs/shed.ts";
import { createAmend } from "./amend.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { anyMerge, nextMerge } from "./policy.ts";

/** Owns the set of blocks: has segments sealed and blocks merged, one job at a time, and makes each change of the set one step. */
export type Keeper = {
  readonly manifest: Manifest;
  /** Something may be there to do: a segment was closed, a view released, the clock went on. */
  wake(): void;
  /** A view has been released: files that it named may go. */
  released(): void;
  /** Resolves when nothing is being written; until the answer is called, nothing is. */
  hold(): Promise<() => void>;
  /** Resolves when there is nothing to do. */
  idle(): Promise<void>;
  /** Makes one block of each month and kind, whatever it costs. */
  compact(): Promise<void>;
  /** Seals what is closed, then writes each block that holds what may go without it. */
  shed(plan: ShedPlan): Promise<Shed>;
  /** Does something while nothing else is under way, before what is done by itself. */
  urgently<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when blocks have taken in the amendments up to a position, and what erasures took is in no file. */
  amended(position: Position): Promise<void>;
  close(): Promise<void>;
};

/** A disk that refused a block may be well again long before the next one is due. */
const RETRY = { firstMs: 5_000, mostMs: 10 * 60_000 };

export function createKeeper(needs: {
  readonly folder: string;
  readonly tailFolder: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly troubles: Troubles;
  readonly maintainer: Pick<Maintainer, "run">;
  readonly tail: Tail;
  readonly manifest: Manifest;
  /** The newest time stored, by Home Assistant's clock. */
  readonly newest: () => number | null;
  /** Whether a view still names the file. */
  readonly isInView: (name: string) => boolean;
  readonly onDamage: (damages: readonly Damage[]) => void;
  /** False: nothing is sealed or merged by itself. */
  readonly seals: boolean;
  /** The home's, whose days are summarised. */
  readonly timeZone: () => string;
  /** Gaps in states. */
  readonly holes: () => readonly Hole[];
  /** Those of which something is left to do. */
  readonly amendments: () => readonly Stored<Amendment>[];
  /** Resolves when everything appended before is on the disk. */
  readonly sync: () => Promise<void>;
  /** Closes the open segment. */
  readonly roll: () => Promise<void>;
  /** Resolves when every closed segment has its index, if it can have one. */
  readonly indexed: () => Promise<void>;
  /** Whether nobody who reads or copies the log may find that it changes under them. */
  readonly mayPurge: (segments: readonly Segment[]) => boolean;
  /** Segments that have left the log window go. */
  readonly expire: () => Promise<void>;
}): Keeper {
  const { folder, tailFolder, files, clock, log, troubles, maintainer, tail } = needs;
  let { manifest } = needs;
  const backoff = createBackoff(RETRY);
  /** Files that count no more, to be deleted once no view names them and the manifest without them is on the disk. */
  const doomed = new Set<string>();
  const damaged = new Set<string>();
  let manifestOnDisk = true;
  let running: Promise<void> | undefined;
  /** Something came up while it was running that its last look may have missed. */
  let again = false;
  let cancelRetry: (() => void) | undefined;
  let holds = 0;
  let closed = false;
  let urgent: Promise<unknown> = Promise.resolve();
  /** What is asked for and under way. */
  let urgentWork: Promise<unknown> | undefined;
  let whenFree: (() => void)[] = [];

  const commit = async (next: Manifest) => {
    try {
      await writeManifest(files, folder, next, () => {
        // From the rename on it is what a start finds, whether or not that is on the disk yet.
        manifest = next;
        manifestOnDisk = false;
      });
      manifestOnDisk = true;
    } finally {
      if (manifest !== next) await Promise.all(next.blocks.filter(isNew).map(({ name }) => remove(name)));
    }
  };
  const isNew = ({ sequence }: Block) => sequence >= manifest.next;
  const remove = (name: string) => files.unlink(join(folder, name)).catch(() => {});

  const replace = async (inputs: readonly Block[], { made, dropped, damages }: Merged, kind: BlockKind) => {
    const gone = new Set(inputs.map(({ name }) => name));
    const { shed } = manifest;
    await commit({
      ...manifest,
      next: Math.max(manifest.next, ...made.map(({ sequence }) => sequence + 1)),
      shed: { ...shed, [kind]: shed[kind] + dropped },
      blocks: [...manifest.blocks.filter(({ name }) => !gone.has(name)), ...made],
    });
    for (const { name } of inputs) doomed.add(name);
    for (const { block } of damages) damaged.add(block.name);
    if (damages.length > 0)
      needs.onDamage(
        damages.map(({ block, at, length, why, series, from, to }) => ({
          file: block.name,
          offset: at,
          length,
          why,
          lost: block.kind === "readings" ? "states" : block.kind,
          series,
          from,
          to,
        })),
      );
    await sweep();
  };

  /** Deletes what nobody needs; what was damaged is set aside in its place. */
  const sweep = async () => {
    if (!manifestOnDisk || holds > 0) return;
    for (const name of [...doomed]) {
      if (needs.isInView(name)) continue;
      doomed.delete(name);
      if (damaged.delete(name)) await setAside(files, folder, name).catch(() => {});
      else await remove(name);
    }
  };

  const closedSegment = (): Segment | undefined =>
    tail.segments.find((segment) => segment.base + segment.limit > manifest.sealed && segment !== tail.open?.segment);

  const seal = async ({ name, base, baseTime, limit }: Segment) => {
    const amendments = needs.amendments().filter(({ position }) => position >= base && position < base + limit);
    if (amendments.length > 0) await amendBlocks(amendments);
    const { made, dropped } = await maintainer.run({
      kind: "seal",
      tail: tailFolder,
      blocks: folder,
      segment: { name, base, baseTime, limit },
      next: manifest.next,
      timeZone: needs.timeZone(),
      amendments,
    });
    const { shed } = manifest;
    await commit({
      ...manifest,
      sealed: base + limit,
      shed: {
        ...shed,
        readings: shed.readings + dropped.readings,
        events: shed.events + dropped.events,
        statistics: shed.statistics + dropped.statistics,
      },
      next: manifest.next + made.length,
      blocks: [...manifest.blocks, ...made],
    });
  };
  const sealClosed = async () => {
    await amend.roll();
    for (let segment = closedSegment(); segment; segment = closedSegment()) await seal(segment);
  };
  /** Block by block: until the segment with the amendments is sealed, readers leave out what they take. */
  const amendBlocks = async (amendments: readonly Amendment[]) => {
    // A power loss must not take an amendment and leave what it has done.
    await needs.sync();
    const inputs = manifest.blocks;
    const names = await maintainer.run({ kind: "amended", blocks: folder, inputs, amendments });
    for (const block of inputs) if (names.includes(block.name)) await merge([block], { without: amendments });
  };
  const merge = async (inputs: readonly Block[], letGo?: LetGo | Pick<MergeJob, "without">): Promise<Merged> => {
    const { next, sealed } = manifest;
    const timeZone = needs.timeZone();
    const job = { kind: "merge", blocks: folder, inputs, next, sealed, timeZone, ...letGo } as const;
    const merged = await maintainer.run(job);
    await replace(inputs, merged, (inputs[0] as Block).kind);
    return merged;
  };

  const amend = createAmend({
    ...{ tailFolder, tail, maintainer, seal },
    manifest: () => manifest,
    purged: (end) => commit({ ...manifest, purged: end }),
    amendments: needs.amendments,
    nextToSeal: closedSegment,
    areFilesLeft: () => doomed.size > 0,
    rollLog: needs.roll,
    indexed: needs.indexed,
    mayPurge: needs.mayPurge,
  });

  const step = async (): Promise<boolean> => {
    if (!manifestOnDisk) await commit(manifest);
    await sweep();
    await needs.expire();
    if (await amend.step()) return true;
    amend.tell();
    if (!needs.seals) return false;
    const segment = closedSegment();
    if (segment) {
      await seal(segment);
      return true;
    }
    const inputs = nextMerge(manifest.blocks, needs.newest() ?? Number.NEGATIVE_INFINITY);
    if (!inputs) return false;
    await merge(inputs);
    return true;
  };

  const run = async () => {
    await urgentWork?.catch(() => {});
    let failed = false;
    try {
      while (!closed && holds === 0 && (await step()));
      backoff.reset();
      troubles.set("seal", null);
    } catch (error) {
      failed = true;
      if (!closed) {
        log.warning("the store could not be put in order; everything is served as before", {
          error: describeError(error),
        });
        troubles.set("seal", {
          why: `A part of the log could not be sealed: ${describeError(error)}`,
          fix: "Free space on the disk or check its health; it is tried again by itself",
        });
        cancelRetry = clock.after(backoff.next(), start);
      }
    } finally {
      running = undefined;
      if (again && !failed) start();
    }
  };
  const start = () => {
    cancelRetry?.();
    if (holds > 0 || closed) return;
    again = running !== undefined;
    running ??= run();
  };
  /** Work that somebody waits for goes before what is done by itself. */
  const urgently = <T>(work: () => Promise<T>): Promise<T> => {
    const before = urgent;
    const own = (async () => {
      await before.catch(() => {});
      while (running || holds > 0) {
        await running;
        if (holds > 0) await new Promise<void>((resolve) => whenFree.push(resolve));
      }
      urgentWork = work();
      return urgentWork as Promise<T>;
    })();
    urgent = own;
    own.then(start, start);
    return own;
  };

  return {
    get manifest() {
      return manifest;
    },
    wake: start,
    released: () => {
      if (doomed.size > 0 || amend.hasToPurge()) start();
    },
    hold: async () => {
      holds++;
      await urgentWork?.catch(() => {});
      await running;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds--;
        if (holds > 0) return;
        const waiting = whenFree;
        whenFree = [];
        for (const free of waiting) free();
        start();
      };
    },
    idle: async () => {
      await urgent.catch(() => {});
      start();
      while (running) await running;
    },
    compact: () =>
      urgently(async () => {
        await sealClosed();
        for (let inputs = anyMerge(manifest.blocks); inputs; inputs = anyMerge(manifest.blocks)) await merge(inputs);
      }),
    shed: (plan) =>
      urgently(async () => {
        await sealClosed();
        return shedBlocks(plan, { folder, maintainer, blocks: () => manifest.blocks, holes: needs.holes(), merge });
      }),
    urgently,
    amended: (position) => {
      const done = amend.done(position);
      start();
      return done;
    },
    close: async () => {
      closed = true;
      amend.close();
      cancelRetry?.();
      await urgentWork?.catch(() => {});
      await running;
    },
  };
}
