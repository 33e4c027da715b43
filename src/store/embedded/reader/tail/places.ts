import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { SeriesId } from "../../../../domain/data/reading.ts";
import { describeError } from "../../../../domain/failure.ts";
import { type Micros, utcMonth, type Window } from "../../../../domain/time/time.ts";
import { emptyLedger } from "../../../shared/ledger.ts";
import type { Damage, Usage } from "../../../store.ts";
import type { StatisticLine } from "../../format/statistic.ts";
import type { IndexHead } from "../../index/head.ts";
import { DIRECTORY_ENTRY, type DirectoryEntry, decodeEntry, takeEvents, takeList } from "../../index/lists.ts";
import { collectSegment } from "../../segments/collect.ts";
import { wholeFile } from "../../segments/damage.ts";
import { indexName } from "../../segments/header.ts";
import { emptyLists, type FlatEvents, type FlatList } from "../../segments/lists.ts";
import type { OpenFiles } from "../open-files.ts";
import { copyLists, type FlatLists, type SegmentPicture } from "../picture.ts";

/** Readings or statistics of one series, or events, in one segment; `load` says where each stands. Both ends of the time are inside. */
export type Run = {
  readonly segment: SegmentPicture;
  readonly from: Micros;
  readonly to: Micros;
  load(): FlatList | Promise<FlatList>;
};

export type PlaceFinder = {
  readings(segment: SegmentPicture, series: SeriesId, window: Window): Promise<Run | undefined>;
  usage(segment: SegmentPicture): Promise<readonly Usage[]>;
  statistics(segment: SegmentPicture, line: StatisticLine, window: Window): Promise<Run | undefined>;
  events(segment: SegmentPicture, window: Window, types: readonly string[] | undefined): Promise<Run | undefined>;
};

/** A directory this small is read at once instead of being halved again. */
const SEARCHED_WHOLE = 32;

