import { type Context, FLAWS, ORIGINS, type Reading, type SeriesId } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { NO_ATTRIBUTES } from "../../store.ts";
import { type Bytes, putRaw, putTime, putVarint, reserve, takeRaw, takeTime, takeVarint } from "./bytes.ts";
import { type IdForm, putHex, putUlid, takeHex, takeUlid } from "./ids.ts";

/**
 * A reading's payload: two bytes of flags, series, time, then only what the flags name: distance to `changed`, flaws,
 * where the attributes stand, context. The state takes the rest.
 *
 * First byte: origin (3 bits), changed differs (8), time is arrival (16), has attributes (32), has flaws (64).
 * Second byte: state none, UTF-8 or UTF-16 (2 bits); forms of the context's id, parent and user (2 bits each).
 */
const CHANGED = 8;
const ARRIVAL = 16;
const ATTRIBUTES = 32;
const FLAWED = 64;

const ORIGIN_CODE = new Map<string, number>(ORIGINS.map((origin, i) => [origin, i]));

/** `attributesAt`: offset of the attribute record in the segment; 0: the reading has no attributes. */
export function putReading(bytes: Bytes, reading: Reading, base: Micros, attributesAt: number): void {
  reserve(bytes, 64 + reading.flaws.length);
  const { buffer, at: flags } = bytes;
  const { time, changed, flaws, context, state } = reading;
  let first = reading.origin === "live" ? 0 : (ORIGIN_CODE.get(reading.origin) as number);
  bytes.at += 2;
  putVarint(bytes, reading.series);
  putTime(bytes, time, base);
  if (changed !== time) {
    first |= CHANGED;
    putTime(bytes, changed, time);
  }
  if (reading.timeIsArrival) first |= ARRIVAL;
  if (flaws.length > 0) {
    first |= FLAWED;
    putVarint(bytes, flaws.length);
    for (const flaw of flaws) bytes.buffer[bytes.at++] = FLAWS.indexOf(flaw);
  }
  if (attributesAt > 0) {
    first |= ATTRIBUTES;
    putVarint(bytes, attributesAt);
  }
  let second = context ? putContext(bytes, context) << 2 : 0;
  if (state !== null) second |= putRaw(bytes, state) === "utf8" ? 1 : 2;
  // The buffer may have grown meanwhile.
  const target = bytes.buffer === buffer ? buffer : bytes.buffer;
  target[flags] = first;
  target[flags + 1] = second;
}

/** The forms of id, parent and user, 2 bits each. A context always has an id, so 0 means that there is none. */
export function putContext(bytes: Bytes, context: Context): number {
  return (
    putUlid(bytes, context.id) |
    (context.parentId === null ? 0 : putUlid(bytes, context.parentId) << 2) |
    (context.userId === null ? 0 : putHex(bytes, context.userId) << 4)
  );
}

export function takeContext(bytes: Bytes, forms: number): Context | null {
  if (forms === 0) return null;
  const id = takeUlid(bytes, (forms & 3) as IdForm) ?? "";
  const parentId = forms & 12 ? takeUlid(bytes, ((forms >> 2) & 3) as IdForm) : null;
  const userId = forms & 48 ? takeHex(bytes, ((forms >> 4) & 3) as IdForm) : null;
  return { id, parentId, userId };
}

export type ReadingParts = { readonly reading: Reading; readonly attributesAt: number };

/** `bytes.at` stands on the payload, which ends at `end`. The attributes are left empty. */
export function takeReading(bytes: Bytes, end: number, base: Micros): ReadingParts {
  const first = bytes.buffer[bytes.at++] as number;
  const second = bytes.buffer[bytes.at++] as number;
  const series = takeVarint(bytes);
  const time = takeTime(bytes, base);
  const changed = first & CHANGED ? takeTime(bytes, time) : time;
  const flaws = first & FLAWED ? takeFlaws(bytes) : NO_FLAWS;
  const attributesAt = first & ATTRIBUTES ? takeVarint(bytes) : 0;
  const context = takeContext(bytes, second >> 2);
  const form = second & 3;
  const reading: Reading = {
    series,
    time,
    changed,
    state: form === 0 ? null : takeRaw(bytes, end, form === 1 ? "utf8" : "utf16le"),
    attributes: NO_ATTRIBUTES,
    context,
    origin: ORIGINS[first & 7] ?? "live",
    timeIsArrival: (first & ARRIVAL) !== 0,
    flaws,
  };
  return { reading, attributesAt };
}

const NO_FLAWS: Reading["flaws"] = Object.freeze([]);

function takeFlaws(bytes: Bytes): Reading["flaws"] {
  const count = takeVarint(bytes);
  return Array.from({ length: count }, () => FLAWS[bytes.buffer[bytes.at++] as number] as (typeof FLAWS)[number]);
}

/** What an index needs, without the texts. */
export function peekReading(bytes: Bytes, base: Micros): { series: SeriesId; time: Micros; attributesAt: number } {
  const first = bytes.buffer[bytes.at] as number;
  bytes.at += 2;
  const series = takeVarint(bytes);
  const time = takeTime(bytes, base);
  if (first & CHANGED) takeVarint(bytes);
  if (first & FLAWED) {
    const flaws = takeVarint(bytes);
    bytes.at += flaws;
  }
  return { series, time, attributesAt: first & ATTRIBUTES ? takeVarint(bytes) : 0 };
}
