import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Backups, type BackupsNeeds, createBackups } from "../../../src/backup/backups.ts";
import { type Database, openDatabase } from "../../../src/database/open.ts";
import { createJobs, type Jobs } from "../../../src/platform/jobs/jobs.ts";
import { systemClock } from "../../../src/platform/time/clock.ts";
import { silentLog } from "../../../src/platform/told/log.ts";
import { createStatusBoard, type StatusBoard } from "../../../src/platform/told/status-board.ts";
import { startWorker } from "../../../src/platform/worker.ts";
import type { EmbeddedNeeds, EmbeddedStore } from "../../../src/store/embedded/embedded.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Entry } from "../../../src/store/store.ts";
import { identity, reading } from "../hub/test-hub.ts";
import { TEST_TIME } from "../test-clock.ts";

/** A home's folder with an open store and app.db, and its backups: what the hub makes of them, without the hub. */
export type BackedUpHome = {
  readonly home: string;
  readonly folder: string;
  readonly store: EmbeddedStore;
  readonly database: Database;
  readonly backups: Backups;
  readonly jobs: Jobs;
  readonly board: StatusBoard;
  /** Waits until it is made; answers its id. */
  make(): Promise<string>;
  close(): Promise<void>;
};

export async function openBackedUpHome(
  root: string,
  more: { store?: Partial<EmbeddedNeeds>; backups?: Partial<BackupsNeeds> } = {},
): Promise<BackedUpHome> {
  const home = join(root, "home");
  const folder = join(root, "backups");
  mkdirSync(root, { recursive: true });
  const clock = systemClock;
  const log = silentLog;
  const database = openDatabase({ folder: home, clock, log });
  const store = await openStore({
    kind: "embedded",
    folder: join(home, "store"),
    clock,
    log,
    segmentBytes: 16 * 1024,
    ...more.store,
  });
  const board = createStatusBoard({ clock });
  const jobs = createJobs({
    clock,
    log,
    book: { get: () => database.settings.get("jobs"), set: (kept) => database.settings.set("jobs", kept) },
    onChange: () => {},
  });
  const backups = createBackups({
    folder,
    home,
    store,
    settings: database.settings,
    timeZone: () => "Europe/Berlin",
    isSettled: () => true,
    version: "0.0.0-test",
    simulated: false,
    startWorker: () => startWorker("backup/jobs/worker"),
    jobs,
    clock,
    log,
    status: board,
    reserve: 0,
    ...more.backups,
  });
  return {
    home,
    folder,
    store,
    database,
    backups,
    jobs,
    board,
    make: async () => {
      const { id } = backups.make();
      await backups.idle();
      return id;
    },
    close: async () => {
      await jobs.close();
      await backups.close();
      await store.close();
      database.close();
    },
  };
}

/** Months apart, so that sealing makes several blocks. */
const MONTH = 31 * 86_400_000_000;

export const series = (ids: readonly number[]): Entry[] =>
  ids.map((id) => ({ kind: "series", series: id, identity: identity(`sensor.test_${id}`) }));

export const readings = (from: number, count: number, month = 0): Entry[] =>
  Array.from({ length: count }, (_, i) => {
    const time = TEST_TIME + month * MONTH + (from + i) * 1_000_000;
    const attributes = { unit_of_measurement: "W", friendly_name: `Test ${(from + i) % 7}` };
    return { kind: "reading", reading: reading(1 + (i % 3), `state ${from + i}`, { time, changed: time, attributes }) };
  });

export const event = (number: number): Entry => ({
  kind: "event",
  event: { type: "test", time: TEST_TIME + number * 1_000_000, data: { number }, context: null, origin: "live" },
});
