import assert from "node:assert/strict";
import { readdir, readFile, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Reading, Stored } from "../../../domain/data/reading.ts";
import type { Statistic } from "../../../domain/data/statistic.ts";
import { openIn, using, withFolder } from "../../conformance/support/folder.ts";
import { collect, eventEntry, everyReading, readingEntry, seriesEntry, T0 } from "../../conformance/support/samples.ts";
import { stateText } from "../../shared/columns.ts";
import type { Entry, Store } from "../../store.ts";
import type { EmbeddedNeeds } from "../embedded.ts";
import { blockingMaintainer } from "../maintenance/job.ts";

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;
const SMALL: Partial<EmbeddedNeeds> = { seals: true, segmentBytes: 8 * 1024, maintainer: blockingMaintainer };

/** One reading of each of three series and now and then an event, every ten seconds. */
const entries = (from: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => from + i).flatMap((n) => [
    ...[1, 2, 3].map((series) =>
      readingEntry({
        series,
        time: T0 + n * 10 * SECOND + series,
        state: String((n * series) % 50),
        attributes: { n: Math.floor(n / 100), unit: "W" },
      }),
    ),
    ...(n % 10 === 0 ? [eventEntry({ time: T0 + n * 10 * SECOND + 7, type: `type ${n % 3}`, data: { n } })] : []),
  ]);

async function fill(store: Store, from: number, to: number): Promise<void> {
  if (from === 0) await store.append([1, 2, 3].map((series) => seriesEntry(series)));
  for (let at = from; at < to; at += 50) await store.append(entries(at, Math.min(50, to - at)));
}

async function all(store: Store): Promise<string[]> {
  const view = store.view();
  const reader = store.reader(view);
  const told = ({ series, time, changed, state, attributes }: Stored<Reading>) =>
    JSON.stringify([series, time, changed, state, attributes]);
  const rows: string[] = [];
  for (const series of [1, 2, 3]) rows.push(...(await collect(reader.readings(everyReading(series)))).map(told));
  const window = { from: T0 - DAY, to: T0 + 400 * DAY };
  for (const event of await collect(reader.events({ window, order: "oldest_first", limit: 1e9 })))
    rows.push(JSON.stringify([event.position, event.time, event.type, event.data]));
  await reader.close();
  store.release(view);
  return rows;
}

/** What a store that never seals answers to the same. */
async function expected(to: number): Promise<string[]> {
  let rows: string[] = [];
  await withFolder((folder) =>
    using(openIn(folder, { segmentBytes: 8 * 1024 }), async (store) => {
      await fill(store, 0, to);
      rows = await all(store);
    }),
  );
  return rows;
}

const blocksIn = async (folder: string) =>
  (await readdir(join(folder, "blocks"))).filter((name) => name.endsWith(".blk")).sort();

test("what is sealed, merged and opened again answers as the log did", () =>
  withFolder(async (folder) => {
    const before = await expected(2_000);
    await using(openIn(folder, SMALL), async (store) => {
      await fill(store, 0, 2_000);
      await store.maintained();
      assert.deepEqual(await all(store), before);
      assert.ok((await blocksIn(folder)).length > 2);
      await store.seal();
      assert.deepEqual(await all(store), before);
      assert.equal(store.stats().readings, 6_000);
    });
    await using(openIn(folder, SMALL), async (store) => {
      assert.deepEqual(await all(store), before);
      assert.deepEqual(store.damages(), []);
      assert.equal((await blocksIn(folder)).length, 2, "one block of readings and one of events");
    });
  }));

test("segments that are sealed and out of the log window are gone from the disk, and nothing with them", () =>
  withFolder(async (folder) => {
    const before = await expected(2_500);
    await using(openIn(folder, { ...SMALL, windowBytes: 20_000 }), async (store) => {
      await fill(store, 0, 2_000);
      await store.maintained();
      const logs = (await readdir(join(folder, "tail"))).filter((name) => name.endsWith(".log"));
      assert.ok(logs.length <= 5, `${logs.length} segments are left`);
      assert.ok(store.windowStart() > 0);
    });
    await using(openIn(folder, { ...SMALL, windowBytes: 20_000 }), async (store) => {
      assert.deepEqual(store.damages(), []);
      await fill(store, 2_000, 2_500);
      await store.maintained();
      assert.deepEqual(await all(store), before);
      assert.equal(store.series().size, 3);
      assert.equal(store.latest(3)?.time, T0 + 2_499 * 10 * SECOND + 3);
      assert.equal(store.stats().events, 250);
    });
  }));

