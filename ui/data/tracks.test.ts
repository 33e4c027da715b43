import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.ts";
import type { History, Point, Statistics } from "../api-types.ts";
import { loadTrack } from "./tracks.ts";

const DAY = 86_400;
const NOW = 1_764_160_000;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

/** A hub with so many readings, one a second, the last one now. */
function hubWith(readings: number, sums: "no" | "yes" | "imported" = "yes") {
  const asked: string[] = [];
  const api = {
    history: async (_: string, { limit = 0, from = "" }: { limit?: number; from?: string }): Promise<History> => {
      asked.push(from.startsWith("1970") ? "before" : "readings");
      const points = Array.from({ length: Math.min(limit, readings) }, (_, i): Point => [(NOW - i) * 1e6, `${i}`]);
      const series = { entity_id: "sensor.a", series: 1, points, gaps: [] };
      return { from: 0, to: 0, series: [series], next_cursor: readings > limit ? "more" : null };
    },
    statistics: async (): Promise<Statistics> => {
      asked.push("sums");
      if (sums === "no") throw new Problem({ status: 404, code: "not_found", detail: "No such route" });
      const source = sums === "imported" ? ("imported" as const) : ("readings" as const);
      const bucket = { completeness: 1, source, mean: 1, min: 0, max: 2, count: readings };
      const buckets = [{ ...bucket, from: iso(NOW - 3_600), to: iso(NOW) }];
      const series = { entity_id: "sensor.a", series: 1, kind: "numeric" as const, unit: "W", buckets, gaps: [] };
      return { from: "", to: "", resolution: "1h", series: [series], next_cursor: null };
    },
  };
  return { api, asked };
}
const load = (api: ReturnType<typeof hubWith>["api"], days: number) =>
  loadTrack(
    api,
    { entity: "sensor.a", window: { from: NOW - days * DAY, to: NOW + 1 }, now: NOW + 1, pixels: 600, hasUnit: true },
    new AbortController().signal,
  );

test("where the pixels can show every reading, every reading is drawn, in a short window and a long one", async () => {
  for (const [days, questions] of [
    [1, "readings before"],
    [30, "sums readings before"],
  ] as const) {
    const { api, asked } = hubWith(100);
    const track = await load(api, days);
    assert.equal(track.readings, 100);
    assert.equal(track.detail.kind, "readings");
    assert.equal(asked.join(" "), questions);
  }
});

test("more readings than the pixels can show are summed up, and no more than that are ever fetched", async () => {
  for (const days of [1, 30]) {
    const track = await load(hubWith(50_000).api, days);
    assert.equal(track.detail.kind, "buckets");
    assert.equal(track.readings, 50_000);
  }
});

test("a hub that does not sum up gives the newest readings, and the track says where it begins", async () => {
  const { api } = hubWith(50_000, "no");
  const track = await load(api, 30);
  assert.equal(track.readings, 2_400);
  assert.equal(track.begins, NOW - 2_399);
});

test("imported statistics are kept: they reach further back than any reading", async () => {
  const track = await load(hubWith(3, "imported").api, 365);
  assert.deepEqual(track.detail, { kind: "buckets", resolution: "1h", imported: true });
});

test("where retention let readings go, what they amounted to is drawn in their place", async () => {
  for (const days of [1, 30]) {
    const { api } = hubWith(100);
    const history = async (entity: string, asked: { limit?: number; from?: string }): Promise<History> => {
      const found = await api.history(entity, asked);
      const rolled_up = { from: iso(NOW - 3_600), to: iso(NOW - 60) };
      return { ...found, series: found.series.map((one) => ({ ...one, rolled_up })) };
    };
    const track = await load({ ...api, history }, days);
    assert.equal(track.detail.kind, "buckets");
  }
});
