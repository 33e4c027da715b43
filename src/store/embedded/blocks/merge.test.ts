import assert from "node:assert/strict";
import { readdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Reading, Stored } from "../../../domain/data/reading.ts";
import { utcMonthEnd } from "../../../domain/time/time.ts";
import { summariesByBucket } from "../../conformance/summaries.ts";
import { manualClock } from "../../conformance/support/faults.ts";
import { openIn, using, withFolder } from "../../conformance/support/folder.ts";
import {
  collect,
  contextOf,
  eventEntry,
  everyEvent,
  everyReading,
  readingEntry,
  seriesEntry,
  T0,
} from "../../conformance/support/samples.ts";
import type { Entry, ReadingsQuery, Store, ViewReader } from "../../store.ts";
import type { EmbeddedNeeds } from "../embedded.ts";
import { blockingMaintainer, type Maintainer } from "../maintenance/job.ts";

const SECOND = 1_000_000;
const SMALL: Partial<EmbeddedNeeds> = { seals: true, segmentBytes: 4 * 1024, maintainer: blockingMaintainer };

/** A closed segment of its own for each list. */
async function sealEach(store: Store & { maintained(): Promise<void> }, ...segments: Entry[][]): Promise<void> {
  for (const entries of segments) {
    await store.append(entries);
    // What is long enough to close the segment; of a series that nobody asks for.
    await store.append([readingEntry({ series: 9, state: "x".repeat(5_000) })]);
    await store.append([readingEntry({ series: 9, state: "next" })]);
    await store.maintained();
  }
}

async function read<T>(store: Store, use: (reader: ViewReader) => Promise<T>, view = store.view()): Promise<T> {
  const reader = store.reader(view);
  try {
    return await use(reader);
  } finally {
    await reader.close();
    store.release(view);
  }
}

const rowsOf = (store: Store, series = 1, more: Partial<ReadingsQuery> = {}): Promise<Stored<Reading>[]> =>
  read(store, (reader) => collect(reader.readings(everyReading(series, more))));
const states = async (store: Store, series = 1) => (await rowsOf(store, series)).map(({ state }) => state);

const at = (seconds: number, more: Partial<Reading> = {}): Entry =>
  readingEntry({ time: T0 + seconds * SECOND, state: `${seconds}`, ...more });
const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
const SERIES = [1, 2, 9].map((series) => seriesEntry(series));

test("a month's last microsecond is in its block, and the next one in the next", () =>
  withFolder((folder) =>
    using(openIn(folder, SMALL), async (store) => {
      const end = utcMonthEnd("2026-10");
      const times = [end - 2, end - 1, end, end + 1];
      await store.append([...SERIES, ...times.map((time) => readingEntry({ time })), eventEntry({ time: end })]);
      await store.seal();
      const usage = await read(store, (reader) => collect(reader.usage()));
      assert.deepEqual(usage.map(({ month, readings }) => [month, readings]).sort(), [
        ["2026-10", 2],
        ["2026-11", 2],
      ]);
    }),
  ));

test("a context that links something outlives its segment, and one that nothing else names does not", () =>
  withFolder((folder) =>
    using(openIn(folder, { ...SMALL, windowBytes: 1 }), async (store) => {
      const id = (name: string) => contextOf({ id: `01KAS0V3QG8Z6XJ4M2N7P9R${name}` });
      const child = { ...id("CHD"), parentId: id("PAR").id };
      await store.append([
        ...SERIES,
        at(0, { context: null }),
        at(60, { context: id("TWO") }),
        at(61, { context: id("TWO") }),
        at(62, { context: id("ONE") }),
        at(63, { context: id("PAR") }),
        at(64, { context: child }),
        at(65, { context: { ...id("USR"), userId: "user" } }),
        at(66, { context: id("EVT") }),
        eventEntry({ time: T0 + 66 * SECOND, context: id("EVT") }),
        at(120, { context: null }),
      ]);
      await store.seal();
      const kept = (await rowsOf(store)).map(({ context }) => context?.id.slice(-3) ?? null);
      assert.deepEqual(kept, [null, "TWO", "TWO", null, "PAR", "CHD", "USR", "EVT", null]);
      const [event] = await read(store, (reader) => collect(reader.events(everyEvent())));
      assert.equal(event?.context?.id, id("EVT").id);
    }),
  ));

