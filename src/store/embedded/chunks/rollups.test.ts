import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { rollUp } from "../../../domain/data/rollup.ts";
import { encodeRollups, openRollups } from "./rollups.ts";

const state = fc.oneof(
  fc.integer({ min: -500, max: 5000 }).map((n) => (n / 100).toFixed(1)),
  fc.constantFrom<string | null>("on", "off", "unavailable", "", "\ud800", "Küche", null),
);
const rows = fc
  .array(fc.record({ after: fc.integer({ min: 0, max: 90_000_000 }), state }), { minLength: 1, maxLength: 120 })
  .map((all) => {
    let time = 1_795_455_326_760_001;
    return all.map(({ after, state: text }) => {
      time += after;
      return { time, changed: time, state: text };
    });
  });
const line = fc.record({ series: fc.nat(), rows: fc.array(rows, { minLength: 1, maxLength: 5 }) });

test("roll-ups read back as they were written, texts to the letter and sums to rounding", () =>
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
      const given = lines.map((one) => ({ series: one.series, rows: one.rows.map(rollUp) }));
      const found = openRollups(encodeRollups(given));
      assert.equal(found.length, given.length);
      for (const [i, { rows: expected }] of given.entries())
        for (const [j, rollup] of expected.entries()) {
          const own = found[i]?.[j];
          assert.deepEqual(own?.texts, rollup.texts);
          for (const [field, value] of Object.entries(rollup.summary)) {
            const back: unknown = own?.summary[field as keyof typeof rollup.summary];
            if (typeof value === "number" && typeof back === "number" && Number.isFinite(value))
              assert.ok(Math.abs(back - value) <= 1e-9 * Math.max(1, Math.abs(value)), `${field}: ${back} ${value}`);
            else assert.deepEqual(back, value, field);
          }
        }
    }),
    { numRuns: 200, seed: 20261126 },
  ));

test("a pack that is cut off is told as malformed, wherever it is cut", () => {
  const bytes = encodeRollups([
    {
      series: 3,
      rows: [rollUp([{ time: 5, changed: 5, state: "on" }]), rollUp([{ time: 9, changed: 9, state: "1" }])],
    },
  ]);
  for (let length = 0; length < bytes.length; length++) assert.throws(() => openRollups(bytes.subarray(0, length)));
});
