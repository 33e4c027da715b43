import type { Amendment } from "../../../domain/data/amendment.ts";
import type { Position, Stored } from "../../../domain/data/reading.ts";
import type { Ledger } from "../../shared/ledger.ts";

/** How far amendments are carried out. */
export type AmendmentsDone = {
  /** Blocks have taken in those before this position. */
  readonly sealed: Position;
  /** What erasures up to this position took is in no file of the log any more. */
  readonly purged: Position;
};

/** Not in the blocks yet: readers leave out what it takes. */
export const isPending = ({ position }: Stored<Amendment>, { sealed }: AmendmentsDone): boolean => position >= sealed;

/** What it took is in files of the log still. */
export const isToPurge = ({ kind, position }: Stored<Amendment>, { purged }: AmendmentsDone): boolean =>
  kind === "erasure" && position > purged;

/** Forgets amendments of which nothing is left to do. */
export function dropDone({ amendments }: Pick<Ledger, "amendments">, done: AmendmentsDone): void {
  const left = amendments.filter((amendment) => isPending(amendment, done) || isToPurge(amendment, done));
  amendments.splice(0, amendments.length, ...left);
}
