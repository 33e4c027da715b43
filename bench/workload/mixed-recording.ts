import type { Reading } from "../../src/domain/data/reading.ts";
import { createRandom } from "../../tests/support/data/random.ts";
import type { Recording } from "../measure/stored.ts";
import { createMixed } from "./mixed.ts";

const START = 1_790_000_000_000_000;
/** Microseconds between two changes of the home, on average. */
const PACE = 200_000;

/** The mixed home as a recording: entities take turns, each at times of its own. */
export function mixedRecording({ entities, changes }: { entities: number; changes: number }): Recording {
  const write = createMixed(entities, 1);
  const random = createRandom(2);
  const series = new Map<string, { time: number; state: string; attributes: Reading["attributes"] }[]>();
  let time = START;
  for (let i = 0; i < changes; i++) {
    time += 1 + Math.floor(-Math.log(1 - random()) * PACE);
    const { entityId, state, attributes } = write();
    const rows = series.get(entityId) ?? [];
    rows.push({ time, state, attributes });
    series.set(entityId, rows);
  }
  return { series: [...series].map(([entityId, rows]) => ({ entityId, rows })) };
}
