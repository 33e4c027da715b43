import { join } from "node:path";
import type { HomeEvent, Reading, Stored } from "../../../../domain/data/reading.ts";
import type { Statistic } from "../../../../domain/data/statistic.ts";
import type { Damage, EventsQuery, ReadingsQuery, StatisticsQuery, Usage } from "../../../store.ts";
import { takeEvent } from "../../format/entries.ts";
import { FRAME, frameAt, KIND } from "../../format/frame.ts";
import { takeReading } from "../../format/reading.ts";
import { lineOf, takeStatistic } from "../../format/statistic.ts";
import type { OpenFiles } from "../open-files.ts";
import type { SegmentPicture } from "../picture.ts";
import { PAGE } from "../pieces.ts";
import { type AttributeReader, createAttributeReader } from "./attributes.ts";
import { gatherMerged } from "./extents.ts";
import { type Candidate, inOrder } from "./order.ts";
import { createPlaceFinder, type PlaceFinder, type Run } from "./places.ts";

/** Reads what the segments hold that are not sealed yet. */
export type TailReader = {
  /** What a query finds in each segment that has any of it. */
  runsOf(find: (places: PlaceFinder, segment: SegmentPicture) => Promise<Run | undefined>): Promise<Run[]>;
  /** Pages in the asked order. */
  readings(runs: readonly Run[], query: ReadingsQuery): AsyncIterable<readonly Stored<Reading>[]>;
  events(runs: readonly Run[], query: EventsQuery): AsyncIterable<readonly Stored<HomeEvent>[]>;
  statistics(query: StatisticsQuery): AsyncIterable<readonly Stored<Statistic>[]>;
  /** Who has how much; bytes by the share of records. */
  usage(): AsyncIterable<readonly Usage[]>;
  readonly attributes: AttributeReader;
};

export function createTailReader(needs: {
  readonly folder: string;
  readonly segments: readonly SegmentPicture[];
  readonly files: OpenFiles;
  readonly countRecords: (bytes: number) => void;
  readonly countIndexes: (bytes: number) => void;
  readonly onDamage: (damage: Damage) => void;
}): TailReader {
  const { folder, segments, files, countRecords, countIndexes, onDamage } = needs;
  const places = createPlaceFinder({ folder, files, count: countIndexes, onDamage });
  const attributes = createAttributeReader({ folder, files, count: countRecords });

  const runsOf: TailReader["runsOf"] = async (find) => {
    const runs: Run[] = [];
    for (const segment of segments) {
      if (segment.sealed) continue;
      const run = await find(places, segment);
      if (run) runs.push(run);
    }
    return runs;
  };

  /** Reads the records of one page and hands over those that check out, in order. */
  const readPage = async (page: readonly Candidate[], what: What, take: Take): Promise<void> => {
    const bySegment = Map.groupBy(page, ({ segment }) => segment);
    const spots = new Map<Candidate, { buffer: Buffer; at: number }>();
    for (const [{ name }, own] of bySegment) {
      const extents = own.map(({ offset, length }) => ({ at: offset, length }));
      const { buffer, starts } = await gatherMerged(files, join(folder, name), extents, countRecords);
      for (const [i, candidate] of own.entries()) spots.set(candidate, { buffer, at: starts[i] as number });
    }
    const kind = KIND[what.kind];
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
    for (const run of lost) onDamage(damageOf(run, what));
  };

  const readingsPage = async (page: readonly Candidate[], query: ReadingsQuery): Promise<Stored<Reading>[]> => {
    const rows: Stored<Reading>[] = [];
    const attributesAt: { segment: SegmentPicture; at: number }[] = [];
    await readPage(page, { kind: "reading", series: query.series }, ({ segment, offset, length }, buffer, at) => {
      const parts = takeReading({ buffer, at: at + FRAME }, at + length, segment.baseTime);
      rows.push(Object.assign(parts.reading, { position: segment.base + offset }));
      attributesAt.push({ segment, at: parts.attributesAt });
    });
    if (query.attributes) await fillAttributes(rows, attributesAt, attributes, onDamage);
    return rows;
  };

  const eventsPage = async (page: readonly Candidate[]): Promise<Stored<HomeEvent>[]> => {
    const rows: Stored<HomeEvent>[] = [];
    await readPage(page, { kind: "event", series: null }, ({ segment, offset, length }, buffer, at) => {
      const event = takeEvent({ buffer, at: at + FRAME }, at + length, segment.baseTime);
      rows.push(Object.assign(event, { position: segment.base + offset }));
    });
    return rows;
  };

  const statisticsPage = async (page: readonly Candidate[], series: number): Promise<Stored<Statistic>[]> => {
    const rows: Stored<Statistic>[] = [];
    await readPage(page, { kind: "statistic", series }, ({ segment, offset }, buffer, at) => {
      const statistic = takeStatistic({ buffer, at: at + FRAME }, segment.baseTime);
      rows.push(Object.assign(statistic, { position: segment.base + offset }));
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

  return {
    runsOf,
    readings: (runs, query) => paged(runs, query, (page) => readingsPage(page, query)),
    events: (runs, query) => paged(runs, query, eventsPage),
    async *statistics({ series, period, window }) {
      const runs: Run[] = [];
      for (const segment of segments) {
        if (segment.sealed) continue;
        const run = await places.statistics(segment, lineOf(series, period), window);
        if (run) runs.push(run);
      }
      const query = { window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER } as const;
      for await (const candidates of inOrder(runs, query)) {
        const kept = candidates.filter(({ time }, i) => candidates[i + 1]?.time !== time);
        for (let at = 0; at < kept.length; at += PAGE) {
          const rows = await statisticsPage(kept.slice(at, at + PAGE), series);
          if (rows.length > 0) yield rows;
        }
      }
    },
    async *usage() {
      for (const segment of segments) if (!segment.sealed) yield await places.usage(segment);
    },
    attributes,
  };
}

/** What a page is made of. */
type What = { readonly kind: "reading" | "event" | "statistic"; readonly series: number | null };
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

function damageOf(run: readonly Candidate[], { kind, series }: What): Damage {
  const [{ segment }] = run as [Candidate];
  const offset = Math.min(...run.map((one) => one.offset));
  const times = run.map(({ time }) => time);
  return {
    file: segment.name,
    offset,
    length: Math.max(...run.map((one) => one.offset + one.length)) - offset,
    why: `${kind}s that cannot be read`,
    lost: kind === "reading" ? "states" : `${kind}s`,
    series,
    from: Math.min(...times),
    to: Math.max(...times),
  };
}
