import assert from "node:assert/strict";
import { collect, everyEvent, everyReading } from "../../../src/store/conformance/support/samples.ts";
import type { Store } from "../../../src/store/store.ts";
import { CUTOFF, entryOf, PER_BATCH, SERIES, timeOf } from "./life.ts";

/** Whether the retention of a life leaves a reading: what is not older than the cut-off, and a series' last one before. */
export const stays = (number: number): boolean =>
  number % SERIES.length === 1 || timeOf(number) >= CUTOFF || timeOf(number + SERIES.length) > CUTOFF;

/** How many readings of each series so many batches hold, and their sum. */
export const countsOf = (batches: number): number[][] =>
  SERIES.map((series) => {
    const own = Array.from({ length: batches * PER_BATCH }, (_, number) => number).filter(
      (number) => number % SERIES.length === series,
    );
    return [own.length, own.reduce((sum, number) => sum + number, 0)];
  });

/** The same as the store tells it, of what is there and of what was rolled up. */
export async function countsIn(store: Store): Promise<number[][]> {
  const view = store.view({ log: false });
  const reader = store.reader(view);
  const found: number[][] = [];
  for (const series of SERIES) {
    const all = await collect(reader.summaries({ series, edges: [0, Number.MAX_SAFE_INTEGER] }));
    found.push([
      all.reduce((sum, { summary }) => sum + summary.readings, 0),
      all.reduce((sum, { summary }) => sum + summary.sum, 0),
    ]);
  }
  await reader.close();
  store.release(view);
  return found;
}

/** Numbers of the readings and of the events of a life that a store holds; each is as it was appended. */
export async function found(store: Store): Promise<{ readonly numbers: number[]; readonly events: number[] }> {
  const view = store.view();
  const reader = store.reader(view);
  const numbers: number[] = [];
  for (const series of SERIES)
    for (const { position: _, ...reading } of await collect(reader.readings(everyReading(series)))) {
      const number = Number(reading.state);
      assert.deepEqual({ kind: "reading", reading }, entryOf(number));
      numbers.push(number);
    }
  const events = (await collect(reader.events(everyEvent()))).map(({ data }) => data.index as number);
  assert.deepEqual(reader.damages, []);
  await reader.close();
  store.release(view);
  return { numbers, events };
}
