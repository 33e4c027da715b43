import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutsidePresent, SourceKind } from "../domain/outside/outside.ts";
import { outsideEntries } from "./outside.ts";

const HOUR = 3_600_000_000;
const told = (
  kind: SourceKind,
  quantity: string,
  value: number | string | null,
  more: Partial<OutsidePresent> = {},
) => ({
  ...{ source: kind, kind, quantity, value, unit: null, time: 0, fetched: 0, provider: "p" },
  ...more,
});
const entriesOf = (present: readonly OutsidePresent[], more: Partial<Parameters<typeof outsideEntries>[0]> = {}) =>
  outsideEntries({
    present,
    nameOf: (id) => `Our ${id}`,
    cheapest: () => ({ why: "none" }),
    priced: false,
    alwaysOn: undefined,
    now: 0,
    ...more,
  });

test("prices, carbon and air quality are shown with their source's name, and nothing that nobody automates by", () => {
  const entries = entriesOf([
    told("pricing", "price", 0.31, { unit: "EUR/kWh" }),
    told("carbon", "intensity", 120, { unit: "g/kWh" }),
    told("air_quality", "us_aqi", 42),
    told("air_quality", "pm10", 7),
    told("weather", "temperature", 7),
  ]);
  assert.deepEqual(
    entries.map(({ key, value, unit, placeholders }) => [key, value, unit, placeholders?.source]),
    [
      ["outside_pricing_price", 0.31, "EUR/kWh", "Our pricing"],
      ["outside_carbon_intensity", 120, "g/kWh", "Our carbon"],
      ["outside_air_quality_us_aqi", 42, undefined, "Our air_quality"],
    ],
  );
});

test("what is too old is not shown as a value, and says why", () => {
  const [entry] = entriesOf([told("pricing", "price", null, { why: "Its last answer is 3 hours old" })]);
  assert.deepEqual([entry?.available, entry?.value, entry?.why], [false, undefined, "Its last answer is 3 hours old"]);
});

test("each followed team has its game, with both scores", () => {
  const of = (key: string) => ({ source: "sports_nfl", of: { key, name: key.toUpperCase() } });
  const entries = entriesOf([
    told("sports", "status", "live", of("kc")),
    told("sports", "score", 14, of("kc")),
    told("sports", "opponent_score", 7, of("kc")),
    told("sports", "status", "none", of("sf")),
  ]);
  assert.deepEqual(
    entries.map(({ key, value, placeholders, attributes }) => [key, value, placeholders?.source, attributes?.score]),
    [
      ["outside_sports_nfl_kc_status", "live", "KC", 14],
      ["outside_sports_nfl_sf_status", "none", "SF", null],
    ],
  );
  assert.equal(entries[0]?.attributes?.opponent_score, 7);
});

test("the cheapest hours of the day are on while they last, and not there where nothing has a price", () => {
  const cheapest = (length: number) =>
    length === HOUR ? { from: 2 * HOUR, to: 3 * HOUR } : { why: "The price is the same all day" };
  const at = (now: number) =>
    entriesOf([], { priced: true, cheapest, now }).map(({ key, value, available }) => [key, value, available]);
  assert.deepEqual(at(2 * HOUR), [
    ["cheapest_hour", true, true],
    ["cheapest_3_hours", undefined, false],
  ]);
  assert.deepEqual([at(2 * HOUR - 1)[0]?.[1], at(3 * HOUR)[0]?.[1]], [false, false]);
  assert.equal(entriesOf([], { priced: true, cheapest, now: 0 })[1]?.why, "The price is the same all day");
  assert.deepEqual(entriesOf([], { cheapest }), []);
});

test("what the house always takes is shown where meters measure it, and says why where it is not known", () => {
  const figure = { watts: 211.4, days: 28, kwhPerYear: 1851.9, costPerYear: null };
  const [known] = entriesOf([], { alwaysOn: figure });
  assert.deepEqual([known?.key, known?.value, known?.unit, known?.available], ["always_on_power", 211.4, "W", true]);
  assert.deepEqual(known?.attributes, { days: 28, kwh_per_year: 1851.9, cost_per_year: null });
  const [unknown] = entriesOf([], { alwaysOn: { ...figure, watts: null, why: "It takes 7 days" } });
  assert.deepEqual([unknown?.available, unknown?.value, unknown?.why], [false, undefined, "It takes 7 days"]);
  assert.deepEqual(entriesOf([]), []);
});
