import { join } from "node:path";
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
import type { Merged } from "../jobs/merge.ts";
import type { Hole } from "../jobs/roll.ts";
import { type LetGo, shedBlocks } from "../jobs/shed.ts";
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
    const { made } = await maintainer.run({
      kind: "seal",
      tail: tailFolder,
      blocks: folder,
      segment: { name, base, baseTime, limit },
      next: manifest.next,
      timeZone: needs.timeZone(),
    });
    await commit({
      ...manifest,
      sealed: base + limit,
      next: manifest.next + made.length,
      blocks: [...manifest.blocks, ...made],
    });
  };
  const sealClosed = async () => {
    for (let segment = closedSegment(); segment; segment = closedSegment()) await seal(segment);
  };
  const merge = async (inputs: readonly Block[], letGo?: LetGo): Promise<Merged> => {
    const { next, sealed } = manifest;
    const timeZone = needs.timeZone();
    const job = { kind: "merge", blocks: folder, inputs, next, sealed, timeZone, ...letGo } as const;
    const merged = await maintainer.run(job);
    await replace(inputs, merged, (inputs[0] as Block).kind);
    return merged;
  };

  const step = async (): Promise<boolean> => {
    if (!manifestOnDisk) await commit(manifest);
    await sweep();
    await needs.expire();
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
    try {
      while (!closed && holds === 0 && (await step()));
      backoff.reset();
      troubles.set("seal", null);
    } catch (error) {
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
    }
  };
  const start = () => {
    cancelRetry?.();
    if (holds > 0 || closed) return;
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
      if (doomed.size > 0) start();
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
      await running;
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
    close: async () => {
      closed = true;
      cancelRetry?.();
      await urgentWork?.catch(() => {});
      await running;
    },
  };
}
