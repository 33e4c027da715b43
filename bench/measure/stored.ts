import type { Reading, SeriesId } from "../../src/domain/data/reading.ts";
import { systemClock } from "../../src/platform/time/clock.ts";
import { silentLog } from "../../src/platform/told/log.ts";
import { identityOf } from "../../src/store/conformance/support/samples.ts";
import { type EmbeddedStore, openEmbeddedStore } from "../../src/store/embedded/embedded.ts";
import type { Entry } from "../../src/store/store.ts";

type Row = Pick<Reading, "time" | "state" | "attributes">;

/** What is to be stored: series by number, each with its rows in order of time; every row is a new state. */
export type Recording = { readonly series: readonly { readonly entityId: string; readonly rows: readonly Row[] }[] };

/** Bytes on the disk. What is sealed is everything but the log, which goes when its window has passed. */
export type Sizes = { readonly readings: number; readonly sealed: number; readonly log: number };

const BATCH = 2000;

export const openStored = (folder: string): Promise<EmbeddedStore> =>
  openEmbeddedStore({ folder, clock: systemClock, log: silentLog });

/** Appends everything in order of time, as it would have come. */
export async function storeAll(store: EmbeddedStore, { series }: Recording): Promise<void> {
  const all: { series: SeriesId; row: Row }[] = [];
  for (const [id, { rows }] of series.entries()) for (const row of rows) all.push({ series: id, row });
  all.sort((a, b) => a.row.time - b.row.time);
  await store.append(
    series.map(
      ({ entityId }, id): Entry => ({ kind: "series", series: id, identity: identityOf(entityId, { from: 0 }) }),
    ),
  );
  for (let at = 0; at < all.length; at += BATCH)
    await store.append(
      all.slice(at, at + BATCH).map(
        ({ series: id, row }): Entry => ({
          kind: "reading",
          reading: {
            series: id,
            ...row,
            changed: row.time,
            context: null,
            origin: "live",
            timeIsArrival: false,
            flaws: [],
          },
        }),
      ),
    );
}

export async function sizesOf(store: EmbeddedStore): Promise<Sizes> {
  const parts = store.storage();
  const sum = (isLog: boolean) =>
    parts.filter(({ kind }) => (kind === "log") === isLog).reduce((bytes, part) => bytes + part.bytes, 0);
  return { readings: store.stats().readings, sealed: sum(false), log: sum(true) };
}

/** How many rows do not come back as they went in: state text, time, attributes with the order of their keys. */
export async function wrongRows(store: EmbeddedStore, { series }: Recording): Promise<number> {
  const view = store.view();
  const reader = store.reader(view);
  let wrong = 0;
  try {
    for (const [id, { rows }] of series.entries()) {
      let at = 0;
      const pages = reader.readings({
        series: id,
        window: { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY },
        order: "oldest_first",
        limit: Number.MAX_SAFE_INTEGER,
        attributes: true,
      });
      for await (const page of pages)
        for (const found of page) {
          const row = rows[at++];
          if (!row || !isSame(found, row)) wrong++;
        }
      wrong += Math.max(0, rows.length - at);
    }
  } finally {
    await reader.close();
    store.release(view);
  }
  return wrong;
}

const isSame = (found: Row, row: Row): boolean =>
  found.time === row.time &&
  found.state === row.state &&
  JSON.stringify(found.attributes) === JSON.stringify(row.attributes);
