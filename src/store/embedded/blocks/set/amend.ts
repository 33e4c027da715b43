import type { Amendment } from "../../../../domain/data/amendment.ts";
import type { Position, Stored } from "../../../../domain/data/reading.ts";
import { Failure } from "../../../../domain/failure.ts";
import type { Maintainer } from "../../maintenance/job.ts";
import { isPending, isToPurge } from "../../segments/amendments.ts";
import type { Segment, Tail } from "../../segments/tail.ts";
import type { Manifest } from "./manifest.ts";

/** Carries out amendments: blocks take them in with the segment that holds them, then the log is rid of what was erased. */
export type Amend = {
  /** Does the next piece of work; answers whether there was one. */
  step(): Promise<boolean>;
  /** Closes the open segment where an amendment stands in it: only closed ones are sealed. */
  roll(): Promise<void>;
  /** Whether what was erased is in the log still. */
  hasToPurge(): boolean;
  /** Resolves when amendments up to a position are carried out. */
  done(position: Position): Promise<void>;
  /** Tells those who wait how far it is. */
  tell(): void;
  close(): void;
};

export function createAmend(needs: {
  readonly tailFolder: string;
  readonly tail: Tail;
  readonly maintainer: Pick<Maintainer, "run">;
  readonly manifest: () => Manifest;
  /** Makes the log's being rid of what was erased, up to a position, one step. */
  readonly purged: (end: Position) => Promise<void>;
  /** Those of which something is left to do. */
  readonly amendments: () => readonly Stored<Amendment>[];
  readonly nextToSeal: () => Segment | undefined;
  readonly seal: (segment: Segment) => Promise<void>;
  /** Whether files that count no more are there still: they hold what was erased. */
  readonly areFilesLeft: () => boolean;
  readonly rollLog: () => Promise<void>;
  readonly indexed: () => Promise<void>;
  readonly mayPurge: (segments: readonly Segment[]) => boolean;
}): Amend {
  const { tailFolder, tail, maintainer, manifest, amendments } = needs;
  let waiting: { readonly position: Position; resolve(): void; reject(error: unknown): void }[] = [];
  let closed = false;

  const pending = () => amendments().filter((amendment) => isPending(amendment, manifest()));
  const toPurge = () => amendments().filter((amendment) => isToPurge(amendment, manifest()));

  const roll = async () => {
    const last = pending().at(-1);
    if (last && tail.open && tail.open.segment.base <= last.position) await needs.rollLog();
  };

  const takeIn = async (): Promise<boolean> => {
    await roll();
    const segment = needs.nextToSeal();
    if (!segment) return false;
    await needs.seal(segment);
    return true;
  };

  const purge = async (): Promise<boolean> => {
    const erasures = toPurge();
    const end = erasures.at(-1)?.position ?? 0;
    if (erasures.length === 0 || needs.areFilesLeft()) return false;
    await needs.indexed();
    const segments = tail.segments.filter(({ base }) => base <= end);
    if (!needs.mayPurge(segments)) return false;
    for (const segment of segments) {
      const { base, limit, index } = segment;
      const job = { kind: "purge", folder: tailFolder, base, limit, erasures, hasIndex: index !== undefined } as const;
      const { head } = await maintainer.run(job);
      if (head) segment.index = head;
    }
    await needs.purged(end);
    return true;
  };

  return {
    step: () => (pending().length > 0 ? takeIn() : purge()),
    roll,
    hasToPurge: () => toPurge().length > 0,
    done: (position) =>
      new Promise((resolve, reject) => {
        if (closed) reject(closedMeanwhile());
        else waiting.push({ position, resolve, reject });
      }),
    tell: () => {
      const left = [...pending(), ...toPurge()].map(({ position }) => position);
      const done = Math.min(...left, Number.POSITIVE_INFINITY);
      for (const one of waiting) if (one.position < done) one.resolve();
      waiting = waiting.filter(({ position }) => position >= done);
    },
    close: () => {
      closed = true;
      for (const { reject } of waiting) reject(closedMeanwhile());
      waiting = [];
    },
  };
}

const closedMeanwhile = (): Failure =>
  new Failure("store_closed", "The store was closed meanwhile", { fix: "It goes on when it is opened again" });
