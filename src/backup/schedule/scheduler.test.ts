import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock, type TestClock } from "../../../tests/support/test-clock.ts";
import { createScheduler } from "./scheduler.ts";
import { type BackupSchedule, PROPOSED } from "./settings.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const start = (text: string) => createTestClock(Date.parse(text) * 1000);
const DAILY: BackupSchedule = { ...PROPOSED, on: true };

/** A run of the hub with settings that outlive it; says when backups were begun. */
function openIn(settings: Map<string, unknown>, clock: TestClock) {
  const home: { timeZone: string | undefined; isCalm: boolean } = { timeZone: "Europe/Berlin", isCalm: true };
  const began: string[] = [];
  const scheduler = createScheduler({
    settings: { get: (key) => settings.get(key), set: (key, value) => void settings.set(key, value) },
    timeZone: () => home.timeZone,
    clock,
    isCalm: () => home.isCalm,
    onChange: () => {},
    run: async () => void began.push(new Date(clock.now() / 1000).toISOString().slice(0, 16)),
  });
  return { scheduler, began, home };
}

/** A hub that made its backups until the evening of the 20th. */
function stoppedThen(): Map<string, unknown> {
  const settings = new Map<string, unknown>();
  const clock = start("2026-11-19T20:00:00Z");
  const { scheduler, began } = openIn(settings, clock);
  scheduler.set(DAILY);
  clock.advance(24 * HOUR);
  scheduler.close();
  assert.deepEqual(began, ["2026-11-20T02:40"]);
  return settings;
}

test("a time that passed while the hub was stopped is made up for once, and not in the first minute", () => {
  const settings = stoppedThen();
  const clock = start("2026-11-23T09:00:00Z");
  const first = openIn(settings, clock);
  clock.advance(MINUTE);
  assert.deepEqual(first.began, []);
  clock.advance(HOUR);
  assert.deepEqual(first.began, ["2026-11-23T09:02"]);
  first.scheduler.close();
  // What failed or was killed is not begun again either.
  const again = openIn(settings, clock);
  clock.advance(HOUR);
  assert.deepEqual(again.began, []);
  clock.advance(16 * HOUR);
  assert.deepEqual(again.began, ["2026-11-24T02:40"], "the next one comes at its time");
  again.scheduler.close();
});

test("it waits until all is calm, for two looks in a row", () => {
  const clock = start("2026-11-23T09:00:00Z");
  const { scheduler, began, home } = openIn(stoppedThen(), clock);
  home.isCalm = false;
  clock.advance(3 * HOUR);
  home.isCalm = true;
  clock.advance(MINUTE);
  home.isCalm = false;
  clock.advance(HOUR);
  assert.deepEqual(began, []);
  home.isCalm = true;
  clock.advance(2 * MINUTE);
  assert.equal(began.length, 1);
  scheduler.close();
});

test("where the next time comes first, that is the only one", () => {
  const clock = start("2026-11-23T02:39:00Z");
  const { scheduler, began } = openIn(stoppedThen(), clock);
  clock.advance(12 * HOUR);
  assert.deepEqual(began, ["2026-11-23T02:40"]);
  scheduler.close();
});

test("nothing is made up for that was made: the home's zone is waited for, and a restart a minute later is none", () => {
  const settings = stoppedThen();
  const clock = start("2026-11-21T02:30:00Z");
  const night = openIn(settings, clock);
  clock.advance(15 * MINUTE);
  assert.deepEqual(night.began, ["2026-11-21T02:40"]);
  night.scheduler.close();
  // 03:40 of UTC has passed by now, that of the home was an hour ago.
  clock.advance(HOUR);
  const { scheduler, began, home } = openIn(settings, clock);
  home.timeZone = undefined;
  home.isCalm = false;
  clock.advance(10 * MINUTE);
  home.timeZone = "Europe/Berlin";
  home.isCalm = true;
  clock.advance(HOUR);
  assert.deepEqual(began, []);
  scheduler.close();
});

test("a schedule that is set, switched on or was kept by an older hub makes up for nothing", () => {
  const settings = stoppedThen();
  const clock = start("2026-11-23T09:00:00Z");
  const set = openIn(settings, clock);
  set.scheduler.set({ ...DAILY, at: "04:00" });
  clock.advance(HOUR);
  set.scheduler.set({ ...DAILY, on: false });
  clock.advance(48 * HOUR);
  set.scheduler.set(DAILY);
  clock.advance(HOUR);
  assert.deepEqual(set.began, []);
  set.scheduler.close();
  settings.delete("backup_schedule_done");
  const older = openIn(settings, clock);
  clock.advance(HOUR);
  assert.deepEqual(older.began, []);
  older.scheduler.close();
});
