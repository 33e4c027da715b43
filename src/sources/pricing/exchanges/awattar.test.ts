import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain, told } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { HOUR } from "../slots.ts";
import { awattar } from "./awattar.ts";

const austria = { country: "AT", timeZone: "Europe/Vienna" };
const needsOf = (text: string, now: string, settings = {}) => asked(() => text, { settings, now, place: austria });
const hour = (start: string, marketprice: unknown, unit = "Eur/MWh") => {
  const start_timestamp = Date.parse(start);
  return { start_timestamp, end_timestamp: start_timestamp + 3_600_000, marketprice, unit };
};

test("both days are asked for with their end, whatever hours they have", async () => {
  for (const [now, start, end] of [
    ["2025-03-29T09:00:00Z", "2025-03-28T23:00:00Z", "2025-03-30T22:00:00Z"],
    ["2025-03-30T09:00:00Z", "2025-03-29T23:00:00Z", "2025-03-31T22:00:00Z"],
    ["2024-10-27T09:00:00Z", "2024-10-26T22:00:00Z", "2024-10-28T23:00:00Z"],
  ] as const) {
    const needs = needsOf(JSON.stringify({ data: [hour(now, 1)] }), now);
    await awattar.read(needs);
    assert.equal(
      needs.requests[0]?.url,
      `https://api.awattar.at/v1/marketdata?start=${Date.parse(start)}&end=${Date.parse(end)}`,
    );
  }
});

test("prices are those of the hours that the answer names, in EUR/kWh: what was, and what is to come", async () => {
  const data = [
    hour("2026-11-26T18:00:00Z", 100),
    hour("2026-11-26T19:00:00Z", -20.5),
    hour("2026-11-26T20:00:00Z", 0),
  ];
  const answered = await awattar.read(needsOf(JSON.stringify({ data }), "2026-11-26T19:30:00Z"));
  assert.deepEqual(told(answered).readings, {
    market_price: [
      ["2026-11-26T18:00:00Z", "2026-11-26T19:00:00Z", 0.1],
      ["2026-11-26T19:00:00Z", "2026-11-26T20:00:00Z", -0.0205],
    ],
  });
  assert.deepEqual(told(answered).issues.market_price?.at(-1), ["2026-11-26T20:00:00Z", "2026-11-26T21:00:00Z", 0]);
  assert.deepEqual(answered.units, { market_price: "EUR/kWh" });
  assert.match(String(answered.waitsFor), /tomorrow/);
});

test("the home's price is the formula over the market's, and the market's is kept beside it", async () => {
  const settings = { surcharge: 0.015, vat: 20, fees: 0.1, feed_in: 0.07 };
  const text = JSON.stringify({ data: [hour("2026-11-26T19:00:00Z", 100)] });
  const { readings, units } = await awattar.read(needsOf(text, "2026-11-26T19:30:00Z", settings));
  // (0.100 + 0.015) × 1.2 + 0.1
  assert.deepEqual(
    readings.map(({ quantity, value }) => [quantity, value]),
    [
      ["market_price", 0.1],
      ["price", 0.238],
      ["feed_in_price", 0.07],
    ],
  );
  assert.deepEqual(Object.values(units ?? {}), ["EUR/kWh", "EUR/kWh", "EUR/kWh"]);
});

test("another unit, and a price outside of the market's bounds, fail the answer", async () => {
  for (const bad of [hour("2026-11-26T19:00:00Z", 100, "Eur/kWh"), hour("2026-11-26T19:00:00Z", 100_000)])
    await assert.rejects(
      awattar.read(needsOf(JSON.stringify({ data: [bad] }), "2026-11-26T19:30:00Z")),
      (error) => error instanceof Failure && error.code === "changed_shape",
    );
});

test("no price of now or later is a failure, so that another provider is asked", async () => {
  const old = JSON.stringify({ data: [hour("2026-11-24T19:00:00Z", 100)] });
  for (const text of ['{"data":[]}', old])
    await assert.rejects(
      awattar.read(needsOf(text, "2026-11-26T19:30:00Z")),
      (error) => error instanceof Failure && error.code === "nothing_known" && error.retry,
    );
});