test("a view answers as of its moment, whatever is sealed, merged and deleted meanwhile; its files go when it is released", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, { ...SMALL, windowBytes: 1 }), async (store) => {
      await fill(store, 0, 1_000);
      await store.maintained();
      const view = store.view();
      const reader = store.reader(view);
      const named = await blocksIn(folder);
      await fill(store, 1_000, 2_000);
      await store.maintained();
      await store.seal();
      const rows = await collect(reader.readings(everyReading(2)));
      assert.equal(rows.length, 1_000);
      assert.deepEqual(
        rows.map(({ state }) => state),
        Array.from({ length: 1_000 }, (_, n) => String((n * 2) % 50)),
      );
      for (const name of named) assert.ok((await blocksIn(folder)).includes(name), `${name} is still there`);
      await reader.close();
      store.release(view);
      await store.maintained();
      assert.equal((await blocksIn(folder)).length, 2);
    });
  }));

test("late readings land in their months and their places", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, SMALL), async (store) => {
      await fill(store, 0, 1_000);
      await store.seal();
      const late = [40, 33, 0.5, 0.1].map((days) =>
        readingEntry({ series: 1, time: T0 - days * DAY, state: `late ${days}`, origin: "late" }),
      );
      await store.append(late);
      await store.append([readingEntry({ series: 1, time: T0 + 100 * SECOND, state: "between", origin: "late" })]);
      await store.seal();
      const view = store.view();
      const reader = store.reader(view);
      const rows = await collect(reader.readings(everyReading(1)));
      await reader.close();
      store.release(view);
      assert.deepEqual(
        rows.slice(0, 4).map(({ state }) => state),
        ["late 40", "late 33", "late 0.5", "late 0.1"],
      );
      assert.equal(
        rows.findIndex(({ state }) => state === "between"),
        4 + 10,
      );
      assert.deepEqual(
        rows.map(({ time }) => time),
        rows.map(({ time }) => time).sort((a, b) => a - b),
      );
      assert.ok((await blocksIn(folder)).length >= 3, "several months");
      assert.equal(store.latest(1)?.state, String(999 % 50));
    });
  }));

test("an event is found by its id after its segment has gone", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, { ...SMALL, windowBytes: 1 }), async (store) => {
      await fill(store, 0, 50);
      const [id] = await store.append([eventEntry({ time: T0 + 5, type: "remembered", data: { deep: [1, "é"] } })]);
      await fill(store, 50, 1_500);
      await store.maintained();
      await store.seal();
      await store.maintained();
      assert.ok(store.windowStart() > (id as number));
      const view = store.view();
      const reader = store.reader(view);
      const found = await reader.at(id as number);
      assert.equal(found?.kind === "event" && found.event.type, "remembered");
      await reader.close();
      store.release(view);
    });
  }));

test("columns tell the same as readings, in both orders and page by page", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, SMALL), async (store) => {
      await fill(store, 0, 3_000);
      await store.maintained();
      const view = store.view();
      const reader = store.reader(view);
      for (const order of ["oldest_first", "newest_first"] as const) {
        const query = { series: 2, window: { from: T0 + DAY / 24, to: T0 + DAY / 4 }, order, limit: 1_500 };
        const rows = await collect(reader.readings({ ...query, attributes: false }));
        const told: (string | null)[] = [];
        const times: number[] = [];
        for await (const { times: column, states, from, to } of reader.columns(query)) {
          const page = Array.from({ length: to - from }, (_, i) => from + i);
          for (const row of order === "oldest_first" ? page : page.reverse()) {
            times.push(column[row] as number);
            told.push(stateText(states, row));
          }
        }
        assert.deepEqual(
          times,
          rows.map(({ time }) => time),
        );
        assert.deepEqual(
          told,
          rows.map(({ state }) => state),
        );
      }
      await reader.close();
      store.release(view);
    });
  }));

test("what the store says of its room adds up: entries by part, readings by series and month", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, SMALL), async (store) => {
      await fill(store, 0, 1_990);
      await store.append([readingEntry({ series: 3, time: T0 - 40 * DAY, state: "old", origin: "late" })]);
      await store.maintained();
      const parts = store.storage();
      assert.equal(
        parts.reduce((sum, { entries: own }) => sum + own, 0),
        3 * 1_990 + 199 + 1,
      );
      const view = store.view();
      const reader = store.reader(view);
      const usage = await collect(reader.usage());
      const of = (id: number) =>
        usage.filter(({ series }) => series === id).reduce((sum, { readings }) => sum + readings, 0);
      assert.deepEqual([of(1), of(2), of(3)], [1_990, 1_990, 1_991]);
      await reader.close();
      store.release(view);
    });
  }));

