import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LONGEST_NUMBER, writeNumber, writeScaled } from "./numbers.ts";

const written = (value: number): string => {
  const buffer = Buffer.alloc(LONGEST_NUMBER);
  return buffer.toString("latin1", 0, writeNumber(buffer, 0, value));
};

test("a number is written as JSON.stringify writes it", () => {
  const doubles = fc.double({ noDefaultInfinity: true, noNaN: true });
  const decimals = fc.tuple(fc.integer(), fc.integer({ min: -9, max: 9 })).map(([whole, power]) => whole * 10 ** power);
  const short = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 4 })).map(([whole, power]) => whole / 10 ** power);
  const edges = fc.constantFrom(
    0,
    -0,
    0.001,
    0.0005,
    1e-7,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    2147483.647,
    1e21,
    5e-324,
  );
  fc.assert(
    fc.property(fc.oneof(doubles, decimals, short, edges), (value) => {
      assert.equal(written(value), JSON.stringify(value));
    }),
    { numRuns: 5000 },
  );
});

test("a scaled number has all of its decimals", () => {
  const buffer = Buffer.alloc(LONGEST_NUMBER);
  const scaled = (value: number, decimals: number) =>
    buffer.toString("latin1", 0, writeScaled(buffer, 0, value, decimals));
  assert.equal(scaled(0, 0), "0");
  assert.equal(scaled(5, 3), "0.005");
  assert.equal(scaled(2_147_483_647, 2), "21474836.47");
  assert.equal(scaled(1200, 2), "12.00");
});
