import assert from "node:assert/strict";
import { test } from "node:test";
import { createInbox, type Received } from "./inbox.ts";

const item = (bytes: number): Received => ({ kind: "entities", read: () => [], arrival: 0, bytes });

function openInbox(crowd = { above: 1e9, below: 0 }) {
  const told: string[] = [];
  const inbox = createInbox({
    limit: 1_000,
    onFull: () => void told.push("full"),
    crowd: { ...crowd, tell: (crowded) => void told.push(crowded ? "crowded" : "has room") },
  });
  return { inbox, told };
}

test("once all is taken nothing waits, although shares of frames do not add up to 0", async () => {
  const { inbox } = openInbox();
  const shares = [0.1, 0.2, 0.3];
  assert.notEqual(
    shares.reduce(
      (rest, share) => rest - share,
      shares.reduce((sum, share) => sum + share),
    ),
    0,
  );
  for (const share of shares) inbox.put(item(share));
  for (const _ of shares) {
    assert.equal(inbox.isEmpty, false);
    assert.equal((await inbox.take(0.01)).length, 1);
  }
  assert.equal(inbox.isEmpty, true);
  assert.equal(inbox.bytes, 0);
});

test("what waits is taken in order and in parts, and after its closing to the end", async () => {
  const { inbox } = openInbox();
  const items = Array.from({ length: 7 }, (_, i) => item(10 + i));
  const first = inbox.take(25);
  for (const one of items) inbox.put(one);
  inbox.close();
  inbox.put(item(5));
  const taken = [await first, await inbox.take(25), await inbox.take(1e6), await inbox.take(25)];
  assert.deepEqual(taken.flat(), items);
  assert.deepEqual(taken.at(-1), []);
});

test("a crowd is told when it forms and when it has gone, and an overflow once", async () => {
  const { inbox, told } = openInbox({ above: 500, below: 100 });
  for (let i = 0; i < 12; i++) inbox.put(item(100));
  assert.deepEqual(told, ["crowded", "full"]);
  await inbox.take(1_000);
  await inbox.take(100);
  assert.deepEqual(told, ["crowded", "full", "has room"]);
});
