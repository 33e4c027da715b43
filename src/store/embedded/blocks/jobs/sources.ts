import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { SeriesId } from "../../../../domain/data/reading.ts";
import type { Micros } from "../../../../domain/time/time.ts";
import { openPack } from "../../chunks/pack.ts";
import type { Block } from "../file/block.ts";
import { type ChunkPlace, entryAt, type TableEntry, tableSize } from "../file/directory.ts";
import { checkDirectory, DamagedBlock, decoded, frameOf, packBytes, readChunks } from "../file/open-block.ts";

/** An open block that a job of the maintenance worker reads. */
export type Source = {
  readonly block: Block;
  read(at: number, length: number): Buffer;
  /**
   * Uses what `open` makes of a chunk's pack. Many small chunks share one and are asked for one after the other, so the
   * last one stays open. @throws DamagedBlock
   */
  pack<T, R>(place: ChunkPlace, open: (bytes: Buffer) => T, use: (opened: T) => R): R;
  close(): void;
};

/** A part of a block that could not be read; what it held is not in the result. */
export type PartLost = {
  readonly block: Block;
  readonly at: number;
  readonly length: number;
  readonly why: string;
  readonly series: SeriesId | null;
  readonly from: Micros;
  readonly to: Micros;
};

export type Work = { readonly damages: PartLost[] };

export function tableOf(source: Source, work: Work): Map<SeriesId, TableEntry> {
  const table = guarded(source, null, source.block, work, () => checkDirectory(source.block, directoryOf(source)));
  const entries = new Map<SeriesId, TableEntry>();
  for (let i = 0; table && i < tableSize(table); i++) {
    const entry = entryAt(table, i);
    entries.set(entry.series, entry);
  }
  return entries;
}

export const chunksOf = (source: Source, entry: TableEntry, work: Work): readonly ChunkPlace[] =>
  guarded(source, entry.series, entry, work, () => readChunks(entry, source.read(entry.at, entry.length))) ?? [];

export const directoryOf = ({ block, read }: Source): Buffer => read(block.directory.at, block.directory.length);

/** Times of the rows of a chunk of readings; undefined: damaged. */
export const timesOf = (source: Source, series: SeriesId, chunk: ChunkPlace, work: Work): Float64Array | undefined =>
  guarded(source, series, chunk, work, () => source.pack(chunk, openPack, (pack) => pack.chunk(chunk.index).times));

/** What is damaged is left out and named; the rest is kept. */
export function guarded<T>(
  { block }: Source,
  series: SeriesId | null,
  { from, to }: { readonly from: Micros; readonly to: Micros },
  { damages }: Work,
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DamagedBlock)) throw error;
    damages.push({ block, at: error.at, length: error.length, why: error.message, series, from, to });
    return undefined;
  }
}

export function openSource(folder: string, block: Block): Source {
  const handle = openSync(join(folder, block.name), "r");
  const read: Source["read"] = (at, length) => {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const read = readSync(handle, bytes, done, length - done, at + done);
      if (read === 0) break;
      done += read;
    }
    return bytes.subarray(0, done);
  };
  /** By how it was opened: a job may read the same pack in two ways. */
  const last = new Map<unknown, { readonly at: number; readonly opened: unknown }>();
  return {
    block,
    read,
    pack: <T, R>(place: ChunkPlace, open: (bytes: Buffer) => T, use: (opened: T) => R): R =>
      decoded(place, () => {
        const known = last.get(open);
        if (known?.at === place.at) return use(known.opened as T);
        const frame = frameOf(place);
        const opened = open(packBytes(place, read(frame.at, frame.length)));
        last.set(open, { at: place.at, opened });
        return use(opened);
      }),
    close: () => closeSync(handle),
  };
}
