import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom } from "../../../../tests/support/data/random.ts";
import { homesAreAbsent, mavpad, smartHome } from "../../../../tests/support/home/homes.ts";
import { FLAWS, ORIGINS, type Reading, type Stored } from "../../../domain/data/reading.ts";
import { summarise } from "../../../domain/data/summary.ts";
import { entry, withRelatedAttributes } from "../../conformance/random.ts";
import { ATTRIBUTES, CONTEXTS, STATES, TIMES } from "../../conformance/support/exact-values.ts";
import { plainReading, readingOf, T0 } from "../../conformance/support/samples.ts";
import { stateText } from "../../shared/columns.ts";
import { type ChunkInput, encodePack, openPack } from "./pack.ts";

/** In (time, position) order; positions rise with the order in which they were given. */
function chunkOf(readings: readonly Reading[], series = 1): ChunkInput {
  const rows = readings
    .map((reading, i) => ({ ...reading, series, position: 1000 + 7 * i }))
    .sort((a, b) => a.time - b.time || a.position - b.position);
  return { series, rows };
}

const tied = (rows: readonly Stored<Reading>[], i: number): boolean =>
  rows[i]?.time === rows[i - 1]?.time || rows[i]?.time === rows[i + 1]?.time;

/** Reads everything back, as a caller that wants all of it and as one that wants two columns alone. */
function comesBack(chunks: readonly ChunkInput[]): Buffer {
  const { bytes, entries } = encodePack(chunks);
  const pack = openPack(bytes);
  const narrow = openPack(bytes);
  assert.equal(pack.count, chunks.length);
  for (const [at, { series, rows }] of chunks.entries()) {
    const chunk = pack.chunk(at);
    const least = Math.min(...rows.map(({ position }) => position));
    assert.deepEqual(entries[at], {
      series,
      count: rows.length,
      from: rows[0]?.time,
      to: rows.at(-1)?.time,
      firstPosition: least,
      lastPosition: Math.max(...rows.map(({ position }) => position)),
    });
    const expected = rows.map((row, i) =>
      plainReading(tied(rows, i) ? row : ({ ...row, position: least } as Stored<Reading>)),
    );
    assert.deepEqual(
      rows.map((_, i) => plainReading(chunk.row(i, true))),
      expected,
    );
    const { times, states } = narrow.chunk(at);
    for (const [i, row] of rows.entries()) {
      assert.equal(times[i], row.time);
      assert.equal(stateText(states, i), row.state);
      assert.equal(chunk.position(i), chunk.row(i, false).position);
    }
    const [from, to] = [Math.floor(rows.length / 3), rows.length];
    const { integral, ...rest } = summarise(rows.slice(from, to));
    const { integral: found, ...others } = chunk.summary(from, to);
    assert.deepEqual(others, rest);
    assert.ok(Math.abs(found - integral) <= 1e-9 * Math.abs(integral) || Object.is(found, integral));
  }
  return bytes;
}

test("every state text comes back, alone and among numbers", () => {
  const states = Object.values(STATES);
  comesBack([chunkOf(states.map((state, i) => readingOf({ state, time: T0 + i })))]);
  for (const state of states)
    comesBack([
      chunkOf(Array.from({ length: 40 }, (_, i) => readingOf({ time: T0 + i, state: i === 20 ? state : `${i / 10}` }))),
    ]);
});

test("numbers in every spelling come back as they were written", () => {
  const spellings = [
    "0",
    "-0",
    "0.0",
    "-0.0",
    "00",
    "1.",
    ".5",
    "1e5",
    "-5",
    "+5",
    "5.0",
    "5.00",
    "5.10",
    "999999999999999",
  ];
  const more = [
    "9007199254740993",
    "0.000000000000001",
    "123456789.123456",
    "1.7976931348623157e308",
    "--1",
    "1.2.3",
    "-",
  ];
  const all = [...spellings, ...more];
  const rows = (texts: readonly string[]) => texts.map((state, i) => readingOf({ time: T0 + i, state }));
  comesBack([chunkOf(rows(all))]);
  for (const text of all)
    for (const other of ["21.5", "21.50", "7", "-3.125"])
      comesBack([chunkOf(rows([other, other, other, other, text, other, other, other]))]);
});

test("attributes, contexts, origins, flaws and marks come back", () => {
  const attributes = Object.values(ATTRIBUTES);
  comesBack([chunkOf(attributes.map((it, i) => readingOf({ time: T0 + i, attributes: it })))]);
  comesBack([chunkOf(attributes.map((it, i) => readingOf({ time: T0 + i, attributes: { ...it, i } })))]);
  const contexts = Object.values(CONTEXTS);
  comesBack([chunkOf([...contexts, ...contexts].map((context, i) => readingOf({ time: T0 + i, context })))]);
  comesBack([
    chunkOf(
      ORIGINS.flatMap((origin, i) => [
        readingOf({ time: T0 + i, origin, timeIsArrival: true, state: null }),
        readingOf({ time: T0 + i, origin, flaws: FLAWS }),
        readingOf({ time: T0 + i, origin, flaws: ["clock_skew", "unknown_state", "clock_skew"] }),
      ]),
    ),
  ]);
});

test("times of any size come back, and since when the state was so", () => {
  comesBack([chunkOf(TIMES.flatMap((time) => TIMES.map((changed) => readingOf({ time, changed }))))]);
  for (const time of TIMES) comesBack([chunkOf([readingOf({ time }), readingOf({ time, changed: time - 5 })])]);
});

