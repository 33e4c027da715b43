import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startWorker } from "../../platform/worker.ts";
import { openIn, using, withFolder } from "../conformance/support/folder.ts";
import type { ReadAnswer } from "../conformance/support/read-worker.ts";
import {
  collect,
  eventEntry,
  everyEvent,
  everyReading,
  plainReading,
  readingEntry,
  seriesEntry,
  T0,
} from "../conformance/support/samples.ts";
import type { Entry, ReadingsQuery, Store } from "../store.ts";

/** Changes of many series, a millisecond apart, as a busy home makes them. */
function changes(count: number, series: number, from = 0): Entry[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i;
    const context = { id: `01KAS0V3QG${String(n).padStart(16, "0")}`, parentId: null, userId: null };
    const attributes = { unit_of_measurement: "W", of: n % series };
    return readingEntry({ series: n % series, time: T0 + n * 1000, state: `${n}`, context, attributes });
  });
}
const names = (series: number) => Array.from({ length: series }, (_, i) => seriesEntry(i));

async function appendAll(store: Store, entries: readonly Entry[], batch: number): Promise<void> {
  for (let at = 0; at < entries.length; at += batch) await store.append(entries.slice(at, at + batch));
}

async function everything(store: Store, series: number): Promise<string> {
  const view = store.view();
  const reader = store.reader(view);
  const found: unknown[] = [];
  for (let id = 0; id < series; id++) found.push((await collect(reader.readings(everyReading(id)))).map(plainReading));
  found.push(await collect(reader.events(everyEvent({ types: ["b"] }))));
  found.push([...store.allLatest()].map(plainReading), store.gaps({ from: 0, to: 2 ** 53 }), [...store.series()]);
  await reader.close();
  store.release(view);
  return JSON.stringify(found);
}

const inTail = async (folder: string, ending: string): Promise<string[]> =>
  (await readdir(join(folder, "tail"))).filter((name) => name.endsWith(ending)).sort();

test("a range read from another thread touches the records of its own series and little else", () =>
  withFolder(async (folder) => {
    const series = 500;
    await using(openIn(folder), async (store) => {
      await store.append(names(series));
      await appendAll(store, changes(300_000, series), 2000);
      await store.maintained();
      const { bytes, files } = store.stats();
      assert.ok(files >= 5, "several segments, closed ones with an index each");
      const ask = async (query: ReadingsQuery): Promise<ReadAnswer> => {
        const view = store.view({ series: [query.series], events: false });
        const worker = startWorker("store/conformance/support/read-worker", { workerData: { view, query } });
        const [answer] = await once(worker, "message");
        store.release(view);
        return answer;
      };
      const whole = await ask(everyReading(7, { attributes: false }));
      assert.deepEqual(
        whole.states,
        Array.from({ length: 600 }, (_, i) => `${i * series + 7}`),
      );
      // A record with a ULID, six digits and a time takes some 40 bytes.
      assert.ok(whole.bytesRead.records <= 600 * 50, `${whole.bytesRead.records} bytes for 600 records`);
      assert.ok(whole.bytesRead.indexes <= 600 * 8 + files * 2500, `${whole.bytesRead.indexes} bytes of indexes`);
      const { records, indexes } = whole.bytesRead;
      assert.ok(Math.abs(whole.systemBytes - records - indexes) < 100, `the system counts ${whole.systemBytes}`);
      assert.ok(records + indexes < bytes / 300);

      const window = { from: T0 + 5_000_000, to: T0 + 10_000_000 };
      const part = await ask(everyReading(7, { window, attributes: false }));
      assert.equal(part.states.length, 10);
      assert.ok(part.bytesRead.records <= 10 * 50);
      const last = await ask(everyReading(7, { order: "newest_first", limit: 3, attributes: false }));
      assert.deepEqual(last.states, ["299507", "299007", "298507"]);
      assert.ok(last.bytesRead.records <= 3 * 50, "a limit reads nothing beyond it");
      assert.ok(last.bytesRead.indexes < indexes - 600 * 4, "nor the lists of segments that it does not come to");
      const withAttributes = await ask(everyReading(7));
      // One record of attributes per segment.
      assert.ok(withAttributes.bytesRead.records <= 600 * 50 + files * 200);
      assert.equal(withAttributes.damages, 0);
    });
  }));

