import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { plain } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { electricityMaps } from "./electricity-maps.ts";

const settings = { token: "s3cret", zone: "DE", forecast: false };
const needsOf = (answers: Record<string, string>, now: string, more: object = {}) =>
  asked(({ at }) => answers[at.pathname.replace("/v3/", "")] ?? { status: 403, text: '{"error":"Forbidden"}' }, {
    settings: { ...settings, ...more },
    now,
  });
const NOW = "2024-03-06T19:20:00Z";
const latest = JSON.stringify({
  zone: "DE",
  carbonIntensity: 302,
  datetime: "2024-03-06T18:00:00.000Z",
  isEstimated: false,
});
const mix = JSON.stringify({
  zone: "DE",
  datetime: "2024-03-06T18:00:00.000Z",
  fossilFreePercentage: 60,
  renewablePercentage: 48,
});
const both = { "carbon-intensity/latest": latest, "power-breakdown/latest": mix };

test("recorded: an estimated hour, life-cycle, and the shares of its power", { skip: recordedAreAbsent }, async () => {
  const needs = needsOf(
    {
      "carbon-intensity/latest": recorded("electricitymaps/latest_carbon_intensity.json"),
      "power-breakdown/latest": recorded("electricitymaps/latest_power_breakdown.json"),
    },
    NOW,
  );
  const { readings, issues } = await electricityMaps.read(needs);
  // 216 g/kWh; 34 % free of fossil fuels, so 66 % are not; 33 % renewable.
  assert.deepEqual(
    readings.map(({ quantity, value, quality, time }) => [quantity, value, quality, plain(time)]),
    [
      ["intensity", 216, "estimated", "2024-03-06T19:00:00Z"],
      ["renewable_share", 33, "estimated", "2024-03-06T19:00:00Z"],
      ["fossil_share", 66, "estimated", "2024-03-06T19:00:00Z"],
    ],
  );
  assert.deepEqual(issues, []);
  assert.equal(needs.requests[0]?.headers?.["auth-token"], "s3cret");
});

test("recorded: the old service's answers are another shape, and no data is no zero", {
  skip: recordedAreAbsent,
}, async () => {
  for (const name of ["response", "no-data-response"])
    await assert.rejects(
      electricityMaps.read(
        needsOf({ ...both, "carbon-intensity/latest": recorded(`electricitymaps/${name}.json`) }, NOW),
      ),
      (error) => error instanceof Failure && error.code === "changed_shape" && /carbonIntensity/.test(error.message),
    );
});

test("recorded: every zone that there is can be chosen", { skip: recordedAreAbsent }, () => {
  const zones = JSON.parse(recorded("electricitymaps/zones.json")) as Record<string, { zoneName: string }>;
  assert.equal(Object.keys(zones).length, 400);
  assert.deepEqual([zones.DE?.zoneName, zones["AU-TAS-KI"] === undefined], ["Germany", false]);
  const refused = Object.keys(zones).filter(
    (zone) => !v.safeParse(electricityMaps.settings, { ...settings, zone }).success,
  );
  assert.deepEqual(refused, []);
});

test("without a zone it is asked by the home's place, to a tenth of a degree", async () => {
  const needs = needsOf(both, NOW, { zone: undefined });
  await electricityMaps.read(needs);
  assert.match(String(needs.requests[0]?.url), /\?lat=52\.4&lon=4\.9$/);
  assert.ok(electricityMaps.unfit?.({ token: "x", forecast: false }, { ...needs.place, latitude: null }));
});

test("a plan without this zone is a refusal that does not repeat the key", async () => {
  await assert.rejects(electricityMaps.read(needsOf({}, NOW)), (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, "refused");
    assert.doesNotMatch(error.message, /s3cret/);
    return true;
  });
});

test("the forecast is asked for where the plan has it, and is an issue of its own time", async () => {
  const forecast = JSON.stringify({
    zone: "DE",
    forecast: [
      { carbonIntensity: 290, datetime: "2024-03-06T20:00:00.000Z" },
      { carbonIntensity: null, datetime: "2024-03-06T21:00:00.000Z" },
      { carbonIntensity: 250, datetime: "2024-03-06T22:00:00.000Z" },
    ],
    updatedAt: "2024-03-06T18:55:00.000Z",
  });
  const { issues } = await electricityMaps.read(
    needsOf({ ...both, "carbon-intensity/forecast": forecast }, NOW, { forecast: true }),
  );
  assert.equal(plain(issues[0]?.issued ?? 0), "2024-03-06T18:55:00Z");
  assert.deepEqual(
    issues[0]?.slots.map(({ from, to, value }) => [plain(from), plain(to), value]),
    [
      ["2024-03-06T20:00:00Z", "2024-03-06T21:00:00Z", 290],
      ["2024-03-06T22:00:00Z", "2024-03-06T23:00:00Z", 250],
    ],
  );
});

test("nothing is made up of a broken answer", async () => {
  for (const path of Object.keys(both) as (keyof typeof both)[])
    await nothingIsMadeUp(both[path], (text) => electricityMaps.read(needsOf({ ...both, [path]: text }, NOW)));
});