test("a home elsewhere is told so before anybody is asked", () => {
  const { place } = needsOf("", "2026-11-26T19:30:00Z");
  assert.equal(awattar.unfit?.({}, place), undefined);
  assert.match(String(awattar.unfit?.({}, { ...place, country: "NL" })?.why), /Austria and Germany/);
  assert.equal(awattar.unfit?.({ country: "de" }, { ...place, country: "NL" }), undefined);
});

const spots = async (name: string, now: string) => {
  const needs = needsOf(recorded(`awattar/${name}.json`), now);
  const { issues } = await awattar.read(needs);
  const slots = issues[0]?.slots ?? [];
  return { count: slots.length, at: (time: string) => slots.find(({ from }) => plain(from) === time)?.value };
};

test("recorded days: the price floor, a peak, an ordinary day", { skip: recordedAreAbsent }, async () => {
  // −500 EUR/MWh at 12:00 UTC is −0.5 EUR/kWh.
  const floor = await spots("at_2023-07-02_minus500", "2023-07-02T10:00:00Z");
  assert.equal(floor.count, 24);
  assert.equal(floor.at("2023-07-02T12:00:00Z"), -0.5);
  assert.equal(floor.at("2023-07-02T01:00:00Z"), 0);
  // 850 EUR/MWh at 16:00 UTC.
  const peak = await spots("at_2024-12-12_spike850", "2024-12-12T10:00:00Z");
  assert.equal(peak.at("2024-12-12T16:00:00Z"), 0.85);
  assert.equal(peak.at("2024-12-12T02:00:00Z"), 0.10735);
  const usual = await spots("at_2026-08-20_normal", "2026-08-20T10:00:00Z");
  assert.equal(usual.at("2026-08-20T17:00:00Z"), 0.20393);
  assert.equal(usual.at("2026-08-20T09:00:00Z"), 0.1253);
});

test("recorded days of 23 and 25 hours: each price is at its own time, and the hour that is missing is missing", {
  skip: recordedAreAbsent,
}, async () => {
  // 24 hours came for the day of 23: the last one is the first of the next day.
  const short = await spots("at_2025-03-30_23h_day_overrun", "2025-03-30T10:00:00Z");
  assert.equal(short.at("2025-03-30T21:00:00Z"), 0.05599);
  assert.equal(short.at("2025-03-30T22:00:00Z"), 0.0703);
  // 24 hours came for the day of 25: the last one is not there, and today is said to be incomplete.
  const needs = needsOf(recorded("awattar/at_2024-10-27_25h_day_short.json"), "2024-10-27T10:00:00Z");
  const { issues } = await awattar.read(needs);
  assert.equal(issues[0]?.slots.length, 24);
  assert.equal(plain(issues[0]?.slots.at(-1)?.to ?? 0), "2024-10-27T22:00:00Z");
  const day = needs.place.calendar.nextAfter("day", needs.now) - needs.place.calendar.startOf("day", needs.now);
  assert.equal(day, 25 * HOUR);
});

test("nothing is made up of a broken answer", { skip: recordedAreAbsent }, async () => {
  const text = recorded("awattar/at_2026-08-20_normal.json");
  const counts = await nothingIsMadeUp(text, (mutated) => awattar.read(needsOf(mutated, "2026-08-20T10:00:00Z")));
  assert.ok(counts.refused > 20, JSON.stringify(counts));
});

test("past days come as readings of their own times, none of them later than now", async () => {
  const data = [0, 1, 2, 3].map((index) =>
    hour(new Date(Date.UTC(2026, 10, 25, 10 + index)).toISOString(), 10 * index),
  );
  const needs = needsOf(JSON.stringify({ data }), "2026-11-26T19:30:00Z");
  const window = { from: Date.UTC(2026, 10, 25, 11) * 1000, to: Date.UTC(2026, 10, 25, 13) * 1000 };
  const answered = await awattar.readBetween?.({ ...needs, window });
  assert.deepEqual(told(answered ?? { readings: [], issues: [] }), {
    readings: {
      market_price: [
        ["2026-11-25T11:00:00Z", "2026-11-25T12:00:00Z", 0.01],
        ["2026-11-25T12:00:00Z", "2026-11-25T13:00:00Z", 0.02],
      ],
    },
    issues: {},
  });
});
