import assert from "node:assert/strict";
import { test } from "node:test";
import { failingFiles, manualClock } from "../conformance/support/faults.ts";
import { openIn, using, withFolder } from "../conformance/support/folder.ts";
import { collect, eventEntry, everyReading, readingEntry, seriesEntry, T0 } from "../conformance/support/samples.ts";
import type { Store } from "../store.ts";
import { blockingMaintainer, type Maintainer } from "./maintenance/job.ts";
import type { Trouble } from "./troubles.ts";

const states = async (store: Store): Promise<(string | null)[]> => {
  const view = store.view();
  const reader = store.reader(view);
  const found = await collect(reader.readings(everyReading(1)));
  assert.deepEqual(reader.damages, []);
  await reader.close();
  store.release(view);
  return found.map(({ state }) => state);
};
const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => readingEntry({ time: T0 + from + i, state: `${from + i}` }));
const numbers = (count: number, without: (i: number) => boolean = () => false) =>
  Array.from({ length: count }, (_, i) => `${i}`).filter((_, i) => !without(i));

const refused = { code: "store_write_failed", retry: true };

for (const [what, taken] of [
  ["at once", 0],
  ["after a part of it", 100],
] as const)
  test(`a full disk that refuses a write ${what} leaves nothing of the batch, and later appends work`, () =>
    withFolder(async (folder) => {
      const { files, faults } = failingFiles();
      const troubles: (Trouble | null)[] = [];
      await using(openIn(folder, { files, onTrouble: (trouble) => troubles.push(trouble) }), async (store) => {
        await store.append([seriesEntry(1), ...numbered(0, 5)]);
        const before = store.stats();
        faults.write = { code: "ENOSPC", taken };
        const attributes = { new: "attributes", that: "must not be built upon" };
        await assert.rejects(
          store.append([readingEntry({ time: T0 + 99, state: "lost", attributes }), ...numbered(50, 5)]),
          refused,
        );
        assert.deepEqual(store.stats(), before);
        assert.equal(store.latest(1)?.state, "4");
        assert.match(troubles.at(-1)?.why ?? "", /ENOSPC/);
        faults.write = undefined;
        await store.append([readingEntry({ time: T0 + 5, state: "5", attributes }), ...numbered(6, 3)]);
        assert.equal(troubles.at(-1), null);
        assert.deepEqual(await states(store), numbers(9));
      });
      await using(openIn(folder), async (store) => {
        assert.deepEqual(store.damages(), []);
        assert.deepEqual(await states(store), numbers(9));
        assert.equal(store.stats().readings, 9);
      });
    }));

test("a system that takes a few bytes at a time loses nothing", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    faults.mostAtOnce = 7;
    await using(openIn(folder, { files }), async (store) => {
      await store.append([seriesEntry(1), ...numbered(0, 50)]);
      assert.deepEqual(await states(store), numbers(50));
    });
    await using(openIn(folder), async (store) => assert.deepEqual(await states(store), numbers(50)));
  }));

test("a refused batch that cannot be cut off again never comes back, not even after a restart", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    await using(openIn(folder, { files }), async (store) => {
      await store.append([seriesEntry(1), ...numbered(0, 5)]);
      // All of it reaches the file, and then the disk reports an error.
      faults.write = { code: "EIO", taken: 1e9 };
      faults.truncate = "EIO";
      await assert.rejects(store.append(numbered(100, 5)), refused);
      faults.write = undefined;
      await store.append(numbered(5, 5));
      assert.deepEqual(await states(store), numbers(10));
    });
    await using(openIn(folder), async (store) => {
      assert.deepEqual(await states(store), numbers(10));
      assert.deepEqual(store.damages(), []);
    });
  }));

test("a refused batch that had reached the file is not there after a restart, with nothing written since", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    await using(openIn(folder, { files }), async (store) => {
      await store.append([seriesEntry(1), ...numbered(0, 5)]);
      faults.write = { code: "EIO", taken: 1e9 };
      await assert.rejects(store.append(numbered(100, 5)), refused);
      faults.write = undefined;
    });
    await using(openIn(folder), async (store) => {
      assert.deepEqual(await states(store), numbers(5));
      assert.deepEqual(store.damages(), []);
    });
  }));

test("a segment that cannot be begun leaves the full one in use, and is begun when the disk allows", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    await using(openIn(folder, { files, segmentBytes: 1000 }), async (store) => {
      await store.append([seriesEntry(1), ...numbered(0, 20)]);
      faults.open = "ENOSPC";
      await store.append(numbered(20, 20));
      assert.equal(store.stats().files, 1);
      faults.open = undefined;
      await store.append(numbered(40, 20));
      await store.maintained();
      assert.equal(store.stats().files, 3);
      assert.deepEqual(await states(store), numbers(60));
    });
    await using(openIn(folder), async (store) => assert.deepEqual(await states(store), numbers(60)));
  }));

test("a disk that refuses to sync is told at once; nothing more is acknowledged until it syncs again", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    const troubles: (Trouble | null)[] = [];
    const clock = manualClock();
    const onTrouble = (trouble: Trouble | null) => troubles.push(trouble);
    await using(openIn(folder, { files, clock, onTrouble }), async (store) => {
      await store.append([seriesEntry(1), ...numbered(0, 3)]);
      faults.datasync = "EIO";
      await assert.rejects(store.sync(), { code: "store_sync_failed", retry: true });
      assert.match(troubles.at(-1)?.why ?? "", /EIO/);
      const { unsyncedBytes } = store.stats();
      assert.ok(unsyncedBytes > 0);
      await assert.rejects(store.append(numbered(3, 3)), refused);
      assert.equal(store.stats().unsyncedBytes, unsyncedBytes);
      assert.deepEqual(await states(store), numbers(3));
      faults.datasync = undefined;
      await store.append(numbered(3, 3));
      assert.equal(store.stats().unsyncedBytes, 0);
      assert.equal(troubles.at(-1), null);
      assert.deepEqual(await states(store), numbers(6));
    });
    await using(openIn(folder), async (store) => assert.deepEqual(await states(store), numbers(6)));
  }));

