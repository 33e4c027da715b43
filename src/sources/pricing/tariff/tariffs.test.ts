import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { plain, told } from "../../../../tests/support/outside/told.ts";
import { HOUR } from "../slots.ts";
import { fixedTariff, timeOfUseTariff } from "./tariffs.ts";

const NIGHT = { periods: [{ price: 0.2, from: "22:00", to: "06:00" }], otherwise: 0.35, currency: "EUR" };

async function hours(settings: object, now: string, timeZone: string): Promise<Record<string, number>> {
  const needs = asked(() => assert.fail("a tariff asks nobody"), {
    settings: v.parse(timeOfUseTariff.settings, settings),
    now,
    place: { timeZone },
  });
  const issue = (await timeOfUseTariff.read(needs)).issues.find(({ quantity }) => quantity === "price");
  const total: Record<string, number> = {};
  const day = needs.place.calendar.startOf("day", needs.now);
  const end = needs.place.calendar.nextAfter("day", needs.now);
  for (const { from, to, value } of issue?.slots ?? [])
    if (from >= day && to <= end) total[String(value)] = (total[String(value)] ?? 0) + (to - from) / HOUR;
  return total;
}

test("a fixed price holds for whole local days, today and the three after it", async () => {
  const needs = asked(() => assert.fail(), {
    settings: v.parse(fixedTariff.settings, { price: 0.31, feed_in: 0.08 }),
    now: "2026-10-24T15:00:00Z",
    place: { timeZone: "Europe/Berlin" },
  });
  const answered = await fixedTariff.read(needs);
  const days = (value: number) => [
    ["2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", value],
    ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", value],
    ["2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z", value],
    ["2026-10-26T23:00:00Z", "2026-10-27T23:00:00Z", value],
  ];
  assert.deepEqual(told(answered).issues, { price: days(0.31), feed_in_price: days(0.08) });
  assert.deepEqual(told(answered).readings, { price: days(0.31).slice(0, 1), feed_in_price: days(0.08).slice(0, 1) });
  assert.deepEqual(answered.units, { price: "EUR/kWh", feed_in_price: "EUR/kWh" });
  assert.equal(plain(answered.next ?? 0), "2026-10-24T22:00:00Z");
});

test("night and day go by the clocks: a night has its eight hours, one less in March and one more in October", async () => {
  assert.deepEqual(await hours(NIGHT, "2026-11-26T12:00:00Z", "Europe/Berlin"), { "0.2": 8, "0.35": 16 });
  assert.deepEqual(await hours(NIGHT, "2026-03-29T12:00:00Z", "Europe/Berlin"), { "0.2": 7, "0.35": 16 });
  assert.deepEqual(await hours(NIGHT, "2026-10-25T12:00:00Z", "Europe/Berlin"), { "0.2": 9, "0.35": 16 });
  assert.deepEqual(await hours(NIGHT, "2026-11-26T12:00:00Z", "Asia/Kathmandu"), { "0.2": 8, "0.35": 16 });
  assert.deepEqual(await hours(NIGHT, "2026-04-05T12:00:00Z", "Australia/Lord_Howe"), { "0.2": 8.5, "0.35": 16 });
});

test("a night that begins on a Friday belongs to the Friday", async () => {
  const weekdays = {
    ...NIGHT,
    periods: [{ price: 0.2, from: "22:00", to: "06:00", days: ["mon", "tue", "wed", "thu", "fri"] }],
  };
  // 2026-11-28 is a Saturday, 2026-11-29 a Sunday, 2026-11-30 a Monday.
  assert.deepEqual(await hours(weekdays, "2026-11-28T12:00:00Z", "Europe/Berlin"), { "0.2": 6, "0.35": 18 });
  assert.deepEqual(await hours(weekdays, "2026-11-29T12:00:00Z", "Europe/Berlin"), { "0.35": 24 });
  assert.deepEqual(await hours(weekdays, "2026-11-30T12:00:00Z", "Europe/Berlin"), { "0.2": 2, "0.35": 22 });
});

test("a season may go over the new year, and its first and last days are in it", async () => {
  const winter = {
    ...NIGHT,
    periods: [{ price: 0.2, from: "00:00", to: "24:00", season_from: "11-01", season_to: "02-28" }],
  };
  for (const [day, inside] of [
    ["2026-10-31", false],
    ["2026-11-01", true],
    ["2026-12-31", true],
    ["2027-02-28", true],
    ["2027-03-01", false],
  ] as const)
    assert.deepEqual(await hours(winter, `${day}T12:00:00Z`, "Europe/Berlin"), { [inside ? "0.2" : "0.35"]: 24 });
});

test("of periods that overlap the first says the price", async () => {
  const two = {
    ...NIGHT,
    periods: [
      { price: 0.1, from: "12:00", to: "14:00" },
      { price: 0.5, from: "10:00", to: "16:00" },
    ],
  };
  assert.deepEqual(await hours(two, "2026-11-26T12:00:00Z", "Europe/Berlin"), { "0.1": 2, "0.5": 4, "0.35": 18 });
});

test("days before the source was set up have their prices too", async () => {
  const needs = asked(() => assert.fail(), {
    settings: v.parse(timeOfUseTariff.settings, NIGHT),
    now: "2026-11-26T12:00:00Z",
    place: { timeZone: "Europe/Berlin" },
  });
  const window = { from: needs.now - 48 * HOUR, to: needs.now - 24 * HOUR };
  const { readings } = told(
    (await timeOfUseTariff.readBetween?.({ ...needs, window })) ?? { readings: [], issues: [] },
  );
  assert.deepEqual(readings.price, [
    ["2026-11-24T12:00:00Z", "2026-11-24T21:00:00Z", 0.35],
    ["2026-11-24T21:00:00Z", "2026-11-24T23:00:00Z", 0.2],
    ["2026-11-24T23:00:00Z", "2026-11-25T05:00:00Z", 0.2],
    ["2026-11-25T05:00:00Z", "2026-11-25T12:00:00Z", 0.35],
  ]);
});

test("what is no time, no weekday and no currency is refused", () => {
  const refused = (settings: object) => assert.ok(!v.safeParse(timeOfUseTariff.settings, settings).success);
  refused({ ...NIGHT, periods: [] });
  refused({ ...NIGHT, periods: [{ price: 0.2, from: "25:00", to: "06:00" }] });
  refused({ ...NIGHT, periods: [{ price: 0.2, from: "22:01", to: "06:00" }] });
  refused({ ...NIGHT, periods: [{ price: 0.2, from: "22:00", to: "06:00", days: ["monday"] }] });
  refused({ ...NIGHT, periods: [{ price: 0.2, from: "22:00", to: "06:00", season_from: "13-01" }] });
  refused({ ...NIGHT, currency: "euro" });
  refused({ periods: NIGHT.periods });
});
