import type { Position, Reading, SeriesId, Stored } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { createBytes, putTime, putVarint, reserve, takeTime, takeVarint } from "../format/bytes.ts";
import { type Chunk, createChunk, type Head, type Source } from "./chunk.ts";
import { must } from "./coding/malformed.ts";
import { closeSection, createSectionWriter, openSection, takeByte, takeCount } from "./coding/section.ts";
import { readAttributes, writeAttributes } from "./columns/attributes.ts";
import { readTexts, writeTexts } from "./columns/texts.ts";
import { readTimes, writeTimes } from "./columns/times.ts";
import { readDetails, writeDetails } from "./details.ts";

export type { Chunk } from "./chunk.ts";
export { putSummary, takeSummary } from "./summaries.ts";

/** Readings of one series in (time, position) order; 1 to `MOST_ROWS` of them. */
export type ChunkInput = { readonly series: SeriesId; readonly rows: readonly Stored<Reading>[] };

/** What an index says of a chunk. */
export type ChunkEntry = {
  readonly series: SeriesId;
  readonly count: number;
  readonly from: Micros;
  readonly to: Micros;
  /** The least and the greatest position in it. */
  readonly firstPosition: Position;
  readonly lastPosition: Position;
};

export type Pack = {
  readonly count: number;
  /** Its columns are decoded when they are first asked for; what is malformed there is thrown then. */
  chunk(index: number): Chunk;
};

const VERSION = 1;
export const MOST_ROWS = 4096;
export const MOST_CHUNKS = 4096;
export const MOST_ROWS_OF_A_PACK = 65_536;
const SECTIONS = 4;

/**
 * One compressed unit: a large chunk, or several small ones that share their tables and words. Byte format: docs/data.md.
 * Throws a RangeError when it is given more than a pack may hold.
 */
export function encodePack(chunks: readonly ChunkInput[]): { bytes: Buffer; entries: readonly ChunkEntry[] } {
  limit(chunks);
  const [times, states, details, attributes] = Array.from({ length: SECTIONS }, createSectionWriter) as Sections;
  const head = createBytes(64);
  const entries = chunks.map(entryOf);
  head.buffer[head.at++] = VERSION;
  putVarint(head, chunks.length);
  let before: ChunkEntry | undefined;
  for (const entry of entries) {
    reserve(head, 48);
    putTime(head, entry.series, before?.series ?? 0);
    putVarint(head, entry.count);
    putTime(head, entry.firstPosition, before?.firstPosition ?? 0);
    before = entry;
  }
  let base = 0;
  for (const [i, { rows }] of chunks.entries()) {
    const { firstPosition } = entries[i] as ChunkEntry;
    const at = new Float64Array(rows.length);
    for (let row = 0; row < at.length; row++) at[row] = (rows[row] as Reading).time;
    writeTimes(times, at, base);
    base = at[0] as number;
    writeTexts(
      states,
      rows.map(({ state }) => state),
    );
    writeDetails(details, rows, at, firstPosition);
    writeAttributes(
      attributes,
      rows.map((row) => row.attributes),
    );
  }
  const sections = [times, states, details, attributes].map(closeSection);
  reserve(head, 8 * SECTIONS);
  for (const { length } of sections) putVarint(head, length);
  return { bytes: Buffer.concat([head.buffer.subarray(0, head.at), ...sections]), entries };
}
type Sections = [Section, Section, Section, Section];
type Section = ReturnType<typeof createSectionWriter>;

function limit(chunks: readonly ChunkInput[]): void {
  let rows = 0;
  for (const chunk of chunks) {
    if (chunk.rows.length < 1 || chunk.rows.length > MOST_ROWS)
      throw new RangeError(`A chunk of ${chunk.rows.length} rows; 1 to ${MOST_ROWS} are possible`);
    rows += chunk.rows.length;
  }
  if (chunks.length < 1 || chunks.length > MOST_CHUNKS || rows > MOST_ROWS_OF_A_PACK)
    throw new RangeError(
      `A pack of ${chunks.length} chunks and ${rows} rows; up to ${MOST_CHUNKS} and ${MOST_ROWS_OF_A_PACK} are possible`,
    );
}

function entryOf({ series, rows }: ChunkInput): ChunkEntry {
  const first = rows[0] as Stored<Reading>;
  let firstPosition = first.position;
  let lastPosition = first.position;
  for (const { position } of rows) {
    if (position < firstPosition) firstPosition = position;
    if (position > lastPosition) lastPosition = position;
  }
  return {
    series,
    count: rows.length,
    from: first.time,
    to: (rows.at(-1) as Stored<Reading>).time,
    firstPosition,
    lastPosition,
  };
}

/** Throws on anything malformed; the caller has checked a checksum already. */
export function openPack(bytes: Buffer): Pack {
  const plain = { buffer: bytes, at: 0 };
  must(takeByte(plain) === VERSION, "its version is not known");
  const count = takeCount(plain, MOST_CHUNKS);
  must(count > 0, "it holds nothing");
  const heads: Head[] = [];
  let series = 0;
  let firstPosition = 0;
  let rows = 0;
  for (let i = 0; i < count; i++) {
    series = takeTime(plain, series);
    const length = takeCount(plain, MOST_ROWS);
    firstPosition = takeTime(plain, firstPosition);
    must(length > 0 && Number.isSafeInteger(series) && Number.isSafeInteger(firstPosition), "a chunk's head is wrong");
    rows += length;
    heads.push({ series, count: length, firstPosition });
  }
  must(rows <= MOST_ROWS_OF_A_PACK, "it holds too many rows");
  const lengths = Array.from({ length: SECTIONS }, () => takeVarint(plain));
  let at = plain.at;
  const sections = lengths.map((length) => {
    const section = bytes.subarray(at, at + length);
    at += length;
    return section;
  }) as [Buffer, Buffer, Buffer, Buffer];
  must(at === bytes.length, "it has another length");
  const source = sourceOf(heads, sections);
  const chunks = new Array<Chunk | undefined>(count);
  return {
    count,
    chunk: (index) => {
      must(index >= 0 && index < count, "there is no such chunk");
      chunks[index] ??= createChunk(heads[index] as Head, index, source);
      return chunks[index];
    },
  };
}

/** Each section is decoded whole and once: its chunks share tables, and a pack is small. */
function sourceOf(
  heads: readonly Head[],
  [times, states, details, attributes]: [Buffer, Buffer, Buffer, Buffer],
): Source {
  const source: Source = {
    times: once(() => {
      const section = openSection(times);
      let base = 0;
      return heads.map(({ count }) => {
        const column = readTimes(section, count, base);
        base = column[0] as number;
        return column;
      });
    }),
    states: once(() => {
      const section = openSection(states);
      return heads.map(({ count }) => readTexts(section, count));
    }),
    details: once(() => {
      const section = openSection(details);
      const [allTimes, allStates] = [source.times(), source.states()];
      return heads.map(({ firstPosition }, i) =>
        readDetails(section, allTimes[i] as Float64Array, allStates[i] as (typeof allStates)[number], firstPosition),
      );
    }),
    attributes: once(() => {
      const section = openSection(attributes);
      return heads.map(({ count }) => readAttributes(section, count));
    }),
  };
  return source;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
