import { join } from "node:path";
import { type Amendment, takesEvent, takesReading, takesStatistic } from "../../../domain/data/amendment.ts";
import type { Position, Stored } from "../../../domain/data/reading.ts";
import { writeExact } from "../../shared/exact-json.ts";
import { emptyLedger } from "../../shared/ledger.ts";
import { takeDifference, takeFull } from "../format/attributes.ts";
import { takeEvent } from "../format/entries.ts";
import { closeFrame, FRAME, frameAt, KIND, type Kind, payloadLength } from "../format/frame.ts";
import { takeStatistic } from "../format/statistic.ts";
import { encodeIndex } from "../index/build.ts";
import { decodeIndexHead, type IndexHead } from "../index/head.ts";
import { encodeSnapshot } from "../index/snapshot.ts";
import { collectSegment } from "../segments/collect.ts";
import { decodeHeader, encodeHeader, HEADER, indexName, segmentName } from "../segments/header.ts";
import { replaySegment } from "../segments/replay.ts";
import { readSnapshot } from "./build-index.ts";
import { readDurably, writeDurably } from "./durably.ts";

export type PurgeJob = {
  readonly kind: "purge";
  readonly folder: string;
  readonly base: Position;
  readonly limit: number;
  /** Erasures that the blocks have taken in. */
  readonly erasures: readonly Stored<Amendment>[];
  readonly hasIndex: boolean;
};

/** `head`: of the index, if it was written again. */
export type Purged = { readonly written: number; readonly head: IndexHead | undefined };

/** Takes the bytes of what was erased out of a closed segment and its index. Blocks: it runs in the maintenance worker. */
export function purgeSegment({ folder, base, limit, erasures, hasIndex }: PurgeJob): Purged {
  const name = segmentName(base);
  const buffer = readDurably(join(folder, name));
  const header = decodeHeader(buffer, base);
  // Set aside at the next start; nothing of it is served meanwhile.
  if (!header) return { written: 0, head: undefined };
  const segment = { name, base, baseTime: header.baseTime, limit };
  const bytes = voided(buffer.subarray(0, limit), segment, erasures);
  if (bytes) {
    encodeHeader(header).copy(bytes);
    writeDurably(folder, name, bytes);
  }
  const written = bytes ? 1 : 0;
  const before = hasIndex ? readSnapshot(join(folder, indexName(base)), base) : undefined;
  if (!hasIndex || (!bytes && !before)) return { written, head: undefined };
  let changed = bytes !== undefined;
  if (before) {
    const { latest, unsure } = before.ledger;
    for (const [series, { time, position }] of latest)
      if (erasures.some((erasure) => position < erasure.position && takesReading(erasure, series, time))) {
        latest.delete(series);
        unsure.add(series);
        changed = true;
      }
  }
  if (!changed) return { written, head: undefined };
  const { lists } = collectSegment(bytes ?? buffer, segment, emptyLedger());
  const index = encodeIndex(header, limit, lists, before && encodeSnapshot(before));
  writeDurably(folder, indexName(base), index);
  return { written: written + 1, head: decodeIndexHead(index, base) };
}

type Segment = { readonly base: number; readonly baseTime: number; readonly limit: number };
type Record = { readonly at: number; readonly kind: Kind };

