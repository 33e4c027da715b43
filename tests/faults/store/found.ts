import assert from "node:assert/strict";
import { collect, everyEvent, everyReading } from "../../../src/store/conformance/support/samples.ts";
import type { Store } from "../../../src/store/store.ts";
import { CUTOFF, entryOf, SERIES, timeOf } from "./life.ts";

/** Whether the retention of a life leaves a reading, or an event of that time. */
export const stays = (number: number): boolean => number % SERIES.length === 1 || timeOf(number) >= CUTOFF;

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