/** Finds where records stand, by whatever the segment has; one whose index fails is read whole. */
export function createPlaceFinder(needs: {
  folder: string;
  files: OpenFiles;
  count(bytes: number): void;
  onDamage(damage: Damage): void;
}): PlaceFinder {
  const { folder, files, count, onDamage } = needs;
  const scanned = new Map<string, FlatLists>();
  const unusable = new Set<string>();

  const readIndex = async (base: number, at: number, length: number): Promise<Buffer> => {
    const { buffer } = await files.gather(join(folder, indexName(base)), [{ at, length }]);
    count(length);
    return buffer;
  };

  const readAll = async (segment: SegmentPicture): Promise<FlatLists> => {
    const { name, limit } = segment;
    try {
      const { buffer } = await files.gather(join(folder, name), [{ at: 0, length: limit }]);
      count(limit);
      const { lists, damages } = collectSegment(buffer, segment, emptyLedger());
      for (const damage of damages) onDamage(damage);
      return copyLists(lists, {});
    } catch (error) {
      onDamage(wholeFile(name, limit, `a segment that cannot be read: ${describeError(error)}`));
      return copyLists(emptyLists(), {});
    }
  };

  const scan = async (segment: SegmentPicture): Promise<FlatLists> => {
    const { name } = segment;
    const before = scanned.get(name);
    if (before) return before;
    const flat = await readAll(segment);
    scanned.set(name, flat);
    return flat;
  };

  /** Asks the segment's index; undefined: it has none, or one that is gone or wrong. */
  const askIndex = async <T>(
    { places, name, base }: SegmentPicture,
    ask: (head: IndexHead) => Promise<T | "wrong">,
  ): Promise<{ readonly answer: T } | undefined> => {
    if (places.by !== "index" || unusable.has(name)) return undefined;
    const answer = await ask(places.head).catch(() => "wrong" as const);
    if (answer !== "wrong") return { answer };
    unusable.add(name);
    const why = "an index that is gone or damaged; its segment was read instead";
    onDamage({ file: indexName(base), offset: 0, length: 0, why, lost: "nothing", series: null, from: null, to: null });
    return undefined;
  };

  const listsOf = async (segment: SegmentPicture): Promise<FlatLists> =>
    segment.places.by === "lists" ? segment.places.lists : scan(segment);

  const findEntry = async (
    head: IndexHead,
    { directory, key }: Lookup,
  ): Promise<DirectoryEntry | undefined | "wrong"> => {
    const { at, length } = head[directory];
    let low = 0;
    let high = length / DIRECTORY_ENTRY;
    const entry = (bytes: Buffer, i: number) => decodeEntry(bytes, i * DIRECTORY_ENTRY);
    while (high - low > SEARCHED_WHOLE) {
      const middle = (low + high) >>> 1;
      const found = entry(await readIndex(head.base, at + middle * DIRECTORY_ENTRY, DIRECTORY_ENTRY), 0);
      if (!found) return "wrong";
      if (found.key === key) return found;
      if (found.key < key) low = middle + 1;
      else high = middle;
    }
    if (low >= high) return undefined;
    const bytes = await readIndex(head.base, at + low * DIRECTORY_ENTRY, (high - low) * DIRECTORY_ENTRY);
    for (let i = 0; i < high - low; i++) {
      const found = entry(bytes, i);
      if (!found) return "wrong";
      if (found.key === key) return found;
    }
    return undefined;
  };

  const loadList = async (segment: SegmentPicture, lookup: Lookup, entry: DirectoryEntry): Promise<FlatList> => {
    const read = await askIndex(segment, async (head) => {
      const bytes = await readIndex(head.base, entry.at, entry.length);
      return crc32(bytes) === entry.checksum ? takeList(bytes, entry.count, head.baseTime) : "wrong";
    });
    return read?.answer ?? listIn(await listsOf(segment), lookup) ?? NOTHING;
  };

  const within = (run: Run | undefined, window: Window): Run | undefined => (touches(run, window) ? run : undefined);

  const find = async (segment: SegmentPicture, lookup: Lookup, window: Window): Promise<Run | undefined> => {
    const asked = await askIndex(segment, (head) => findEntry(head, lookup));
    if (!asked) return within(runOf(segment, listIn(await listsOf(segment), lookup)), window);
    const entry = asked.answer;
    if (!entry) return undefined;
    const { from, to } = entry;
    return within({ segment, from, to, load: () => loadList(segment, lookup, entry) }, window);
  };

  return {
    readings: async (segment, series, window) =>
      touches(spanOf(segment), window) ? find(segment, { directory: "directory", key: series }, window) : undefined,
    statistics: (segment, line, window) => find(segment, { directory: "statisticsDirectory", key: line }, window),
    usage: async (segment) => {
      const asked = await askIndex(segment, async (head) => {
        const { at, length } = head.directory;
        const bytes = await readIndex(head.base, at, length);
        const entries = Array.from({ length: length / DIRECTORY_ENTRY }, (_, i) =>
          decodeEntry(bytes, i * DIRECTORY_ENTRY),
        );
        return entries.every((entry) => entry !== undefined) ? entries : "wrong";
      });
      const counts: Pick<Usage, "series" | "month" | "readings">[] = [];
      const count = (series: SeriesId, times: Iterable<Micros>) => {
        const months = Map.groupBy(times, utcMonth);
        for (const [month, own] of months) counts.push({ series, month, readings: own.length });
      };
      if (asked)
        for (const entry of asked.answer) {
          const month = utcMonth(entry.to);
          if (utcMonth(entry.from) === month) counts.push({ series: entry.key, month, readings: entry.count });
          else count(entry.key, (await loadList(segment, { directory: "directory", key: entry.key }, entry)).times);
        }
      else for (const [series, { times }] of (await listsOf(segment)).readings) count(series, times);
      const all = counts.reduce((sum, { readings }) => sum + readings, 0);
      return counts.map((one) => {
        const { readings } = one;
        const bytes = Math.round((segment.limit * readings) / all);
        return { ...one, bytes, blocks: 0, log: { readings, bytes } };
      });
    },
    events: async (segment, window, types) => {
      if (!touches(spanOf(segment), window)) return undefined;
      const asked = await askIndex(segment, async (head) => {
        const { at, length } = head.eventList;
        return head.events === 0
          ? undefined
          : (takeEvents(await readIndex(head.base, at, length), head.baseTime) ?? "wrong");
      });
      const events = asked ? asked.answer : (await listsOf(segment)).events;
      return within(events && runOf(segment, ofTypes(events, types)), window);
    },
  };
}

/** Which directory of an index to look in, and what for. */
type Lookup =
  | { readonly directory: "directory"; readonly key: SeriesId }
  | { readonly directory: "statisticsDirectory"; readonly key: StatisticLine };

const listIn = (lists: FlatLists, { directory, key }: Lookup): FlatList | undefined =>
  (directory === "directory" ? lists.readings : lists.statistics).get(key);

type Times = { readonly from: Micros; readonly to: Micros };
const NOTHING: FlatList = { times: new Float64Array(0), offsets: new Float64Array(0), lengths: new Uint32Array(0) };
const EVER: Times = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

const spanOf = ({ places }: SegmentPicture): Times | undefined => {
  if (places.by === "index") return places.head.span;
  return places.by === "lists" ? places.span : EVER;
};

const touches = (times: Times | undefined, window: Window): boolean =>
  times !== undefined && times.from < window.to && times.to >= window.from;

function runOf(segment: SegmentPicture, list: FlatList | undefined): Run | undefined {
  if (!list || list.times.length === 0) return undefined;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const time of list.times) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return { segment, from, to, load: () => list };
}

function ofTypes(events: FlatEvents, types: readonly string[] | undefined): FlatList {
  if (!types) return events;
  const wanted = new Set(types);
  const keep: number[] = [];
  for (let i = 0; i < events.types.length; i++) if (wanted.has(events.types[i] as string)) keep.push(i);
  return {
    times: Float64Array.from(keep, (i) => events.times[i] as number),
    offsets: Float64Array.from(keep, (i) => events.offsets[i] as number),
    lengths: Uint32Array.from(keep, (i) => events.lengths[i] as number),
  };
}
