import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { createJobs } from "../../platform/jobs/jobs.ts";
import { silentLog } from "../../platform/told/log.ts";
import { createStatusBoard } from "../../platform/told/status-board.ts";
import { startWorker } from "../../platform/worker.ts";
import { openIn, using, withFolder } from "../../store/conformance/support/folder.ts";
import { readingEntry, seriesEntry } from "../../store/conformance/support/samples.ts";
import { blockingMaintainer } from "../../store/embedded/maintenance/job.ts";
import type { Store } from "../../store/store.ts";
import { DAY } from "../forecast/forecast.ts";
import { createRetention } from "../retention.ts";
import { NO_RULES } from "./rules.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z") * 1000;
const SERIES = [1, 2];

/** Two entities with four readings a day for 120 days. */
const withHome = (run: (retention: ReturnType<typeof createRetention>) => Promise<void>) =>
  withFolder(async (folder) => {
    const clock = createTestClock(NOW);
    await using(openIn(folder, { clock, seals: true, maintainer: blockingMaintainer }), async (store) => {
      const settings = new Map<string, unknown>();
      const book = { get: () => settings.get("jobs"), set: (value: unknown) => void settings.set("jobs", value) };
      const jobs = createJobs({ clock, log: silentLog, book, onChange: () => {} });
      const retention = createRetention({
        store: store as Store,
        settings: { get: (key) => settings.get(key), set: (key, value) => void settings.set(key, value) },
        startWorker: () => startWorker("retention/worker"),
        room: async () => ({ total: 1e12, free: 1e12 }),
        logLimit: 0,
        timeZone: () => "UTC",
        jobs,
        isHeld: () => false,
        clock,
        log: silentLog,
        status: createStatusBoard({ clock }),
      });
      await store.append(SERIES.map((series) => seriesEntry(series)));
      const rows = SERIES.flatMap((series) =>
        Array.from({ length: 480 }, (_, i) => {
          const time = NOW - 120 * DAY + ((i + 1) * DAY) / 4;
          return readingEntry({ series, time, changed: time, state: `${i % 10}` });
        }),
      );
      await store.append(rows);
      await run(retention);
      await retention.close();
      await jobs.close();
    });
  });

test("of roll-ups too a preview counts exactly what then goes, by rule and default, and nothing goes unasked", () =>
  withHome(async (retention) => {
    const readings = { ...NO_RULES, defaults: { ...NO_RULES.defaults, readings: 20 } };
    const goes = async () => {
      const { rollups, id, counts } = await retention.preview();
      const bySeries = new Map(rollups.map((one) => [one.series, one.rollups]));
      await retention.run(id);
      await retention.idle();
      const { lastRun } = retention.state();
      assert.equal(lastRun?.state, "done");
      const sum = [...bySeries.values()].reduce((a, b) => a + b, 0);
      assert.equal(lastRun.rollups, sum, "as counted");
      return { bySeries, counts, reasons: rollups.map(({ cutoff }) => cutoff.reason) };
    };
    retention.change(readings);
    const first = await goes();
    assert.deepEqual([first.bySeries.size, first.counts.length], [0, 2]);
    const august = (await retention.usage()).filter(({ series, month }) => series === 1 && month === "2026-08");
    assert.ok(
      august.every(({ readings, bytes }) => readings === 0 && bytes > 0) && august.length > 0,
      "they take room",
    );
    assert.equal((await goes()).bySeries.size, 0, "what readings amounted to is kept for ever");

    retention.change({
      ...readings,
      rules: [{ select: { kind: "entity", value: "sensor.s1", series: 1 }, what: "rollups", keep: 60 }],
    });
    const byRule = await goes();
    // Of 2026-07-29 to 2026-09-26, one a day.
    assert.deepEqual([...byRule.bySeries, byRule.reasons], [[1, 60], ["rule"]]);
    assert.equal(byRule.counts.length, 0, "readings stay");

    retention.change({ ...readings, defaults: { ...readings.defaults, rollups: 30 } });
    const byDefault = await goes();
    assert.deepEqual(
      byDefault.bySeries,
      new Map([
        [1, 30],
        [2, 90],
      ]),
    );
    assert.equal((await goes()).bySeries.size, 0);
  }));
