import { join } from "node:path";
import type { HomeEvent, Reading, Stored } from "../../../domain/reading.ts";
import { checkQuery, tooNarrow, windowLeft } from "../../shared/query.ts";
import { lastBefore, summariesOf } from "../../shared/summaries.ts";
import type { Damage, EventsQuery, ReadingsQuery, View, ViewReader } from "../../store.ts";
import { takeEvent } from "../format/entries.ts";
import { FRAME, frameAt, KIND } from "../format/frame.ts";
import { takeReading } from "../format/reading.ts";
import { sameDamage } from "../segments/damage.ts";
import { type AttributeReader, createAttributeReader } from "./attributes.ts";
import { gatherMerged } from "./extents.ts";
import { entryAt, isEntryAt, logOfSegment } from "./log.ts";
import { type OpenFiles, openFiles } from "./open-files.ts";
import { type Candidate, inOrder } from "./order.ts";
import type { EmbeddedContent, SegmentPicture } from "./picture.ts";
import { createPlaceFinder, type Run } from "./places.ts";

export const EMBEDDED = "embedded";

/** Rows of one page: enough to make the reads worth it, few enough to hold. */
const PAGE = 2048;

export function openEmbeddedView(
  view: View,
  needs: { readonly files?: OpenFiles; readonly onDamage?: (damage: Damage) => void } = {},
): ViewReader {
  const { folder, narrow, segments } = view.content as EmbeddedContent;
  const files = needs.files ?? openFiles();
  const bytesRead = { records: 0, indexes: 0 };
  const damages: Damage[] = [];
  const onDamage = (damage: Damage) => {
    if (damages.some((known) => sameDamage(known, damage))) return;
    damages.push(damage);
    needs.onDamage?.(damage);
  };
  const countRecords = (bytes: number) => {
    bytesRead.records += bytes;
  };
  const countIndexes = (bytes: number) => {
    bytesRead.indexes += bytes;
  };
  const places = createPlaceFinder({ folder, files, count: countIndexes, onDamage });
  const attributes = createAttributeReader({ folder, files, count: countRecords });

  const runsOf = async (find: (segment: SegmentPicture) => Promise<Run | undefined>): Promise<Run[]> => {
    const runs: Run[] = [];
    for (const segment of segments) {
      const run = await find(segment);
      if (run) runs.push(run);
    }
    return runs;
  };

  /** Reads the records of one page and hands over those that check out, in order. */
  const readPage = async (page: readonly Candidate[], series: number | null, take: Take): Promise<void> => {
    const bySegment = Map.groupBy(page, ({ segment }) => segment);
    const spots = new Map<Candidate, { buffer: Buffer; at: number }>();
    for (const [{ name }, own] of bySegment) {
      const extents = own.map(({ offset, length }) => ({ at: offset, length }));
      const { buffer, starts } = await gatherMerged(files, join(folder, name), extents, countRecords);
      for (const [i, candidate] of own.entries()) spots.set(candidate, { buffer, at: starts[i] as number });
    }
    const kind = series === null ? KIND.event : KIND.reading;
    const lost: Candidate[][] = [];
    let before: Candidate | undefined;
    for (const candidate of page) {
      const { buffer, at } = spots.get(candidate) as { buffer: Buffer; at: number };
      const { segment, offset, length } = candidate;
      if (buffer[at] === kind && frameAt(buffer, at, at + length, segment.base + offset) === "good") {
        take(candidate, buffer, at);
        before = undefined;
        continue;
      }
      // A whole file may be gone: what is lost in a row is one damage.
      if (before?.segment === segment) lost.at(-1)?.push(candidate);
      else lost.push([candidate]);
      before = candidate;
    }
    for (const run of lost) onDamage(damageOf(run, series));
  };

  const readingsPage = async (page: readonly Candidate[], query: ReadingsQuery): Promise<Stored<Reading>[]> => {
    const rows: Stored<Reading>[] = [];
    const attributesAt: { segment: SegmentPicture; at: number }[] = [];
    await readPage(page, query.series, ({ segment, offset, length }, buffer, at) => {
      const parts = takeReading({ buffer, at: at + FRAME }, at + length, segment.baseTime);
      rows.push(Object.assign(parts.reading, { position: segment.base + offset }));
      attributesAt.push({ segment, at: parts.attributesAt });
    });
    if (query.attributes) await fillAttributes(rows, attributesAt, attributes, onDamage);
    return rows;
  };

  const eventsPage = async (page: readonly Candidate[]): Promise<Stored<HomeEvent>[]> => {
    const rows: Stored<HomeEvent>[] = [];
    await readPage(page, null, ({ segment, offset, length }, buffer, at) => {
      const event = takeEvent({ buffer, at: at + FRAME }, at + length, segment.baseTime);
      rows.push(Object.assign(event, { position: segment.base + offset }));
    });
    return rows;
  };

  async function* paged<T>(
    runs: readonly Run[],
    query: ReadingsQuery | EventsQuery,
    read: (page: readonly Candidate[]) => Promise<T[]>,
  ): AsyncIterable<readonly T[]> {
    for await (const candidates of inOrder(runs, query))
      for (let at = 0; at < candidates.length; at += PAGE) {
        const rows = await read(candidates.slice(at, at + PAGE));
        if (rows.length > 0) yield rows;
      }
  }

  const readings: ViewReader["readings"] = async function* (query) {
    checkQuery(query);
    if (narrow.series && !narrow.series.includes(query.series)) throw tooNarrow(`series ${query.series}`, narrow);
    const runs = await runsOf((segment) => places.readings(segment, query.series, windowLeft(query)));
    yield* paged(runs, query, (page) => readingsPage(page, query));
  };

  return {
    bytesRead,
    damages,
    readings,
    summaries: (query) => summariesOf(readings, query),
    before: (series, time) => lastBefore(readings, series, time),
    async *events(query) {
      checkQuery(query);
      if (narrow.events === false) throw tooNarrow("events", narrow);
      const runs = await runsOf((segment) => places.events(segment, windowLeft(query), query.types));
      yield* paged(runs, query, eventsPage);
    },
    async *log(query) {
      if (narrow.log === false) throw tooNarrow("the log by position", narrow);
      for (const segment of segments)
        yield* logOfSegment(segment, query, { folder, files, count: countRecords, onDamage });
    },
    at: async (position) => {
      if (narrow.log === false) throw tooNarrow("the log by position", narrow);
      const segment = segments.findLast(({ base }) => base <= position);
      return segment && entryAt(segment, position, { folder, files, count: countRecords, attributes });
    },
    holds: async (position) => {
      if (narrow.log === false) throw tooNarrow("the log by position", narrow);
      const segment = segments.findLast(({ base }) => base <= position);
      return segment !== undefined && isEntryAt(segment, position, { folder, files, count: countRecords });
    },
    close: () => files.close(),
  };
}