test("segments that a view names stay until it is released, however far they are out of the log window", () =>
  withFolder((folder) =>
    using(openIn(folder, { ...SMALL, windowBytes: 1 }), async (store) => {
      await store.append(SERIES);
      await sealEach(
        store,
        range(0, 20).map((n) => at(n)),
        range(20, 40).map((n) => at(n)),
      );
      const logs = async () => (await readdir(join(folder, "tail"))).filter((name) => name.endsWith(".log"));
      const view = store.view();
      const named = await logs();
      await sealEach(store, ...range(0, 5).map((part) => range(100 + part * 10, 110 + part * 10).map((n) => at(n))));
      for (const name of named) assert.ok((await logs()).includes(name), `${name} is still there`);
      const told = await read(store, (reader) => collect(reader.log({ after: 0, attributes: false })), view);
      const mine = told.flatMap((entry) => (entry.kind === "reading" && entry.reading.series === 1 ? [entry] : []));
      assert.equal(mine.length, 40);
      await store.maintained();
      assert.ok((await logs()).length <= 4, "they are gone now");
      assert.equal((await rowsOf(store)).length, 90);
    }),
  ));

test("a segment stays as long as it could not be sealed, however far it is out of the log window", () =>
  withFolder((folder) => {
    let refuse = true;
    const maintainer: Maintainer = {
      run: (job) =>
        refuse && job.kind === "seal" ? Promise.reject(new Error("made to fail")) : blockingMaintainer.run(job),
      close: async () => {},
    };
    return using(openIn(folder, { ...SMALL, maintainer, windowBytes: 1 }), async (store) => {
      await store.append(SERIES);
      const parts = range(0, 6).map((part) => range(part * 10, part * 10 + 10).map((n) => at(n)));
      await sealEach(store, ...parts);
      assert.deepEqual(await states(store), range(0, 60).map(String));
      refuse = false;
      await store.seal();
      await store.maintained();
      assert.deepEqual(await states(store), range(0, 60).map(String));
      assert.ok(store.windowStart() > 0, "sealed ones have gone");
    });
  }));

test("a segment stays in the log for a day after it was closed, and goes when it is older", () =>
  withFolder((folder) => {
    const clock = manualClock();
    return using(openIn(folder, { ...SMALL, clock }), async (store) => {
      await store.append(SERIES);
      await sealEach(store, ...range(0, 6).map((part) => range(part * 10, part * 10 + 10).map((n) => at(n))));
      const { files } = store.stats();
      clock.advance(24 * 3_600_000 - 1_000);
      await store.maintained();
      assert.deepEqual([store.windowStart(), store.stats().files], [0, files]);
      clock.advance(2_000);
      await store.maintained();
      assert.ok(store.windowStart() > 0 && store.stats().files < files);
      assert.deepEqual(await states(store), range(0, 60).map(String));
    });
  }));

test("chunks that overlap or touch are answered in order of time and position, before and after they are merged", () =>
  withFolder((folder) =>
    using(openIn(folder, SMALL), async (store) => {
      await store.append(SERIES);
      await sealEach(
        store,
        [...range(100, 160, 2).map((n) => at(n)), at(100, { state: "100, again" })],
        [...range(101, 161, 2).map((n) => at(n, { origin: "late" })), ...range(50, 60).map((n) => at(n))],
        // Begins before and ends at the very time at which the first one begins.
        [at(90, { series: 2 }), at(100, { series: 2, state: "later" })],
        [at(80), at(100, { state: "100, last" })],
      );
      const expected = [
        ...range(50, 60).map(String),
        "80",
        "100",
        "100, again",
        "100, last",
        ...range(101, 160).map(String),
      ];
      assert.deepEqual(await states(store), expected);
      await store.seal();
      assert.deepEqual(await states(store), expected);
    }),
  ));

test("a chunk that ends at the time at which an older one begins comes behind it there", () =>
  withFolder((folder) =>
    using(openIn(folder, SMALL), async (store) => {
      await store.append(SERIES);
      await sealEach(store, [at(10, { state: "first" }), at(20)], [at(5), at(10, { state: "second" })]);
      assert.deepEqual(await states(store), ["5", "first", "second", "20"]);
      const reversed = (await rowsOf(store, 1, { order: "newest_first" })).map(({ state }) => state);
      assert.deepEqual(reversed, ["20", "second", "first", "5"]);
      for (const order of ["oldest_first", "newest_first"] as const) {
        const paged: Stored<Reading>[] = [];
        for (let last: Stored<Reading> | undefined; paged.length < 10; paged.push(last)) {
          const after = last && { after: { time: last.time, position: last.position } };
          [last] = await rowsOf(store, 1, { order, limit: 1, ...after });
          if (!last) break;
        }
        assert.deepEqual(paged, await rowsOf(store, 1, { order }));
      }
    }),
  ));

