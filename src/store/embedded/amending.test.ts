import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { eventually } from "../../../tests/support/eventually.ts";
import { ALL_TIME } from "../../domain/time/time.ts";
import { withReader } from "../conformance/amending.ts";
import { summariesByBucket } from "../conformance/summaries.ts";
import { openIn, using, withFolder } from "../conformance/support/folder.ts";
import {
  collect,
  eventEntry,
  everyReading,
  plainReading,
  readingEntry,
  seriesEntry,
  statisticEntry,
  T0,
} from "../conformance/support/samples.ts";
import type { Store } from "../store.ts";
import { blockingMaintainer } from "./maintenance/job.ts";

const SECRET = "Zanzibar-4711";
const SECOND = 1_000_000;
const small = { segmentBytes: 4000, maintainer: blockingMaintainer, seals: true };

/** Files below a folder in which a text stands: as it is, or in anything of them that is compressed as a whole. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(join(folder, name));
    } catch {
      return false;
    }
    return bytes.includes(text) || unpacked(bytes).some((part) => part.includes(text));
  });
}

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Every part of a file that begins as zstd does and unpacks. */
function unpacked(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = bytes.indexOf(ZSTD); at >= 0; at = bytes.indexOf(ZSTD, at + 1))
    for (const end of [bytes.length, bytes.length - 4]) {
      try {
        found.push(zstdDecompressSync(bytes.subarray(at, end)));
        break;
      } catch {}
    }
  return found;
}

/** Two series, of which the first says the secret in its states and attributes, in turn with what may stay. */
async function live(store: Store, count = 200): Promise<void> {
  await store.append([seriesEntry(1), seriesEntry(2)]);
  for (let i = 0; i < count; i++)
    await store.append([
      readingEntry({
        ...{ series: 1, time: T0 + i * SECOND, context: null },
        state: i % 3 === 0 ? `${SECRET} ${i}` : `open ${i}`,
        attributes: { name: "Door", who: i % 2 === 0 ? SECRET : "nobody", n: i % 5, place: "hall" },
      }),
      readingEntry({ series: 2, time: T0 + i * SECOND, context: null, state: String(i), attributes: { unit: "W" } }),
      ...(i % 10 === 0 ? [eventEntry({ time: T0 + i * SECOND, data: { entity_id: "sensor.s1", by: SECRET } })] : []),
      ...(i % 50 === 0 ? [statisticEntry({ series: 1, start: T0 + i * SECOND })] : []),
    ]);
}
const rowsOf = (store: Store, series: number) =>
  withReader(store, async (reader) =>
    (await collect(reader.readings(everyReading(series)))).map(({ position: _, ...row }) => plainReading(row)),
  );

for (const sealed of [false, true])
  test(`what was erased is in no file any more, ${sealed ? "sealed" : "in the log"}, and all else is as it was`, () =>
    withFolder(async (folder) => {
      let before: object[] = [];
      await using(openIn(folder, small), async (store) => {
        await live(store);
        if (sealed) await store.seal();
        before = await rowsOf(store, 2);
        assert.ok(filesWith(folder, SECRET).length > 0, "it is there to be found");
        const plan = { series: [{ series: 1, names: ["sensor.s1"] }], window: ALL_TIME };
        const { readings, events, statistics } = await store.erase(plan);
        assert.deepEqual([readings, events, statistics], [200, 20, 4]);
        assert.deepEqual(filesWith(folder, SECRET), []);
        assert.deepEqual(await rowsOf(store, 2), before);
        assert.equal(store.latest(1), undefined);
        assert.equal(store.stats().readings, 200);
      });
      await using(openIn(folder, small), async (store) => {
        assert.deepEqual(await rowsOf(store, 1), []);
        assert.deepEqual(await rowsOf(store, 2), before);
        assert.equal(store.latest(1), undefined);
        assert.equal(store.stats().readings, 200);
        assert.deepEqual(store.damages(), []);
      });
    }));

test("of a series of which a time is erased the rest keeps every attribute, and nothing of that time is left in them", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, small), async (store) => {
      await store.append([seriesEntry(1)]);
      const rows = Array.from({ length: 60 }, (_, i) =>
        readingEntry({
          ...{ series: 1, time: T0 + i * SECOND, context: null, state: String(i) },
          attributes: {
            name: "Door",
            who: i < 30 ? `${SECRET} ${i}` : `guest ${i}`,
            __proto__x: i,
            ...(i % 2 === 0 ? { even: true } : {}),
            text: "long and shared by all of them",
            // So many that what changes is told as a difference to the first, which is erased.
            ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`same_${n}`, n])),
          },
        }),
      );
      await store.append(rows);
      const before = await rowsOf(store, 1);
      await store.erase({ series: [{ series: 1, names: [] }], window: { from: T0, to: T0 + 30 * SECOND } });
      assert.deepEqual(await rowsOf(store, 1), before.slice(30));
      assert.deepEqual(filesWith(folder, SECRET), []);
      // The log, by position, has them as they were, too.
      const told = await withReader(store, (reader) => collect(reader.log({ after: 0, attributes: true })));
      assert.deepEqual(
        told.flatMap((entry) => {
          if (entry.kind !== "reading") return [];
          const { position: _, ...row } = entry.reading;
          return [plainReading(row)];
        }),
        before.slice(30),
      );
    });
    await using(openIn(folder, small), async (store) => {
      assert.equal((await rowsOf(store, 1)).length, 30);
      assert.deepEqual(store.damages(), []);
    });
  }));

