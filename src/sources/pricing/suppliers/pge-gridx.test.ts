import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain, told } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { pgeGridX } from "./pge-gridx.ts";

const NOW = "2023-10-26T09:30:00Z";
const settings = { rate: "EV2A", circuit: "013532223" };
const needsOf = (today: string, given: typeof settings & { cca?: string } = settings) =>
  asked(({ at }) => (at.searchParams.get("startdate") === "20231026" ? today : { status: 404, text: "" }), {
    settings: given,
    now: NOW,
    place: { country: "US", currency: "USD", timeZone: "America/Los_Angeles" },
  });
const RECORDED = "pge-gridx/hourly_flex_pricing.json";

test("recorded: hours in USD/kWh of the rate itself, and tomorrow is waited for", {
  skip: recordedAreAbsent,
}, async () => {
  const needs = needsOf(recorded(RECORDED), { ...settings, cca: "PCE" });
  const answered = await pgeGridX.read(needs);
  const { readings, issues } = told(answered);
  // From midnight in California, seven hours behind UTC in summer.
  assert.deepEqual(issues.price, [
    ["2023-10-26T07:00:00Z", "2023-10-26T08:00:00Z", 0.15234],
    ["2023-10-26T08:00:00Z", "2023-10-26T09:00:00Z", 0.14567],
    ["2023-10-26T09:00:00Z", "2023-10-26T10:00:00Z", 0.14123],
    ["2023-10-26T10:00:00Z", "2023-10-26T11:00:00Z", 0.1389],
    ["2023-10-26T11:00:00Z", "2023-10-26T12:00:00Z", 0.14456],
  ]);
  assert.equal(readings.price?.length, 3);
  assert.deepEqual(answered.units, { price: "USD/kWh" });
  // Four in the afternoon there.
  assert.equal(plain(answered.next ?? 0), "2023-10-26T23:00:00Z");
  assert.ok(answered.readings.every(({ quality }) => quality === undefined));
  const queries = needs.requests.map(({ url }) => Object.fromEntries(new URL(url).searchParams));
  const { startdate, enddate, ...rest } = queries[0] ?? {};
  assert.deepEqual([startdate, enddate, queries[1]?.startdate], ["20231026", "20231026", "20231027"]);
  assert.deepEqual(rest, {
    ...{ utility: "PGE", market: "DAM", program: "CalFUSE" },
    ...{ ratename: "EV2A", representativeCircuitId: "013532223", cca: "PCE" },
  });
});

test("nothing is made up of a broken answer", { skip: recordedAreAbsent }, async () => {
  const counts = await nothingIsMadeUp(recorded(RECORDED), (text) => pgeGridX.read(needsOf(text)));
  assert.ok(counts.refused > 20, JSON.stringify(counts));
});

test("another currency, another unit and two curves at once are refused", { skip: recordedAreAbsent }, async () => {
  const changed = (change: (curve: { priceHeader: Record<string, unknown> }, all: object[]) => void) => {
    const answer = JSON.parse(recorded(RECORDED));
    change(answer.data[0], answer.data);
    return pgeGridX.read(needsOf(JSON.stringify(answer)));
  };
  const failsAs = (words: RegExp) => (error: unknown) =>
    error instanceof Failure && error.code === "changed_shape" && words.test(error.message);
  await assert.rejects(
    changed(({ priceHeader }) => {
      priceHeader.settlementUnit = "MWh";
    }),
    failsAs(/settlementUnit/),
  );
  await assert.rejects(
    changed(({ priceHeader }) => {
      priceHeader.settlementCurrency = "CAD";
    }),
    failsAs(/settlementCurrency/),
  );
  await assert.rejects(
    changed((curve, all) => {
      const { priceHeader, ...rest } = structuredClone(curve);
      all.push({ ...rest, priceHeader: { ...priceHeader, priceCurveName: "PGE-CalFUSE-B6" } });
    }),
    failsAs(/several prices/),
  );
});
