import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCsv } from "../../tests/support/data/csv.ts";
import { identity, reading } from "../../tests/support/hub/test-hub.ts";
import { createTestClock, TEST_TIME } from "../../tests/support/test-clock.ts";
import type { Statistic } from "../domain/data/statistic.ts";
import { microsToRfc3339 } from "../domain/time/time.ts";
import { silentLog } from "../platform/told/log.ts";
import { startWorker } from "../platform/worker.ts";
import { createMemoryStore } from "../store/memory/memory.ts";
import { createExchange, type ExportRequest } from "./exchange.ts";

const HOUR = 3_600_000_000;
const BASE = { series: 2, period: "hour", mean: null, min: null, max: null } as const;
const ROWS: Statistic[] = [
  { ...BASE, start: TEST_TIME, sum: 1.5, state: 101.5, lastReset: TEST_TIME - HOUR },
  { ...BASE, start: TEST_TIME + HOUR, sum: -0.1, state: 1e21, lastReset: null },
  {
    ...BASE,
    period: "day",
    start: TEST_TIME,
    mean: 0.1 + 0.2,
    min: 0,
    max: 5e-324,
    sum: null,
    state: null,
    lastReset: null,
  },
];

test("imported statistics are exported whole, with their unit, in both formats, in a window and by columns", async () => {
  const store = createMemoryStore();
  await store.append([
    { kind: "series", series: 1, identity: identity("sensor.none") },
    { kind: "series", series: 2, identity: identity("sensor.meter") },
    { kind: "reading", reading: reading(2, "5") },
    { kind: "gap", gap: { kind: "states", series: 2, from: TEST_TIME, to: TEST_TIME + 9, cause: "not_recorded" } },
    // A later one replaces it.
    { kind: "statistic", statistic: { ...(ROWS[0] as Statistic), sum: 9 } },
    ...ROWS.map((statistic) => ({ kind: "statistic" as const, statistic })),
  ]);
  const exchange = createExchange({
    ...{ store, clock: createTestClock(), log: silentLog },
    unitOfStatistics: (series) => (series === 2 ? "kWh" : null),
    startWorker: () => startWorker("exchange/worker"),
  });
  const series = [
    { id: 1, entityId: "sensor.none" },
    { id: 2, entityId: "sensor.meter" },
  ];
  const ask = async (more: Partial<ExportRequest> = {}): Promise<string> =>
    new Response(await exchange.export({ format: "ndjson", kinds: ["statistics"], series, ...more })).text();
  const time = (at: number | null) => (at === null ? null : microsToRfc3339(at));
  const expected = ROWS.map(({ series: id, start, lastReset, ...values }) => ({
    ...{ kind: "statistic", entity_id: "sensor.meter", series: id, ...values },
    ...{ start: time(start), last_reset: time(lastReset), unit: "kWh" },
  }));
  const lines = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string });
  const whole = lines(await ask());
  assert.deepEqual(whole.slice(0, -1), expected, "gaps are those of readings, and not asked for");
  assert.deepEqual(whole.at(-1), {
    ...{ kind: "end", readings: 0, events: 0, statistics: 3, gaps: 0, rolled_up: 0, damaged: 0, from: null, to: null },
  });
  const [head, ...records] = parseCsv(await ask({ format: "csv" }));
  const names = head as (keyof (typeof expected)[number])[];
  assert.deepEqual(
    records.slice(0, 3),
    expected.map((one) => names.map((name) => (one[name] === null ? null : String(one[name])))),
  );
  assert.match(records[3]?.[0] ?? "", /^#end readings=0 events=0 statistics=3 gaps=0 /);
  assert.deepEqual(lines(await ask({ from: TEST_TIME + 1, columns: ["start", "sum"], times: "us" }))[0], {
    kind: "statistic",
    start: TEST_TIME + HOUR,
    sum: -0.1,
  });
  const both = lines(await ask({ kinds: ["readings", "statistics"], columns: ["state"] }));
  assert.deepEqual(
    both.map(({ kind }) => kind),
    ["reading", "statistic", "statistic", "statistic", "gap", "end"],
  );
  await assert.rejects(ask({ columns: ["start", "origin"] }), { code: "invalid_request" });
  await exchange.close();
});
