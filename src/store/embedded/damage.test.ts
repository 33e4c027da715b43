import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { silentLog } from "../../platform/told/log.ts";
import { openIn, using, withFolder } from "../conformance/support/folder.ts";
import {
  collect,
  contextOf,
  eventEntry,
  everyEvent,
  everyReading,
  plainReading,
  readingEntry,
  seriesEntry,
  statisticEntry,
  T0,
} from "../conformance/support/samples.ts";
import type { Entry, Store } from "../store.ts";
import { systemFiles } from "./files.ts";
import { FRAME, payloadLength } from "./format/frame.ts";
import { recover } from "./recovery/recover.ts";
import { HEADER, segmentName, VERSION } from "./segments/header.ts";

const FIRST = segmentName(0);
const EVERYWHERE = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

const ENTRIES: readonly Entry[] = [
  seriesEntry(1),
  seriesEntry(2),
  readingEntry({ series: 1, time: T0, state: "a", attributes: { x: 1, y: 2, z: 3 } }),
  readingEntry({ series: 2, time: T0 + 1, state: "b", attributes: {} }),
  readingEntry({ series: 1, time: T0 + 2, state: "c", attributes: { x: 1, y: 2, z: 4 } }),
  eventEntry({ time: T0 + 3, context: contextOf({ userId: "9f86d081884c7d659a2feaa0c55ad015" }) }),
  { kind: "gap", gap: { kind: "states", series: 2, from: T0, to: T0 + 1, cause: "hub_stopped" } },
  readingEntry({ series: 2, time: T0 + 4, state: null, attributes: {} }),
];

/** Makes a log of those entries and answers its bytes. */
async function logOf(folder: string, entries: readonly Entry[]): Promise<Buffer> {
  await using(openIn(folder), (store) => store.append(entries));
  return readFile(join(folder, "tail", FIRST));
}

async function placeLog(folder: string, bytes: Buffer): Promise<void> {
  await mkdir(join(folder, "tail"), { recursive: true });
  await writeFile(join(folder, "tail", FIRST), bytes);
}

/** Where the records begin, and where the last one ends. */
function placesIn(log: Buffer): number[] {
  const places = [HEADER];
  for (let at = HEADER; at < log.length; places.push(at)) at += FRAME + payloadLength(log, at);
  return places;
}

const readings = async (store: Store, series: number): Promise<string[]> => {
  const view = store.view();
  const reader = store.reader(view);
  const found = await collect(reader.readings(everyReading(series)));
  await collect(reader.events(everyEvent()));
  await reader.close();
  store.release(view);
  return found.map((reading) => JSON.stringify(plainReading(reading)));
};

test("a last record that was cut off anywhere is taken out without a word, and appending goes on", () =>
  withFolder(async (folder) => {
    const log = await logOf(join(folder, "whole"), ENTRIES);
    const places = placesIn(log);
    const lastAt = places.at(-2) as number;
    for (let cut = lastAt; cut < log.length; cut++) {
      const own = join(folder, `${cut}`);
      await placeLog(own, log.subarray(0, cut));
      await using(openIn(own), async (store) => {
        assert.deepEqual(store.damages(), []);
        assert.equal(store.latest(2)?.state, "b");
        assert.equal(store.stats().readings, 3);
        await store.append([readingEntry({ series: 2, time: T0 + 9, state: "next" })]);
        assert.equal((await readings(store, 2)).length, 2);
      });
      // Once a record stands behind the cut, nothing of the torn one may be left between.
      await using(openIn(own), async (store) => {
        assert.deepEqual(store.damages(), []);
        assert.equal(store.latest(2)?.state, "next");
      });
    }
  }));

test("room that was never written, as a power loss leaves it, is taken out like a torn record", () =>
  withFolder(async (folder) => {
    const log = await logOf(join(folder, "whole"), ENTRIES);
    await placeLog(folder, Buffer.concat([log, Buffer.alloc(5000)]));
    await using(openIn(folder), async (store) => {
      assert.deepEqual(store.damages(), []);
      assert.equal(store.stats().readings, 4);
    });
    assert.equal((await readFile(join(folder, "tail", FIRST))).length, log.length);
  }));

