import { type Micros, microsToRfc3339 } from "../../domain/time/time.ts";
import type { Columns } from "../../store/store.ts";
import { createStateWriter } from "./states.ts";
import { createTimeWriter, LONGEST_TIME } from "./times.ts";

/**
 * Writes JSON as bytes into one growing buffer. Rows are written without making a text of each: 84,000 of them must
 * not cost more than a few milliseconds.
 */
export type ByteWriter = {
  byte(code: number): void;
  /** Plain ASCII that needs no escaping. */
  ascii(text: string): void;
  /** Any JSON, already text. */
  json(text: string): void;
  /** A text as a JSON string; null as null. */
  string(text: string | null): void;
  /** Whatever `write` puts at a place with room for so many bytes; it says where that ends. */
  place(room: number, write: Placed): void;
  /** `"2026-11-23T22:39:00.123456Z"`, or the microseconds as a number. */
  time(time: Micros): void;
  /** The same without quote marks. */
  bareTime(time: Micros): void;
  /** `[time,state]`, open at its end if more follows. */
  point(time: Micros, state: string | null): void;
  /** So many rows of columns, `[time,state]` each, told from the end if `newestFirst`. */
  points(columns: Columns, count: number, newestFirst: boolean): void;
  /** The times alone, or the states alone, separated by commas. */
  times(columns: Columns, count: number, newestFirst: boolean): void;
  states(columns: Columns, count: number, newestFirst: boolean): void;
  /** Rows of columns as lines of a file. */
  lines(columns: Columns, from: number, to: number, line: Line): void;
  append(bytes: Uint8Array): void;
  readonly length: number;
  /** What was written since the last call, in a buffer of its own that may be transferred. */
  take(): Uint8Array<ArrayBuffer>;
};

export type Placed = (buffer: Buffer, view: DataView, at: number) => number;

/** What a line holds, in this order: `before`, the time, `between`, the state, `after`. */
export type Line = {
  readonly before: Uint8Array;
  readonly between: Uint8Array;
  readonly after: Uint8Array;
  /** The time has no quote marks. */
  readonly bare: boolean;
  readonly states: ReturnType<typeof createStateWriter>;
};

/** Up to here a loop is faster than a call into Node. */
const SHORT = 40;
/** Room for states up to here is made for a whole page at once. */
const BULK = 64;

/** Smaller buffers grow faster: copying them costs nothing. */
const LARGE = 256 * 1024;
const NOTHING = Buffer.allocUnsafeSlow(0);

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BACKSLASH = 0x5c;

