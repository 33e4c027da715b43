import assert from "node:assert/strict";
import { test } from "node:test";
import { groupSpans } from "../gap-groups.ts";
import { formatAt, formatWindow, localInput } from "./moments.ts";
import { axisNumbers, formatFigure, formatShare } from "./numbers.ts";

test("labels of an axis are of one form, and no two say the same", () => {
  assert.deepEqual(axisNumbers([0, 0.5, 1], "en-GB"), ["0", "0.5", "1"]);
  assert.deepEqual(axisNumbers([101_325, 101_326], "en-GB"), ["101,325", "101,326"]);
  assert.deepEqual(axisNumbers([0, 20_000, 40_000], "en-GB"), ["0", "20k", "40k"]);
  assert.deepEqual(axisNumbers([-0, 0.001], "en-GB"), ["0", "0.001"]);
});

test("a computed figure has the digits that mean something", () => {
  assert.deepEqual(
    [1_234.567, 123.456, 21.3456, 0.123456].map((value) => formatFigure(value, "en-GB")),
    ["1,235", "123.5", "21.35", "0.1235"],
  );
});

test("a share is 0 or 100 % only where it is that", () => {
  assert.deepEqual(
    [0, 0.0001, 0.051, 0.5, 0.9999, 1].map((share) => formatShare(share, "en-GB")),
    ["0 %", "< 0.1 %", "5.1 %", "50 %", "> 99.9 %", "100 %"],
  );
});

test("a moment is told as exactly as the window lets one point at it", () => {
  const at = Date.parse("2026-11-26T12:00:01.5Z") / 1000;
  const told = (length: number) => formatAt(at, { from: at - length, to: at }, { locale: "en-GB", timeZone: "UTC" });
  assert.match(told(60), /12:00:01\.500/);
  assert.match(told(86_400), /26 Nov.* 12:00:01$/);
  assert.match(told(30 * 86_400), /26 Nov.* 12:00$/);
  assert.match(told(365 * 86_400), /2026/);
});

test("a window is told once where both ends share a day", () => {
  const from = Date.parse("2026-11-26T12:00:00Z") / 1000;
  const told = formatWindow({ from, to: from + 3_600 }, { locale: "en-GB", timeZone: "UTC" });
  assert.equal(told.match(/Nov/g)?.length, 1);
  assert.match(told, /12:00.*13:00/);
});

test("a field for a moment holds local time to the second", () => {
  process.env.TZ = "Europe/Berlin";
  assert.equal(localInput(Date.parse("2026-07-01T22:30:05.9Z") / 1000), "2026-07-02T00:30:05");
});

test("holes of one cause and end are told once, with the names that they concern", () => {
  const span = (name: string, from: number, to: number, cause = "paused") => ({ name, from, to, cause });
  const groups = groupSpans([span("a", 10, 20), span("b", 12, 20), span("a", 30, 40)], 2);
  assert.deepEqual(
    groups.map(({ from, to, entities }) => [from, to, entities]),
    [
      [30_000, 40_000, ["a"]],
      [10_000, 20_000, []],
    ],
  );
});
