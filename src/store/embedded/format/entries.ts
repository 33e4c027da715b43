import type { Amendment } from "../../../domain/data/amendment.ts";
import { GAP_CAUSES, type Gap, type HomeEvent, ORIGINS, type SeriesId } from "../../../domain/data/reading.ts";
import type { Identity } from "../../../domain/data/series.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { parseExact, writeExact } from "../../shared/exact-json.ts";
import {
  type Bytes,
  putRaw,
  putText,
  putTime,
  putVarint,
  reserve,
  takeRaw,
  takeText,
  takeTime,
  takeVarint,
} from "./bytes.ts";
import { putContext, takeContext } from "./reading.ts";

/** An event's payload: origin, forms of the context (1 byte each), time, type, context, then its data as JSON. */
export function putEvent(bytes: Bytes, event: HomeEvent, base: Micros): void {
  reserve(bytes, 16);
  const flags = bytes.at;
  bytes.at += 2;
  putTime(bytes, event.time, base);
  putText(bytes, event.type);
  const forms = event.context ? putContext(bytes, event.context) : 0;
  putRaw(bytes, writeExact(event.data, "An event's data"));
  bytes.buffer[flags] = ORIGINS.indexOf(event.origin);
  bytes.buffer[flags + 1] = forms;
}

export function takeEvent(bytes: Bytes, end: number, base: Micros): HomeEvent {
  const origin = ORIGINS[bytes.buffer[bytes.at++] as number] ?? "live";
  const forms = bytes.buffer[bytes.at++] as number;
  const time = takeTime(bytes, base);
  const type = takeText(bytes);
  const context = takeContext(bytes, forms);
  return { type, time, data: parseExact(takeRaw(bytes, end, "utf8")), context, origin };
}

/** Time and type alone: what an index needs. */
export function peekEvent(bytes: Bytes, base: Micros): { time: Micros; type: string } {
  bytes.at += 2;
  const time = takeTime(bytes, base);
  return { time, type: takeText(bytes) };
}

/** A gap's payload: kind, cause, whether it names a series (1 byte each), that series, from, to. */
export function putGap(bytes: Bytes, gap: Gap, base: Micros): void {
  reserve(bytes, 40);
  bytes.buffer[bytes.at++] = gap.kind === "states" ? 0 : 1;
  bytes.buffer[bytes.at++] = GAP_CAUSES.indexOf(gap.cause);
  bytes.buffer[bytes.at++] = gap.series === null ? 0 : 1;
  if (gap.series !== null) putVarint(bytes, gap.series);
  putTime(bytes, gap.from, base);
  putTime(bytes, gap.to, base);
}

export function takeGap(bytes: Bytes, base: Micros): Gap {
  const kind = bytes.buffer[bytes.at++] === 0 ? "states" : "events";
  const cause = GAP_CAUSES[bytes.buffer[bytes.at++] as number] ?? "damaged";
  const series = bytes.buffer[bytes.at++] === 0 ? null : takeVarint(bytes);
  return { kind, series, from: takeTime(bytes, base), to: takeTime(bytes, base), cause };
}

/** A series entry's payload: series, then the identity as JSON. */
export function putIdentity(bytes: Bytes, series: SeriesId, identity: Identity): void {
  reserve(bytes, 16);
  putVarint(bytes, series);
  putRaw(bytes, writeExact(identity, "An identity"));
}

export function takeIdentity(bytes: Bytes, end: number): { series: SeriesId; identity: Identity } {
  const series = takeVarint(bytes);
  return { series, identity: JSON.parse(takeRaw(bytes, end, "utf8")) };
}

/** An amendment's payload: JSON. */
export function putAmendment(bytes: Bytes, amendment: Amendment): void {
  putRaw(bytes, writeExact(amendment, "An amendment"));
}

export const takeAmendment = (bytes: Bytes, end: number): Amendment => JSON.parse(takeRaw(bytes, end, "utf8"));
