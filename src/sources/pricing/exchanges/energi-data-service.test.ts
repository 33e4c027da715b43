import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { energiDataService } from "./energi-data-service.ts";

type Settings = { area: "DK1" | "DK2"; currency: "DKK" | "EUR" };
const needsOf = (text: string, now: string, settings: Settings = { area: "DK2", currency: "DKK" }) =>
  asked(() => text, { settings, now });
const record = (TimeUTC: string, DayAheadPriceDKK: number | null, DayAheadPriceEUR: number | null) => ({
  TimeUTC,
  PriceArea: "DK2",
  DayAheadPriceDKK,
  DayAheadPriceEUR,
});

test("recorded: quarter hours that cost nothing are zero, and not missing", { skip: recordedAreAbsent }, async () => {
  const needs = needsOf(recorded("energidataservice/DayAheadPrices_zero.json"), "2026-06-07T14:00:00Z");
  const { issues, units } = await energiDataService.read(needs);
  const slots = issues[0]?.slots ?? [];
  assert.equal(slots.length, 8);
  assert.ok(slots.every(({ value }) => value === 0));
  assert.deepEqual(
    [plain(slots[0]?.from ?? 0), plain(slots.at(-1)?.to ?? 0)],
    ["2026-06-07T13:30:00Z", "2026-06-07T15:30:00Z"],
  );
  assert.deepEqual(units, { market_price: "DKK/kWh" });
});

test("prices come in the currency that was chosen, by UTC and in any order", async () => {
  const text = JSON.stringify({
    records: [
      record("2026-10-25T01:15:00", 746, 100),
      record("2026-10-25T01:00:00", 373, 50),
      record("2026-10-25T00:45:00", null, null),
    ],
  });
  for (const [currency, first] of [
    ["DKK", 0.373],
    ["EUR", 0.05],
  ] as const) {
    const { issues } = await energiDataService.read(needsOf(text, "2026-10-25T01:10:00Z", { area: "DK1", currency }));
    assert.deepEqual(
      issues[0]?.slots.map(({ from, value }) => [plain(from), value]),
      [
        ["2026-10-25T01:00:00Z", first],
        ["2026-10-25T01:15:00Z", first * 2],
      ],
    );
  }
});

test("nothing is made up of a broken answer", async () => {
  const records = [1, 2, 3, 4].map((hour) => record(`2026-11-26T0${hour}:00:00`, hour * 100, hour * 10));
  const read = (text: string) => energiDataService.read(needsOf(text, "2026-11-26T02:10:00Z"));
  await nothingIsMadeUp(JSON.stringify({ total: 4, records }), read);
});
