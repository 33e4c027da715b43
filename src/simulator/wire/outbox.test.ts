import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { createOutbox, MOST_PENDING, PEAK_PENDING } from "./outbox.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function open(reads = true) {
  const clock = createTestClock();
  const frames: string[] = [];
  const unread: (() => void)[] = [];
  const gaveUp: string[] = [];
  const outbox = createOutbox({
    clock,
    write: (frame, done) => {
      frames.push(frame);
      if (reads) done();
      else unread.push(done);
    },
    overflow: (why) => gaveUp.push(why),
  });
  return { clock, outbox, frames, gaveUp, readAll: () => unread.splice(0).forEach((done) => void done()) };
}
/** More than may be on its way to a client that does not read. */
const BIG = "x".repeat(2 ** 20);

test("messages leave one by one until the client takes arrays, then together", async () => {
  const { outbox, frames } = open();
  for (const message of ["1", "2"]) outbox.push(message);
  await turn();
  outbox.coalesce();
  for (const message of ["3", "4"]) outbox.push(message);
  await turn();
  outbox.push("5");
  await turn();
  assert.deepEqual(frames, ["1", "2", "[3,4]", "5"]);
});

test("a client that reads late gets everything, in order", async () => {
  const { outbox, frames, gaveUp, readAll } = open(false);
  outbox.push(BIG);
  await turn();
  for (let i = 0; i < 1000; i++) outbox.push(String(i));
  await turn();
  assert.equal(frames.length, 1);
  readAll();
  await turn();
  assert.deepEqual(
    frames.slice(1),
    Array.from({ length: 1000 }, (_, i) => String(i)),
  );
  assert.deepEqual(gaveUp, []);
});

test(`at ${MOST_PENDING} waiting messages the client is given up, once, and nothing more leaves`, async () => {
  const { outbox, frames, gaveUp } = open(false);
  outbox.push(BIG);
  await turn();
  for (let i = 1; i < MOST_PENDING; i++) outbox.push(String(i));
  assert.deepEqual(gaveUp, []);
  for (let i = 0; i < 10; i++) outbox.push("more");
  await turn();
  assert.deepEqual(gaveUp, [`Reached ${MOST_PENDING} pending messages`]);
  assert.equal(frames.length, 1);
});

test(`over ${PEAK_PENDING} waiting messages for ten seconds it is given up too, unless it catches up`, async () => {
  for (const catchesUp of [false, true]) {
    const { clock, outbox, gaveUp, readAll } = open(false);
    outbox.push(BIG);
    await turn();
    for (let i = 0; i <= PEAK_PENDING; i++) outbox.push(String(i));
    clock.advance(9_999);
    assert.deepEqual(gaveUp, []);
    if (catchesUp) {
      readAll();
      await turn();
    }
    clock.advance(1);
    assert.equal(gaveUp.length, catchesUp ? 0 : 1);
  }
});

test("whoever waits for room is called once there is some, or the client is gone", async () => {
  const { outbox, readAll } = open(false);
  const called: string[] = [];
  outbox.push(BIG);
  await turn();
  outbox.whenBelow(10, () => called.push("room"));
  await turn();
  assert.equal(called.length, 0);
  readAll();
  await turn();
  assert.equal(called.join(), "room");
  outbox.push(BIG);
  await turn();
  outbox.whenBelow(10, () => called.push("gone"));
  outbox.close();
  assert.deepEqual(called, ["room", "gone"]);
});