test("views and snapshots keep what they name until they are released; then it is gone", () =>
  withFolder((folder) =>
    // One large segment: no block that is replaced holds up what is done to the log.
    using(openIn(folder, { ...small, segmentBytes: 4_000_000 }), async (store) => {
      await live(store);
      const view = store.view();
      const reader = store.reader(view);
      const snapshot = await store.snapshot();
      const copied = snapshot.files.map(({ path, bytes, content }) => ({
        path,
        bytes: content ?? readFileSync(join(folder, path)).subarray(0, bytes),
      }));
      let done = false;
      let taken = false;
      const erasing = store
        .erase({ series: [{ series: 1, names: [] }], window: ALL_TIME }, () => {
          taken = true;
        })
        .then(() => {
          done = true;
        });
      await eventually(20, () => assert.ok(taken));
      assert.deepEqual(await rowsOf(store, 1), [], "nobody else is told of it");
      assert.equal((await collect(reader.readings(everyReading(1)))).length, 200);
      assert.deepEqual(reader.damages, []);
      const asCopied = () => {
        for (const { path, bytes } of copied)
          if (path !== "blocks/manifest")
            assert.ok(readFileSync(join(folder, path)).subarray(0, bytes.length).equals(bytes), `${path} is as it was`);
      };
      await store.maintained();
      asCopied();
      await reader.close();
      store.release(view);
      await store.maintained();
      asCopied();
      assert.equal(done, false, "the snapshot is held still");
      snapshot.release();
      await erasing;
      assert.deepEqual(filesWith(folder, `${SECRET} 3`), []);
      assert.deepEqual(store.damages(), []);
    }),
  ));

test("an erasure that was cut off goes on at the next start", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, small), async (store) => {
      await live(store);
      const view = store.view();
      let taken = false;
      const erasing = store.erase({ series: [{ series: 1, names: ["sensor.s1"] }], window: ALL_TIME }, () => {
        taken = true;
      });
      erasing.catch(() => {});
      await eventually(20, () => assert.ok(taken));
      await store.close();
      await assert.rejects(erasing, { code: "store_closed" });
      assert.ok(filesWith(folder, SECRET).length > 0, "the view has held it");
      assert.ok(view);
    });
    await using(openIn(folder, small), async (store) => {
      assert.deepEqual(await rowsOf(store, 1), []);
      await eventually(20, () => assert.deepEqual(filesWith(folder, SECRET), []));
      assert.equal(store.stats().readings, 200);
      assert.deepEqual(store.damages(), []);
    });
  }));

test("roll-ups that hold any of an erased time go, and the gap says until when nothing is known", () =>
  withFolder((folder) =>
    using(openIn(folder, small), async (store) => {
      const hour = 3600 * SECOND;
      await store.append([seriesEntry(1)]);
      for (let i = 0; i < 240; i++)
        await store.append([readingEntry({ time: T0 + i * hour, state: String(i), context: null })]);
      await store.seal();
      await store.shed({ readings: { default: T0 + 200 * hour, series: new Map() }, events: { default: null } });
      const all = async () =>
        withReader(store, async (reader) =>
          (await collect(reader.rollups({ series: 1, window: ALL_TIME }))).map(({ summary }) => summary),
        );
      const before = await all();
      const window = { from: T0 + 50 * hour, to: T0 + 60 * hour };
      const goes = before.filter(({ firstTime, lastTime }) => firstTime < window.to && lastTime >= window.from);
      assert.ok(goes.length > 0 && goes.length < before.length);
      const { rollups, readings, gaps } = await store.erase({ series: [{ series: 1, names: [] }], window });
      assert.deepEqual([rollups, readings], [goes.length, 0]);
      assert.deepEqual(
        await all(),
        before.filter((one) => !goes.includes(one)),
      );
      const next = before.find(({ firstTime }) => firstTime > (goes.at(-1)?.lastTime ?? 0));
      assert.deepEqual(
        gaps.map(({ from, to }) => ({ from, to })),
        [{ from: (goes[0]?.firstTime ?? 0) - 1, to: next?.firstTime }],
      );
    }),
  ));

test("a reading in the midst of a large chunk is corrected, its neighbours are as they were, and its sums follow", () =>
  withFolder((folder) =>
    using(openIn(folder, { maintainer: blockingMaintainer, seals: true }), async (store) => {
      const [count, nth] = [5000, 2600];
      await store.append([seriesEntry(1)]);
      const rows = Array.from({ length: count }, (_, i) =>
        readingEntry({ time: T0 + i * SECOND, state: String(i % 10), context: null, attributes: {} }),
      );
      await store.append(rows);
      await store.seal();
      const before = await rowsOf(store, 1);
      const [old] = rows.slice(nth).map((entry) => (entry.kind === "reading" ? entry.reading : assert.fail()));
      const time = T0 + nth * SECOND;
      await store.correct([{ series: 1, time, reading: { ...(old as NonNullable<typeof old>), state: "1000" } }]);
      const check = async () => {
        const after = await rowsOf(store, 1);
        assert.deepEqual(
          [after.length, after.slice(0, nth), after.slice(nth + 1)],
          [count, before.slice(0, nth), before.slice(nth + 1)],
        );
        const edges = [T0, T0 + count * SECOND];
        const [summary] = await withReader(store, (reader) => summariesByBucket(reader, 1, edges));
        assert.deepEqual(
          [summary?.readings, summary?.max, summary?.sum],
          [count, 1000, (count / 10) * 45 - (nth % 10) + 1000],
        );
      };
      await check();
      await store.seal();
      await check();
    }),
  ));
