import { join } from "node:path";
import type { HomeEvent, Position, SeriesId, Stored } from "../../../../domain/data/reading.ts";
import type { Rollup } from "../../../../domain/data/rollup.ts";
import type { Statistic } from "../../../../domain/data/statistic.ts";
import { describeError } from "../../../../domain/failure.ts";
import type { Micros, Window } from "../../../../domain/time/time.ts";
import { firstFrom } from "../../../shared/columns.ts";
import type { Damage, LogEntry } from "../../../store.ts";
import type { Block, BlockKind } from "../../blocks/file/block.ts";
import type { ChunkKey } from "../../blocks/file/content.ts";
import {
  type ChunkPlace,
  type EventsPlace,
  entryAt,
  findSeries,
  type TableEntry,
  tableSize,
} from "../../blocks/file/directory.ts";
import {
  checkDirectory,
  DamagedBlock,
  eventsIn,
  frameOf,
  packIn,
  readChunks,
  readEventPlaces,
  rollupsIn,
  statisticsIn,
} from "../../blocks/file/open-block.ts";
import type { Chunk, Pack } from "../../chunks/pack.ts";
import { type StatisticLine, seriesOfLine } from "../../format/statistic.ts";
import type { OpenFiles } from "../open-files.ts";
import { createCache } from "./cache.ts";

export type SealedChunk = { readonly block: Block; readonly place: ChunkPlace };
export type SealedEvents = { readonly block: Block; readonly place: EventsPlace };

/** Reads blocks. What is damaged is told, and read as if it were not there. */
export type BlockReader = {
  chunks(series: SeriesId, window: Window): Promise<readonly SealedChunk[]>;
  /** undefined: damaged. */
  open(chunk: SealedChunk, series: SeriesId): Promise<Chunk | undefined>;
  /** The same, kept for the next question: neither rows nor attributes are to be asked of it. */
  openColumns(chunk: SealedChunk, series: SeriesId): Promise<Chunk | undefined>;
  events(window: Window): Promise<readonly SealedEvents[]>;
  openEvents(events: SealedEvents): Promise<readonly Stored<HomeEvent>[]>;
  eventAt(position: Position): Promise<Stored<HomeEvent> | undefined>;
  /** Statistics of a line that begin in a window; of one start there may be several. */
  statistics(line: StatisticLine, window: Window): Promise<readonly Stored<Statistic>[]>;
  /** Where roll-ups that may touch a window stand. */
  rollupChunks(series: SeriesId, window: Window): Promise<readonly SealedChunk[]>;
  openRollups(chunk: SealedChunk, series: SeriesId): Promise<readonly Rollup[]>;
  /** From the first to the last of a series. */
  extent(kind: "readings" | "rollups", series: SeriesId): Promise<Window | undefined>;
  /** Readings and events of a time that have a context. */
  linked(window: Window): AsyncIterable<readonly LogEntry[]>;
  /** What every series has in every block of a kind. */
  tables(
    kind: "readings" | "rollups",
  ): AsyncIterable<{ readonly block: Block; readonly entries: readonly TableEntry[] }>;
};

const KEPT_BYTES = 8 * 1024 * 1024;
const kept = createCache<unknown>(KEPT_BYTES);
/** Packs that were opened last, with their columns: a chart that is looked at is asked for again and again. */
const KEPT_PACKS_BYTES = 14 * 1024 * 1024;
const keptPacks = createCache<Pack>(KEPT_PACKS_BYTES);