test("a start reads the newest snapshot and what follows it, however long the log is", () =>
  withFolder(async (folder) => {
    const options = { segmentBytes: 64 * 1024 };
    let before = 0;
    for (const round of [1, 2, 3]) {
      await using(openIn(folder, options), async (store) => {
        if (round === 1) await store.append(names(20));
        await appendAll(store, changes(20_000, 20, round * 20_000), 500);
        await store.maintained();
      });
      const { read, files, readings } = await using(openIn(folder, options), async (store) => {
        assert.equal(store.latest(7)?.state, `${round * 20_000 + 19_987}`);
        return { read: store.opening.bytesRead, ...store.stats() };
      });
      assert.equal(readings, round * 20_000);
      assert.ok(files > round * 20);
      assert.ok(read < 64 * 1024 * 2 + files * 200, `${read} bytes read to open ${files} files`);
      if (before) assert.ok(read < before + 64 * 1024 + 20 * 200);
      before = read;
    }
  }));

test("whatever becomes of the index files, the answers stay the same and the files are made again", () =>
  withFolder(async (folder) => {
    const series = 6;
    const options = { segmentBytes: 1200 };
    const expected = await using(openIn(folder, options), async (store) => {
      await store.append([
        ...names(series),
        { kind: "gap", gap: { kind: "events", series: null, from: 1, to: 9, cause: "overflow" } },
      ]);
      for (let i = 0; i < 8; i++) {
        await store.append([...changes(40, series, i * 40), eventEntry({ type: i % 2 ? "a" : "b", time: T0 + i })]);
        await store.append([readingEntry({ series: i % series, time: T0 - i, state: "late", origin: "late" })]);
      }
      await store.maintained();
      return everything(store, series);
    });
    const indexes = await inTail(folder, ".idx");
    assert.ok(indexes.length >= 6);
    const path = (name: string) => join(folder, "tail", name);
    const originals = new Map<string, Buffer>();
    for (const name of indexes) originals.set(name, await readFile(path(name)));
    const contents = (name: string) => originals.get(name) as Buffer;
    const changesTo: ((name: string) => Promise<void>)[] = [
      (name) => unlink(path(name)),
      (name) => writeFile(path(name), ""),
      (name) => writeFile(path(name), contents(name).subarray(0, contents(name).length / 2)),
      (name) => writeFile(path(name), Buffer.alloc(contents(name).length, 255)),
      ...Array.from({ length: 8 }, (_, i) => async (name: string) => {
        const bytes = Buffer.from(contents(name));
        const at = Math.floor((bytes.length * (i + 0.5)) / 8);
        bytes[at] = (bytes[at] as number) ^ 16;
        await writeFile(path(name), bytes);
      }),
    ];
    for (const [i, change] of changesTo.entries()) {
      const hit = i % 3 === 0 ? indexes : i % 3 === 1 ? indexes.slice(-1) : indexes.slice(0, 3);
      for (const name of hit) await change(name);
      await using(openIn(folder, options), async (store) => {
        assert.equal(await everything(store, series), expected, `change ${i}, before they are made again`);
        await store.maintained();
        assert.equal(await everything(store, series), expected, `change ${i}, after`);
        assert.deepEqual(
          store.damages().filter(({ lost }) => lost !== "nothing"),
          [],
        );
      });
      await using(openIn(folder, options), async (store) => {
        await store.maintained();
        assert.deepEqual(store.damages(), []);
        assert.equal(await everything(store, series), expected);
      });
      assert.deepEqual(await inTail(folder, ".idx"), indexes);
    }
  }));

