import assert from "node:assert/strict";
import { test } from "node:test";
import type { Gap, StatisticsBucket } from "../../api-types.ts";
import { drawingsOf, roomFor } from "./axes.ts";
import { meanOf, momentsOf, nextMoment, rowsOf, saidAt } from "./readout.ts";
import { bucketTrack, rawTrack, sharedGaps, shiftTrack, timeHeld, trackExtremes } from "./tracks.ts";

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
const gap = (from: number, to: number, cause = "hub_stopped", kind: Gap["kind"] = "states"): Gap => ({
  id: 1,
  kind,
  entity_id: null,
  series: null,
  from: iso(from),
  to: iso(to),
  cause,
});
const WINDOW = { from: 100, to: 200 };
const answer = (points: [number, string | null][], gaps: Gap[] = [], more = {}) => ({
  entityId: "sensor.a",
  series: 1,
  points: points.map(([at, state]) => [at * 1e6, state] as const),
  before: null,
  gaps,
  cut: false,
  ...more,
});
const raw = (points: [number, string | null][], gaps: Gap[] = [], more = {}) =>
  rawTrack(answer(points, gaps, more), WINDOW, 200, true);
const bucket = (from: number, mean: number | null, min = mean, max = mean): StatisticsBucket => ({
  from: iso(from),
  to: iso(from + 10),
  completeness: 1,
  source: "readings",
  mean,
  min,
  max,
  count: 3,
});
const summed = (buckets: StatisticsBucket[], gaps: Gap[] = [], kind: "numeric" | "text" = "numeric") =>
  bucketTrack({ entity_id: "sensor.a", series: 1, kind, unit: "W", buckets, gaps }, "5m", WINDOW, 200);

test("a track says the exact text that held, why nothing was recorded, and nothing where nothing is known", () => {
  const track = raw([[110, "21.50"]], [gap(150, 160, "paused"), gap(170, 180, "x", "events")]);
  assert.deepEqual(saidAt(track, 105), { kind: "nothing" });
  assert.deepEqual(saidAt(track, 149), { kind: "state", from: 110, to: 150, state: "21.50" });
  assert.deepEqual(saidAt(track, 150), { kind: "gap", cause: "paused" });
  assert.deepEqual(saidAt(track, 175), { kind: "state", from: 160, to: 200, state: "21.50" });
});

test("of what was left out nothing is claimed", () => {
  const track = raw([[150, "1"]], [], { before: [50e6, "9"], cut: true });
  assert.equal(track.begins, 150);
  assert.deepEqual(saidAt(track, 120), { kind: "nothing" });
});

test("what is text to a reader is a track of states", () => {
  assert.equal(rawTrack(answer([[110, "on"]]), WINDOW, 200, false).kind, "states");
  assert.equal(raw([]).kind, "nothing");
  assert.equal(raw([[110, "unavailable"]]).kind, "states");
});

test("a part of the window says its lowest, mean and highest; a gap is said where there is no value", () => {
  const track = summed([bucket(100, 5, 1, 9), bucket(110, null), bucket(120, 7)], [gap(105, 120)]);
  assert.deepEqual(saidAt(track, 107), {
    kind: "bucket",
    bucket: { from: 100, to: 110, mean: 5, min: 1, max: 9, readings: 3, states: [] },
  });
  assert.deepEqual(saidAt(track, 112), { kind: "gap", cause: "hub_stopped" });
  assert.deepEqual(saidAt(track, 131), { kind: "nothing" });
  assert.deepEqual(trackExtremes(track), { min: 1, max: 9 });
  assert.equal(meanOf(track), 6);
  assert.equal(track.readings, 9);
});

