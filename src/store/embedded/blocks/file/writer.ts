import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { HomeEvent, Position, Stored } from "../../../../domain/data/reading.ts";
import { encodeEvents } from "../../chunks/events.ts";
import { type Block, type BlockKind, blockName, type Making } from "./block.ts";
import type { ChunkKey, Content } from "./content.ts";
import {
  type ChunkPlace,
  type EventsPlace,
  encodeChunks,
  encodeEventPlaces,
  encodeTable,
  PACK_FRAME,
  type TableEntry,
} from "./directory.ts";
import { encodeBlockHead, encodeFoot } from "./foot.ts";

/** Rows of a full chunk, about: larger ones compress no better, and cost more where little of them is asked for. */
export const CHUNK_ROWS = 2048;
/** A chunk of at least so many rows has a pack of its own. */
export const OWN_PACK_ROWS = 512;
const EVENTS_ROWS = 1024;
const WRITE_BYTES = 256 * 1024;

/** Rows of one key as chunks of one size: a short rest would share a pack, have no summaries and be decoded for each question. */
export function* evenly<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  const chunks = Math.max(1, Math.round(rows.length / CHUNK_ROWS));
  const size = Math.ceil(rows.length / chunks);
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

/** Where a block comes to be: under another name until all of its job are whole. */
export const unfinished = (name: string): string => `${name}.tmp`;

type Needs = {
  readonly folder: string;
  readonly month: string;
  readonly sequence: number;
  readonly making: Making;
};

export type Hull = Pick<ChunkPlace, "firstPosition" | "lastPosition">;

type Positioned = { readonly position: Position };

export type ChunksWriter<Row> = {
  /** Rows of one key in (time, position) order, as `evenly` has them; keys come in order, rows of one together. */
  /** `hull`: positions that the rows had once, where they come from a chunk, which keeps few of them. */
  add(key: ChunkKey, rows: readonly Row[], hull?: Hull): void;
  /** A pack of one chunk as it stands in another block. */
  copy(key: ChunkKey, chunk: ChunkPlace, pack: Buffer): void;
  readonly sequence: number;
  /** Whether nothing has come yet. */
  isEmpty(): boolean;
  /** Writes the rest and syncs; the file has its unfinished name still. undefined: there was nothing to write. */
  finish(): Block | undefined;
  /** Closes the file; one that is not finished is deleted. */
  abandon(): void;
};

/** Writes one block of chunks. Blocks the thread: for the maintenance worker. */
export function createChunksWriter<Row extends Positioned>(needs: Needs, content: Content<Row>): ChunksWriter<Row> {
  const file = createBlockFile({ ...needs, kind: content.kind });
  const chunks = new Map<ChunkKey, ChunkPlace[]>();
  let waiting: { readonly series: ChunkKey; readonly rows: readonly Row[]; readonly hull: Hull | undefined }[] = [];
  let waitingRows = 0;

  const place = (series: ChunkKey, chunk: ChunkPlace) => {
    file.count(chunk.count, chunk);
    const own = chunks.get(series);
    if (own) own.push(chunk);
    else chunks.set(series, [chunk]);
  };
  const pack = (inputs: typeof waiting) => {
    const { bytes, entries } = content.encode(inputs);
    const at = file.pack(bytes);
    for (const [index, { series, ...entry }] of entries.entries())
      place(series, {
        ...entry,
        ...inputs[index]?.hull,
        at,
        length: bytes.length,
        index,
        summaries: content.summaries(inputs[index]?.rows ?? []),
      });
  };
  const flush = () => {
    if (waiting.length === 0) return;
    pack(waiting);
    waiting = [];
    waitingRows = 0;
  };

  return {
    add: (series, rows, hull) => {
      if (rows.length >= OWN_PACK_ROWS) return pack([{ series, rows, hull }]);
      if (waitingRows + rows.length > CHUNK_ROWS) flush();
      waiting.push({ series, rows, hull });
      waitingRows += rows.length;
    },
    copy: (series, chunk, bytes) => {
      const at = file.pack(bytes);
      place(series, { ...chunk, at, length: bytes.length, index: 0 });
    },
    sequence: needs.sequence,
    isEmpty: () => chunks.size === 0 && waiting.length === 0,
    finish: () => {
      flush();
      const shares = sharesOf(chunks.values());
      const table: TableEntry[] = [];
      for (const [series, own] of [...chunks].sort(([a], [b]) => a - b)) {
        own.sort((a, b) => a.from - b.from || a.firstPosition - b.firstPosition);
        const list = encodeChunks(own);
        table.push({
          series,
          at: file.write(list),
          length: list.length,
          chunks: own.length,
          rows: own.reduce((sum, { count }) => sum + count, 0),
          bytes: Math.round(own.reduce((sum, chunk) => sum + (shares.get(chunk) as number), list.length)),
          from: Math.min(...own.map(({ from }) => from)),
          to: Math.max(...own.map(({ to }) => to)),
        });
      }
      return file.finish(encodeTable(table));
    },
    abandon: file.abandon,
  };
}