test("a page goes on after its cursor, whatever was sealed and merged since it was given out", () =>
  withFolder((folder) =>
    using(openIn(folder, SMALL), async (store) => {
      await store.append(SERIES);
      const numbers = range(0, 60);
      const parts = range(0, 3).map((part) => numbers.slice(part * 20, part * 20 + 20));
      await store.append(numbers.map((n) => at(n, { series: 2 })));
      const pages: { query: ReadingsQuery; rest: string[] }[] = [];
      for (const part of parts) {
        await store.append(part.map((n) => at(n)));
        for (const order of ["oldest_first", "newest_first"] as const) {
          const rows = await rowsOf(store, 1, { order });
          for (const { time, position, state } of rows) {
            const rest = numbers.filter((n) => (order === "oldest_first" ? n > Number(state) : n < Number(state)));
            const query = everyReading(1, { order, after: { time, position } });
            pages.push({ query, rest: (order === "oldest_first" ? rest : rest.reverse()).map(String) });
          }
        }
        await sealEach(store, []);
      }
      const check = async (when: string) => {
        for (const { query, rest } of pages)
          assert.deepEqual(
            (await rowsOf(store, 1, query)).map(({ state }) => state),
            rest,
            `${when}: ${JSON.stringify(query.after)} ${query.order}`,
          );
      };
      await check("sealed");
      await store.seal();
      await check("merged");
    }),
  ));

test("a block of many packs, some of one long chunk and some of many short ones, is merged row by row as it was", () =>
  withFolder((folder) =>
    using(openIn(folder, { seals: true, maintainer: blockingMaintainer }), async (store) => {
      const [long, short] = [range(1, 4), range(4, 60)];
      const rowsIn = (series: number) => (long.includes(series) ? 900 : 7);
      const half = (number: number): Entry[] =>
        [...long, ...short].flatMap((series) =>
          range(0, rowsIn(series)).map((i) => {
            const second = number * 100_000 + i * 60 + series;
            return at(second, { series, state: `${series}/${second}`, attributes: { of: series } });
          }),
        );
      await store.append([...long, ...short].map((series) => seriesEntry(series)));
      for (const number of [0, 1]) {
        await store.append(half(number));
        await store.seal();
      }
      await store.shed({
        readings: { default: T0 + 50_000 * SECOND, series: new Map([5, 6].map((series) => [series, null])) },
        events: { default: null },
      });
      for (const series of [...long, ...short]) {
        const all = range(0, rowsIn(series)).map((i) => i * 60 + series);
        const first = [5, 6].includes(series) ? all : all.filter((s) => s >= 50_000 || s === lastUpTo(all, 50_000));
        const kept = [...first, ...all.map((second) => 100_000 + second)];
        const rows = await rowsOf(store, series);
        assert.deepEqual(
          rows.map(({ time, state, attributes }) => [(time - T0) / SECOND, state, attributes.of]),
          kept.map((second) => [second, `${series}/${second}`, series]),
        );
      }
    }),
  ));

const lastUpTo = (all: readonly number[], most: number) => all.findLast((one) => one <= most);

test("nothing from the cut-off on goes: neither a reading of that very time, nor its chunk, nor an event", () =>
  withFolder((folder) =>
    using(openIn(folder, SMALL), async (store) => {
      const seconds = range(0, 30);
      const cutoff = T0 + 20 * SECOND;
      await store.append([
        ...SERIES,
        ...seconds.flatMap((n) => [at(n), eventEntry({ time: T0 + n * SECOND, data: { n } })]),
        ...range(10, 21).map((n) => at(n, { series: 2 })),
      ]);
      await store.seal();
      const plan = { readings: { default: cutoff, series: new Map() }, events: { default: cutoff } };
      const { readings, events } = await store.shed(plan);
      assert.deepEqual([readings, events], [30, 20]);
      assert.deepEqual(await states(store), range(20, 30).map(String));
      assert.deepEqual(await states(store, 2), ["20"]);
      const left = await read(store, (reader) => collect(reader.events(everyEvent())));
      assert.deepEqual(
        left.map(({ time }) => (time - T0) / SECOND),
        range(20, 30),
      );
    }),
  ));