test("parts are cut at the window and at now; those of texts say how long each held", () => {
  const held = (from: number, on: number): StatisticsBucket => ({
    ...bucket(from, null),
    states: { off: { seconds: 10 - on, entered: 1 }, on: { seconds: on, entered: 1 } },
  });
  const track = summed([held(95, 8), held(105, 2), held(195, 5), held(205, 5)], [], "text");
  assert.deepEqual(
    track.buckets.map(({ from, to, states }) => [from, to, states[0]?.state]),
    [
      [100, 105, "on"],
      [105, 115, "off"],
      [195, 200, "off"],
    ],
  );
  assert.equal(track.kind, "states");
  assert.deepEqual(timeHeld(track), [
    { state: "on", seconds: 15 },
    { state: "off", seconds: 15 },
  ]);
  assert.equal(summed([bucket(100, null)]).kind, "nothing");
  // A number's texts are counted, too; they say nothing that its mean does not.
  assert.deepEqual(summed([held(100, 5)]).buckets[0]?.states, []);
});

test("the mean weighs by time and leaves out what is no number", () => {
  assert.equal(
    meanOf(
      raw([
        [100, "10"],
        [190, "110"],
      ]),
    ),
    20,
  );
  assert.equal(meanOf(raw([[100, "unavailable"]])), null);
});

test("a track of an earlier time is laid over the window whole", () => {
  const moved = shiftTrack(raw([[110, "1"]], [gap(150, 160)]), 50);
  assert.deepEqual([moved.stretches[0]?.from, moved.gaps[0]?.from, moved.gaps[0]?.to], [160, 200, 210]);
});

test("a hole of every track is told from a hole of some", () => {
  const tracks = [
    {
      gaps: [
        { from: 10, to: 20, cause: "a" },
        { from: 15, to: 30, cause: "b" },
      ],
    },
    { gaps: [{ from: 18, to: 25, cause: "a" }] },
  ];
  assert.deepEqual(sharedGaps(tracks), {
    all: [{ from: 18, to: 25 }],
    some: [
      { from: 10, to: 18 },
      { from: 25, to: 30 },
    ],
  });
  assert.deepEqual(sharedGaps([]), { all: [], some: [] });
});

test("a table has a row wherever something begins, and says again only what is new", () => {
  const tracks = [
    raw([
      [110, "1"],
      [120, "2"],
    ]),
    raw([[110, "on"]], [gap(130, 140)]),
  ];
  const rows = rowsOf(tracks, momentsOf(tracks));
  assert.deepEqual(
    rows.map(({ at, said }) => [at, ...said.map((one) => (one?.kind === "state" ? one.state : (one?.kind ?? "")))]),
    [
      [110, "1", "on"],
      [120, "2", ""],
      [130, "", "gap"],
      [140, "", "on"],
    ],
  );
});

test("arrow keys walk from one moment to the next, and stop at the window's edges", () => {
  const moments = [110, 120];
  assert.equal(nextMoment(moments, 105, 1, WINDOW), 110);
  assert.equal(nextMoment(moments, 120, 1, WINDOW), 200);
  assert.equal(nextMoment(moments, 120, -1, WINDOW), 110);
  assert.equal(nextMoment(moments, 110, -1, WINDOW), 100);
});

test("tracks of one unit share an axis, and a drawing has no more axes than there is room for", () => {
  const track = (unit: string, min: number, max: number) => ({ unit, min, max });
  const drawings = drawingsOf([track("W", 0, 10), null, track("°C", 20, 21), track("W", 5, 30), track("%", 0, 1)], 2);
  assert.deepEqual(
    drawings.map(({ scales, tracks }) => [scales.map(({ unit, key }) => `${key} ${unit}`), tracks]),
    [
      [
        ["y0 W", "y1 °C"],
        [0, 2, 3],
      ],
      [["y2 %"], [4]],
    ],
  );
  assert.equal(drawings[0]?.scales[0]?.min, 0);
  assert.ok((drawings[0]?.scales[0]?.max ?? 0) > 30);
});

test("an axis begins at nought where that is near, and has a height where every value is the same", () => {
  assert.equal(roomFor(3, 100).min, 0);
  assert.ok(roomFor(90, 100).min > 80);
  assert.equal(roomFor(-100, -3).max, 0);
  assert.deepEqual(roomFor(0, 0), { min: -1, max: 1 });
});
