import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { createJobs } from "../platform/jobs/jobs.ts";
import { silentLog } from "../platform/told/log.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";
import { startWorker } from "../platform/worker.ts";
import { readingEntry, seriesEntry } from "../store/conformance/support/samples.ts";
import { createMemoryStore } from "../store/memory/memory.ts";
import { createRetention } from "./retention.ts";

test("after the first start retention is ready within a minute of the first change", async () => {
  const now = Date.parse("2026-11-26T12:00:00Z") * 1000;
  const clock = createTestClock(now);
  const status = createStatusBoard({ clock });
  const store = createMemoryStore();
  const jobs = createJobs({
    ...{ clock, log: silentLog },
    book: { get: () => undefined, set: () => {} },
    onChange: () => {},
  });
  const retention = createRetention({
    ...{ store, clock, status, jobs, log: silentLog },
    settings: { get: () => undefined, set: () => {} },
    startWorker: () => startWorker("retention/worker"),
    room: async () => ({ total: 1e12, free: 1e12 }),
    logLimit: 0,
    timeZone: () => "UTC",
    isHeld: () => false,
  });
  const state = () => status.get("retention")?.state;
  clock.advance(5 * 60_000);
  assert.equal(state(), "starting");
  const time = clock.now();
  await store.append([seriesEntry(1), readingEntry({ series: 1, time, changed: time, origin: "live" })]);
  clock.advance(60_000);
  assert.equal(state(), "ok");
  await retention.settled();
  await retention.close();
  await jobs.close();
});