test("without a manifest, blocks that a merge has replaced do not count beside it", () =>
  withFolder(async (folder) => {
    const blocks = join(folder, "blocks");
    const names = async () => (await readdir(blocks)).filter((name) => name.endsWith(".blk"));
    const replaced: { name: string; bytes: Buffer }[] = [];
    let expected: (string | null)[] = [];
    await using(openIn(folder, SMALL), async (store) => {
      await store.append(SERIES);
      await sealEach(
        store,
        range(0, 20).map((n) => at(n)),
        range(20, 40).map((n) => at(n)),
      );
      for (const name of await names()) replaced.push({ name, bytes: await readFile(join(blocks, name)) });
      await store.seal();
      expected = await states(store);
      assert.equal(expected.length, 40);
    });
    // As it is when the process ends before they are deleted.
    for (const { name, bytes } of replaced) await writeFile(join(blocks, name), bytes);
    await unlink(join(blocks, "manifest"));
    await using(openIn(folder, SMALL), async (store) => {
      assert.deepEqual(await states(store), expected);
    });
    await using(openIn(folder, SMALL), async (store) => {
      assert.deepEqual(await states(store), expected);
      assert.equal((await names()).length, 1, "the next start has cleared them away");
    });
  }));

test("segments that were let go are no damage, in whatever order a power loss lets their files come back", () =>
  withFolder(async (folder) => {
    const tail = join(folder, "tail");
    const parts = range(0, 6).map((part) => range(part * 10, part * 10 + 10).map((n) => at(n)));
    const kept = new Map<string, Buffer>();
    await using(openIn(folder, { ...SMALL, windowBytes: 1e9 }), async (store) => {
      await store.append(SERIES);
      await sealEach(store, ...parts);
      for (const name of await readdir(tail)) kept.set(name, await readFile(join(tail, name)));
    });
    const names = [...kept.keys()].sort();
    const [oldest, next] = names.filter((name) => name.endsWith(".log"));
    const index = (name = "") => name.replace(".log", ".idx");
    await using(openIn(folder, { ...SMALL, windowBytes: 1 }), (store) => store.maintained());
    const left = await readdir(tail);
    assert.ok(oldest && next && !left.includes(oldest) && !left.includes(next));
    for (const back of [[index(oldest)], [index(next)], [oldest], [oldest, index(next)], [next, index(oldest)]]) {
      for (const name of back) await writeFile(join(tail, name), kept.get(name) as Buffer);
      await using(openIn(folder, { ...SMALL, windowBytes: 1 }), async (store) => {
        await store.maintained();
        assert.deepEqual([store.damages(), store.gaps({ from: 0, to: T0 * 2 })], [[], []], back.join(" "));
        assert.deepEqual(await states(store), range(0, 60).map(String));
        const logs = (await readdir(tail)).filter((name) => back.includes(name));
        assert.deepEqual(logs, [], "they are gone for good");
      });
    }
  }));

test("the name of a block is never used again, not even one of work that never counted", () =>
  withFolder(async (folder) => {
    await using(openIn(folder, SMALL), async (store) => {
      await store.append([...SERIES, at(0)]);
      await store.seal();
    });
    await writeFile(join(folder, "blocks/2026-11-readings-00099999.blk"), "never counted");
    await using(openIn(folder, SMALL), async (store) => {
      await store.append([at(1)]);
      await store.seal();
      const [name] = (await readdir(join(folder, "blocks"))).filter((one) => one.endsWith(".blk"));
      assert.ok(Number(name?.slice(-12, -4)) > 99_999, name);
      assert.deepEqual(await states(store), ["0", "1"]);
    });
  }));

test("a day that a chunk's list tells of is counted into the bucket that holds it, to the microsecond", () =>
  withFolder((folder) =>
    using(openIn(folder, { ...SMALL, segmentBytes: 1e6 }), async (store) => {
      const noon = Date.UTC(2026, 10, 10, 12) * 1000;
      const rows = range(0, 600).map((n) => readingEntry({ time: noon + n * SECOND, state: `${n % 7}` }));
      await store.append([...SERIES, ...rows]);
      await store.seal();
      for (const [shift, counts] of [
        [-1, [598, 2]],
        [0, [599, 1]],
        [1, [600, 0]],
      ] as const) {
        const edge = noon + 599 * SECOND + shift * (shift < 0 ? SECOND : 1);
        const found = await read(store, (reader) => summariesByBucket(reader, 1, [noon, edge, edge + 3_600 * SECOND]));
        assert.deepEqual(
          found.map(({ readings }) => readings),
          counts,
        );
      }
    }),
  ));
