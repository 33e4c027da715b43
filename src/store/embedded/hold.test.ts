import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { openIn, using, withFolder } from "../conformance/support/folder.ts";
import { collect, everyReading, readingEntry, seriesEntry, T0 } from "../conformance/support/samples.ts";
import type { Entry, Store } from "../store.ts";

const SEGMENT = 16 * 1024;
const readings = (from: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => readingEntry({ time: T0 + (from + i) * 1000, state: `state ${from + i}` }));

async function filesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(join(folder, "tail"));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, "tail", name))] as const)),
  );
}

async function statesOf(store: Store): Promise<(string | null)[]> {
  const view = store.view();
  const reader = store.reader(view);
  const found = await collect(reader.readings({ ...everyReading(1), attributes: false }));
  await reader.close();
  store.release(view);
  return found.map(({ state }) => state);
}

test("while files are held none is begun, renamed or deleted, what stands in them stays, and appending goes on", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, { segmentBytes: SEGMENT }), async (store) => {
      await store.append([seriesEntry(1)]);
      for (let at = 0; at < 2_000; at += 50) await store.append(readings(at, 50));
      const free = await store.holdFiles();
      const before = await filesIn(folder);
      for (let at = 2_000; at < 4_000; at += 50) await store.append(readings(at, 50));
      await store.maintained();
      const during = await filesIn(folder);
      assert.deepEqual([...during.keys()].sort(), [...before.keys()].sort());
      for (const [name, bytes] of before) assert.deepEqual(during.get(name)?.subarray(0, bytes.length), bytes, name);
      assert.equal((await statesOf(store)).length, 4_000);

      free();
      free();
      await store.append(readings(4_000, 50));
      await store.maintained();
      const after = await filesIn(folder);
      assert.ok(after.size > during.size, "the next segment is begun, and what was closed has its index");
      assert.equal((await statesOf(store)).length, 4_050);
    });
  }));

test("a copy made while files are held, cut off anywhere in what came meanwhile, holds all that came before", () =>
  withFolder(async (folder) => {
    const copies: string[] = [];
    await using(openIn(folder, { segmentBytes: SEGMENT }), async (store) => {
      await store.append([seriesEntry(1)]);
      for (let at = 0; at < 500; at += 50) await store.append(readings(at, 50));
      const free = await store.holdFiles();
      for (let copy = 0; copy < 5; copy++) {
        const appending = store.append(readings(500 + copy * 20, 20));
        copies.push(`${folder}-copy-${copy}`);
        await cp(folder, copies.at(-1) as string, { recursive: true });
        await appending;
      }
      free();
    });
    for (const copy of copies)
      await using(openIn(copy, { segmentBytes: SEGMENT }), async (store) => {
        const states = await statesOf(store);
        assert.ok(states.length >= 500);
        assert.deepEqual(
          states,
          states.map((_, i) => `state ${i}`),
        );
        assert.deepEqual(store.damages(), []);
      });
    for (const copy of copies) await rm(copy, { recursive: true });
  }));

test("a copy made from a snapshot, long after it was taken, holds exactly what it counts", () =>
  withFolder(async (folder) => {
    const copy = `${folder}-copy`;
    let counted = 0;
    await using(openIn(folder, { segmentBytes: SEGMENT, seals: true }), async (store) => {
      await store.append([seriesEntry(1)]);
      for (let at = 0; at < 1_000; at += 50) await store.append(readings(at, 50));
      await store.maintained();
      const appending = store.append(readings(1_000, 20));
      const snapshot = await store.snapshot();
      await appending;
      counted = snapshot.readings;
      assert.ok(snapshot.files.some(({ path }) => path.endsWith(".blk")));
      for (let at = 1_020; at < 3_020; at += 50) await store.append(readings(at, 50));
      // Everything it named is merged into other files by now.
      await store.seal();
      for (const { path, bytes, content } of snapshot.files) {
        await mkdir(dirname(join(copy, path)), { recursive: true });
        const found = content ?? (await readFile(join(folder, path)).catch(() => undefined));
        assert.ok(found, `${path} is gone`);
        await writeFile(join(copy, path), found.subarray(0, bytes));
      }
      snapshot.release();
      snapshot.release();
      await store.maintained();
      const left = new Set(await readdir(join(folder, "blocks")));
      assert.ok(snapshot.files.some(({ path }) => path.endsWith(".blk") && !left.has(basename(path))));
    });
    assert.ok(counted >= 1_000);
    await using(openIn(copy, { segmentBytes: SEGMENT }), async (store) => {
      assert.deepEqual(
        await statesOf(store),
        Array.from({ length: counted }, (_, i) => `state ${i}`),
      );
      assert.deepEqual([store.damages(), store.stats().readings], [[], counted]);
    });
    await rm(copy, { recursive: true });
  }));
