import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading } from "../../tests/support/hub/test-hub.ts";
import { createTestClock, TEST_TIME } from "../../tests/support/test-clock.ts";
import type { ThinnedSpan } from "../domain/home/thinning.ts";
import { microsToRfc3339 } from "../domain/time/time.ts";
import { silentLog } from "../platform/told/log.ts";
import { startWorker } from "../platform/worker.ts";
import { createMemoryStore } from "../store/memory/memory.ts";
import { createHistory } from "./history.ts";
import type { HistoryAnswer } from "./shapes.ts";

test("an answer says since when and by which rule readings of a series were dropped, where its window touches that", async () => {
  const store = createMemoryStore();
  const rule = { select: { kind: "domain", value: "sensor" } as const, minChange: null, minInterval: 10_000_000 };
  const spans: ThinnedSpan[] = [
    { from: TEST_TIME - 500, to: TEST_TIME - 300, rule: { ...rule, minChange: 0.5, minInterval: null } },
    { from: TEST_TIME - 100, to: null, rule },
  ];
  const history = createHistory({
    store,
    startWorker: () => startWorker("history/worker"),
    thinned: (series) => (series === 1 ? spans : []),
    clock: createTestClock(),
    log: silentLog,
  });
  after(() => history.close());
  await store.append([
    { kind: "series", series: 1, identity: identity("sensor.a") },
    { kind: "series", series: 2, identity: identity("sensor.b") },
    { kind: "reading", reading: reading(1, "1") },
    { kind: "reading", reading: reading(2, "1") },
  ]);
  const ask = async (from: number, to: number) => {
    const series = [
      { id: 1, entityId: "sensor.a" },
      { id: 2, entityId: "sensor.b" },
    ];
    const answer = await history.points({ series, from, to });
    return ((await new Response(answer).json()) as HistoryAnswer).series.map(({ thinned }) => thinned);
  };
  const shown = {
    from: microsToRfc3339(TEST_TIME - 100),
    to: null,
    select: { kind: "domain", value: "sensor" },
    min_change: null,
    min_interval_seconds: 10,
  };
  const ended = {
    ...shown,
    from: microsToRfc3339(TEST_TIME - 500),
    to: microsToRfc3339(TEST_TIME - 300),
    min_change: 0.5,
    min_interval_seconds: null,
  };
  assert.deepEqual(await ask(TEST_TIME - 1_000, TEST_TIME + 1), [[ended, shown], undefined]);
  assert.deepEqual(await ask(TEST_TIME - 300, TEST_TIME + 1), [[shown], undefined]);
  assert.deepEqual(await ask(TEST_TIME - 1_000, TEST_TIME - 600), [undefined, undefined]);
});