test("a segment that is gone is named, and its time is a gap; every other one is served", () =>
  withFolder(async (folder) => {
    const options = { segmentBytes: 2000 };
    const append = async (store: Store) => {
      for (let i = 0; i < 5; i++) await store.append(changes(60, 3, i * 60));
    };
    await using(openIn(folder, options), async (store) => {
      await store.append(names(3));
      await append(store);
      await store.maintained();
    });
    const [, second] = await inTail(folder, ".log");
    const readNow = async (store: Store) => {
      const view = store.view();
      const reader = store.reader(view);
      const found = await collect(reader.readings(everyReading(1)));
      await reader.close();
      store.release(view);
      return found.map(({ state }) => Number(state));
    };
    const left = await using(openIn(folder, options), async (store) => {
      // While the store is open: the reader finds out.
      const whole = await readNow(store);
      assert.equal(whole.length, 100);
      await unlink(join(folder, "tail", second as string));
      const rest = await readNow(store);
      assert.ok(rest.length > 50 && rest.length < 100);
      const [damage, ...more] = store.damages();
      assert.partialDeepStrictEqual(damage, { file: second, lost: "states", series: 1 });
      assert.deepEqual(more, []);
      await store.append([eventEntry()]);
      const [gap] = store.gaps({ from: 0, to: 2 ** 53 }, 1);
      for (const number of whole.filter((it) => !rest.includes(it))) {
        const time = T0 + number * 1000;
        assert.ok(gap && gap.from < time && time < gap.to);
      }
      return rest;
    });
    await using(openIn(folder, options), async (store) => {
      assert.deepEqual(await readNow(store), left);
      assert.deepEqual(
        store.damages().map(({ file, why }) => [file, why]),
        [[second, "a segment that is gone"]],
      );
      assert.equal(store.gaps({ from: 0, to: 2 ** 53 }, 2).length, 1);
    });
  }));

test("a view taken while a segment had no index answers the same when it has got one", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, { segmentBytes: 2000 }), async (store) => {
      await store.append([...names(3), ...changes(200, 3)]);
      await store.append([eventEntry({ type: "b" })]);
      const view = store.view();
      const early = store.reader(view);
      await store.maintained();
      const late = store.reader(view);
      assert.deepEqual(await collect(late.readings(everyReading(1))), await collect(early.readings(everyReading(1))));
      assert.equal(late.bytesRead.indexes, 0);
      const now = store.reader(store.view());
      assert.equal((await collect(now.readings(everyReading(1)))).length, 67);
      assert.ok(now.bytesRead.indexes > 0);
      for (const reader of [early, late, now]) await reader.close();
    });
  }));

test("segments are closed at their size, and positions run on through all of them", () =>
  withFolder(async (folder) => {
    const positions: number[] = [];
    for (let round = 0; round < 3; round++)
      await using(openIn(folder, { segmentBytes: 5000 }), async (store) => {
        if (round === 0) positions.push(...(await store.append(names(2))));
        for (let i = 0; i < 30; i++) positions.push(...(await store.append(changes(20, 2, (round * 30 + i) * 20))));
      });
    assert.ok(positions.every((position, i) => i === 0 || position > (positions[i - 1] as number)));
    const logs = await inTail(folder, ".log");
    assert.ok(logs.length > 10);
    for (const name of logs.slice(0, -1)) {
      const { size } = await stat(join(folder, "tail", name));
      assert.ok(size >= 5000 && size < 6500, `${name} has ${size} bytes`);
    }
  }));

test("the log window is so much of the log, in whole segments, wherever positions have leapt to", () =>
  withFolder(async (folder) => {
    const options = { segmentBytes: 1_000, windowBytes: 3_000 };
    const start = await using(openIn(folder, options), async (store) => {
      await store.append(names(1));
      assert.equal(store.windowStart(), 0);
      await appendAll(store, changes(200, 1), 5);
      return store.windowStart();
    });
    // What an open store leaves behind when the machine stops: positions go on 2^32 further.
    await writeFile(join(folder, "running.json"), JSON.stringify({ pid: 1, since: "then", boot: "another boot" }));
    await using(openIn(folder, options), async (store) => {
      assert.equal(store.windowStart(), start);
      await store.append(changes(1, 1, 1_000));
      assert.ok(store.windowStart() >= start && store.windowStart() < 2 ** 32, "still in what was before");
      const reader = store.reader(store.view());
      let bytes = 0;
      for (const name of await inTail(folder, ".log"))
        if (Number.parseInt(name, 16) >= store.windowStart()) bytes += (await stat(join(folder, "tail", name))).size;
      assert.ok(bytes > 3_000 && bytes < 6_000, `${bytes} bytes`);
      assert.ok((await collect(reader.log({ after: store.windowStart(), attributes: false }))).length > 10);
      await reader.close();
    });
  }));