export type EventsWriter = {
  /** Events in (time, position) order. */
  add(event: Stored<HomeEvent>): void;
  readonly sequence: number;
  isEmpty(): boolean;
  finish(): Block | undefined;
  abandon(): void;
};

export function createEventsWriter(needs: Needs): EventsWriter {
  const file = createBlockFile({ ...needs, kind: "events" });
  const places: EventsPlace[] = [];
  let waiting: Stored<HomeEvent>[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    const bytes = encodeEvents(waiting);
    const positions = waiting.map(({ position }) => position);
    const place = {
      from: (waiting[0] as HomeEvent).time,
      to: (waiting.at(-1) as HomeEvent).time,
      count: waiting.length,
      at: file.pack(bytes),
      length: bytes.length,
      firstPosition: Math.min(...positions),
      lastPosition: Math.max(...positions),
    };
    file.count(place.count, place);
    places.push(place);
    waiting = [];
  };
  return {
    add: (event) => {
      waiting.push(event);
      if (waiting.length >= EVENTS_ROWS) flush();
    },
    sequence: needs.sequence,
    isEmpty: () => places.length === 0 && waiting.length === 0,
    finish: () => {
      flush();
      return file.finish(encodeEventPlaces(places));
    },
    abandon: file.abandon,
  };
}

type Extent = {
  readonly from: number;
  readonly to: number;
  readonly firstPosition: Position;
  readonly lastPosition: Position;
};

function createBlockFile({ folder, month, kind, sequence, making }: Needs & { readonly kind: BlockKind }) {
  const name = blockName(month, kind, sequence);
  const handle = openSync(join(folder, unfinished(name)), "w");
  let parts: Buffer[] = [encodeBlockHead()];
  let held = (parts[0] as Buffer).length;
  let at = held;
  let entries = 0;
  let extent: Extent | undefined;
  let open = true;

  const flush = () => {
    const bytes = Buffer.concat(parts);
    for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
    parts = [];
    held = 0;
  };
  const write = (bytes: Buffer): number => {
    const start = at;
    parts.push(bytes);
    held += bytes.length;
    at += bytes.length;
    if (held >= WRITE_BYTES) flush();
    return start;
  };
  const close = () => {
    if (open) closeSync(handle);
    open = false;
  };
  const abandon = () => {
    if (!open) return;
    close();
    unlinkSync(join(folder, unfinished(name)));
  };
  return {
    write,
    /** Answers where its frame begins. */
    pack: (bytes: Buffer): number => {
      const frame = Buffer.alloc(PACK_FRAME);
      frame.writeUInt32LE(bytes.length, 0);
      frame.writeUInt32LE(crc32(bytes), 4);
      const start = write(frame);
      write(bytes);
      return start;
    },
    count: (more: number, { from, to, firstPosition, lastPosition }: Extent) => {
      entries += more;
      extent = {
        from: Math.min(from, extent?.from ?? from),
        to: Math.max(to, extent?.to ?? to),
        firstPosition: Math.min(firstPosition, extent?.firstPosition ?? firstPosition),
        lastPosition: Math.max(lastPosition, extent?.lastPosition ?? lastPosition),
      };
    },
    finish: (directory: Buffer): Block | undefined => {
      if (!extent) {
        abandon();
        return undefined;
      }
      const facts = {
        kind,
        month,
        sequence,
        entries,
        ...extent,
        directory: { at: write(directory), length: directory.length, checksum: crc32(directory) },
      };
      write(encodeFoot({ ...facts, ...making }));
      flush();
      fsyncSync(handle);
      close();
      return { ...facts, name, bytes: at };
    },
    abandon,
  };
}

/** What each chunk takes of its pack's bytes, by rows. */
function sharesOf(lists: Iterable<readonly ChunkPlace[]>): Map<ChunkPlace, number> {
  const all = [...lists].flat();
  const rows = new Map<number, number>();
  for (const { at, count } of all) rows.set(at, (rows.get(at) ?? 0) + count);
  return new Map(
    all.map((chunk) => [chunk, ((chunk.length + PACK_FRAME) * chunk.count) / (rows.get(chunk.at) as number)]),
  );
}
