import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { createOutput } from "./output.ts";
import { bytesText, shown, table } from "./table.ts";

test("columns stand under each other whatever the texts, numbers to the right, the last one cut at the edge", () => {
  const text = table(
    ["Name", "Count", "Why"],
    [
      ["light.a", 1, "x".repeat(40)],
      ["Tür 🎉", 1234.5, null],
    ],
    40,
  );
  assert.deepEqual(text.split("\n"), [
    "Name       Count  Why",
    `light.a        1  ${"x".repeat(21)}…`,
    "Tür 🎉   1,234.5  –",
    "",
  ]);
});

test("what is recorded cannot steer the terminal", () => {
  assert.equal(shown("a\u001b[2Jb\nc\u0007\u202ed"), "a�[2Jb�c��d");
  assert.equal(shown("Tür 👨‍👩‍👧"), "Tür 👨‍👩‍👧");
});

test("sizes are told in the unit that fits", () => {
  assert.deepEqual([0, 999, 1000, 15_400, 999_900, 2.5e9].map(bytesText), [
    "0 B",
    "999 B",
    "1.0 kB",
    "15.4 kB",
    "1000 kB",
    "2.5 GB",
  ]);
});

const outputTo = (isTTY: boolean, asked?: "json" | "table") => {
  const written: [out: string[], err: string[]] = [[], []];
  const stream = (to: string[]) => ({
    write: (text: string | Uint8Array) => to.push(String(text)) > 0,
    once: () => {},
    isTTY,
    columns: 60,
  });
  const [stdout, stderr] = [stream(written[0]), stream(written[1])];
  const clock = createTestClock();
  return { written, clock, out: createOutput({ stdout, stderr, clock, asked }) };
};

test("a terminal gets tables and a bar, a pipe JSON and no bar, unless the other is asked for", async () => {
  for (const [isTTY, asked, wanted] of [
    [true, undefined, "a table"],
    [false, undefined, '{"a":1}\n'],
    [true, "json" as const, '{"a":1}\n'],
    [false, "table" as const, "a table"],
  ] as const) {
    const { out, written } = outputTo(isTTY, asked);
    await out.answer({ a: 1 }, () => "a table");
    const progress = out.progress("Working");
    progress.show(5, 10, "half");
    progress.end();
    assert.deepEqual(written[0], [wanted]);
    if (!isTTY) assert.deepEqual(written[1], []);
    else {
      assert.ok(written[1].join("").includes(`Working ${"█".repeat(12)}${"░".repeat(12)} 50 % half`));
      assert.equal(written[1].at(-1), "\r\u001b[2K");
    }
  }
});
