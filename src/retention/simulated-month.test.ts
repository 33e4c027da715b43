import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createRandom } from "../../tests/support/data/random.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import type { Micros } from "../domain/time/time.ts";
import { createJobs } from "../platform/jobs/jobs.ts";
import { silentLog } from "../platform/told/log.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";
import { startWorker } from "../platform/worker.ts";
import { openIn, using, withFolder } from "../store/conformance/support/folder.ts";
import { eventEntry, readingEntry, seriesEntry } from "../store/conformance/support/samples.ts";
import { blockingMaintainer } from "../store/embedded/maintenance/job.ts";
import type { Entry, Store } from "../store/store.ts";
import { DAY } from "./forecast/forecast.ts";
import { NO_RULES, type RetentionRules } from "./plan/rules.ts";
import { createRetention, type StorageFigures } from "./retention.ts";

const START = Date.parse("2026-08-20T00:00:00Z") * 1000;
const HOUR: Micros = DAY / 24;
const SERIES = 60;
const PER_DAY = 24;
const WARM_UP = 8;
const FORETOLD = 30;
const LOG_LIMIT = 2 * 1024 * 1024;

/** A home's day: temperatures and powers that wander, some switches, a few events. */
function createDays() {
  const random = createRandom(20261126);
  const values = Array.from({ length: SERIES }, () => 200 + Math.floor(random() * 100));
  return (day: number) => {
    const entries: { time: Micros; entry: Entry }[] = [];
    for (let series = 1; series <= SERIES; series++)
      for (let i = 0; i < PER_DAY; i++) {
        const time = START + day * DAY + Math.floor(((i + random()) / PER_DAY) * DAY);
        const value = (values[series - 1] as number) + Math.round((random() - 0.5) * 6);
        values[series - 1] = value;
        const state = series % 5 === 0 ? (value % 2 === 0 ? "on" : "off") : (value / 10).toFixed(1);
        const origin = day < 0 ? "imported" : "live";
        entries.push({ time, entry: readingEntry({ series, time, changed: time, state, origin, context: null }) });
      }
    for (let i = 0; i < (day < 0 ? 0 : 30); i++) {
      const time = START + day * DAY + Math.floor(random() * DAY);
      entries.push({ time, entry: eventEntry({ time, context: null }) });
    }
    return entries.sort((a, b) => a.time - b.time);
  };
}

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

type Shown = {
  readonly store: Store;
  readonly first: StorageFigures;
  readonly last: StorageFigures;
  /** What the files are found to take. */
  readonly bytes: number;
};

/** Records some days, takes the forecast, records as many days as it foretells, and looks at the disk. */
const simulate = (
  given: { readonly rules: RetentionRules; readonly pastDays?: number; readonly budget?: number },
  look: (shown: Shown) => Promise<void>,
) =>
  withFolder(async (folder) => {
    const clock = createTestClock(START);
    const maintainer = blockingMaintainer;
    const sizes = { segmentBytes: 16 * 1024, windowBytes: LOG_LIMIT };
    await using(openIn(folder, { clock, seals: true, maintainer, ...sizes }), async (store) => {
      const settings = new Map<string, unknown>();
      const keep = {
        get: (key: string) => settings.get(key),
        set: (key: string, value: unknown) => void settings.set(key, value),
      };
      const book = { get: () => keep.get("jobs"), set: (value: unknown) => keep.set("jobs", value) };
      const jobs = createJobs({ clock, log: silentLog, book, onChange: () => {} });
      const retention = createRetention({
        store: store as Store,
        settings: keep,
        startWorker: () => startWorker("retention/worker"),
        // The budget is a quarter of the disk.
        room: async () => ({ total: 4 * (given.budget ?? 1e9), free: 1e9 }),
        logLimit: LOG_LIMIT,
        timeZone: () => "UTC",
        jobs,
        isHeld: () => false,
        clock,
        log: silentLog,
        status: createStatusBoard({ clock }),
      });
      retention.change(given.rules);
      await store.append(Array.from({ length: SERIES }, (_, i) => seriesEntry(i + 1)));
      const dayOf = createDays();
      for (let day = -(given.pastDays ?? 0); day < 0; day++) await store.append(dayOf(day).map(({ entry }) => entry));
      const live = async (day: number) => {
        const hours = Map.groupBy(dayOf(day), ({ time }) => Math.floor((time - START - day * DAY) / HOUR));
        for (let hour = 0; hour < 24; hour++) {
          await store.append((hours.get(hour) ?? []).map(({ entry }) => entry));
          clock.advance((START + day * DAY + (hour + 1) * HOUR - clock.now()) / 1000);
          await retention.settled();
        }
        await store.maintained();
      };
      for (let day = 0; day < WARM_UP; day++) await live(day);
      const first = await retention.storage();
      for (let day = WARM_UP; day < WARM_UP + FORETOLD; day++) await live(day);
      const bytes = bytesIn(folder);
      assert.equal(retention.state().lastRun?.state, "done");
      await look({ store, first, last: await retention.storage(), bytes });
      await retention.close();
      await jobs.close();
    });
  });

