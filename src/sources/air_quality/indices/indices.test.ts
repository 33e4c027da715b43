import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR } from "../../slots.ts";
import { europeanAqi, europeanIndexOf } from "./european-aqi.ts";
import { indexOn, nowCast, ppb, SCALES, usAqi } from "./us-aqi.ts";

const NOW = 500_000 * HOUR;
/** Newest first. */
const hourly = (values: readonly (number | undefined)[]) =>
  new Map(values.flatMap((value, ago) => (value === undefined ? [] : [[NOW - ago * HOUR, value] as const])));
const steady = (value: number) => hourly(Array.from({ length: 24 }, () => value));

test("EPA's own examples come out: ozone 0.078 ppm is 126, PM2.5 35.9 µg/m³ is 102, carbon monoxide 8.4 ppm is 90", () => {
  assert.equal(indexOn(SCALES.ozone8, 0.078_533_33), 126);
  assert.equal(indexOn(SCALES.pm2_5, 35.9), 102);
  assert.equal(indexOn(SCALES.carbonMonoxide, 8.4), 90);
});

test("PM2.5 goes by the breakpoints of 2024: good ends at 9.0, and 55.5 is unhealthy", () => {
  const rows = [
    [0, 0],
    [9, 50],
    [9.09, 50],
    [9.1, 51],
    [35.4, 100],
    [35.5, 101],
    [55.4, 150],
    [55.5, 151],
    [125.4, 200],
    [125.5, 201],
    [225.4, 300],
    [225.5, 301],
    [325.4, 500],
    [400, 649],
  ];
  for (const [concentration, index] of rows) assert.equal(indexOn(SCALES.pm2_5, concentration as number), index);
});

test("every category of every scale begins and ends at its published index", () => {
  for (const [name, { rows }] of Object.entries(SCALES))
    for (const [low, high, from, to] of rows) {
      assert.equal(indexOn(SCALES[name as keyof typeof SCALES], low), from, `${name} ${low}`);
      assert.equal(indexOn(SCALES[name as keyof typeof SCALES], high), to, `${name} ${high}`);
    }
});

test("an average that defines no index so low gives none", () => {
  assert.equal(indexOn(SCALES.ozone1, 0.124), undefined);
  assert.equal(indexOn(SCALES.sulphurDioxide24, 304), undefined);
});

test("micrograms become parts per billion at 25 °C: 100 µg/m³ of ozone are 50.9 ppb, of nitrogen dioxide 53.1", () => {
  assert.equal(ppb("ozone", 100).toFixed(1), "50.9");
  assert.equal(ppb("nitrogen_dioxide", 100).toFixed(1), "53.1");
  assert.equal(ppb("carbon_monoxide", 1145.6).toFixed(0), "1000");
});

test("the NowCast weighs newer hours the heavier the more they differ, and needs two of the last three", () => {
  assert.equal(nowCast(steady(20), NOW)?.toFixed(6), "20.000000");
  const hours = [30.5, 12.5, undefined, 30, 32.4, 31.1, 28.2, 30.7, 32.8, 32.6, 33.1, 28.5];
  assert.equal(nowCast(hourly(hours), NOW)?.toFixed(1), "25.4");
  assert.equal(nowCast(hourly([10, undefined, undefined, 10, 10]), NOW), undefined);
  assert.equal(nowCast(hourly([0, 0, 0]), NOW), 0);
});

test("the index is that of the worst pollutant", () => {
  // 19 ppb of 53, and 3.1 µg/m³ of 9.
  assert.deepEqual(usAqi({ nitrogen_dioxide: steady(35.99), pm2_5: steady(3.15) }, NOW), {
    value: 18,
    pollutant: "nitrogen_dioxide",
  });
  assert.deepEqual(usAqi({ nitrogen_dioxide: steady(35.99), pm2_5: steady(20) }, NOW), {
    value: 71,
    pollutant: "pm2_5",
  });
});

test("ozone of one hour counts where it defines an index, sulphur dioxide above 304 ppb by its 24 hours", () => {
  const peak = hourly([300, 20, 20, 20, 20, 20, 20, 20]);
  // 152 ppb in the hour: 101 and 27 of 39 times 49.
  assert.deepEqual(usAqi({ ozone: peak }, NOW), { value: 135, pollutant: "ozone" });
  assert.deepEqual(usAqi({ sulphur_dioxide: hourly([900, 10, 10]) }, NOW), {
    value: 200,
    pollutant: "sulphur_dioxide",
  });
  assert.deepEqual(usAqi({ sulphur_dioxide: steady(900) }, NOW), { value: 214, pollutant: "sulphur_dioxide" });
});

test("while the average of a pollutant that is in the air is not known there is no index: it may be the worst", () => {
  assert.equal(usAqi({ nitrogen_dioxide: steady(35.99), pm2_5: hourly([3]) }, NOW), undefined);
  assert.equal(europeanAqi({ nitrogen_dioxide: steady(35.99), pm2_5: hourly([3]) }, NOW), undefined);
  assert.equal(usAqi({}, NOW), undefined);
});

test("the European index: 20 to a band, on beyond the last, particles over a day and gases over an hour", () => {
  const rows: readonly (readonly [string, number, number])[] = [
    ["pm2_5", 0, 0],
    ["pm2_5", 10, 20],
    ["pm2_5", 22.5, 50],
    ["pm2_5", 75, 100],
    ["pm2_5", 100, 120],
    ["pm10", 45, 50],
    ["nitrogen_dioxide", 40, 20],
    ["ozone", 115, 50],
    ["sulphur_dioxide", 750, 100],
  ];
  for (const [pollutant, concentration, index] of rows)
    assert.equal(europeanIndexOf(pollutant, concentration), index, pollutant);
  assert.equal(europeanIndexOf("carbon_monoxide", 100), undefined);
  const day = Array.from({ length: 24 }, (_, ago) => (ago === 0 ? 250 : 10));
  // The mean of the day is 20.
  assert.deepEqual(europeanAqi({ pm2_5: hourly(day), ozone: steady(50) }, NOW), { value: 40, pollutant: "pm2_5" });
});