test("any single damaged byte of a log is named, and every other record is served", () =>
  withFolder(async (folder) => {
    const log = await logOf(join(folder, "whole"), ENTRIES);
    const places = placesIn(log);
    const tail = join(folder, "tail");
    await mkdir(tail);
    const needs = {
      folder: tail,
      files: systemFiles,
      log: silentLog,
      left: "closed" as const,
      sealed: 0,
      floor: 0,
      segmentBytes: 1e6,
    };
    for (let at = 0; at < log.length; at++) {
      const bytes = Buffer.from(log);
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
      await placeLog(folder, bytes);
      const { ledger, damages, open } = await recover(needs);
      await open?.file.handle.close();
      assert.equal(damages.length, 1, `byte ${at}`);
      const [damage] = damages;
      assert.equal(damage?.file, FIRST);
      assert.ok(damage && damage.offset <= at && at < damage.offset + damage.length, `byte ${at}`);
      const hit = places.filter((place) => place <= at).length - 1;
      const kind = at < HEADER ? "" : String.fromCharCode(log[places[hit] as number] as number);
      assert.equal(ledger.readings, kind === "R" ? 3 : 4, `byte ${at} of a record ${kind}`);
      assert.equal(ledger.events, kind === "E" ? 0 : 1);
      assert.equal(ledger.gaps.length, kind === "G" ? 0 : 1);
      assert.equal(ledger.series.size, 2);
      if (kind === "S") assert.ok([1, 2].some((id) => ledger.series.get(id)?.identities[0]?.holdsName === false));
    }
  }));

test("what damage cost is a gap, once, and readings that lost their attributes alone say so", () =>
  withFolder(async (folder) => {
    const log = await logOf(join(folder, "whole"), ENTRIES);
    const places = placesIn(log);
    const kinds = places.slice(0, -1).map((place) => String.fromCharCode(log[place] as number));
    for (const [i, kind] of kinds.entries()) {
      const own = join(folder, `${i}`);
      const bytes = Buffer.from(log);
      const payload = (places[i] as number) + FRAME;
      bytes[payload] = (bytes[payload] as number) ^ 255;
      await placeLog(own, bytes);
      const gaps = await using(openIn(own), async (store) => {
        assert.equal(store.damages().length, 1);
        return store.gaps(EVERYWHERE).filter(({ cause }) => cause === "damaged");
      });
      const expected = { R: ["states"], E: ["events"], A: [], D: [], G: ["states", "events"], S: ["states", "events"] };
      assert.deepEqual(
        gaps.map((gap) => gap.kind),
        expected[kind as "R"],
        `record ${i}, ${kind}`,
      );
      for (const gap of gaps) assert.ok(gap.from < gap.to);
      await using(openIn(own), async (store) => {
        await store.append([readingEntry({ time: T0 + 1e6, attributes: { x: 1, y: 2, z: 3 } })]);
        const found = await readings(store, 1);
        assert.equal(found.filter((it) => it.includes("attributes_lost")).length, { A: 2, D: 1 }[kind] ?? 0);
        assert.deepEqual(
          store.gaps(EVERYWHERE).filter(({ cause }) => cause === "damaged"),
          gaps,
        );
      });
    }
  }));

test("after a power loss what was recorded behind a hole in the unsynced end is not there, so that it is filled whole", () =>
  withFolder(async (folder) => {
    const log = await logOf(join(folder, "whole"), ENTRIES);
    for (const place of placesIn(log).slice(0, -1)) {
      const own = join(folder, `${place}`);
      const bytes = Buffer.from(log);
      // A sector that never reached the disk.
      bytes.fill(0, place, place + FRAME + 1);
      await placeLog(own, bytes);
      await writeFile(join(own, "running.json"), JSON.stringify({ pid: 1, since: "then", boot: "another boot" }));
      await using(openIn(own), async (store) => {
        assert.deepEqual(store.damages(), []);
        const found = [...(await readings(store, 1)), ...(await readings(store, 2))];
        assert.equal(found.filter((text) => text.includes("attributes_lost")).length, 0);
        assert.equal(found.length, placesIn(log).filter((at) => at < place && log[at] === "R".charCodeAt(0)).length);
      });
    }
  }));

test("two damaged records cost only themselves, also with a single good one between", () =>
  withFolder(async (folder) => {
    const states = Array.from({ length: 20 }, (_, i) => readingEntry({ time: T0 + i, state: `${i}`, attributes: {} }));
    const log = await logOf(join(folder, "whole"), [seriesEntry(1), ...states]);
    const places = placesIn(log);
    for (const hit of [5, 7, 8]) log[(places[hit] as number) + 2] = 255;
    await placeLog(folder, log);
    await using(openIn(folder), async (store) => {
      const found = (await readings(store, 1)).map((text) => Number(JSON.parse(text).state));
      assert.deepEqual(
        found,
        Array.from({ length: 20 }, (_, i) => i).filter((i) => ![4, 6, 7].includes(i)),
      );
      assert.deepEqual(
        store.damages().map(({ from, to }) => [from, to]),
        [
          [T0 + 3, T0 + 5],
          [T0 + 5, T0 + 8],
        ],
      );
    });
  }));

