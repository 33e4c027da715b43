import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import { silentLog } from "../../platform/told/log.ts";
import { startDaily } from "./daily.ts";

const MINUTE = 60_000;
const NOON = Date.parse("2026-11-20T11:00:00Z") * 1000;

function open(read: () => Promise<number | undefined>) {
  const clock = createTestClock(NOON);
  const daily = startDaily({ read, clock, calendar: () => createCalendar("Europe/Berlin"), log: silentLog });
  const pass = async (minutes: number) => {
    clock.advance(minutes * MINUTE);
    await setImmediate();
  };
  return { daily, pass, clock };
}

test("a figure is worked out soon after the start, and then after each local midnight", async () => {
  let reads = 0;
  const { daily, pass, clock } = open(async () => ++reads);
  assert.equal(daily.last(), undefined);
  await pass(1);
  assert.deepEqual([daily.last(), reads], [1, 1]);
  // Midnight in Berlin is at 23:00 UTC, twelve hours after the start.
  await pass(12 * 60);
  assert.equal(reads, 1);
  await pass(15);
  assert.deepEqual([daily.last(), reads], [2, 2]);
  await pass(24 * 60);
  assert.equal(reads, 3);
  daily.close();
  daily.again();
  assert.equal(clock.timers, 0);
});

test("what cannot be known is not told, and asked for again; a failure is no figure", async () => {
  const answers: (number | undefined | Error)[] = [undefined, new Error("busy"), 7];
  const { daily, pass } = open(async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  });
  await pass(1);
  assert.equal(daily.last(), undefined);
  await pass(30);
  assert.equal(daily.last(), undefined);
  await pass(30);
  assert.equal(daily.last(), 7);
  daily.close();
});

test("after other meters are chosen the old figure is gone at once, and a late answer of theirs is not taken", async () => {
  const waiting: ((value: number) => void)[] = [];
  const { daily, pass } = open(() => new Promise((resolve) => waiting.push(resolve)));
  await pass(1);
  waiting[0]?.(1);
  await setImmediate();
  assert.equal(daily.last(), 1);
  daily.again();
  assert.equal(daily.last(), undefined);
  await pass(1);
  daily.again();
  waiting[1]?.(2);
  await setImmediate();
  assert.equal(daily.last(), undefined);
  await pass(1);
  waiting[2]?.(3);
  await setImmediate();
  assert.equal(daily.last(), 3);
  daily.close();
});