test("times with a rhythm, a common factor or whole seconds come back", () => {
  const random = createRandom(3);
  const jitter = (most: number) => Math.floor(random() * most);
  const rhythms: ((i: number) => number)[] = [
    (i) => i * 30_000_000,
    (i) => i * 30_000_000 + jitter(9000),
    (i) => Math.floor(i * 60_341_234.5) + jitter(3_000_000),
    (i) => i * 5_000_000 + jitter(5000) * 1000,
    (i) => Math.floor((i * i * 1e6) / 7) * 1000,
    (i) => Math.floor(Math.exp(i / 14)),
    () => 5,
    (i) => Math.floor(i / 3) * 1000 + 77,
  ];
  for (const base of [T0, 0, -T0, -600_000_001])
    for (const rhythm of rhythms)
      comesBack([
        chunkOf(Array.from({ length: 500 }, (_, i) => readingOf({ time: base + rhythm(i), state: `${i % 7}` }))),
      ]);
});

test("whatever readings there are, all of them come back from their pack", () => {
  const chunk = fc
    .array(entry, { minLength: 1, maxLength: 60 })
    .map((entries) => withRelatedAttributes(entries).flatMap((it) => (it.kind === "reading" ? [it.reading] : [])))
    .filter((readings) => readings.length > 0);
  fc.assert(
    fc.property(fc.array(chunk, { minLength: 1, maxLength: 8 }), (chunks) => {
      comesBack(chunks.map((readings, series) => chunkOf(readings, series * 1000)));
    }),
    { numRuns: 150 },
  );
});

test("recorded homes come back, small and large chunks, and take little", { skip: homesAreAbsent }, () => {
  const random = createRandom(1);
  let bytes = 0;
  let count = 0;
  for (const { rows, name } of [...smartHome(), ...mavpad()]) {
    const readings = rows
      .map(({ seconds, state }) => ({ time: seconds * 1e6 + Math.floor(random() * 1e6), state }))
      .sort((a, b) => a.time - b.time)
      .map((row) => readingOf({ ...row, changed: row.time, attributes: { friendly_name: name }, context: null }));
    for (let at = 0; at < readings.length; at += 2048) {
      bytes += comesBack([chunkOf(readings.slice(at, at + 2048))]).length;
      count += Math.min(2048, readings.length - at);
    }
    const small = Array.from({ length: Math.min(30, Math.ceil(readings.length / 50)) }, (_, i) =>
      chunkOf(readings.slice(i * 50, i * 50 + 50), i),
    );
    comesBack(small);
  }
  assert.ok(bytes / count < 6, `${bytes / count} bytes a change`);
});

test("times and states are read without a look at the attributes", () => {
  const chunk = chunkOf(
    Array.from({ length: 300 }, (_, i) =>
      readingOf({ time: T0 + i * i, state: `${i}`, attributes: { i: `text ${i * i}` } }),
    ),
  );
  const { bytes } = encodePack([chunk]);
  const damaged = openPack(bytes.fill(255, bytes.length - 200)).chunk(0);
  assert.deepEqual(
    Array.from(damaged.times),
    chunk.rows.map(({ time }) => time),
  );
  assert.equal(damaged.row(299, false).state, "299");
  assert.throws(() => damaged.row(299, true));
});

test("more than a pack may hold is refused", () => {
  const chunk = chunkOf([readingOf()]);
  assert.throws(() => encodePack([]), RangeError);
  assert.throws(() => encodePack([{ series: 1, rows: [] }]), RangeError);
  assert.throws(
    () => encodePack([{ series: 1, rows: Array.from({ length: 4097 }, () => chunk.rows[0] as never) }]),
    RangeError,
  );
});

function readAll(bytes: Buffer): void {
  const pack = openPack(bytes);
  for (let at = 0; at < pack.count; at++) {
    const chunk = pack.chunk(at);
    for (let i = 0; i < chunk.count; i++) chunk.row(i, true);
    chunk.summary(0, chunk.count);
  }
}

test("bytes that were flipped, cut or made up are refused with an error or give something, in bounded time and memory", () => {
  const random = createRandom(11);
  const sample = (rows: number, series: number) =>
    chunkOf(
      Array.from({ length: rows }, (_, i) =>
        readingOf({
          time: T0 + i * 1e6 + Math.floor(random() * 1e5),
          state: random() < 0.05 ? "unavailable" : (20 + random()).toFixed(2),
          attributes: { a: i % 5, text: `${i}` },
          context: i % 9 === 0 ? (Object.values(CONTEXTS)[i % 11] ?? null) : null,
        }),
      ),
      series,
    );
  const { bytes } = encodePack([sample(300, 1), sample(40, 2), sample(3, 3)]);
  const attempt = (tried: Buffer) => {
    try {
      readAll(tried);
    } catch (error) {
      assert.ok(error instanceof Error, "a plain error");
    }
  };
  for (let run = 0; run < 1200; run++) {
    const copy = Buffer.from(bytes);
    for (let flips = 1 + (run % 3); flips > 0; flips--) {
      const at = Math.floor(random() * random() * copy.length);
      copy[at] = (copy[at] as number) ^ (1 << Math.floor(random() * 8));
    }
    attempt(copy);
  }
  for (let end = 0; end < bytes.length; end += 9) attempt(bytes.subarray(0, end));
  for (let run = 0; run < 800; run++)
    attempt(Buffer.from(Array.from({ length: run % 200 }, (_, i) => (i === 0 ? 1 : Math.floor(random() * 256)))));
});
