import type { Reading } from "../../src/domain/data/reading.ts";
import type { Micros } from "../../src/domain/time/time.ts";
import { systemClock } from "../../src/platform/time/clock.ts";
import { identityOf } from "../../src/store/conformance/support/samples.ts";
import type { EmbeddedStore } from "../../src/store/embedded/embedded.ts";
import type { Entry } from "../../src/store/store.ts";
import { replay } from "./replay.ts";

const BATCH = 2000;
const DAY: Micros = 86_400_000_000;

/** The replayed flat again and again, one run of it behind the other in time, the last one ending now. */
export type Grown = {
  /** Rows of one run. */
  readonly each: number;
  readonly entities: readonly string[];
  /** From where the rows begin to where those end that are made so far. */
  readonly from: Micros;
  readonly to: Micros;
  /** The next rows in order of time, until so many have been made; a row is [series, time, state, attributes]. */
  rows(until: number): Generator<Made>;
};

export type Made = {
  readonly series: number;
  readonly time: Micros;
  readonly state: string;
  readonly attributes: Reading["attributes"];
};

/** @param most how many rows it will be asked for at last: by that the first one's time is chosen. */
export function createGrown(most: number): Grown {
  const { series } = replay(1);
  const all: { series: number; time: number; state: string }[] = [];
  for (const [id, { rows }] of series.entries())
    for (const { time, state } of rows) all.push({ series: id, time, state: state as string });
  all.sort((a, b) => a.time - b.time);
  const [begin, end] = [all[0]?.time as number, all.at(-1)?.time as number];
  const span = Math.ceil((end - begin + 1) / DAY) * DAY;
  const from = systemClock.now() - Math.ceil(most / all.length) * span;
  const attributes = series.map(({ rows }) => rows[0]?.attributes ?? {});
  let made = 0;
  let to = from;
  return {
    each: all.length,
    entities: series.map(({ entityId }) => entityId),
    from,
    get to() {
      return to;
    },
    *rows(until) {
      for (; made < until; made++) {
        const { series: id, time, state } = all[made % all.length] as (typeof all)[number];
        to = from + Math.floor(made / all.length) * span + (time - begin);
        yield { series: id, time: to, state: state as string, attributes: attributes[id] as Reading["attributes"] };
      }
    },
  };
}

/** Stores what is grown until so many rows are made; rows a second that were appended, without waiting for what is sealed. */
export async function grow(store: EmbeddedStore, grown: Grown, until: number): Promise<number> {
  if (store.series().size === 0)
    await store.append(
      grown.entities.map(
        (entityId, series): Entry => ({ kind: "series", series, identity: identityOf(entityId, { from: 0 }) }),
      ),
    );
  let batch: Entry[] = [];
  let rows = 0;
  const began = performance.now();
  for (const row of grown.rows(until)) {
    batch.push({ kind: "reading", reading: { ...PLAIN, ...row, changed: row.time } });
    rows++;
    if (batch.length < BATCH) continue;
    await store.append(batch);
    batch = [];
  }
  await store.append(batch);
  const seconds = (performance.now() - began) / 1000;
  await store.maintained();
  return rows / seconds;
}

const PLAIN = { context: null, origin: "live", timeIsArrival: false, flaws: [] } as const;