test("what is shed is gone, what an override keeps stays, and doing it again takes nothing", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, SMALL), async (store) => {
      await fill(store, 0, 2_000);
      await store.seal();
      const cutoff = T0 + 1_000 * 10 * SECOND;
      const plan = {
        readings: {
          default: cutoff,
          series: new Map([
            [2, null],
            [3, T0 + 500 * 10 * SECOND],
          ]),
        },
        events: { default: cutoff },
      };
      const shed = await store.shed(plan);
      assert.deepEqual([shed.readings, shed.events], [1_498, 100], "the last one before a cut-off stays");
      assert.ok(shed.bytes >= 0 && shed.files >= 0);
      const count = async () => {
        const view = store.view();
        const reader = store.reader(view);
        const counts = [];
        for (const series of [1, 2, 3]) counts.push((await collect(reader.readings(everyReading(series)))).length);
        await reader.close();
        store.release(view);
        return counts;
      };
      assert.deepEqual(await count(), [1_001, 2_000, 1_501]);
      assert.deepEqual(await store.shed(plan), { readings: 0, events: 0, rollups: 0, bytes: 0, files: 0 });
      assert.equal(store.stats().readings, 4_502);
      assert.equal(store.stats().events, 100);
    });
    await using(openIn(folder, SMALL), async (store) => assert.equal(store.stats().readings, 4_502));
  }));

test("while files are held no block is made or deleted", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, SMALL), async (store) => {
      await fill(store, 0, 1_000);
      await store.maintained();
      const free = await store.holdFiles();
      const before = await readdir(join(folder, "blocks"));
      await fill(store, 1_000, 1_400);
      const sealing = store.seal();
      await store.maintained();
      assert.deepEqual(await readdir(join(folder, "blocks")), before);
      free();
      await sealing;
      assert.notDeepEqual(await readdir(join(folder, "blocks")), before);
    });
  }));

test("a manifest that cannot be read is made again from the blocks", () =>
  withFolder(async (folder) => {
    const before = await expected(2_000);
    await using(openIn(folder, SMALL), async (store) => {
      await fill(store, 0, 2_000);
      await store.maintained();
    });
    for (const damage of ["overturned", "gone"] as const) {
      const path = join(folder, "blocks/manifest");
      if (damage === "gone") await unlink(path);
      else {
        const bytes = await readFile(path);
        bytes[40] = (bytes[40] as number) ^ 1;
        await writeFile(path, bytes);
      }
      await using(openIn(folder, SMALL), async (store) => {
        assert.deepEqual(await all(store), before, damage);
        assert.ok(store.damages().some(({ file, lost }) => file === "manifest" && lost === "nothing"));
      });
    }
  }));

test("a block that was cut off, overturned or lost is named and is a gap; everything else is served", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, { ...SMALL, windowBytes: 1 }), async (store) => {
      await fill(store, 0, 1_000);
      await store.append([readingEntry({ series: 1, time: T0 - 40 * DAY, state: "another month", origin: "late" })]);
      await store.seal();
      await store.maintained();
    });
    const names = await blocksIn(folder);
    const events = names.find((name) => name.includes("events")) as string;
    const readings = names.filter((name) => name.includes("readings")).at(-1) as string;
    await truncate(join(folder, "blocks", events), 100);
    const bytes = await readFile(join(folder, "blocks", readings));
    bytes[60] = (bytes[60] as number) ^ 4;
    await writeFile(join(folder, "blocks", readings), bytes);
    await using(openIn(folder, { ...SMALL, windowBytes: 1 }), async (store) => {
      const rows = await all(store);
      assert.ok(rows.some((row) => row.includes("another month")));
      const damages = store.damages();
      assert.ok(damages.some(({ file, lost }) => file === events && lost === "events"));
      assert.ok(damages.some(({ file, lost }) => file === readings && lost === "states"));
      await store.maintained();
      const gaps = store.gaps({ from: T0 - DAY, to: T0 + 10 * DAY });
      assert.ok(gaps.some(({ cause, kind }) => cause === "damaged" && kind === "events"));
      assert.ok(gaps.some(({ cause, kind }) => cause === "damaged" && kind === "states"));
      assert.ok((await readdir(join(folder, "blocks"))).includes(`${events}.quarantine`));
      const aside = (await store.quarantined()).find(({ file }) => file === `blocks/${events}.quarantine`);
      assert.deepEqual([aside?.bytes, aside?.kind, aside?.month], [100, "events", events.slice(0, 7)]);
      assert.match(aside?.why ?? "", /another size/);
    });
  }));

