import type { Attributes, SeriesId } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Logged } from "../../shared/ledger.ts";
import { difference, putDifference, putFull, sameAttributes } from "../format/attributes.ts";
import { createBytes, reserve } from "../format/bytes.ts";
import { putAmendment, putEvent, putGap, putIdentity } from "../format/entries.ts";
import { closeFrame, KIND, openFrame } from "../format/frame.ts";
import { putReading } from "../format/reading.ts";
import { putStatistic } from "../format/statistic.ts";

/** The attributes a series had last in the open segment, and the full record that the next ones may build on. */
export type AttributeState = {
  readonly last: Attributes;
  /** 0: they were empty, and there is no record. */
  readonly lastAt: number;
  readonly full: Attributes | undefined;
  readonly fullAt: number;
};

/** Where the entries of one batch were put: offsets in the segment and lengths, in the order of the batch. */
export type Placed = { readonly offsets: Float64Array; readonly lengths: Float64Array };

export type Encoder = {
  /** Goes on in another segment, at `at`. */
  begin(segment: { base: number; baseTime: Micros }, at: number, known: Map<SeriesId, AttributeState>): void;
  /** Adds a batch, or throws and leaves everything as before. */
  add(entries: readonly Logged[]): Placed;
  readonly size: number;
  bytes(): Buffer;
  /** What was added is in the file. */
  kept(): void;
  /** Nothing of what was added is in the file. */
  dropped(): void;
};

/** A buffer that grew for one large batch is not held for ever. */
const USUAL_SIZE = 1024 * 1024;

export function createEncoder(): Encoder {
  let bytes = createBytes(USUAL_SIZE);
  let segment = { base: 0, baseTime: 0 };
  /** Offset in the segment of the first byte of the buffer. */
  let start = 0;
  let known = new Map<SeriesId, AttributeState>();
  const undo: [SeriesId, AttributeState | undefined][] = [];

  const remember = (series: SeriesId, state: AttributeState): number => {
    undo.push([series, known.get(series)]);
    known.set(series, state);
    return state.lastAt;
  };
  const undoTo = (mark: number) => {
    while (undo.length > mark) {
      const [series, state] = undo.pop() as [SeriesId, AttributeState | undefined];
      if (state) known.set(series, state);
      else known.delete(series);
    }
  };

  const putAttributes = (series: SeriesId, attributes: Attributes): number => {
    const state = known.get(series);
    if (state && sameAttributes(state.last, attributes))
      return state.last === attributes ? state.lastAt : remember(series, { ...state, last: attributes });
    const keys = Object.keys(attributes);
    const full = state?.full;
    const fullAt = state?.fullAt ?? 0;
    if (keys.length === 0) return remember(series, { last: attributes, lastAt: 0, full, fullAt });
    const fullKeys = full ? Object.keys(full) : [];
    const change = full && difference(full, fullKeys, attributes);
    if (full && change && change.set.length + change.removed.length === 0)
      return remember(series, { last: attributes, lastAt: fullAt, full, fullAt });
    const frame = openFrame(bytes);
    const at = start + frame;
    const small = change && (change.set.length + change.removed.length) * 2 <= keys.length;
    if (small) putDifference(bytes, at - fullAt, change, attributes);
    else putFull(bytes, attributes);
    closeFrame(bytes, frame, small ? KIND.difference : KIND.attributes, segment.base + at);
    return remember(series, {
      last: attributes,
      lastAt: at,
      full: small ? full : attributes,
      fullAt: small ? fullAt : at,
    });
  };

  const put = (entry: Logged): number => {
    const { base, baseTime } = segment;
    switch (entry.kind) {
      case "reading": {
        const attributesAt = putAttributes(entry.reading.series, entry.reading.attributes);
        const frame = openFrame(bytes);
        putReading(bytes, entry.reading, baseTime, attributesAt);
        closeFrame(bytes, frame, KIND.reading, base + start + frame);
        return frame;
      }
      case "event": {
        const frame = openFrame(bytes);
        putEvent(bytes, entry.event, baseTime);
        closeFrame(bytes, frame, KIND.event, base + start + frame);
        return frame;
      }
      case "gap": {
        const frame = openFrame(bytes);
        putGap(bytes, entry.gap, baseTime);
        closeFrame(bytes, frame, KIND.gap, base + start + frame);
        return frame;
      }
      case "statistic": {
        const frame = openFrame(bytes);
        putStatistic(bytes, entry.statistic, baseTime);
        closeFrame(bytes, frame, KIND.statistic, base + start + frame);
        return frame;
      }
      case "amendment": {
        const frame = openFrame(bytes);
        putAmendment(bytes, entry.amendment);
        closeFrame(bytes, frame, KIND.amendment, base + start + frame);
        return frame;
      }
      case "series": {
        const frame = openFrame(bytes);
        putIdentity(bytes, entry.series, entry.identity);
        closeFrame(bytes, frame, KIND.series, base + start + frame);
        return frame;
      }
    }
  };

  const empty = () => {
    undo.length = 0;
    bytes.at = 0;
    if (bytes.buffer.length > 4 * USUAL_SIZE) bytes = createBytes(USUAL_SIZE);
  };

  return {
    begin: (next, at, attributes) => {
      segment = next;
      start = at;
      known = attributes;
      empty();
    },
    add: (entries) => {
      const mark = undo.length;
      const before = bytes.at;
      reserve(bytes, entries.length * 96);
      const offsets = new Float64Array(entries.length);
      const lengths = new Float64Array(entries.length);
      try {
        for (let i = 0; i < entries.length; i++) {
          const frame = put(entries[i] as Logged);
          offsets[i] = start + frame;
          lengths[i] = bytes.at - frame;
        }
      } catch (error) {
        undoTo(mark);
        bytes.at = before;
        throw error;
      }
      return { offsets, lengths };
    },
    get size() {
      return bytes.at;
    },
    bytes: () => bytes.buffer.subarray(0, bytes.at),
    kept: () => {
      start += bytes.at;
      empty();
    },
    dropped: () => {
      undoTo(0);
      empty();
    },
  };
}