export function createByteWriter(capacity: number, times: "rfc3339" | "us" = "rfc3339"): ByteWriter {
  // Made with the first byte: most answers end with what they have just sent.
  let buffer = NOTHING;
  let view = viewOf(buffer);
  let at = 0;
  /** What the next buffer begins with: what the last one had to grow to. */
  let room = capacity;
  const writeTime = createTimeWriter(times);

  const ensure = (more: number) => {
    if (at + more <= buffer.length) return;
    const next = buffer.length * (buffer.length < LARGE ? 4 : 2);
    const grown = Buffer.allocUnsafeSlow(Math.max(buffer.length === 0 ? room : next, at + more));
    buffer.copy(grown, 0, 0, at);
    buffer = grown;
    view = viewOf(buffer);
  };
  const ascii = (text: string) => {
    const { length } = text;
    ensure(length);
    if (length > SHORT) at += buffer.write(text, at, "latin1");
    else for (let i = 0; i < length; i++) buffer[at++] = text.charCodeAt(i);
  };
  const json = (text: string) => {
    ensure(text.length * 3);
    at += buffer.write(text, at, "utf8");
  };
  const string = (text: string | null) => {
    if (text === null) return ascii("null");
    ensure(text.length + 2);
    const end = writePlain(buffer, at, text);
    if (end < 0) return json(JSON.stringify(text));
    at = end;
  };

  return {
    byte: (code) => {
      ensure(1);
      buffer[at++] = code;
    },
    ascii,
    json,
    string,
    place: (room, write) => {
      ensure(room);
      at = write(buffer, view, at);
    },
    time: (time) => {
      ensure(LONGEST_TIME);
      at = writeTime(buffer, view, at, time);
    },
    bareTime: (time) => {
      if (times === "us") {
        ensure(LONGEST_TIME);
        at = writeTime(buffer, view, at, time);
        return;
      }
      if (at === 0) return ascii(microsToRfc3339(time));
      // The opening mark falls on the byte before, which is put back; the closing one is written over by what follows.
      ensure(LONGEST_TIME);
      const start = at - 1;
      const before = buffer[start] as number;
      at = writeTime(buffer, view, start, time) - 1;
      buffer[start] = before;
    },
    point: (time, state) => {
      ensure(LONGEST_TIME + 2);
      buffer[at] = OPEN;
      at = writeTime(buffer, view, at + 1, time);
      buffer[at++] = COMMA;
      string(state);
    },
    points: ({ times: column, states, from, to }, count, newestFirst) => {
      const { write, longest } = createStateWriter(states);
      const each = LONGEST_TIME + longest + 4;
      if (longest <= BULK) ensure(count * each);
      const step = newestFirst ? -1 : 1;
      // Kept in locals: the loop is most of what a long answer costs.
      let [into, words, end] = [buffer, view, at];
      for (let i = 0, row = newestFirst ? to - 1 : from; i < count; i++, row += step) {
        if (longest > BULK) {
          at = end;
          ensure(each);
          [into, words] = [buffer, view];
        }
        if (i > 0) into[end++] = COMMA;
        into[end] = OPEN;
        end = writeTime(into, words, end + 1, column[row] as number);
        into[end++] = COMMA;
        end = write(into, end, row);
        into[end++] = CLOSE;
      }
      at = end;
    },
    times: ({ times: column, from, to }, count, newestFirst) => {
      ensure(count * (LONGEST_TIME + 1));
      const step = newestFirst ? -1 : 1;
      for (let i = 0, row = newestFirst ? to - 1 : from; i < count; i++, row += step) {
        if (i > 0) buffer[at++] = COMMA;
        at = writeTime(buffer, view, at, column[row] as number);
      }
    },
    states: ({ states, from, to }, count, newestFirst) => {
      const { write, longest } = createStateWriter(states);
      if (longest <= BULK) ensure(count * (longest + 1));
      const step = newestFirst ? -1 : 1;
      for (let i = 0, row = newestFirst ? to - 1 : from; i < count; i++, row += step) {
        if (longest > BULK) ensure(longest + 1);
        if (i > 0) buffer[at++] = COMMA;
        at = write(buffer, at, row);
      }
    },
    lines: ({ times: column }, from, to, { before, between, after, bare, states: { write, longest } }) => {
      const each = LONGEST_TIME + longest + before.length + between.length + after.length;
      const marked = bare && times === "rfc3339";
      for (let row = from; row < to; row++) {
        ensure(each);
        const into = buffer;
        let end = at;
        for (let i = 0; i < before.length; i++) into[end++] = before[i] as number;
        const time = column[row] as number;
        if (!marked) end = writeTime(into, view, end, time);
        else if (end === 0) end = into.write(microsToRfc3339(time), 0, "latin1");
        else {
          // As in bareTime.
          const start = end - 1;
          const kept = into[start] as number;
          end = writeTime(into, view, start, time) - 1;
          into[start] = kept;
        }
        for (let i = 0; i < between.length; i++) into[end++] = between[i] as number;
        end = write(into, end, row);
        for (let i = 0; i < after.length; i++) into[end++] = after[i] as number;
        at = end;
      }
    },
    append: (bytes) => {
      const { length } = bytes;
      ensure(length);
      if (length > SHORT) buffer.set(bytes, at);
      else for (let i = 0; i < length; i++) buffer[at + i] = bytes[i] as number;
      at += length;
    },
    get length() {
      return at;
    },
    take: () => {
      const taken = buffer.subarray(0, at);
      room = Math.max(room, buffer.length);
      buffer = NOTHING;
      view = viewOf(buffer);
      at = 0;
      return taken;
    },
  };
}

/** Writes a text between quotes; -1: it needs escaping or is not ASCII. */
function writePlain(buffer: Uint8Array, at: number, text: string): number {
  const { length } = text;
  buffer[at++] = QUOTE;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return -1;
    buffer[at++] = code;
  }
  buffer[at++] = QUOTE;
  return at;
}

const viewOf = (buffer: Buffer): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
