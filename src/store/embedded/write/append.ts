import type { Position, SeriesId } from "../../../domain/data/reading.ts";
import { describeError, Failure } from "../../../domain/failure.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import { checkEntries } from "../../shared/entries.ts";
import { enter, type Ledger, type Logged } from "../../shared/ledger.ts";
import type { Space } from "../../space.ts";
import { writeAll } from "../files.ts";
import { lineOf } from "../format/statistic.ts";
import { HEADER } from "../segments/header.ts";
import { listEvent, listReading, listStatistic, type SegmentLists } from "../segments/lists.ts";
import type { OpenSegment, Tail } from "../segments/tail.ts";
import type { Troubles } from "../troubles.ts";
import type { Encoder, Placed } from "./encode.ts";
import type { Syncing } from "./syncing.ts";

type Call = {
  readonly entries: readonly Logged[];
  resolve(positions: readonly Position[]): void;
  reject(error: unknown): void;
};

export type Appender = {
  append(entries: readonly Logged[]): Promise<readonly Position[]>;
  /** Resolves when the write that is under way now, if any, is done. */
  settled(): Promise<void>;
  /** Closes the open segment once what was appended before is written; the next entry begins another. */
  roll(): Promise<void>;
  /** Refuses what comes from now on, and resolves when what came before is written. */
  close(): Promise<void>;
  readonly appended: { readings: number; events: number; gaps: number };
};

/** Encoded bytes of one write, but for a single larger batch: the event loop gets its turn between two of them. */
const GROUP_BYTES = 128 * 1024;

/** How many times its size a segment may reach while files are held. */
const MOST_GROWTH = 16;

export function createAppender(needs: {
  tail: Tail;
  encoder: Encoder;
  ledger: Ledger;
  syncing: Syncing;
  troubles: Troubles;
  clock: Clock;
  segmentBytes: number;
  /** True: no new segment is begun while the open one can still grow. */
  isHeld: () => boolean;
  space?: Space | undefined;
}): Appender {
  const { tail, encoder, ledger, syncing, troubles, clock, segmentBytes, isHeld, space } = needs;
  const appended = { readings: 0, events: 0, gaps: 0 };
  let queue: Call[] = [];
  let running: Promise<void> | undefined;
  let encoding: OpenSegment | undefined;
  let writing: Promise<void> | undefined;
  let closed = false;

  /** The segment to write to: the open one, or the next when that is full or none. */
  const openSegment = async (): Promise<OpenSegment> => {
    const { open } = tail;
    if (open && open.segment.limit < segmentBytes * (isHeld() ? MOST_GROWTH : 1)) return open;
    try {
      return await tail.roll(timeOf(queue[0]?.entries) ?? ledger.newest ?? clock.now());
    } catch (error) {
      // A full segment can still grow; the next batch tries again.
      if (open) return open;
      throw error;
    }
  };

  const takeGroup = (): { call: Call; placed: Placed }[] => {
    const group: { call: Call; placed: Placed }[] = [];
    const added = new Set<SeriesId>();
    let taken = 0;
    while (taken < queue.length && (taken === 0 || encoder.size < GROUP_BYTES)) {
      const call = queue[taken++] as Call;
      try {
        checkEntries(call.entries, (series) => ledger.series.has(series) || added.has(series));
        group.push({ call, placed: encoder.add(call.entries) });
        for (const entry of call.entries) if (entry.kind === "series") added.add(entry.series);
      } catch (error) {
        call.reject(error);
      }
    }
    queue = queue.slice(taken);
    return group;
  };

  const write = async ({ segment, file }: OpenSegment, bytes: Buffer) => {
    await writeAll(file.handle, bytes, segment.limit);
    if (!syncing.failing) return;
    const { end } = file;
    file.end = segment.limit + bytes.length;
    try {
      await syncing.sync();
    } catch (error) {
      file.end = end;
      throw error;
    }
  };

  /** Nothing of a refused write may stand before what is written next. */
  const repair = async ({ segment, file }: OpenSegment, written: number) => {
    try {
      await file.handle.truncate(segment.limit);
      file.synced = Math.min(file.synced, segment.limit);
    } catch {
      tail.abandon(written);
    }
  };

  const writeGroup = async () => {
    let open: OpenSegment;
    try {
      const asked = space?.refusal();
      const noRoom = asked && (await asked);
      if (noRoom) throw new Error(noRoom);
      open = await openSegment();
    } catch (cause) {
      const refused = queue;
      queue = [];
      return refuse(refused, cause);
    }
    if (encoding !== open) encoder.begin(open.segment, open.segment.limit, open.attributes);
    encoding = open;
    const group = takeGroup();
    if (group.length === 0) return;
    const bytes = encoder.bytes();
    try {
      await write(open, bytes);
    } catch (cause) {
      encoder.dropped();
      await repair(open, bytes.length);
      return refuse(
        group.map(({ call }) => call),
        cause,
      );
    }
    open.segment.limit += bytes.length;
    space?.took(bytes.length);
    encoder.kept();
    troubles.set("write", null);
    let urgent = false;
    for (const { call, placed } of group) {
      const positions = keep(call.entries, placed, open);
      urgent ||= call.entries.some(({ kind }) => kind !== "reading" && kind !== "statistic");
      call.resolve(positions);
    }
    syncing.wrote(open.file, open.segment.limit, urgent);
  };

  const keep = (entries: readonly Logged[], { offsets, lengths }: Placed, { segment }: OpenSegment): Position[] => {
    const lists = segment.lists as SegmentLists;
    const positions: Position[] = [];
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as Logged;
      const offset = offsets[i] as number;
      const position = segment.base + offset;
      positions.push(position);
      enter(ledger, entry, position);
      if (entry.kind === "reading") {
        listReading(lists, entry.reading.series, entry.reading.time, offset, lengths[i] as number);
        appended.readings++;
      } else if (entry.kind === "event") {
        listEvent(lists, entry.event.type, entry.event.time, offset, lengths[i] as number);
        appended.events++;
      } else if (entry.kind === "statistic") {
        const { series, period, start } = entry.statistic;
        listStatistic(lists, lineOf(series, period), start, offset, lengths[i] as number);
      } else if (entry.kind === "gap") appended.gaps++;
    }
    return positions;
  };

  const refuse = (calls: readonly Call[], cause: unknown) => {
    const why = `The store could not write: ${describeError(cause)}`;
    const fix = "Free space on the disk or check its health; what was refused can be given again";
    troubles.set("write", { why, fix });
    for (const call of calls) call.reject(new Failure("store_write_failed", why, { fix, retry: true, cause }));
  };

  const run = async () => {
    // Calls of the same turn go out together.
    await null;
    while (queue.length > 0) {
      writing = writeGroup();
      await writing;
    }
    running = undefined;
  };

  return {
    appended,
    append: (entries) => {
      if (closed)
        return Promise.reject(new Failure("store_closed", "The store is closed", { fix: "Open it again first" }));
      if (entries.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        queue.push({ entries, resolve, reject });
        running ??= run();
      });
    },
    settled: async () => {
      await writing;
    },
    roll: async () => {
      while (running) await running;
      if (tail.open && tail.open.segment.limit > HEADER) tail.close();
    },
    close: async () => {
      closed = true;
      await running;
    },
  };
}

function timeOf(entries: readonly Logged[] | undefined): Micros | undefined {
  const first = entries?.find(({ kind }) => kind === "reading" || kind === "event");
  return first?.kind === "reading" ? first.reading.time : first?.kind === "event" ? first.event.time : undefined;
}