test("files of work that never counted are cleared away at the next start", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, SMALL), async (store) => {
      await fill(store, 0, 1_000);
      await store.maintained();
    });
    const [name] = await blocksIn(folder);
    const left = "2026-11-readings-00099999.blk";
    await writeFile(join(folder, "blocks", left), await readFile(join(folder, "blocks", name as string)));
    await writeFile(join(folder, "blocks/2026-11-readings-00100000.blk.tmp"), "unfinished");
    const before = await expected(1_000);
    await using(openIn(folder, SMALL), async (store) => {
      assert.deepEqual(await all(store), before);
      assert.deepEqual(store.damages(), []);
      await store.seal();
      assert.ok((await blocksIn(folder)).every((one) => one > left || !one.includes("00099999")));
    });
  }));

test("statistics outlive their segments: the later one counts, every number as it was", () =>
  withFolder(async (folder) => {
    const numbers = [21.5, -0, 1e-7, 123456789.125, 0.1 + 0.2, null, Number.MAX_SAFE_INTEGER];
    const statistic = (hour: number, more: Partial<Statistic> = {}): Entry => ({
      kind: "statistic",
      statistic: {
        series: 1 + (hour % 2),
        period: "hour",
        start: T0 - (T0 % (3600 * SECOND)) + hour * 3600 * SECOND,
        mean: numbers[hour % numbers.length] ?? null,
        min: hour / 3,
        max: hour,
        sum: hour * 0.1,
        state: null,
        lastReset: hour % 5 === 0 ? T0 + hour : null,
        ...more,
      },
    });
    const given = Array.from({ length: 2_000 }, (_, hour) => statistic(hour));
    const again = [statistic(10, { mean: 77 }), statistic(1_001, { max: 78 })];
    const told = async (store: Store) => {
      const view = store.view();
      const reader = store.reader(view);
      const rows = [];
      for (const series of [1, 2])
        rows.push(
          ...(await collect(
            reader.statistics({ series, period: "hour", window: { from: T0 - DAY, to: T0 + 400 * DAY } }),
          )),
        );
      await reader.close();
      store.release(view);
      return rows.map(({ position: _, ...row }) => row);
    };
    let before: Awaited<ReturnType<typeof told>> = [];
    await using(openIn(folder, { ...SMALL, windowBytes: 1 }), async (store) => {
      await store.append([1, 2, 3].map((series) => seriesEntry(series)));
      for (let at = 0; at < given.length; at += 100) await store.append(given.slice(at, at + 100));
      before = await told(store);
      assert.equal(before.length, 2_000);
      await store.append(again);
      await store.maintained();
      await store.seal();
      await fill(store, 1, 600);
      await store.maintained();
      assert.ok(store.windowStart() > 0);
      assert.equal(store.stats().statistics, 2_000);
    });
    await using(openIn(folder, SMALL), async (store) => {
      const expected = before.map((row) => {
        const other = again.find(
          (entry) =>
            entry.kind === "statistic" && entry.statistic.start === row.start && entry.statistic.series === row.series,
        );
        return other?.kind === "statistic" ? other.statistic : row;
      });
      assert.deepEqual(await told(store), expected);
    });
  }));

test("readings of several months in one segment are told by their own months, sealed or not", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, { ...SMALL, seals: false }), async (store) => {
      await store.append([seriesEntry(1)]);
      const old = (days: number) =>
        readingEntry({ series: 1, time: T0 - days * DAY, state: `${days}`, origin: "late" });
      await store.append([old(70), old(69), old(40), readingEntry({ series: 1, time: T0, state: "now" })]);
      const told = async () => {
        const view = store.view();
        const reader = store.reader(view);
        const usage = await collect(reader.usage());
        await reader.close();
        store.release(view);
        return usage.map(({ month, readings }) => [month, readings]).sort();
      };
      const byMonth = await told();
      assert.deepEqual(
        byMonth.map(([, readings]) => readings),
        [2, 1, 1],
      );
      await store.seal();
      assert.deepEqual(await told(), byMonth);
    });
  }));
