import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { octopusConsumption } from "./octopus-consumption.ts";

const NOW = "2026-11-26T09:05:00Z";
const KEY = "sk_live_0123456789";
const settings = { api_key: KEY, mpan: "1000000000000", serial: "22L0000001", gas_unit: "m³" as const };
const row = (hour: number, consumption: unknown, day = 25) => ({
  consumption,
  interval_start: new Date(Date.UTC(2026, 10, day, 0, hour * 30)).toISOString(),
  interval_end: new Date(Date.UTC(2026, 10, day, 0, hour * 30 + 30)).toISOString(),
});
const answer = (...results: unknown[]) =>
  JSON.stringify({ count: results.length, next: null, previous: null, results });
const needsOf = (given: Parameters<typeof asked>[0], more: object = {}) =>
  asked(given, { settings: { ...settings, ...more }, now: NOW, place: { timeZone: "Europe/London" } });

test("each meter is asked for by its own numbers, with the key as the user", async () => {
  const needs = needsOf(() => answer(row(0, 0.1)), {
    export_mpan: "1000000000001",
    mprn: "1234567890",
    gas_serial: "G4A00000001",
  });
  const { readings } = await octopusConsumption.read(needs);
  assert.deepEqual(
    readings.map(({ quantity }) => quantity),
    ["import_interval", "export_interval", "gas_interval"],
  );
  assert.deepEqual(
    needs.requests.map(({ url }) => new URL(url).pathname),
    [
      "/v1/electricity-meter-points/1000000000000/meters/22L0000001/consumption/",
      "/v1/electricity-meter-points/1000000000001/meters/22L0000001/consumption/",
      "/v1/gas-meter-points/1234567890/meters/G4A00000001/consumption/",
    ],
  );
  assert.equal(new URL(needs.requests[0]?.url ?? "").searchParams.get("period_from"), "2026-11-21T09:05:00Z");
  assert.equal(needs.requests[0]?.headers?.authorization, `Basic ${Buffer.from(`${KEY}:`).toString("base64")}`);
  const kWh = needsOf(() => answer(row(0, 11.1)), {
    mpan: undefined,
    mprn: "123456",
    gas_serial: "G4A1",
    gas_unit: "kWh",
  });
  assert.equal((await octopusConsumption.read(kWh)).readings[0]?.quantity, "gas_energy_interval");
});

test("pages are followed on the same host, a half hour that is missing is missing, and zero is zero", async () => {
  const needs = needsOf(({ at }) =>
    at.searchParams.has("page")
      ? answer(row(2, null), row(3, 0.3))
      : answer(row(0, 0), row(1, 0.2)).replace('"next":null', '"next":"https://api.octopus.energy/v1/next/?page=2"'),
  );
  const { readings } = await octopusConsumption.read(needs);
  assert.deepEqual(
    readings.map(({ time, value }) => [plain(time), value]),
    [
      ["2026-11-25T00:00:00Z", 0],
      ["2026-11-25T00:30:00Z", 0.2],
      ["2026-11-25T01:30:00Z", 0.3],
    ],
  );
  const elsewhere = needsOf(() => answer(row(0, 1)).replace('"next":null', '"next":"https://elsewhere.example/"'));
  await assert.rejects(octopusConsumption.read(elsewhere), { code: "changed_shape" });
});

test("no half hour yet is nothing wrong; an unknown meter says what to check, and neither names the meter", async () => {
  assert.match((await octopusConsumption.read(needsOf(() => answer()))).waitsFor ?? "", /half hours/);
  for (const [status, code] of [
    [404, "unexpected_status"],
    [401, "refused"],
    [500, "provider_failed"],
  ] as const)
    await assert.rejects(
      octopusConsumption.read(needsOf(() => ({ status, text: '{"detail":"Not found."}' }))),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, code);
        assert.doesNotMatch(`${error.message} ${error.fix}`, /1000000000000|22L0000001|sk_live/);
        return true;
      },
    );
  assert.match(
    octopusConsumption.unfit?.({ api_key: KEY, gas_unit: "m³" }, needsOf(() => "").place)?.why ?? "",
    /No meter/,
  );
});

test("nothing is made up of a damaged answer", async () => {
  const text = answer(row(0, 0.1), row(1, 0.2), row(2, 0.3));
  const counts = await nothingIsMadeUp(text, (given) => octopusConsumption.read(needsOf(() => given)));
  assert.ok(counts.refused > 20);
});
