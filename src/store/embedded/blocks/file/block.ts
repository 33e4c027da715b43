import type { Position } from "../../../../domain/data/reading.ts";
import type { Micros } from "../../../../domain/time/time.ts";
import type { Section } from "../../index/head.ts";

export const BLOCK_KINDS = ["readings", "events", "statistics", "rollups"] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** What is known of a block without opening it: the manifest says it, and the end of the file itself. */
export type Block = {
  readonly name: string;
  readonly kind: BlockKind;
  /** UTC month of everything in it, `2026-11`. */
  readonly month: string;
  /** Of the block files ever made, the how manieth: names are never used again. */
  readonly sequence: number;
  /** Size of the file. */
  readonly bytes: number;
  /** Readings, events, statistics or roll-ups. */
  readonly entries: number;
  /** First and last time; both are inside. */
  readonly from: Micros;
  readonly to: Micros;
  /** Positions of its entries lie between these; of a merged block also positions of others do. */
  readonly firstPosition: Position;
  readonly lastPosition: Position;
  /** Where its directory stands, and the CRC-32 of that. */
  readonly directory: Section & { readonly checksum: number };
};

/** How a set of blocks came to be, kept in each of them: enough to find out without a manifest which ones count. */
export type Making = {
  /** Sequences of the blocks that this job's blocks take the place of. */
  readonly replaces: readonly number[];
  /** Up to where the log is sealed once this job counts. */
  readonly sealed: Position;
  /** Sequences of all blocks that the job made: it counts when they are all there. */
  readonly made: readonly number[];
};

const NAME = /^(\d{4}-\d{2})-(readings|events|statistics|rollups)-(\d{8,})\.blk$/;

export const blockName = (month: string, kind: BlockKind, sequence: number): string =>
  `${month}-${kind}-${String(sequence).padStart(8, "0")}.blk`;

export function parseBlockName(name: string): Pick<Block, "month" | "kind" | "sequence"> | undefined {
  const parts = NAME.exec(name);
  if (!parts) return undefined;
  const [, month, kind, sequence] = parts as unknown as [string, string, BlockKind, string];
  return { month, kind, sequence: Number(sequence) };
}
