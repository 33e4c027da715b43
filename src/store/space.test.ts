import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { createSpace } from "./space.ts";

const MB = 1_000_000;

test("the reserve is never taken: writing stops below it, and goes on when there is a little more than it", async () => {
  const clock = createTestClock();
  let free = 501 * MB;
  const space = createSpace({ clock, reserve: 500 * MB, room: async () => ({ total: 1e12, free }) });
  const refused = async () => {
    clock.advance(10_000);
    return space.refusal();
  };
  assert.equal(await refused(), undefined);
  free = 499 * MB;
  assert.match((await refused()) ?? "", /499 MB left.*500 MB/);
  assert.equal(space.stoppedSince(), clock.now());
  free = 505 * MB;
  assert.match((await refused()) ?? "", /505 MB left/, "it does not stop and go by turns");
  free = 511 * MB;
  assert.equal(await refused(), undefined);
  assert.equal(space.stoppedSince(), undefined);
});

test("the disk is looked at again after ten seconds or a part of the reserve, and each second while it is full", async () => {
  const clock = createTestClock();
  let looks = 0;
  let free = 600 * MB;
  const room = async () => {
    looks++;
    return { total: 1e12, free };
  };
  const space = createSpace({ clock, reserve: 40 * MB, room });
  const looked = async (ms: number, bytes: number) => {
    const before = looks;
    clock.advance(ms);
    space.took(bytes);
    await space.refusal();
    return looks - before;
  };
  assert.equal(await looked(0, 0), 1);
  assert.deepEqual([await looked(9_999, 9 * MB), await looked(1, 0)], [0, 1]);
  assert.deepEqual([await looked(0, 9 * MB), await looked(0, MB)], [0, 1]);
  free = 0;
  assert.equal(await looked(10_000, 0), 1);
  assert.deepEqual([await looked(999, 0), await looked(1, 0)], [0, 1]);
});

test("a disk that does not say how full it is stops nothing, and a reserve of 0 asks nobody", async () => {
  const clock = createTestClock();
  const silent = createSpace({ clock, reserve: MB, room: () => Promise.reject(new Error("ENOSYS")) });
  assert.equal(await silent.refusal(), undefined);
  assert.equal(createSpace({ clock, reserve: 0, room: () => assert.fail("asked") }).refusal(), undefined);
});