test("after a refused sync the unsynced bytes are written again before the next one counts", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    const clock = manualClock();
    await using(openIn(folder, { files, clock }), async (store) => {
      await store.append([seriesEntry(1), ...numbered(0, 3)]);
      faults.datasync = "EIO";
      await assert.rejects(store.sync());
      faults.datasync = undefined;
      const { writes } = faults;
      const { unsyncedBytes } = store.stats();
      // The retry, some seconds later.
      clock.advance(5_000);
      await store.sync();
      assert.equal(faults.writes, writes + 1);
      assert.equal(faults.lastWritten, unsyncedBytes);
      assert.equal(store.stats().unsyncedBytes, 0);
    });
  }));

test("the disk is asked to sync after 30 s, after 5 s for what cannot be asked for again, and at 64 kB at once", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    const clock = manualClock();
    await using(openIn(folder, { files, clock }), async (store) => {
      await store.append([seriesEntry(1)]);
      await store.sync();
      const syncs = async (ms: number): Promise<number> => {
        const before = faults.syncs;
        clock.advance(ms);
        await faults.settled();
        return faults.syncs - before;
      };
      await store.append(numbered(0, 1));
      assert.equal(await syncs(29_999), 0);
      await store.append(numbered(1, 1));
      assert.equal(await syncs(1), 1);
      assert.equal(store.stats().unsyncedBytes, 0);
      assert.equal(await syncs(100_000), 0);

      await store.append(numbered(2, 1));
      await store.append([eventEntry()]);
      assert.equal(await syncs(4_999), 0);
      assert.equal(await syncs(1), 1);

      const before = faults.syncs;
      await store.append([readingEntry({ state: "x".repeat(70_000) })]);
      await faults.settled();
      assert.equal(faults.syncs, before + 1);
      assert.equal(store.stats().unsyncedBytes, 0);
    });
  }));

test("an index that the disk refused is written once the disk allows, without a further segment", () =>
  withFolder(async (folder) => {
    const troubles: (Trouble | null)[] = [];
    const clock = manualClock();
    let refuse = true;
    const maintainer: Maintainer = {
      run: (job) => (refuse ? Promise.reject(new Error("EROFS: made to fail")) : blockingMaintainer.run(job)),
      close: async () => {},
    };
    const onTrouble = (trouble: Trouble | null) => troubles.push(trouble);
    await using(openIn(folder, { maintainer, seals: false, clock, onTrouble, segmentBytes: 1000 }), async (store) => {
      await store.append([seriesEntry(1), ...numbered(0, 20)]);
      await store.append(numbered(20, 20));
      await store.maintained();
      assert.match(troubles.at(-1)?.why ?? "", /index .* EROFS/);
      clock.advance(5_000);
      await store.maintained();
      assert.match(troubles.at(-1)?.why ?? "", /index .* EROFS/, "it is tried ever more slowly");
      refuse = false;
      clock.advance(10_000);
      await store.maintained();
      assert.equal(troubles.at(-1), null);
      assert.deepEqual(await states(store), numbers(40));
    });
  }));

test("a slow sync holds up no append", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    await using(openIn(folder, { files }), async (store) => {
      await store.append([seriesEntry(1)]);
      const release = faults.holdSyncs();
      const sync = store.sync();
      await store.append(numbered(0, 100));
      assert.deepEqual(await states(store), numbers(100));
      assert.ok(store.stats().unsyncedBytes > 0);
      release();
      await sync;
      await store.sync();
      assert.equal(store.stats().unsyncedBytes, 0);
    });
  }));

test("through hundreds of random faults what was acknowledged is there, and what was refused is not", () =>
  withFolder(async (folder) => {
    const { files, faults } = failingFiles();
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const kept: string[] = [];
    let number = 0;
    for (let round = 0; round < 6; round++) {
      await using(openIn(folder, { files, segmentBytes: 3000 }), async (store) => {
        if (round === 0) await store.append([seriesEntry(1)]);
        for (let i = 0; i < 60; i++) {
          faults.write = random(4) === 0 ? { code: "ENOSPC", taken: random(400) } : undefined;
          faults.truncate = random(3) === 0 ? "EIO" : undefined;
          faults.open = random(5) === 0 ? "ENOSPC" : undefined;
          const calls = Array.from({ length: 1 + random(3) }, () => {
            const first = number;
            number += 1 + random(12);
            const attributes = { step: random(3), of: "x", more: [1] };
            const entries = numbered(first, number - first).map((entry) =>
              entry.kind === "reading" ? { ...entry, reading: { ...entry.reading, attributes } } : entry,
            );
            const names = entries.map((_, at) => `${first + at}`);
            return store.append(entries).then(
              () => kept.push(...names),
              (error) => assert.equal(error.code, "store_write_failed"),
            );
          });
          await Promise.all(calls);
        }
        faults.write = faults.truncate = faults.open = undefined;
        // Proves that the disk can be used again; a failed cut is behind us only then.
        await store.append(numbered(number, 1));
        kept.push(`${number++}`);
        assert.deepEqual(await states(store), kept);
      });
      await using(openIn(folder), async (store) => {
        assert.deepEqual(await states(store), kept);
        assert.deepEqual(store.damages(), []);
        assert.equal(store.stats().readings, kept.length);
      });
    }
    assert.ok(kept.length < number * 0.9, "some were refused");
  }));
