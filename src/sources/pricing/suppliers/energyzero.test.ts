import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { energyZero } from "./energyzero.ts";

const dutch = { country: "NL", timeZone: "Europe/Amsterdam" };
const needsOf = (answer: Parameters<typeof asked>[0], now: string, all_in = false) =>
  asked(answer, { settings: { all_in }, now, place: dutch });
const NOW = "2025-12-17T17:30:00Z";

test("recorded: three days of hours, of which today's and tomorrow's are taken", {
  skip: recordedAreAbsent,
}, async () => {
  const text = recorded("energyzero/rest_electricity_hour.json");
  const needs = needsOf(() => text, NOW, true);
  const { issues, units, waitsFor } = await energyZero.read(needs);
  const at = (quantity: string) =>
    issues
      .find((issue) => issue.quantity === quantity)
      ?.slots.find(({ from }) => plain(from) === "2025-12-17T17:00:00Z")?.value;
  // 0.111165 EUR/kWh without anything, 0.446387 with all of it.
  assert.equal(at("market_price"), 0.111165);
  assert.equal(at("price"), 0.446387);
  assert.equal(issues[0]?.slots.length, 48);
  assert.equal(plain(issues[0]?.slots[0]?.from ?? 0), "2025-12-16T23:00:00Z");
  assert.deepEqual(units, { market_price: "EUR/kWh", price: "EUR/kWh" });
  assert.equal(waitsFor, undefined);
  assert.deepEqual(
    needs.requests.map(({ url }) => new URL(url).searchParams.get("date")),
    ["17-12-2025", "18-12-2025"],
  );
});

test("who is not billed by EnergyZero is told the market's price alone", { skip: recordedAreAbsent }, async () => {
  const text = recorded("energyzero/rest_electricity_hour.json");
  const { issues } = await energyZero.read(needsOf(() => text, NOW));
  assert.deepEqual(
    issues.map(({ quantity }) => quantity),
    ["market_price"],
  );
});

test("lists that are empty or not there are not published yet; a refusal is one", {
  skip: recordedAreAbsent,
}, async () => {
  for (const text of ["{}", '{"base":[]}', '{"base":null}'])
    await assert.rejects(
      energyZero.read(needsOf(() => text, NOW)),
      (error) => error instanceof Failure && error.code === "nothing_known",
    );
  const refused = { status: 400, text: recorded("energyzero/rest_error.json") };
  await assert.rejects(energyZero.read(needsOf(() => refused, NOW)), /DailyEnergyPricesRequest/);
});

test("recorded: an error, and an average of 0 over no prices, as its other interface says them, are no prices", {
  skip: recordedAreAbsent,
}, async () => {
  for (const name of ["graphql_error", "graphql_no_prices"])
    await assert.rejects(
      energyZero.read(needsOf(() => recorded(`energyzero/${name}.json`), NOW)),
      (error) => error instanceof Failure && error.code === "nothing_known",
    );
});

test("nothing is made up of a broken answer", { skip: recordedAreAbsent }, async () => {
  const whole = JSON.parse(recorded("energyzero/rest_electricity_hour.json"));
  const text = JSON.stringify({ base: whole.base.slice(24, 52), all_in_with_vat: whole.all_in_with_vat.slice(24, 52) });
  await nothingIsMadeUp(text, (mutated) => energyZero.read(needsOf(() => mutated, NOW, true)));
});
