import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf, parseRoute } from "../../router.ts";
import { parseView, queryOf, toggled, type View } from "./view.ts";
import {
  earlierWindow,
  type Range,
  reachesNow,
  refreshSeconds,
  shiftBy,
  stepRange,
  windowOf,
  zoomBy,
  zoomTo,
} from "./windows.ts";

// Node reads it anew whenever it is set.
process.env.TZ = "Europe/Berlin";
const at = (text: string) => Date.parse(text) / 1000;
const told = (seconds: number) => new Date(seconds * 1000).toISOString();
const NOW = at("2026-11-26T12:00:00Z");

test("a day back is the same time of day, also where the clocks were changed between", () => {
  // Berlin leaves summer time on 25 October 2026.
  assert.equal(told(shiftBy(at("2026-10-25T11:00:00Z"), "day", -1)), "2026-10-24T10:00:00.000Z");
  assert.equal(told(shiftBy(at("2026-03-29T10:00:00Z"), "week", -1)), "2026-03-22T11:00:00.000Z");
});

test("a month back from the 31st is the last day of the shorter month, and a leap day's year before is the 28th", () => {
  assert.equal(told(shiftBy(at("2026-03-31T10:00:00Z"), "month", -1)), "2026-02-28T11:00:00.000Z");
  assert.equal(told(shiftBy(at("2028-02-29T12:00:00Z"), "year", -1)), "2027-02-28T12:00:00.000Z");
});

test("a window without an end ends now; steps lead back and forward, and never past now", () => {
  const live: Range = { kind: "preset", preset: "day", to: null };
  assert.deepEqual(windowOf(live, NOW), { from: NOW - 86_400, to: NOW });
  const back = stepRange(live, -1, NOW);
  assert.deepEqual(back, { kind: "preset", preset: "day", to: NOW - 86_400 });
  assert.equal(reachesNow(back, NOW), false);
  assert.deepEqual(stepRange(back, 1, NOW), live);
  const own: Range = { kind: "own", from: NOW - 90, to: NOW - 30 };
  assert.deepEqual(stepRange(own, 1, NOW), { kind: "own", from: NOW - 60, to: NOW });
  assert.deepEqual(stepRange(own, -1, NOW), { kind: "own", from: NOW - 150, to: NOW - 90 });
});

test("zooming keeps the moment that it is around in its place, and does not enter the future", () => {
  assert.deepEqual(zoomBy({ from: 0, to: 100 }, 0.5, 25, 1_000), { kind: "own", from: 12.5, to: 62.5 });
  assert.deepEqual(zoomBy({ from: 900, to: 1_000 }, 2, 950, 1_000), { kind: "own", from: 800, to: 1_000 });
  assert.deepEqual(zoomTo({ from: 50, to: 20 }), { kind: "own", from: 20, to: 50 });
  assert.deepEqual(zoomTo({ from: 20, to: 20 }), { kind: "own", from: 20, to: 21 });
});

test("what is compared with is as long as the window, and its shift lays it over the window", () => {
  const earlier = earlierWindow({ from: at("2026-10-25T10:00:00Z"), to: at("2026-10-25T12:00:00Z") }, "day");
  assert.deepEqual(
    [earlier?.from, earlier?.to].map((t) => told(t ?? 0)),
    ["2026-10-24T09:00:00.000Z", "2026-10-24T11:00:00.000Z"],
  );
  assert.equal(earlier?.shift, 25 * 3_600);
  assert.equal(earlierWindow({ from: 0, to: 1 }, "none"), null);
});

test("a window that ends now is asked for again once a pixel has passed", () => {
  assert.equal(refreshSeconds({ from: 0, to: 86_400 }, 864), 100);
  assert.equal(refreshSeconds({ from: 0, to: 60 }, 864), 5);
  assert.equal(refreshSeconds({ from: 0, to: 31_536_000 }, 864), 600);
});

test("a view survives the way through its address", () => {
  const views: View[] = [
    { entities: [], range: { kind: "preset", preset: "day", to: null }, compare: "none", show: "chart" },
    {
      entities: ["sensor.a", "light.b"],
      range: { kind: "preset", preset: "year", to: NOW },
      compare: "week",
      show: "table",
    },
    { entities: ["#12"], range: { kind: "own", from: NOW - 1.5, to: NOW }, compare: "year", show: "chart" },
  ];
  for (const view of views) assert.deepEqual(parseView(parseRoute(hashOf("history", queryOf(view))).query), view);
  assert.equal(hashOf("history", queryOf(views[0] as View)), "#/history");
});

test("an address that somebody wrote wrongly leads to the usual view", () => {
  assert.deepEqual(
    parseView({ e: " ,sensor.a,sensor.a", window: "eon", from: "x", to: "y", compare: "?", show: "?" }),
    {
      entities: ["sensor.a"],
      range: { kind: "preset", preset: "day", to: null },
      compare: "none",
      show: "chart",
    },
  );
});

test("an entity is added once, taken out again, and no more are added than can be told apart", () => {
  assert.deepEqual(toggled(["a"], "b"), ["a", "b"]);
  assert.deepEqual(toggled(["a", "b"], "a"), ["b"]);
  assert.equal(
    toggled(
      Array.from({ length: 12 }, (_, i) => `${i}`),
      "x",
    ).length,
    12,
  );
});
