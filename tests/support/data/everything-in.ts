import { ALL_TIME } from "../../../src/domain/time/time.ts";
import type { Store } from "../../../src/store/store.ts";

/** Everything a store answers, as texts that can be compared: what a reading is, without its position. */
export async function everythingIn(store: Store): Promise<{ readings: string[]; events: string[]; gaps: string[] }> {
  const view = store.view();
  const reader = store.reader(view);
  const [readings, events]: [string[], string[]] = [[], []];
  const all = { window: ALL_TIME, order: "oldest_first", limit: 1_000_000 } as const;
  for (const series of [...store.series().keys()].sort((a, b) => a - b))
    for await (const page of reader.readings({ ...all, series, attributes: true }))
      readings.push(...page.map(({ position, ...row }) => textOf(row)));
  for await (const page of reader.events(all)) events.push(...page.map(textOf));
  await reader.close();
  store.release(view);
  const gaps = store.gaps(ALL_TIME).map(({ position, ...gap }) => textOf(gap));
  return { readings, events, gaps };
}

/** Its own members sorted: sealed and fresh rows are put together in another order. */
const textOf = (row: object): string =>
  JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
