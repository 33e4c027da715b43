import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { nordPool } from "./nord-pool.ts";

type Given = { area: string; currency: "EUR" | "SEK"; resolution: "market" | "15" | "60" };
const settings: Given = { area: "NL", currency: "EUR", resolution: "market" };
const needsOf = (today: string, now: string, given: Given = settings) =>
  asked(({ at }) => (at.searchParams.get("date") === now.slice(0, 10) ? today : { status: 204, text: "" }), {
    settings: given,
    now,
  });

test("recorded: Dutch hours in EUR/kWh, final; 204 is not published yet", { skip: recordedAreAbsent }, async () => {
  const needs = needsOf(recorded("nordpool/dataportal_DayAheadPrices_NL_EUR.json"), "2024-11-05T14:00:00Z");
  const { issues, readings, waitsFor, units } = await nordPool.read(needs);
  const slots = issues[0]?.slots ?? [];
  assert.equal(slots.length, 24);
  // 83.63 EUR/MWh in the first hour, 110.03 in the last.
  assert.deepEqual([plain(slots[0]?.from ?? 0), slots[0]?.value], ["2024-11-04T23:00:00Z", 0.08363]);
  assert.deepEqual([plain(slots.at(-1)?.from ?? 0), slots.at(-1)?.value], ["2024-11-05T22:00:00Z", 0.11003]);
  assert.ok(readings.every(({ quality }) => quality === undefined));
  assert.match(String(waitsFor), /tomorrow/);
  assert.deepEqual(units, { market_price: "EUR/kWh" });
  assert.equal(plain(issues[0]?.issued ?? 0).slice(0, 19), "2024-11-04T11:58:10");
  assert.deepEqual(
    needs.requests.map(({ url }) => new URL(url).searchParams.get("date")),
    ["2024-11-05", "2024-11-06"],
  );
});

test("recorded: an answer without a currency asked for is refused", { skip: recordedAreAbsent }, async () => {
  const needs = needsOf(recorded("nordpool/dataportal_DayAheadPrices_SE3_2024-11-05.json"), "2024-11-05T14:00:00Z", {
    area: "SE3",
    currency: "SEK",
    resolution: "market",
  });
  await assert.rejects(nordPool.read(needs), (error) => error instanceof Failure && /EUR, not SEK/.test(error.message));
});

test("recorded: indices in the steps that the contract bills, in kronor, preliminary", {
  skip: recordedAreAbsent,
}, async () => {
  const text = recorded("nordpool/dataportal_indices_15min_SE3_2025-07-06.json");
  const given: Given = { area: "SE3", currency: "SEK", resolution: "15" };
  const needs = needsOf(text, "2025-07-06T10:00:00Z", given);
  const { issues, readings, units } = await nordPool.read(needs);
  const slots = issues[0]?.slots ?? [];
  assert.equal(slots.length, 96);
  const told = (slot: (typeof slots)[number] | undefined) => slot && [plain(slot.from), plain(slot.to), slot.value];
  // 43.57 SEK/MWh in the first quarter, 396.38 in the last.
  assert.deepEqual(told(slots[0]), ["2025-07-05T22:00:00Z", "2025-07-05T22:15:00Z", 0.04357]);
  assert.deepEqual(told(slots[95]), ["2025-07-06T21:45:00Z", "2025-07-06T22:00:00Z", 0.39638]);
  assert.deepEqual(units, { market_price: "SEK/kWh" });
  assert.ok(readings.length > 0 && readings.every(({ quality }) => quality === "preliminary"));
  assert.equal(plain(issues[0]?.issued ?? 0).slice(0, 19), "2025-07-05T10:56:42");
  const { pathname, searchParams } = new URL(needs.requests[0]?.url ?? "");
  assert.deepEqual(
    [pathname, ...["indexNames", "resolutionInMinutes", "currency"].map((name) => searchParams.get(name))],
    ["/api/DayAheadPriceIndices", "SE3", "15", "SEK"],
  );
  await nothingIsMadeUp(text, (mutated) => nordPool.read(needsOf(mutated, "2025-07-06T10:00:00Z", given)));
});

test("preliminary prices are marked so", async () => {
  const text = JSON.stringify({
    currency: "EUR",
    areaStates: [{ state: "Preliminary", areas: ["NL"] }],
    multiAreaEntries: [
      { deliveryStart: "2026-11-26T13:00:00Z", deliveryEnd: "2026-11-26T14:15:00Z", entryPerArea: { NL: -3 } },
    ],
  });
  const { readings } = await nordPool.read(needsOf(text, "2026-11-26T14:00:00Z"));
  assert.deepEqual(
    readings.map(({ value, quality }) => [value, quality]),
    [[-0.003, "preliminary"]],
  );
});

test("nothing is made up of a broken answer", { skip: recordedAreAbsent }, async () => {
  const text = recorded("nordpool/dataportal_DayAheadPrices_NL_EUR.json");
  await nothingIsMadeUp(text, (mutated) => nordPool.read(needsOf(mutated, "2024-11-05T14:00:00Z")));
});
