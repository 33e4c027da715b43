import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { plain, told } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { ukCarbonIntensity } from "./uk-carbon-intensity.ts";

const britain = { country: "GB", timeZone: "Europe/London" };
const needsOf = (answer: Parameters<typeof asked>[0], now: string, settings: { region?: string } = {}) =>
  asked(answer, { settings, now, place: britain });
const slot = (from: string, to: string, forecast: number | null, actual: number | null = null) => ({
  from,
  to,
  intensity: { forecast, actual, index: "low" },
});
const NOW = "2026-11-26T19:10:00Z";

test("what was measured is measured, what is only forecast now is estimated, and null is no zero", async () => {
  const data = [
    slot("2026-11-26T18:00Z", "2026-11-26T18:30Z", 210, 200),
    slot("2026-11-26T18:30Z", "2026-11-26T19:00Z", 205, null),
    slot("2026-11-26T19:00Z", "2026-11-26T19:30Z", 190, null),
    slot("2026-11-26T19:30Z", "2026-11-26T20:00Z", null, null),
    slot("2026-11-26T20:00Z", "2026-11-26T20:30Z", 0, null),
  ];
  const needs = needsOf(() => JSON.stringify({ data }), NOW);
  const answered = await ukCarbonIntensity.read(needs);
  assert.deepEqual(told(answered), {
    readings: {
      intensity: [
        ["2026-11-26T18:00:00Z", "2026-11-26T18:30:00Z", 200],
        ["2026-11-26T18:30:00Z", "2026-11-26T19:00:00Z", 205],
        ["2026-11-26T19:00:00Z", "2026-11-26T19:30:00Z", 190],
      ],
    },
    issues: {
      intensity: [
        ["2026-11-26T19:00:00Z", "2026-11-26T19:30:00Z", 190],
        ["2026-11-26T20:00:00Z", "2026-11-26T20:30:00Z", 0],
      ],
    },
    issued: NOW,
  });
  assert.deepEqual(
    answered.readings.map(({ quality }) => quality),
    [undefined, "estimated", "estimated"],
  );
  assert.equal(needs.requests[0]?.url, "https://api.carbonintensity.org.uk/intensity/2026-11-26T16:00Z/fw48h");
});

test("a region is asked by number; its answer is an object or a list of one; its mix is shares", async () => {
  const mix = ["gas", "coal", "biomass", "nuclear", "hydro", "imports", "other", "wind", "solar"];
  const generationmix = mix.map((fuel, index) => ({ fuel, perc: [30, 0, 5.1, 20, 0.9, 10, 0, 33, 1][index] }));
  const data = [{ ...slot("2026-11-26T19:00Z", "2026-11-26T19:30Z", 120), generationmix }];
  const region = { regionid: 13, shortname: "London", data };
  for (const answer of [region, [region]]) {
    const needs = needsOf(() => JSON.stringify({ data: answer }), NOW, { region: "London" });
    const { readings } = await ukCarbonIntensity.read(needs);
    assert.deepEqual(
      readings.map(({ quantity, value, quality }) => [quantity, value, quality]),
      [
        ["intensity", 120, "estimated"],
        ["renewable_share", 40, "estimated"],
        ["fossil_share", 30, "estimated"],
      ],
    );
    assert.match(String(needs.requests[0]?.url), /\/regional\/intensity\/2026-11-26T16:00Z\/fw48h\/regionid\/13$/);
  }
  // A fuel that is not told leaves its share unknown, not smaller.
  const gap = { ...region, data: [{ ...data[0], generationmix: generationmix.filter(({ fuel }) => fuel !== "wind") }] };
  const { readings } = await ukCarbonIntensity.read(
    needsOf(() => JSON.stringify({ data: gap }), NOW, { region: "London" }),
  );
  assert.deepEqual(
    readings.map(({ quantity }) => quantity),
    ["intensity", "fossil_share"],
  );
});

test("an empty answer with status 200, and one that stops before now, are failures to be tried again", async () => {
  const old = JSON.stringify({ data: [slot("2026-11-26T17:00Z", "2026-11-26T17:30Z", 210)] });
  for (const text of ["{}", '{"data":[]}', old])
    await assert.rejects(
      ukCarbonIntensity.read(needsOf(() => text, NOW)),
      (error) => error instanceof Failure && error.code === "nothing_known" && error.retry,
    );
});

test("days before are asked for a fortnight at a time", async () => {
  const needs = needsOf(({ at }) => {
    const [, , from = ""] = at.pathname.split("/");
    return JSON.stringify({ data: [slot(from, from, 100, 90)] });
  }, NOW);
  const window = { from: Date.parse("2026-10-27T00:00:00Z") * 1000, to: Date.parse("2026-11-26T00:00:00Z") * 1000 };
  const answered = await ukCarbonIntensity.readBetween?.({ ...needs, window });
  assert.deepEqual(
    answered?.readings.map(({ time }) => plain(time)),
    ["2026-10-27T00:00:00Z", "2026-11-10T00:00:00Z", "2026-11-24T00:00:00Z"],
  );
  assert.ok(needs.requests.every(({ url }) => !url.includes("fw48h")));
});

test("recorded: 49 half hours of a May night", { skip: recordedAreAbsent }, async () => {
  const text = recorded("uk-carbon-intensity/national_fw24h.json");
  const { issues, readings } = await ukCarbonIntensity.read(needsOf(() => text, "2020-05-24T20:40:00Z"));
  const slots = issues[0]?.slots ?? [];
  assert.equal(slots.length, 49);
  // 146 g/kWh now, 163 in the last half hour.
  assert.deepEqual(
    readings.map(({ value, quality }) => [value, quality]),
    [[146, "estimated"]],
  );
  assert.deepEqual([plain(slots.at(-1)?.from ?? 0), slots.at(-1)?.value], ["2020-05-25T20:30:00Z", 163]);
});

test("recorded: errors of the service are told in its words", { skip: recordedAreAbsent }, async () => {
  const failing = (status: number, name: string) =>
    ukCarbonIntensity.read(needsOf(() => ({ status, text: recorded(`uk-carbon-intensity/${name}.json`) }), NOW));
  await assert.rejects(
    failing(500, "error_500"),
    (error) => error instanceof Failure && error.code === "provider_failed" && error.retry,
  );
  await assert.rejects(failing(400, "error_400_postcode"), /No postcode match/);
});

test("nothing is made up of a broken answer", async () => {
  const data = [
    slot("2026-11-26T18:30Z", "2026-11-26T19:00Z", 205, 207),
    slot("2026-11-26T19:00Z", "2026-11-26T19:30Z", 190),
    slot("2026-11-26T19:30Z", "2026-11-26T20:00Z", 180),
  ];
  // Of a measured value that is not told any more, the forecast is.
  await nothingIsMadeUp(JSON.stringify({ data }), (text) => ukCarbonIntensity.read(needsOf(() => text, NOW)), [
    "intensity",
  ]);
});

test("a home elsewhere is told so before anybody is asked", () => {
  const { place } = needsOf(() => "", NOW);
  assert.equal(ukCarbonIntensity.unfit?.({}, place), undefined);
  assert.match(String(ukCarbonIntensity.unfit?.({}, { ...place, country: "DE" })?.why), /Great Britain alone/);
});