function assertForetold({ first, last, bytes }: Shown): void {
  const foretold = first.forecast?.[FORETOLD] as number;
  const figures = JSON.stringify({ growth: first.growth, before: first.parts, after: last.parts });
  const off = foretold / bytes - 1;
  assert.ok(Math.abs(off) <= 0.1, `foretold ${foretold}, found ${bytes}: ${(off * 100).toFixed(1)} % off; ${figures}`);
}

test("the forecast for 30 days is within a tenth of what the disk then shows, while rules by age are applied", () => {
  const kept = 20;
  const rules = {
    ...NO_RULES,
    rules: [{ select: { kind: "pattern", value: "sensor.s1*" }, what: "readings", keep: kept }] as const,
  };
  return simulate({ rules }, async (shown) => {
    assertForetold(shown);
    const { readingsPerDay = 0 } = shown.first.growth ?? {};
    assert.ok(Math.abs(readingsPerDay - SERIES * PER_DAY) < 100, `${readingsPerDay}`);
    // What the rule names is younger than it says, but for the week that a run may wait; the rest is all there.
    const oldest = await oldestOf(shown.store, [2, 10]);
    const end = START + (WARM_UP + FORETOLD) * DAY;
    assert.ok((oldest.get(10) as number) >= end - (kept + 9) * DAY, "a series that the rule names");
    assert.ok((oldest.get(2) as number) < START + DAY, "a series that it does not name");
  });
});

const WHEN = { skip: process.env.LONG === "1" ? false : "three months of recording: LONG=1" };

test("so it is where the budget chooses: what it takes is foretold with its day", WHEN, () => {
  const pastDays = 81;
  return simulate({ rules: NO_RULES, pastDays, budget: 700_000 }, async (shown) => {
    assertForetold(shown);
    const forecast = shown.first.forecast as readonly number[];
    const fall = forecast.findIndex((size, day) => size < (forecast[day - 1] ?? 0) - 50_000);
    assert.ok(fall > FORETOLD - WARM_UP - 2 && fall <= FORETOLD, `falls on day ${fall} of ${forecast}`);
    // Whole months, the oldest first; the next one was told less than 30 days ago.
    const oldest = await oldestOf(shown.store, [2]);
    assert.ok((oldest.get(2) as number) >= Date.parse("2026-06-30T00:00:00Z") * 1000, "June has gone");
    assert.ok((oldest.get(2) as number) <= Date.parse("2026-07-02T00:00:00Z") * 1000, "July has not");
  });
});

async function oldestOf(store: Store, series: readonly number[]): Promise<Map<number, Micros>> {
  const view = store.view();
  const reader = store.reader(view);
  const found = new Map<number, Micros>();
  const window = { from: 0, to: Number.MAX_SAFE_INTEGER };
  for (const one of series)
    for await (const [row] of reader.readings({
      ...{ series: one, window, order: "oldest_first", limit: 1, attributes: false },
    }))
      if (row) found.set(one, row.time);
  await reader.close();
  store.release(view);
  return found;
}
