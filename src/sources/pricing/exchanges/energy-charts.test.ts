import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { HOUR, MINUTE } from "../slots.ts";
import { energyCharts } from "./energy-charts.ts";

const germany = { country: "DE", timeZone: "Europe/Berlin" };
const needsOf = (answer: string | { status: number; text: string }, now: string, settings = {}) =>
  asked(() => answer, { settings, now, place: germany });

/** Quarter hours that were recorded in another form, in the provider's own. */
function raw(name: string): string {
  const { data } = JSON.parse(recorded(`energy-charts/${name}.json`));
  return JSON.stringify({
    license_info: "CC BY 4.0",
    unix_seconds: data.map(({ start_timestamp }: { start_timestamp: number }) => start_timestamp / 1000),
    price: data.map(({ marketprice }: { marketprice: number }) => marketprice),
    unit: "EUR / MWh",
    deprecated: false,
  });
}
const answer = (more: object) =>
  JSON.stringify({ unix_seconds: [1_787_176_800, 1_787_177_700], price: [185, 178.23], unit: "EUR / MWh", ...more });
const NOW = "2026-08-19T22:05:00Z";

test("two whole days are asked for by the market's dates", async () => {
  for (const [now, dates] of [
    ["2026-08-19T21:59:00Z", "start=2026-08-19&end=2026-08-20"],
    ["2026-08-19T22:05:00Z", "start=2026-08-20&end=2026-08-21"],
    ["2026-12-31T23:30:00Z", "start=2027-01-01&end=2027-01-02"],
    ["2026-03-28T12:00:00Z", "start=2026-03-28&end=2026-03-29"],
    ["2026-10-25T12:00:00Z", "start=2026-10-25&end=2026-10-26"],
  ] as const) {
    const needs = needsOf(answer({}), now);
    await energyCharts.read(needs).catch(() => {});
    assert.equal(needs.requests[0]?.url, `https://api.energy-charts.info/price?bzn=DE-LU&${dates}`);
  }
});

test("a zone is known by the home's country where it has one, and else chosen", () => {
  const { place } = needsOf("", NOW);
  assert.equal(energyCharts.unfit?.({}, place), undefined);
  assert.match(String(energyCharts.unfit?.({}, { ...place, country: "SE" })?.why), /SE1, SE2, SE3, SE4/);
  assert.equal(energyCharts.unfit?.({ zone: "SE3" }, { ...place, country: "SE" }), undefined);
  assert.match(String(energyCharts.unfit?.({}, { ...place, country: "US" })?.why), /No price zone/);
  assert.ok(energyCharts.unfit?.({}, { ...place, country: null }));
});

test("404 is not published yet, and says nothing about a price", async () => {
  await assert.rejects(
    energyCharts.read(needsOf({ status: 404, text: "{}" }, NOW)),
    (error) => error instanceof Failure && error.code === "nothing_known" && error.retry,
  );
});

test("an answer without a known unit, or of two lengths, is refused", async () => {
  for (const bad of [{ unit: "No Unit" }, { unit: "EUR / kWh" }, { price: [185] }, { price: [185, 50_000] }])
    await assert.rejects(
      energyCharts.read(needsOf(answer(bad), NOW)),
      (error) => error instanceof Failure && error.code === "changed_shape",
    );
});

test("a price that is null is missing, and no zero", async () => {
  const { readings } = await energyCharts.read(needsOf(answer({ price: [185, null] }), NOW));
  assert.deepEqual(
    readings.map(({ value, until, time }) => [value, (until ?? 0) - time]),
    [[0.185, 15 * MINUTE]],
  );
});

test("recorded: 96 and 100 quarter hours, and the last day of hours", { skip: recordedAreAbsent }, async () => {
  const slotsOf = async (name: string, now: string) =>
    (await energyCharts.read(needsOf(raw(name), now))).issues[0]?.slots ?? [];
  const usual = await slotsOf("price_at_2026-08-20_96_quarters", "2026-08-20T10:00:00Z");
  assert.equal(usual.length, 96);
  // 185.0 EUR/MWh from midnight in Berlin on, 104.28 at 13:00 UTC.
  assert.deepEqual([plain(usual[0]?.from ?? 0), usual[0]?.value], ["2026-08-19T22:00:00Z", 0.185]);
  assert.equal(usual.find(({ from }) => plain(from) === "2026-08-20T13:00:00Z")?.value, 0.10428);

  const october = await slotsOf("price_at_2025-10-26_100_quarters", "2025-10-26T10:00:00Z");
  assert.equal(october.length, 100);
  assert.equal(
    october.reduce((sum, { from, to }) => sum + (to - from), 0),
    25 * HOUR,
  );
  // The second of the two hours from two to three: 84.04 EUR/MWh at 01:00 UTC.
  assert.equal(october.find(({ from }) => plain(from) === "2025-10-26T01:00:00Z")?.value, 0.08404);
  assert.deepEqual([plain(october.at(-1)?.to ?? 0), october.at(-1)?.value], ["2025-10-26T23:00:00Z", 0.00344]);

  const hours = await slotsOf("price_at_2025-09-30_last_hourly_day", "2025-09-30T10:00:00Z");
  assert.equal(hours.length, 24);
  assert.equal(hours.find(({ from }) => plain(from) === "2025-09-30T10:00:00Z")?.value, 0.09372);
});

test("recorded: a dark calm of two days in the provider's own form", { skip: recordedAreAbsent }, async () => {
  const needs = needsOf(recorded("energy-charts/price_de_lu_2024-12-10_raw.json"), "2024-12-10T12:00:00Z");
  const { issues, waitsFor, next } = await energyCharts.read(needs);
  const slots = issues[0]?.slots ?? [];
  assert.equal(slots.length, 48);
  assert.deepEqual([plain(slots[0]?.from ?? 0), slots[0]?.value], ["2024-12-09T23:00:00Z", 0.09285]);
  assert.equal(slots.find(({ from }) => plain(from) === "2024-12-11T16:00:00Z")?.value, 0.44508);
  // Both days are whole.
  assert.equal(waitsFor, undefined);
  assert.equal(plain(next ?? 0), "2024-12-11T11:45:00Z");
});

test("nothing is made up of a broken answer", { skip: recordedAreAbsent }, async () => {
  const text = recorded("energy-charts/price_de_lu_2024-12-10_raw.json");
  const counts = await nothingIsMadeUp(text, (mutated) => energyCharts.read(needsOf(mutated, "2024-12-10T12:00:00Z")));
  assert.ok(counts.refused > 20, JSON.stringify(counts));
});
