import assert from "node:assert/strict";
import { test } from "node:test";
import type { PastItem } from "../../domain/data/past.ts";
import { type Micros, microsFromRfc3339 } from "../../domain/time/time.ts";
import { rowKey } from "../fill/rows.ts";
import { createStatesImport, DAY, oldestDay } from "./states.ts";
import { createStatisticsImport, listStatistics } from "./statistics.ts";

const HOUR = 3_600_000_000;
const NOW = 20_000 * DAY + 5 * HOUR;
type Command = { type: string; [key: string]: unknown };
const timeOf = (text: unknown): Micros => microsFromRfc3339(String(text)) as Micros;

/** Home Assistant's history over rows of one entity: both ends of the asked time are outside. */
const historyOf =
  (rows: readonly { time: Micros; state: string | null }[], asked: Command[] = []) =>
  async (command: Command): Promise<unknown> => {
    asked.push(command);
    const [from, to] = [timeOf(command.start_time), timeOf(command.end_time)];
    const found = rows.filter(({ time }) => time > from && time < to);
    const before = command.include_start_time_state === true ? rows.filter(({ time }) => time < from).slice(-1) : [];
    const all = [...before, ...found].map(({ time, state }) => ({ s: state, lu: time / 1e6 }));
    return all.length === 0 ? {} : { "sensor.a": all };
  };

test("where states begin is found whatever holes the recorder has", async () => {
  for (const days of [0, 1, 2, 9, 10, 400]) {
    const rows = [
      { time: NOW - days * DAY - HOUR, state: "1" },
      { time: NOW - HOUR / 2, state: "2" },
    ];
    assert.equal(await oldestDay(historyOf(rows), ["sensor.a"], NOW), 20_000 * DAY - days * DAY, `${days} days`);
  }
  assert.equal(await oldestDay(historyOf([]), ["sensor.a"], NOW), undefined);
});

test("only what is not stored yet is stored, marked as imported, and every row is counted", async () => {
  const rows = [1, 2, 3].map((n) => ({ time: NOW - n * HOUR, state: String(n) })).reverse();
  const stored: PastItem[] = [];
  const held = new Set([rowKey(NOW - 2 * HOUR, "2"), rowKey(NOW - HOUR, "another state")]);
  const run = createStatesImport({
    call: historyOf(rows),
    heldRows: async () => held,
    store: async (items) => void stored.push(...items),
  });
  const window = { from: NOW - DAY, to: NOW };
  assert.deepEqual(await run(["sensor.a"], window), { found: 3, first: NOW - 3 * HOUR });
  assert.deepEqual(
    stored.map((item) => item.kind === "change" && [item.change.state, item.change.origin]),
    [
      ["3", "imported"],
      ["1", "imported"],
    ],
  );
});

test("statistics are asked for back to the first, over holes, and only what differs is stored", async () => {
  const starts = [1, 2, 19_999, 70_000].map((hours) => Math.floor(NOW / HOUR) * HOUR - hours * HOUR);
  const call = async (command: Command) => {
    const [from, to] = [timeOf(command.start_time), timeOf(command.end_time)];
    const found = starts
      .filter((start) => start >= from && start < to)
      .map((start) => ({ start: start / 1000, mean: 0.1 }));
    return { "sensor.a": command.period === "month" ? found.slice(-1) : found };
  };
  const stored: number[] = [];
  const run = createStatisticsImport({
    call,
    held: async () =>
      new Map([
        [
          starts[1] as number,
          {
            ...{ series: 4, period: "hour", start: starts[1] as number, mean: 0.1 },
            ...{ min: null, max: null, sum: null, state: null, lastReset: null },
          } as const,
        ],
      ]),
    store: async (items) => {
      for (const item of items) if (item.kind === "statistic") stored.push(item.statistic.start);
    },
  });
  assert.equal(await run({ entityId: "sensor.a", types: ["mean"], unit: null }, NOW), 4);
  assert.deepEqual(stored, [starts[0], starts[2], starts[3]]);
});

test("statistics are listed with the unit of their values; those that belong to no entity are counted and left out", async () => {
  const list = [
    { statistic_id: "sensor.b", mean_type: 0, has_sum: true, statistics_unit_of_measurement: "kWh" },
    {
      ...{ statistic_id: "sensor.a", mean_type: 1, has_sum: false },
      // It shows another unit than the one that is kept, and its values are answered in that.
      ...{ statistics_unit_of_measurement: "°C", display_unit_of_measurement: "°F" },
    },
    { statistic_id: "solar:roof", mean_type: 0, has_sum: true },
  ];
  assert.deepEqual(await listStatistics(async () => list), {
    sources: [
      { entityId: "sensor.a", types: ["mean", "min", "max"], unit: "°F" },
      { entityId: "sensor.b", types: ["sum", "state", "last_reset"], unit: "kWh" },
    ],
    external: 1,
  });
});