test("a damage that was found once is still named when its segment is closed and never read again", () =>
  withFolder(async (folder) => {
    const log = await logOf(join(folder, "whole"), ENTRIES);
    log[(placesIn(log)[3] as number) + FRAME] = 255;
    await placeLog(folder, log);
    const options = { segmentBytes: log.length };
    const found = await using(openIn(folder, options), async (store) => {
      await store.append([readingEntry({ time: T0 + 9 })]);
      await store.append([readingEntry({ time: T0 + 10 })]);
      await store.maintained();
      return store.damages();
    });
    assert.equal(found.length, 1);
    await using(openIn(folder, options), async (store) => {
      assert.ok(store.opening.bytesRead < 2 * log.length);
      assert.deepEqual(store.damages(), found);
    });
  }));

test("a record that is damaged after its segment was closed is left out, named, and becomes a gap", () =>
  withFolder(async (folder) => {
    const many = Array.from({ length: 60 }, (_, i) => readingEntry({ time: T0 + i, state: `${i}` }));
    const options = { segmentBytes: 1500 };
    await using(openIn(folder, options), async (store) => {
      await store.append([seriesEntry(1), ...many.slice(0, 30)]);
      await store.append([...many.slice(30), eventEntry({ time: T0 })]);
      await store.append([eventEntry({ time: T0 + 1 })]);
      await store.maintained();
    });
    const path = join(folder, "tail", FIRST);
    const log = await readFile(path);
    // The series entry, then a record of attributes, then the readings.
    const place = placesIn(log)[2 + 10] as number;
    log[place + FRAME + 5] = 255 - (log[place + FRAME + 5] as number);
    await writeFile(path, log);
    await using(openIn(folder, options), async (store) => {
      assert.deepEqual(store.damages(), []);
      const found = (await readings(store, 1)).map((text) => Number(JSON.parse(text).state));
      assert.deepEqual(
        found,
        Array.from({ length: 60 }, (_, i) => i).filter((i) => i !== 10),
      );
      const lost = { file: FIRST, offset: place, lost: "states", series: 1, from: T0 + 10, to: T0 + 10 };
      const [damage, ...more] = store.damages();
      assert.partialDeepStrictEqual(damage, lost);
      assert.equal(more.length, 0);
      // A second look finds nothing new, nor does one by position, which leaves out the same.
      await readings(store, 1);
      const reader = store.reader(store.view());
      const told = await collect(reader.log({ after: 0, attributes: true }));
      assert.deepEqual(
        told.flatMap((entry) => (entry.kind === "reading" ? [Number(entry.reading.state)] : [])),
        found,
      );
      assert.equal(await reader.at(place), undefined);
      await reader.close();
      assert.equal(store.damages().length, 1);
      await store.append([eventEntry()]);
      const gaps = store.gaps(EVERYWHERE).map(({ series, from, to, cause }) => ({ series, from, to, cause }));
      assert.deepEqual(gaps, [{ series: 1, from: T0 + 9, to: T0 + 11, cause: "damaged" }]);
    });
  }));

test("damage that is first met by position is named, with the times around it", () =>
  withFolder(async (folder) => {
    const options = { segmentBytes: 600 };
    await using(openIn(folder, options), async (store) => {
      await store.append([
        seriesEntry(1),
        ...[1, 2, 3, 4, 5].map((i) => readingEntry({ time: T0 + i, state: `${i}` })),
      ]);
      await store.append([readingEntry({ time: T0 + 6, attributes: { wide: "x".repeat(600) } })]);
      await store.append([eventEntry({ time: T0 + 7 })]);
      await store.maintained();
    });
    const path = join(folder, "tail", FIRST);
    const log = await readFile(path);
    const place = placesIn(log)[2 + 2] as number;
    log[place + FRAME + 5] = 255 - (log[place + FRAME + 5] as number);
    await writeFile(path, log);
    await using(openIn(folder, options), async (store) => {
      const reader = store.reader(store.view());
      const told = await collect(reader.log({ after: 0, attributes: false }));
      await reader.close();
      assert.deepEqual(
        told.slice(0, 4).map((entry) => (entry.kind === "reading" ? entry.reading.state : entry.kind)),
        ["1", "2", "4", "5"],
      );
      assert.partialDeepStrictEqual(store.damages(), [
        { file: FIRST, offset: place, lost: "states", from: T0 + 2, to: T0 + 4 },
      ]);
    });
  }));

