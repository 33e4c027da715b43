import type { Amendment } from "../../../domain/data/amendment.ts";
import type { Attributes, Gap, Reading, SeriesId } from "../../../domain/data/reading.ts";
import type { Identity } from "../../../domain/data/series.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { takeDifference, takeFull } from "../format/attributes.ts";
import type { Bytes } from "../format/bytes.ts";
import { peekEvent, takeAmendment, takeGap, takeIdentity } from "../format/entries.ts";
import { FRAME, frameAt, isHead, KIND, type Kind, payloadLength } from "../format/frame.ts";
import { peekReading, takeReading } from "../format/reading.ts";
import { peekStatistic, type StatisticLine } from "../format/statistic.ts";
import { HEADER } from "./header.ts";

export type ReadingPlace = { readonly series: SeriesId; readonly time: Micros; readonly attributesAt: number };

export type StatisticPlace = { readonly line: StatisticLine; readonly start: Micros };

/** What stands in a segment, told in the order of the file. */
export type Replay = {
  /** The reading itself can be had with `readingIn`. */
  reading(what: ReadingPlace, offset: number, length: number): void;
  event(event: { readonly time: Micros; readonly type: string }, offset: number, length: number): void;
  gap(gap: Gap, offset: number): void;
  statistic(what: StatisticPlace, offset: number, length: number): void;
  series(series: SeriesId, identity: Identity, offset: number): void;
  amendment(amendment: Amendment, offset: number): void;
  /** What was erased; `kind`: what it was. */
  void(kind: Kind, offset: number): void;
  /** Bytes that are no record; `kind` where the head still says what it was. */
  damage(offset: number, length: number, kind: Kind | undefined): void;
};

/**
 * Tells everything between `from` (the first record, or any other) and `limit`, and where the records end: before `limit` when the last one was cut
 * off in writing (a torn write, which nobody was told had succeeded), else at `limit`.
 */
export function replaySegment(
  buffer: Buffer,
  segment: { readonly base: number; readonly baseTime: Micros; readonly limit: number },
  replay: Replay,
  from = HEADER,
): number {
  const { base, baseTime, limit } = segment;
  const bytes: Bytes = { buffer, at: 0 };
  let at = from;
  while (at < limit) {
    if (frameAt(buffer, at, limit, base + at) !== "good") {
      const next = resume(buffer, at, limit, base);
      if (next === undefined && isTorn(buffer, at, limit)) return at;
      const kind = isHead(buffer, at) ? (buffer[at] as Kind) : undefined;
      replay.damage(at, (next ?? limit) - at, kind);
      at = next ?? limit;
      continue;
    }
    const end = at + FRAME + payloadLength(buffer, at);
    bytes.at = at + FRAME;
    tell(bytes, at, end, baseTime, replay);
    at = end;
  }
  return limit;
}

function tell(bytes: Bytes, at: number, end: number, baseTime: Micros, replay: Replay): void {
  switch (bytes.buffer[at]) {
    case KIND.reading:
      replay.reading(peekReading(bytes, baseTime), at, end - at);
      break;
    case KIND.event:
      replay.event(peekEvent(bytes, baseTime), at, end - at);
      break;
    case KIND.gap:
      replay.gap(takeGap(bytes, baseTime), at);
      break;
    case KIND.statistic:
      replay.statistic(peekStatistic(bytes, baseTime), at, end - at);
      break;
    case KIND.amendment:
      replay.amendment(takeAmendment(bytes, end), at);
      break;
    case KIND.void:
      replay.void(bytes.buffer[bytes.at] as Kind, at);
      break;
    case KIND.series: {
      const { series, identity } = takeIdentity(bytes, end);
      replay.series(series, identity, at);
    }
  }
}

/**
 * The next place where a record checks out. One is enough: with head, CRC and position all right by chance in one of
 * 2^45 places, a second one would only cost the good record between two bad ones.
 */
function resume(buffer: Buffer, bad: number, limit: number, base: number): number | undefined {
  for (let at = bad + 1; at + FRAME <= limit; at++)
    if (isHead(buffer, at) && frameAt(buffer, at, limit, base + at) === "good") return at;
  return undefined;
}

/** Too short for a record, or a right head with a part of its payload, or room that was never written. */
function isTorn(buffer: Buffer, at: number, limit: number): boolean {
  if (limit - at < FRAME) return true;
  if (isHead(buffer, at)) return at + FRAME + payloadLength(buffer, at) > limit;
  for (let i = at; i < limit; i++) if (buffer[i] !== 0) return false;
  return true;
}

/** The attributes that stand at an offset and the full record they build on; undefined: a record is damaged. */
export function attributesIn(
  buffer: Buffer,
  at: number,
  segment: { readonly base: number; readonly limit: number },
): { readonly attributes: Attributes; readonly full: Attributes; readonly fullAt: number } | undefined {
  const { base, limit } = segment;
  const bytesOf = (record: number, kind: Kind): { bytes: Bytes; end: number } | undefined =>
    record >= HEADER && buffer[record] === kind && frameAt(buffer, record, limit, base + record) === "good"
      ? { bytes: { buffer, at: record + FRAME }, end: record + FRAME + payloadLength(buffer, record) }
      : undefined;
  const own = bytesOf(at, KIND.difference);
  const parts = own && takeDifference(own.bytes, own.end);
  const fullAt = parts ? at - parts.back : at;
  const found = bytesOf(fullAt, KIND.attributes);
  if (!found) return undefined;
  const full = takeFull(found.bytes, found.end);
  return { attributes: parts ? parts.apply(full) : full, full, fullAt };
}

/** A reading that a replay told of, without its attributes. */
export const readingIn = (buffer: Buffer, at: number, length: number, baseTime: Micros): Reading =>
  takeReading({ buffer, at: at + FRAME }, at + length, baseTime).reading;