export function createBlockReader(needs: {
  readonly folder: string;
  readonly blocks: readonly Block[];
  readonly files: OpenFiles;
  readonly countRecords: (bytes: number) => void;
  readonly countIndexes: (bytes: number) => void;
  readonly onDamage: (damage: Damage) => void;
}): BlockReader {
  const { folder, blocks, files, countRecords, countIndexes, onDamage } = needs;

  const read = async (
    { name }: Block,
    extent: { readonly at: number; readonly length: number },
    count: (bytes: number) => void,
  ): Promise<Buffer> => {
    const { buffer } = await files.gather(join(folder, name), [extent]);
    count(extent.length);
    return buffer;
  };
  /** Reads and checks a part of a block once, and remembers it. */
  const part = async <T>(
    block: Block,
    extent: { readonly at: number; readonly length: number },
    parse: (bytes: Buffer) => T,
    held: (parsed: T) => number,
  ): Promise<T> => {
    const key = `${folder}/${block.name}:${extent.at}`;
    const before = kept.get(key) as T | undefined;
    if (before !== undefined) return before;
    const parsed = parse(await read(block, extent, countIndexes));
    kept.set(key, parsed, held(parsed));
    return parsed;
  };
  /** `extent`: times of what cannot be read, if it cannot. */
  const guarded = async <T>(
    block: Block,
    series: SeriesId | null,
    { from, to }: { readonly from: Micros; readonly to: Micros },
    work: () => Promise<T>,
  ): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const [offset, length] = error instanceof DamagedBlock ? [error.at, error.length] : [0, block.bytes];
      const why =
        error instanceof DamagedBlock ? error.message : `a block that cannot be read: ${describeError(error)}`;
      const lost = block.kind === "readings" ? "states" : block.kind;
      onDamage({ file: block.name, offset, length, why, lost, series, from, to });
      return undefined;
    }
  };
  /** Each block's directory, once for all series of a question. */
  const tables = new Map<Block, Buffer | undefined>();
  const tableOf = async (block: Block): Promise<Buffer | undefined> => {
    const read = () => part(block, block.directory, (bytes) => checkDirectory(block, bytes), bufferBytes);
    if (!tables.has(block)) tables.set(block, await guarded(block, null, block, read));
    return tables.get(block);
  };
  const placesOf = async (block: Block): Promise<readonly EventsPlace[]> =>
    (await guarded(block, null, block, () =>
      part(block, block.directory, (bytes) => readEventPlaces(block, bytes), placesBytes),
    )) ?? [];
  const openEvents = async ({ block, place }: SealedEvents) =>
    (await guarded(block, null, place, async () => eventsIn(place, await read(block, frameOf(place), countRecords)))) ??
    [];

  const chunksOf = async (block: Block, entry: TableEntry, window: Window): Promise<SealedChunk[]> => {
    if (!touches(entry, window)) return [];
    const { series } = entry;
    const places = await guarded(block, series, entry, () =>
      part(block, entry, (bytes) => readChunks(entry, bytes), placesBytes),
    );
    return (places ?? []).filter((place) => touches(place, window)).map((place) => ({ block, place }));
  };
  const chunksIn = async (kind: BlockKind, key: ChunkKey, window: Window): Promise<readonly SealedChunk[]> => {
    const found: SealedChunk[] = [];
    for (const block of blocks) {
      if (block.kind !== kind || !touches(block, window)) continue;
      const table = await tableOf(block);
      const entry = table && findSeries(table, key);
      if (entry) found.push(...(await chunksOf(block, entry, window)));
    }
    return found;
  };
  const open = ({ block, place }: SealedChunk, series: SeriesId) =>
    guarded(block, series, place, async () => {
      const frame = await read(block, frameOf(place), countRecords);
      return packIn(place, frame).chunk(place.index);
    });
  const openColumns = ({ block, place }: SealedChunk, series: SeriesId) =>
    guarded(block, series, place, async () => {
      const key = `${folder}/${block.name}:${place.at}`;
      const before = keptPacks.get(key);
      if (before) return before.chunk(place.index);
      const frame = await read(block, frameOf(place), countRecords);
      const pack = packIn(place, frame);
      keptPacks.set(key, pack, decodedBytes(frame.length, place.count));
      return pack.chunk(place.index);
    });

  return {
    statistics: async (line, window) => {
      const found: Stored<Statistic>[] = [];
      for (const chunk of await chunksIn("statistics", line, window)) {
        const { block, place } = chunk;
        const rows = await guarded(block, seriesOfLine(line), place, async () =>
          statisticsIn(place, await read(block, frameOf(place), countRecords)),
        );
        for (const row of rows ?? []) if (row.start >= window.from && row.start < window.to) found.push(row);
      }
      return found;
    },
    async *linked(window) {
      for (const block of blocks) {
        if (!touches(block, window) || (block.kind !== "readings" && block.kind !== "events")) continue;
        if (block.kind === "events") {
          for (const place of await placesOf(block)) {
            if (!touches(place, window)) continue;
            const events = (await openEvents({ block, place })).filter(
              ({ context, time }) => context && time >= window.from && time < window.to,
            );
            yield events.map((event) => ({ kind: "event", event }));
          }
          continue;
        }
        const table = await tableOf(block);
        for (let i = 0; table && i < tableSize(table); i++) {
          const entry = entryAt(table, i);
          for (const chunk of await chunksOf(block, entry, window)) {
            const opened = await open(chunk, entry.series);
            if (opened) yield rowsWithContext(opened, window);
          }
        }
      }
    },
    chunks: (series, window) => chunksIn("readings", series, window),
    rollupChunks: (series, window) => chunksIn("rollups", series, window),
    openRollups: async ({ block, place }, series) =>
      (await guarded(block, series, place, async () =>
        rollupsIn(place, await read(block, frameOf(place), countRecords)),
      )) ?? [],
    extent: async (kind, series) => {
      let found: Window | undefined;
      for (const block of blocks) {
        if (block.kind !== kind) continue;
        const table = await tableOf(block);
        const entry = table && findSeries(table, series);
        if (entry)
          found = {
            from: Math.min(entry.from, found?.from ?? entry.from),
            to: Math.max(entry.to, found?.to ?? entry.to),
          };
      }
      return found;
    },
    open,
    openColumns,
    events: async (window) => {
      const found: SealedEvents[] = [];
      for (const block of blocks)
        if (block.kind === "events" && touches(block, window))
          for (const place of await placesOf(block)) if (touches(place, window)) found.push({ block, place });
      return found;
    },
    openEvents,
    eventAt: async (position) => {
      for (const block of blocks) {
        if (block.kind !== "events" || !mayHold(block, position)) continue;
        for (const place of await placesOf(block)) {
          if (!mayHold(place, position)) continue;
          const found = (await openEvents({ block, place })).find((event) => event.position === position);
          if (found) return found;
        }
      }
      return undefined;
    },
    async *tables(kind) {
      for (const block of blocks) {
        if (block.kind !== kind) continue;
        const table = await tableOf(block);
        if (table) yield { block, entries: Array.from({ length: tableSize(table) }, (_, i) => entryAt(table, i)) };
      }
    },
  };
}