test("files that are not the store's, or empty, are named and moved aside, and the rest is served", () =>
  withFolder(async (folder) => {
    const tail = join(folder, "tail");
    const log = await logOf(folder, ENTRIES);
    await writeFile(join(tail, "notes.txt"), "hello");
    await writeFile(join(tail, segmentName(2 ** 20)), "");
    await writeFile(join(tail, segmentName(2 ** 21)), Buffer.alloc(1000, 7));
    // The right header of another place in the log.
    await copyFile(join(tail, FIRST), join(tail, segmentName(2 ** 22)));
    const names = ["notes.txt", segmentName(2 ** 20), segmentName(2 ** 21), segmentName(2 ** 22)];
    await using(openIn(folder), async (store) => {
      assert.deepEqual(
        store
          .damages()
          .map(({ file }) => file)
          .sort(),
        names.toSorted(),
      );
      assert.equal(store.stats().readings, 4);
      const [position] = await store.append([readingEntry({ time: T0 + 5 })]);
      // Positions in the files set aside may have been given out.
      assert.ok((position as number) > 2 ** 22 + log.length);
    });
    for (const name of names) assert.ok((await readdir(tail)).includes(`${name}.quarantine`));
    await using(openIn(folder), async (store) => {
      assert.equal(store.stats().readings, 5);
      assert.deepEqual(
        store
          .damages()
          .map(({ file }) => file)
          .sort(),
        names.map((name) => `${name}.quarantine`).sort(),
      );
      const aside = await store.quarantined();
      assert.deepEqual(
        aside.map(({ file, why }) => [file, why]),
        names.map((name) => [`tail/${name}.quarantine`, null]).sort(),
      );
    });
  }));

test("a segment that lost its end is named; what is left of it is served", () =>
  withFolder(async (folder) => {
    const options = { segmentBytes: 1000 };
    const many = Array.from({ length: 90 }, (_, i) => readingEntry({ time: T0 + i, state: `${i}` }));
    await using(openIn(folder, options), async (store) => {
      await store.append([seriesEntry(1), ...many.slice(0, 30)]);
      await store.append(many.slice(30, 60));
      await store.append(many.slice(60));
      await store.maintained();
    });
    const path = join(folder, "tail", FIRST);
    const log = await readFile(path);
    const places = placesIn(log);
    await truncate(path, (places.at(-4) as number) + 10);
    await using(openIn(folder, options), async (store) => {
      const [damage] = store.damages();
      assert.equal(damage?.file, FIRST);
      assert.equal(damage?.why, "the file is shorter than its records");
      const found = (await readings(store, 1)).map((text) => Number(JSON.parse(text).state));
      assert.deepEqual(
        found,
        Array.from({ length: 90 }, (_, i) => i).filter((i) => i < 27 || i >= 30),
      );
    });
  }));

test("a segment of an older format is read, and what comes is written to a new one", () =>
  withFolder(async (folder) => {
    const log = await logOf(folder, ENTRIES);
    for (const copy of [0, 64]) {
      log.writeUInt16LE(1, copy + 8);
      log.writeUInt32LE(crc32(log.subarray(copy, copy + 60)), copy + 60);
    }
    await placeLog(folder, log);
    const store = await openIn(folder);
    await store.append([readingEntry({ time: T0 + 1e9, state: "new" }), statisticEntry()]);
    assert.equal(store.stats().readings, ENTRIES.filter(({ kind }) => kind === "reading").length + 1);
    await store.close();
    assert.deepEqual(await readFile(join(folder, "tail", FIRST)), log);
    const names = (await readdir(join(folder, "tail"))).filter((name) => name.endsWith(".log"));
    assert.equal(names.length, 2);
    const added = await readFile(join(folder, "tail", names.sort()[1] as string));
    assert.equal(added.readUInt16LE(8), VERSION);
  }));

test("a store of a newer format is refused and left as it is", () =>
  withFolder(async (folder) => {
    const log = await logOf(folder, ENTRIES);
    for (const copy of [0, 64]) {
      log.writeUInt16LE(VERSION + 1, copy + 8);
      log.writeUInt32LE(crc32(log.subarray(copy, copy + 60)), copy + 60);
    }
    await placeLog(folder, log);
    await writeFile(join(folder, "tail", "0000000000000000.new"), "a kind of file that only the newer format has");
    const before = await readdir(join(folder, "tail"));
    await assert.rejects(openIn(folder), { code: "store_too_new", retry: false });
    assert.deepEqual(await readFile(join(folder, "tail", FIRST)), log);
    assert.deepEqual(await readdir(join(folder, "tail")), before);
    // The lock is free again: the same answer, not "in use".
    await assert.rejects(openIn(folder), { code: "store_too_new" });
  }));
