import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { plain } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { energiDataServiceCarbon } from "./energi-data-service.ts";

const records = (...rows: readonly (readonly [string, number | null])[]) =>
  JSON.stringify({
    records: rows.map(([Minutes5UTC, CO2Emission]) => ({ Minutes5UTC, PriceArea: "DK2", CO2Emission })),
  });
const needsOf = (measured: string, forecast: string, now: string) =>
  asked(({ at }) => (at.pathname.endsWith("Prog") ? forecast : measured), { settings: { area: "DK2" as const }, now });

test("recorded: a forecast of 26 g/kWh before midnight, one slot of three steps", {
  skip: recordedAreAbsent,
}, async () => {
  const forecast = recorded("energidataservice/CO2EmisProg_DK2_2025-08-23.json");
  const measured = records(["2025-08-23T21:40:00", 30], ["2025-08-23T21:35:00", 31]);
  const { issues, readings } = await energiDataServiceCarbon.read(needsOf(measured, forecast, "2025-08-23T21:47:00Z"));
  assert.deepEqual(
    issues[0]?.slots.map(({ from, to, value }) => [plain(from), plain(to), value]),
    [["2025-08-23T21:45:00Z", "2025-08-23T22:00:00Z", 26]],
  );
  assert.deepEqual(
    readings.map(({ time, value }) => [plain(time), value]),
    [
      ["2025-08-23T21:35:00Z", 31],
      ["2025-08-23T21:40:00Z", 30],
    ],
  );
});

test("null is missing, zero is a value, and nothing measured is a failure", async () => {
  const measured = records(["2026-11-26T18:55:00", null], ["2026-11-26T18:50:00", 0]);
  const { readings } = await energiDataServiceCarbon.read(needsOf(measured, records(), "2026-11-26T19:00:00Z"));
  assert.deepEqual(
    readings.map(({ value }) => value),
    [0],
  );
  await assert.rejects(
    energiDataServiceCarbon.read(needsOf(records(), records(), "2026-11-26T19:00:00Z")),
    (error) => error instanceof Failure && error.code === "nothing_known",
  );
});

test("recorded: megawatts of production in place of carbon are another shape", {
  skip: recordedAreAbsent,
}, async () => {
  const production = recorded("energidataservice/ElectricityProdex5MinRealtime.json");
  for (const [measured, forecast] of [
    [production, records()],
    [records(["2025-02-21T19:10:00", 50]), production],
  ] as const)
    await assert.rejects(
      energiDataServiceCarbon.read(needsOf(measured, forecast, "2025-02-21T19:12:00Z")),
      (error) =>
        error instanceof Failure && error.code === "changed_shape" && /records\.0\.CO2Emission/.test(error.message),
    );
});

test("nothing is made up of a broken answer", async () => {
  const text = records(["2026-11-26T18:55:00", 30], ["2026-11-26T18:50:00", 31], ["2026-11-26T18:45:00", 32]);
  // The value that is the newest holds on.
  await nothingIsMadeUp(
    text,
    (mutated) => energiDataServiceCarbon.read(needsOf(mutated, records(), "2026-11-26T19:00:00Z")),
    ["intensity"],
  );
  await nothingIsMadeUp(text, (mutated) =>
    energiDataServiceCarbon.read(needsOf(text, mutated, "2026-11-26T19:00:00Z")),
  );
});
