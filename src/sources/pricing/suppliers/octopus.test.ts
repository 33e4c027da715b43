import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain, told } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { octopus } from "./octopus.ts";

const settings = { product: "AGILE-24-10-01", region: "C" };
const london = { country: "GB", currency: "GBP", timeZone: "Europe/London" };
const rate = (valid_from: string, valid_to: string | null, pence: number, payment_method: string | null = null) => ({
  value_exc_vat: pence / 1.05,
  value_inc_vat: pence,
  valid_from,
  valid_to,
  payment_method,
});
const page = (results: object[], next: string | null = null) =>
  JSON.stringify({ count: 1, next, previous: null, results });
const needsOf = (answer: Parameters<typeof asked>[0], now: string, more: object = {}) =>
  asked(answer, { settings: { ...settings, ...more }, now, place: london });

test("pence are hundredths of pounds; an Agile day ends at 23:00 by British clocks", async () => {
  const results = [
    rate("2026-11-26T20:00:00Z", "2026-11-26T20:30:00Z", 20),
    rate("2026-11-26T19:30:00Z", "2026-11-26T20:00:00Z", 10.5),
  ];
  const needs = needsOf(() => page(results), "2026-11-26T19:45:00Z");
  const answered = await octopus.read(needs);
  assert.deepEqual(told(answered), {
    readings: { price: [["2026-11-26T19:30:00Z", "2026-11-26T20:00:00Z", 0.105]] },
    issues: {
      price: [
        ["2026-11-26T19:30:00Z", "2026-11-26T20:00:00Z", 0.105],
        ["2026-11-26T20:00:00Z", "2026-11-26T20:30:00Z", 0.2],
      ],
    },
    issued: "2026-11-26T19:45:00Z",
  });
  assert.deepEqual(answered.units, { price: "GBP/kWh" });
  const { searchParams, pathname } = new URL(needs.requests[0]?.url ?? "");
  assert.equal(pathname, "/v1/products/AGILE-24-10-01/electricity-tariffs/E-1R-AGILE-24-10-01-C/standard-unit-rates/");
  assert.deepEqual(
    [searchParams.get("period_from"), searchParams.get("period_to")],
    ["2026-11-25T23:00:00Z", "2026-11-27T23:00:00Z"],
  );
});

test("a price that holds until it is changed fills the days that were asked for, and no more", async () => {
  const answered = await octopus.read(
    needsOf(() => page([rate("2023-01-01T00:00:00Z", null, 24)]), "2026-11-26T12:00:00Z"),
  );
  assert.deepEqual(told(answered).issues, { price: [["2026-11-25T23:00:00Z", "2026-11-27T23:00:00Z", 0.24]] });
  assert.equal(answered.waitsFor, undefined);
});

test("pages are followed on the same host, and not elsewhere", async () => {
  const pages: Record<string, string> = {
    "": page([rate("2026-11-26T20:00:00Z", "2026-11-26T20:30:00Z", 20)], "https://api.octopus.energy/v1/x/?page=2"),
    "2": page([rate("2026-11-26T19:30:00Z", "2026-11-26T20:00:00Z", 10)]),
  };
  const { issues } = await octopus.read(
    needsOf(({ at }) => pages[at.searchParams.get("page") ?? ""] ?? "", "2026-11-26T19:45:00Z"),
  );
  assert.equal(issues[0]?.slots.length, 2);
  const away = page([], "https://elsewhere.example/?page=2");
  await assert.rejects(octopus.read(needsOf(() => away, "2026-11-26T19:45:00Z")), /lies elsewhere/);
  const endless = page([], "https://api.octopus.energy/v1/x/?page=2");
  await assert.rejects(octopus.read(needsOf(() => endless, "2026-11-26T19:45:00Z")), Failure);
});

test("of prices by way of paying, direct debit counts; what is fed in has its own product", async () => {
  const both = [
    rate("2026-11-26T19:30:00Z", "2026-11-26T20:00:00Z", 30, "NON_DIRECT_DEBIT"),
    rate("2026-11-26T19:30:00Z", "2026-11-26T20:00:00Z", 28, "DIRECT_DEBIT"),
  ];
  const answer: Parameters<typeof asked>[0] = ({ at }) =>
    page(at.pathname.includes("OUTGOING") ? [rate("2026-11-26T19:30:00Z", "2026-11-26T20:00:00Z", 15)] : both);
  const { readings } = await octopus.read(
    needsOf(answer, "2026-11-26T19:45:00Z", { export_product: "AGILE-OUTGOING-19-05-13" }),
  );
  assert.deepEqual(
    readings.map(({ quantity, value }) => [quantity, value]),
    [
      ["price", 0.28],
      ["feed_in_price", 0.15],
    ],
  );
});

test("recorded: half hours of a windy Sunday, some of them negative", { skip: recordedAreAbsent }, async () => {
  const first = recorded("octopus/agile_unit_rates_page1.json");
  const needs = needsOf(({ at }) => (at.searchParams.get("page") ? page([]) : first), "2020-05-24T14:10:00Z");
  const { issues } = await octopus.read(needs);
  const at = (time: string) => issues[0]?.slots.find(({ from }) => plain(from) === time)?.value;
  // −2.1735 p/kWh with VAT at 13:30 UTC.
  assert.equal(at("2020-05-24T13:30:00Z"), -0.021735);
  assert.equal(at("2020-05-25T21:30:00Z"), 0.072975);
  // 22:00 UTC of the 25th on is the next Agile day, which was not out.
  assert.equal(plain(issues[0]?.slots.at(-1)?.to ?? 0), "2020-05-25T22:00:00Z");
  assert.ok(issues[0]?.slots.every(({ from, to }) => to - from === 30 * 60_000_000));
});

test("nothing is made up of a broken answer", async () => {
  const text = page(
    [20, 20.5, 21].map((hour) =>
      rate(
        `2026-11-26T${Math.floor(hour)}:${hour % 1 ? "30" : "00"}:00Z`,
        `2026-11-26T${Math.floor(hour + 0.5)}:${hour % 1 ? "00" : "30"}:00Z`,
        hour,
      ),
    ),
  );
  await nothingIsMadeUp(text, (mutated) => octopus.read(needsOf(() => mutated, "2026-11-26T20:10:00Z")));
});
