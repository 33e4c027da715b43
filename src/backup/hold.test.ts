import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { silentLog } from "../platform/told/log.ts";
import { createStatusBoard } from "../platform/told/status-board.ts";
import { createBackupHold, type HoldNeeds } from "./hold.ts";

function start(more: Partial<HoldNeeds> = {}) {
  const clock = createTestClock();
  const status = createStatusBoard({ clock });
  const done: string[] = [];
  const hold = createBackupHold({
    store: {
      holdFiles: async () => {
        done.push("hold store");
        return () => void done.push("free store");
      },
      sync: async () => void done.push("sync"),
    },
    database: {
      holdFile: () => {
        done.push("hold app.db");
        return () => void done.push("free app.db");
      },
    },
    clock,
    log: silentLog,
    status,
    ...more,
  });
  return { clock, status, done, hold };
}

test("between begin and end everything is held, and nothing before or after", async () => {
  const { hold, done, clock, status } = start();
  const { until, problems } = await hold.begin();
  assert.deepEqual(done, ["hold store", "hold app.db", "sync"]);
  assert.deepEqual(problems, []);
  assert.equal(until - clock.now(), 2 * 3_600_000_000);
  assert.equal(status.get("backup")?.figures?.under_way, true);
  clock.advance(90_000);
  assert.equal(hold.end(), true);
  assert.deepEqual(done.slice(3), ["free store", "free app.db"]);
  assert.deepEqual(status.get("backup")?.figures, { under_way: false, last_lasted_seconds: 90 });
  assert.equal(hold.end(), false);
  assert.equal(clock.timers, 0);
});

test("a backup that nobody ends is over by itself, and one begun twice lasts from the second time", async () => {
  const { hold, done, clock } = start();
  await hold.begin();
  clock.advance(3_600_000);
  await hold.begin();
  clock.advance(7_199_000);
  assert.deepEqual(done, ["hold store", "hold app.db", "sync", "sync"]);
  clock.advance(1_000);
  assert.deepEqual(done.slice(4), ["free store", "free app.db"]);
  assert.equal(hold.end(), false);
});

test("what cannot be made ready is told, and the rest is held all the same", async () => {
  const { hold, done } = start({
    store: {
      holdFiles: async () => () => void done.push("free store"),
      sync: () => Promise.reject(new Error("the disk is full")),
    },
    database: {
      holdFile: () => {
        throw new Error("app.db is busy");
      },
    },
  });
  const { problems } = await hold.begin();
  assert.deepEqual(problems, [
    "making app.db complete: app.db is busy",
    "writing the last changes to the disk: the disk is full",
  ]);
  assert.equal(hold.end(), true);
  assert.deepEqual(done, ["free store"]);
});

test("an end that comes while the begin is under way leaves nothing held", async () => {
  const ready = Promise.withResolvers<void>();
  const { hold, done } = start({
    store: {
      holdFiles: async () => {
        await ready.promise;
        return () => void done.push("free store");
      },
      sync: async () => {},
    },
  });
  const begun = hold.begin();
  assert.equal(hold.end(), true);
  ready.resolve();
  await begun;
  assert.deepEqual(done, ["free store", "hold app.db", "free app.db"]);
});