type Take = (candidate: Candidate, buffer: Buffer, at: number) => void;

async function fillAttributes(
  rows: Stored<Reading>[],
  places: readonly { readonly segment: SegmentPicture; readonly at: number }[],
  attributes: AttributeReader,
  onDamage: (damage: Damage) => void,
): Promise<void> {
  for (const [segment, own] of Map.groupBy(rows.keys(), (i) => places[i]?.segment as SegmentPicture)) {
    const wanted = own.filter((i) => (places[i]?.at ?? 0) > 0);
    if (wanted.length === 0) continue;
    const found = await attributes.read(
      segment,
      wanted.map((i) => places[i]?.at as number),
    );
    for (const i of wanted) {
      const row = rows[i] as Stored<Reading>;
      const at = places[i]?.at as number;
      const value = found.get(at);
      if (value) {
        rows[i] = Object.assign(row, { attributes: value });
        continue;
      }
      rows[i] = { ...row, flaws: [...row.flaws, "attributes_lost"] };
      const { series, time } = row;
      const why = "a record of attributes that cannot be read";
      onDamage({
        file: segment.name,
        offset: at,
        length: FRAME,
        why,
        lost: "attributes",
        series,
        from: time,
        to: time,
      });
    }
  }
}

function damageOf(run: readonly Candidate[], series: number | null): Damage {
  const [{ segment }] = run as [Candidate];
  const offset = Math.min(...run.map((one) => one.offset));
  const times = run.map(({ time }) => time);
  return {
    file: segment.name,
    offset,
    length: Math.max(...run.map((one) => one.offset + one.length)) - offset,
    why: `${series === null ? "events" : "readings"} that cannot be read`,
    lost: series === null ? "events" : "states",
    series,
    from: Math.min(...times),
    to: Math.max(...times),
  };
}
