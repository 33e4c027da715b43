import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import type { StatisticsAnswer } from "../../../history/statistics/shapes.ts";
import type { Problem } from "../../errors.ts";

const HOUR = 3_600_000_000;
const hub = startTestHub();
after(() => hub.close());
await hub.addSeries(1, identity("sensor.power"));
await hub.addSeries(2, identity("light.kitchen"));
await hub.addSeries(3, identity("sensor.nothing"));
await hub.addSeries(4, identity("sensor.meter"));
const attributes = { unit_of_measurement: "W", device_class: "power", state_class: "measurement" };
// 17:35 UTC; the last whole hours before are 15:00 and 16:00.
const hour = Math.floor(TEST_TIME / HOUR) * HOUR;
const at = (minutes: number) => ({ time: hour + minutes * 60_000_000, changed: hour + minutes * 60_000_000 });
await hub.record([
  reading(1, "100", { ...at(-60), attributes }),
  reading(1, "200", { ...at(-30), attributes }),
  reading(1, "unavailable", { ...at(-15), attributes }),
  reading(2, "on", at(-60)),
  reading(2, "off", at(-45)),
  reading(2, "on", at(-15)),
  reading(4, "10", { ...at(-90), attributes: { state_class: "total_increasing", unit_of_measurement: "kWh" } }),
  reading(4, "12", { ...at(-50), attributes: { state_class: "total_increasing", unit_of_measurement: "kWh" } }),
  reading(4, "0.5", { ...at(-20), attributes: { state_class: "total_increasing", unit_of_measurement: "kWh" } }),
]);
await hub.recordGaps([{ kind: "states", series: 2, from: at(-15).time, to: at(-9).time, cause: "disconnected" }]);

const query = (body: object) =>
  hub.ask("/api/v1/statistics/query", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const text = (time: number) => new Date(time / 1000).toISOString();

test("one entity by the hour: the mean weighs time, and what no number held for does not count", async () => {
  const from = encodeURIComponent(text(at(-60).time));
  const to = encodeURIComponent(text(hour));
  const answer = await hub.ask(`/api/v1/statistics/sensor.power?from=${from}&to=${to}&resolution=1h`);
  assert.equal(answer.status, 200);
  const { series, ...rest } = (await answer.json()) as StatisticsAnswer;
  assert.deepEqual(rest, {
    from: text(at(-60).time).replace("Z", "000Z"),
    to: text(hour).replace("Z", "000Z"),
    resolution: "1h",
    time_zone: "Europe/Berlin",
    next_cursor: null,
  });
  assert.deepEqual(series, [
    {
      entity_id: "sensor.power",
      series: 1,
      kind: "numeric",
      unit: "W",
      device_class: "power",
      state_class: "measurement",
      buckets: [
        {
          from: rest.from,
          to: rest.to,
          completeness: 1,
          source: "readings",
          mean: (100 * 30 + 200 * 15) / 45,
          min: 100,
          max: 200,
          first: 100,
          last: 200,
          count: 2,
          changes: 3,
        },
      ],
      gaps: [],
    },
  ]);
});

test("several entities at once: texts by the time in each state, counters by what they counted, gaps with those they concern", async () => {
  const answer = await query({
    entities: ["light.kitchen", "sensor.nothing", "sensor.meter"],
    from: text(at(-60).time),
    to: text(hour),
    resolution: "window",
  });
  const { series } = (await answer.json()) as StatisticsAnswer;
  const [light, nothing, meter] = series;
  assert.equal(light?.kind, "text");
  assert.deepEqual(light?.buckets?.[0]?.states, {
    off: { seconds: 1800, entered: 1 },
    on: { seconds: 900 + 540, entered: 2 },
  });
  assert.equal(light?.buckets?.[0]?.completeness, 0.9);
  assert.deepEqual([light?.buckets?.[0]?.first, light?.buckets?.[0]?.last], ["on", "on"]);
  assert.deepEqual(
    light?.gaps.map(({ cause }) => cause),
    ["disconnected"],
  );
  assert.deepEqual([nothing?.kind, nothing?.buckets, nothing?.unit], ["none", [], null]);
  // From 10 before the window to 12, then from zero to 0.5.
  assert.equal(meter?.buckets?.[0]?.increase, 2.5);
});

test("columns hold what buckets hold, pages put together are the whole, and points choose the resolution", async () => {
  const asked = { entities: ["sensor.power", "light.kitchen"], from: text(at(-120).time), to: text(hour), times: "us" };
  const buckets = (await (await query({ ...asked, points: 24 })).json()) as StatisticsAnswer;
  assert.equal(buckets.resolution, "5m");
  const columns = (await (await query({ ...asked, resolution: "5m", form: "columns" })).json()) as StatisticsAnswer;
  for (const [i, one] of buckets.series.entries()) {
    const { columns: found } = columns.series[i] as StatisticsAnswer["series"][number];
    assert.equal(one.buckets?.length, 12);
    assert.deepEqual(
      found?.from,
      one.buckets?.map((bucket) => bucket.from),
    );
    assert.deepEqual(
      found?.completeness,
      one.buckets?.map((bucket) => bucket.completeness),
    );
    if (i === 0)
      assert.deepEqual(
        found?.mean,
        one.buckets?.map((bucket) => bucket.mean),
      );
    else
      assert.deepEqual(
        found?.states,
        one.buckets?.map((bucket) => bucket.states),
      );
  }
  const pages = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = (await (
      await query({ ...asked, limit: 5, ...(cursor ? { cursor } : {}) })
    ).json()) as StatisticsAnswer;
    pages.push(...page.series.flatMap((one) => one.buckets?.map((bucket) => [one.entity_id, bucket]) ?? []));
    cursor = page.next_cursor;
  }
  assert.deepEqual(
    pages,
    buckets.series.flatMap((one) => one.buckets?.map((bucket) => [one.entity_id, bucket]) ?? []),
  );
});

test("a question that contradicts itself, or a cursor of another one, is refused with its reason", async () => {
  const detail = async (body: object) => {
    const answer = await query({ entities: ["sensor.power"], ...body });
    const { status, code, detail: why } = (await answer.json()) as Problem;
    assert.deepEqual([status, code], [400, "invalid_request"], why);
    return why;
  };
  assert.match(await detail({ resolution: "1d", points: 5 }), /points: choose the resolution/);
  assert.match(await detail({ from: "1990-01-01T00:00:00Z", resolution: "5m" }), /resolution: makes more than/);
  assert.match(await detail({ time_zone: "Mars/Olympus" }), /time_zone: is no time zone/);
  assert.match(await detail({ functions: [] }), /functions: is empty/);
  assert.match(await detail({ resolution: "2h" }), /resolution: is none of auto/);
  const first = await query({ entities: ["sensor.power"], resolution: "5m", limit: 1 });
  const { next_cursor: cursor } = (await first.json()) as StatisticsAnswer;
  assert.match(await detail({ cursor, resolution: "1h" }), /cursor: .*resolution 5m/);
  assert.match(await detail({ cursor, entities: ["light.kitchen"] }), /cursor: .*other entities/);
  assert.match(await detail({ cursor, from: "2026-01-01T00:00:00Z", resolution: "5m" }), /cursor: .*another time/);
  assert.match(await detail({ cursor: "abcdefghijklmnop" }), /cursor: is not one/);
});
