import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type StateColumn, stateText } from "../../store/shared/columns.ts";
import { createByteWriter } from "./bytes.ts";

const scaled: fc.Arbitrary<StateColumn> = fc
  .record({
    values: fc.array(
      fc.oneof(
        fc.integer({ min: -200_000, max: 200_000 }),
        fc.integer(),
        fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }),
      ),
      { minLength: 1 },
    ),
    decimals: fc.integer({ min: 0, max: 6 }),
    cut: fc.integer({ min: 0, max: 6 }),
    exceptions: fc.array(fc.tuple(fc.nat(9), fc.option(fc.string({ unit: "binary" })))),
  })
  .map(({ values, decimals, cut, exceptions }) => {
    const own = new Map(exceptions.filter(([row]) => row < values.length));
    return {
      form: "scaled" as const,
      values: Float64Array.from(values, (value, row) => (own.has(row) ? Number.NaN : value)),
      decimals,
      least: Math.min(decimals, cut),
      exceptions: own,
    };
  });
const texts: fc.Arbitrary<StateColumn> = fc
  .array(fc.option(fc.string({ unit: "binary", maxLength: 200 })), { minLength: 1 })
  .map((all) => ({ form: "texts", dictionary: all, indexes: Uint32Array.from(all, (_, i) => all.length - 1 - i) }));

test("columns are written as the texts that they stand for, from either end", () => {
  fc.assert(
    fc.property(fc.oneof(scaled, texts), fc.boolean(), (states, newestFirst) => {
      const rows = states.form === "texts" ? states.indexes.length : states.values.length;
      const times = Float64Array.from({ length: rows }, (_, i) => 1_795_000_000_000_000 + i);
      const out = createByteWriter(16, "us");
      out.byte(0x5b);
      out.points({ times, states, from: 0, to: rows, position: () => 0 }, rows, newestFirst);
      out.byte(0x5d);
      const expected = Array.from({ length: rows }, (_, i) => [times[i], stateText(states, i)]);
      const told = JSON.parse(Buffer.from(out.take()).toString());
      assert.deepEqual(told, wellFormed(newestFirst ? expected.reverse() : expected));
    }),
  );
});

/** JSON of a lone surrogate is an escape, and reads back as it was. */
const wellFormed = (rows: unknown): unknown => JSON.parse(JSON.stringify(rows));
