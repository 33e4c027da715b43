import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Position } from "../../../domain/data/reading.ts";
import { Failure } from "../../../domain/failure.ts";
import { emptyLedger } from "../../shared/ledger.ts";
import type { Damage } from "../../store.ts";
import { encodeIndex } from "../index/build.ts";
import { decodeIndexHead, type IndexHead } from "../index/head.ts";
import { checks } from "../index/lists.ts";
import { decodeSnapshot, encodeSnapshot, type Snapshot } from "../index/snapshot.ts";
import { type AmendmentsDone, dropDone } from "../segments/amendments.ts";
import { collectSegment } from "../segments/collect.ts";
import { decodeHeader, indexName, segmentName } from "../segments/header.ts";
import { readDurably, writeDurably } from "./durably.ts";

export type IndexJob = {
  readonly kind: "index";
  readonly folder: string;
  readonly base: Position;
  readonly limit: number;
  /** The segment before, whose snapshot this one's builds on; null: it is the first, or the one before has gone. */
  readonly previous: Position | null;
  readonly done: AmendmentsDone;
};
export type IndexBuilt = { readonly head: IndexHead; readonly damages: readonly Damage[] };

/** Writes the index file of a closed segment. Blocks: it runs in the maintenance worker. */
export function buildIndex({ folder, base, limit, previous, done }: IndexJob): IndexBuilt {
  const name = segmentName(base);
  const buffer = readDurably(join(folder, name));
  const header = decodeHeader(buffer, base);
  if (!header)
    throw new Failure("store_damaged", `The beginning of ${name} cannot be read`, { fix: "Restart the hub" });
  const before: Snapshot | undefined =
    previous === null
      ? header.previousEnd === 0
        ? { ledger: emptyLedger(), damages: [] }
        : undefined
      : readSnapshot(join(folder, indexName(previous)), previous);
  const ledger = before?.ledger ?? emptyLedger();
  dropDone(ledger, done);
  const { lists, damages } = collectSegment(buffer, { name, base, baseTime: header.baseTime, limit }, ledger);
  // Without the one before, a snapshot would lack what only older segments say.
  const snapshot = before && encodeSnapshot({ ledger, damages: [...before.damages, ...damages] });
  const bytes = encodeIndex(header, limit, lists, snapshot);
  writeDurably(folder, indexName(base), bytes);
  return { head: decodeIndexHead(bytes, base) as IndexHead, damages };
}

export function readSnapshot(path: string, base: Position): Snapshot | undefined {
  try {
    const bytes = readFileSync(path);
    const head = decodeIndexHead(bytes, base);
    if (!head || head.snapshot.length === 0) return undefined;
    const packed = bytes.subarray(head.snapshot.at, head.snapshot.at + head.snapshot.length);
    return packed.length === head.snapshot.length && checks(packed)
      ? decodeSnapshot(packed.subarray(0, -4))
      : undefined;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
