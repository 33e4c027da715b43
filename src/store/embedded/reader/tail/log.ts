import { join } from "node:path";
import type { Position, Reading, Stored } from "../../../../domain/data/reading.ts";
import { describeError } from "../../../../domain/failure.ts";
import { emptyLedger } from "../../../shared/ledger.ts";
import { isOfTime } from "../../../shared/query.ts";
import type { Damage, LogEntry, LogQuery } from "../../../store.ts";
import { takeEvent, takeGap } from "../../format/entries.ts";
import { FRAME, frameAt, isHead, KIND, payloadLength } from "../../format/frame.ts";
import { takeReading } from "../../format/reading.ts";
import { collectSegment } from "../../segments/collect.ts";
import { wholeFile } from "../../segments/damage.ts";
import { HEADER } from "../../segments/header.ts";
import { attributesIn, replaySegment } from "../../segments/replay.ts";
import type { OpenFiles } from "../open-files.ts";
import type { SegmentPicture } from "../picture.ts";
import type { AttributeReader } from "./attributes.ts";

/** Reading by position: no index says where what stands, so a segment is read whole, and one record by its place. */

const PAGE = 2048;

type Needs = { readonly folder: string; readonly files: OpenFiles; count(bytes: number): void };
type Place = { readonly kind: number; readonly offset: number; readonly length: number };

/** What one segment holds past a position, in pages. */
export async function* logOfSegment(
  segment: SegmentPicture,
  query: LogQuery,
  needs: Needs & { onDamage(damage: Damage): void },
): AsyncGenerator<readonly LogEntry[]> {
  const { base, limit, name } = segment;
  if (base + limit <= query.after || isElsewhere(segment, query)) return;
  const buffer = await readWhole(segment, needs).catch((error: unknown) => {
    needs.onDamage(wholeFile(name, limit, `a segment that cannot be read: ${describeError(error)}`));
  });
  if (!buffer) return;
  let page: LogEntry[] = [];
  for (const place of placesIn(buffer, segment, query.after, needs.onDamage)) {
    const entry = entryIn(buffer, segment, place, query.attributes);
    if (!isOfTime(entry, query.window)) continue;
    page.push(entry);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** The bytes of the record at a position; undefined: none begins there. */
async function recordAt(segment: SegmentPicture, position: Position, needs: Needs): Promise<Buffer | undefined> {
  const { base, limit, name } = segment;
  const at = position - base;
  if (at < HEADER || at + FRAME > limit) return undefined;
  const path = join(needs.folder, name);
  const head = await needs.files.gather(path, [{ at, length: FRAME }]);
  if (!isHead(head.buffer, 0)) return undefined;
  const length = FRAME + payloadLength(head.buffer, 0);
  if (at + length > limit) return undefined;
  const { buffer } = await needs.files.gather(path, [{ at, length }]);
  needs.count(FRAME + length);
  // The checksum holds nowhere but where the record was written, so no position in its midst passes for one.
  return frameAt(buffer, 0, length, position) === "good" ? buffer : undefined;
}

/** Records of attributes have no position of their own. */
const ENTRIES: ReadonlySet<number> = new Set([
  KIND.reading,
  KIND.event,
  KIND.gap,
  KIND.series,
  KIND.statistic,
  KIND.amendment,
]);

export async function isEntryAt(segment: SegmentPicture, position: Position, needs: Needs): Promise<boolean> {
  const record = await recordAt(segment, position, needs);
  if (record === undefined) return false;
  return ENTRIES.has((record[0] === KIND.void ? record[FRAME] : record[0]) as number);
}

/** Reads no more than the record itself, and its attributes. */
export async function entryAt(
  segment: SegmentPicture,
  position: Position,
  needs: Needs & { readonly attributes: AttributeReader },
): Promise<LogEntry | undefined> {
  const buffer = await recordAt(segment, position, needs);
  if (!buffer) return undefined;
  const { length } = buffer;
  const kind = buffer[0] as number;
  if (kind === KIND.event)
    return { kind: "event", event: { ...takeEvent({ buffer, at: FRAME }, length, segment.baseTime), position } };
  if (kind === KIND.gap) return { kind: "gap", gap: { ...takeGap({ buffer, at: FRAME }, segment.baseTime), position } };
  if (kind !== KIND.reading) return undefined;
  const { reading, attributesAt } = takeReading({ buffer, at: FRAME }, length, segment.baseTime);
  const found = attributesAt > 0 ? await needs.attributes.read(segment, [attributesAt]) : undefined;
  return { kind: "reading", reading: withAttributes({ ...reading, position }, found?.get(attributesAt), attributesAt) };
}

function isElsewhere({ places }: SegmentPicture, { window }: LogQuery): boolean {
  if (!window || places.by === "scan") return false;
  const span = places.by === "index" ? places.head.span : places.span;
  return !span || span.from >= window.to || span.to < window.from;
}

async function readWhole({ name, limit }: SegmentPicture, { folder, files, count }: Needs): Promise<Buffer> {
  const { buffer } = await files.gather(join(folder, name), [{ at: 0, length: limit }]);
  count(limit);
  return buffer;
}

function placesIn(
  buffer: Buffer,
  segment: SegmentPicture,
  after: Position,
  onDamage: (damage: Damage) => void,
): readonly Place[] {
  const { base, limit } = segment;
  const places: Place[] = [];
  const add = (kind: number, offset: number, length: number) => {
    if (base + offset > after) places.push({ kind, offset, length });
  };
  let damaged = false;
  const given = after - base;
  // From a position that was given out the records before need not be looked at again.
  const from = given >= HEADER && frameAt(buffer, given, limit, after) === "good" ? given : HEADER;
  replaySegment(
    buffer,
    segment,
    {
      reading: (_, offset, length) => add(KIND.reading, offset, length),
      event: (_, offset, length) => add(KIND.event, offset, length),
      gap: (_, offset) => add(KIND.gap, offset, FRAME + payloadLength(buffer, offset)),
      statistic: () => {},
      series: () => {},
      amendment: () => {},
      void: () => {},
      damage: () => {
        damaged = true;
      },
    },
    from,
  );
  // Described as whoever opens the segment would, with the times around it.
  if (damaged) for (const damage of collectSegment(buffer, segment, emptyLedger()).damages) onDamage(damage);
  return places;
}

function entryIn(buffer: Buffer, segment: SegmentPicture, place: Place, attributes: boolean): LogEntry {
  const { base, baseTime } = segment;
  const { kind, offset, length } = place;
  const position = base + offset;
  const bytes = { buffer, at: offset + FRAME };
  if (kind === KIND.event)
    return { kind: "event", event: { ...takeEvent(bytes, offset + length, baseTime), position } };
  if (kind === KIND.gap) return { kind: "gap", gap: { ...takeGap(bytes, baseTime), position } };
  const { reading, attributesAt } = takeReading(bytes, offset + length, baseTime);
  const stored = Object.assign(reading, { position });
  if (!attributes || attributesAt === 0) return { kind: "reading", reading: stored };
  return {
    kind: "reading",
    reading: withAttributes(stored, attributesIn(buffer, attributesAt, segment)?.attributes, 1),
  };
}

const withAttributes = (
  reading: Stored<Reading>,
  attributes: Reading["attributes"] | undefined,
  expected: number,
): Stored<Reading> => {
  if (attributes) return { ...reading, attributes };
  return expected > 0 ? { ...reading, flaws: [...reading.flaws, "attributes_lost"] } : reading;
};