/** A copy of a segment, of the same length, with voids where something was erased; undefined: nothing was. */
function voided(buffer: Buffer, segment: Segment, erasures: readonly Stored<Amendment>[]): Buffer | undefined {
  const { base, baseTime } = segment;
  const gone: Record[] = [];
  const kept = new Set<number>();
  const orphaned = new Set<number>();
  const isTaken = (at: number, takes: (erasure: Amendment) => boolean) =>
    erasures.some((erasure) => base + at < erasure.position && takes(erasure));
  replaySegment(buffer, segment, {
    reading: ({ series, time, attributesAt }, at) => {
      const goes = isTaken(at, (erasure) => takesReading(erasure, series, time));
      if (goes) gone.push({ at, kind: KIND.reading });
      if (attributesAt > 0) (goes ? orphaned : kept).add(attributesAt);
    },
    event: (_, at, length) => {
      const event = takeEvent({ buffer, at: at + FRAME }, at + length, baseTime);
      if (isTaken(at, (erasure) => takesEvent(erasure, event))) gone.push({ at, kind: KIND.event });
    },
    statistic: (_, at) => {
      const statistic = takeStatistic({ buffer, at: at + FRAME }, baseTime);
      if (isTaken(at, (erasure) => takesStatistic(erasure, statistic))) gone.push({ at, kind: KIND.statistic });
    },
    gap: () => {},
    series: () => {},
    amendment: () => {},
    void: () => {},
    damage: () => {},
  });
  if (gone.length === 0) return undefined;
  const bytes = Buffer.from(buffer);
  for (const { at, kind } of [...gone, ...attributesIn(bytes, segment, kept, orphaned)])
    makeVoid(bytes, at, kind, base);
  return bytes;
}

/** Which records of attributes go with their readings. Those that stay only for others to build on lose what is theirs alone. */
function attributesIn(
  bytes: Buffer,
  segment: Segment,
  kept: ReadonlySet<number>,
  orphaned: ReadonlySet<number>,
): readonly Record[] {
  const gone: Record[] = [];
  const differenceAt = (at: number) =>
    isRecord(bytes, segment, at, KIND.difference)
      ? takeDifference({ buffer: bytes, at: at + FRAME }, endOf(bytes, at))
      : undefined;
  /** By the full record that they build on: the names that each difference says itself. */
  const builtOn = new Map<number, ReadonlySet<string>[]>();
  for (const at of kept) {
    const difference = differenceAt(at);
    if (!difference) continue;
    const full = at - difference.back;
    builtOn.set(full, [...(builtOn.get(full) ?? []), difference.names]);
  }
  const fulls = new Set<number>();
  for (const at of orphaned) {
    const difference = differenceAt(at);
    if (difference) fulls.add(at - difference.back);
    else fulls.add(at);
    if (difference && !kept.has(at)) gone.push({ at, kind: KIND.difference });
  }
  for (const at of fulls) {
    if (kept.has(at) || !isRecord(bytes, segment, at, KIND.attributes)) continue;
    const others = builtOn.get(at);
    if (others) blank(bytes, segment, at, (name) => others.every((names) => names.has(name)));
    else gone.push({ at, kind: KIND.attributes });
  }
  return gone;
}

/** Puts a nought in the place of values that no other record shows, and blanks behind, so that the record keeps its length. */
function blank(bytes: Buffer, { base }: Segment, at: number, isHidden: (name: string) => boolean): void {
  const end = endOf(bytes, at);
  const full = takeFull({ buffer: bytes, at: at + FRAME }, end);
  const parts = Object.keys(full).map(
    (name) => `${JSON.stringify(name)}:${isHidden(name) ? "0" : writeExact(full[name], `The attribute ${name}`)}`,
  );
  bytes.fill(" ", at + FRAME, end);
  bytes.write(`{${parts.join()}}`, at + FRAME, end - at - FRAME, "utf8");
  closeFrame({ buffer: bytes, at: end }, at, KIND.attributes, base + at);
}

function makeVoid(bytes: Buffer, at: number, kind: Kind, base: Position): void {
  const end = endOf(bytes, at);
  bytes.fill(0, at + FRAME, end);
  bytes[at + FRAME] = kind;
  closeFrame({ buffer: bytes, at: end }, at, KIND.void, base + at);
}

const endOf = (bytes: Buffer, at: number): number => at + FRAME + payloadLength(bytes, at);

const isRecord = (bytes: Buffer, { base, limit }: Segment, at: number, kind: Kind): boolean =>
  at >= HEADER && bytes[at] === kind && frameAt(bytes, at, limit, base + at) === "good";
