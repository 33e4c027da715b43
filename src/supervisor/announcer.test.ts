import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { silentLog } from "../platform/told/log.ts";
import { type Announcement, createAnnouncer } from "./announcer.ts";

function start() {
  const clock = createTestClock();
  const calls: string[] = [];
  const now = {
    announcement: { host: "hub", port: 8098, token: "one", server_id: "s", api: 1 } as Announcement,
    connectedSince: undefined as number | undefined,
    lastCall: undefined as number | undefined,
  };
  let uuids = 0;
  const announcer = createAnnouncer({
    client: {
      announce: async (service, { token }) => {
        calls.push(`announce ${service} ${token}`);
        return `uuid-${++uuids}`;
      },
      withdraw: async (uuid) => void calls.push(`withdraw ${uuid}`),
    },
    announcement: () => now.announcement,
    connectedSince: () => now.connectedSince,
    lastCall: () => now.lastCall,
    clock,
    log: silentLog,
  });
  const checkFor = async (minutes: number) => {
    for (let tens = 0; tens < minutes * 6; tens++) {
      clock.advance(10_000);
      await announcer.check();
    }
  };
  return { clock, calls, now, announcer, checkFor };
}

test("the hub announces itself at its start, once", async () => {
  const { calls, checkFor } = start();
  await checkFor(10);
  assert.deepEqual(calls, ["announce ha_ingestor one"]);
});

test("where no integration has called for minutes after Home Assistant came, the message is sent anew, once", async () => {
  const { calls, now, clock, checkFor } = start();
  await checkFor(1);
  now.connectedSince = clock.now();
  await checkFor(2.5);
  assert.equal(calls.length, 1);
  await checkFor(60);
  assert.deepEqual(calls.slice(1), ["withdraw uuid-1", "announce ha_ingestor one"]);

  // Home Assistant restarts: its next connection is another chance, also for an integration installed just now.
  now.connectedSince = clock.now();
  await checkFor(60);
  assert.deepEqual(calls.slice(3), ["withdraw uuid-2", "announce ha_ingestor one"]);
});

test("an integration that calls is left alone", async () => {
  const { calls, now, clock, checkFor } = start();
  await checkFor(1);
  for (let restarts = 0; restarts < 3; restarts++) {
    now.connectedSince = clock.now();
    now.lastCall = clock.now() + 5_000_000;
    await checkFor(30);
  }
  assert.equal(calls.length, 1);
});

test("a call before Home Assistant's restart says nothing of the integration after it", async () => {
  const { calls, now, clock, checkFor } = start();
  await checkFor(1);
  now.lastCall = clock.now();
  clock.advance(1_000);
  now.connectedSince = clock.now();
  await checkFor(4);
  assert.equal(calls.length, 3);
});

test("a new token is announced at once", async () => {
  const { calls, now, checkFor } = start();
  await checkFor(1);
  now.announcement = { ...now.announcement, token: "two" };
  await checkFor(1);
  assert.deepEqual(calls, ["announce ha_ingestor one", "announce ha_ingestor two"]);
});