function rowsWithContext(chunk: Chunk, window: Window): LogEntry[] {
  const found: LogEntry[] = [];
  const end = firstFrom(chunk.times, window.to);
  for (let i = firstFrom(chunk.times, window.from); i < end; i++) {
    const reading = chunk.row(i, false);
    if (reading.context) found.push({ kind: "reading", reading });
  }
  return found;
}

/** About what a pack takes with its columns; of one that several chunks share only the bytes are known. */
const decodedBytes = (packed: number, rows: number): number => packed + Math.max(8 * packed, 24 * rows);

/** What is kept of an index takes, in V8's heap: a summary is an object of numbers, many times its 25 bytes in the file. */
const HELD_ENTRY = 200;
const HELD_SUMMARY = 400;
const bufferBytes = ({ length }: Buffer): number => HELD_ENTRY + length;
const placesBytes = (places: readonly (EventsPlace | ChunkPlace)[]): number =>
  places.reduce(
    (sum, place) => sum + HELD_ENTRY + ("summaries" in place ? HELD_SUMMARY * place.summaries.length : 0),
    HELD_ENTRY,
  );

const touches = (times: { readonly from: Micros; readonly to: Micros }, window: Window): boolean =>
  times.from < window.to && times.to >= window.from;

const mayHold = (
  { firstPosition, lastPosition }: { readonly firstPosition: Position; readonly lastPosition: Position },
  position: Position,
): boolean => position >= firstPosition && position <= lastPosition;
