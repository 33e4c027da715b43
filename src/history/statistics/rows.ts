import { type ByteWriter, createByteWriter } from "../encode/bytes.ts";
import { LONGEST_NUMBER, writeNumber } from "../encode/numbers.ts";
import { createTimeWriter, LONGEST_TIME } from "../encode/times.ts";
import type { StatisticsFunction } from "./shapes.ts";
import type { BucketContent, Field, Value } from "./values/buckets.ts";

/** The buckets of one series in an answer, in one of its forms. */
export type Rows = {
  open(): void;
  /** `fields`: what is said of it besides its times. */
  add(bucket: BucketContent, fields: readonly Field[]): void;
  close(): void;
  /** Bytes that wait for `close`. */
  readonly held: number;
};

const COMMA = 0x2c;
const CLOSE = 0x7d;
const FIRST_BYTES = 4096;

const FROM = Buffer.from('{"from":');
const TO = Buffer.from(',"to":');
const NULL = Buffer.from("null");

/** Each bucket as an object, written in one go: 1.2 µs a bucket in place of 1.5 by way of objects and JSON.stringify. */
export function listRows(out: ByteWriter, times: "rfc3339" | "us"): Rows {
  const writeTime = createTimeWriter(times);
  const values: Value[] = [];
  let first = true;
  return {
    held: 0,
    open: () => out.ascii(',"buckets":['),
    add: (bucket, fields) => {
      let room = FROM.length + TO.length + 2 * LONGEST_TIME + 2;
      for (let i = 0; i < fields.length; i++) {
        const { key, of } = fields[i] as Field;
        const value = of(bucket);
        values[i] = value;
        room += key.length + lengthOf(value);
      }
      out.place(room, (buffer, view, start) => {
        let at = start;
        if (!first) buffer[at++] = COMMA;
        first = false;
        at = writeBytes(buffer, at, FROM);
        at = writeTime(buffer, view, at, bucket.from);
        at = writeBytes(buffer, at, TO);
        at = writeTime(buffer, view, at, bucket.to);
        for (let i = 0; i < fields.length; i++) {
          const value = values[i];
          if (value === undefined) continue;
          at = writeValue(buffer, writeBytes(buffer, at, (fields[i] as Field).key), value);
        }
        buffer[at++] = CLOSE;
        return at;
      });
    },
    close: () => out.ascii("]"),
  };
}

/** Of a bucket that does not say it. */
const EMPTY: { readonly [name in Field["name"]]?: Value } = { states_omitted: 0, approximate: Buffer.from("false") };

/** Each name with a list. */
export function columnRows(out: ByteWriter, functions: ReadonlySet<StatisticsFunction>, times: "rfc3339" | "us"): Rows {
  const column = () => createByteWriter(FIRST_BYTES, times);
  const [from, to] = [column(), column()];
  const names: Field["name"][] = ["completeness", "source", "approximate", ...functions];
  if (functions.has("states")) names.push("states_omitted");
  const values = names.map((name) => ({ name, column: column() }));
  const all = [{ name: "from", column: from }, { name: "to", column: to }, ...values];
  return {
    get held() {
      return all.reduce((sum, { column }) => sum + column.length, 0);
    },
    open: () => out.ascii(',"columns":{'),
    add: (bucket, fields) => {
      if (from.length > 0) for (const { column } of all) column.byte(COMMA);
      from.time(bucket.from);
      to.time(bucket.to);
      for (const { name, column } of values) {
        const value = fields.find((field) => field.name === name)?.of(bucket) ?? EMPTY[name] ?? null;
        column.place(lengthOf(value), (buffer, _, at) => writeValue(buffer, at, value));
      }
    },
    close: () => {
      for (const [i, { name, column }] of all.entries()) {
        out.ascii(`${i > 0 ? "," : ""}"${name}":[`);
        out.append(column.take());
        out.ascii("]");
      }
      out.ascii("}");
    },
  };
}

const lengthOf = (value: Value): number => (value instanceof Uint8Array ? value.length : LONGEST_NUMBER);

function writeValue(buffer: Buffer, at: number, value: number | null | Uint8Array): number {
  if (typeof value === "number") return writeNumber(buffer, at, value);
  return writeBytes(buffer, at, value ?? NULL);
}

function writeBytes(buffer: Buffer, at: number, bytes: Uint8Array): number {
  const { length } = bytes;
  for (let i = 0; i < length; i++) buffer[at + i] = bytes[i] as number;
  return at + length;
}
