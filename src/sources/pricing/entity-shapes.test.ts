import assert from "node:assert/strict";
import { test } from "node:test";
import { recorded, recordedAreAbsent } from "../../../tests/support/outside/recorded.ts";
import { plain } from "../../../tests/support/outside/told.ts";
import { Failure } from "../../domain/failure.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import { readEntityPrices } from "./entity-shapes.ts";

type Attributes = Record<string, unknown>;
const read = (
  attributes: Attributes,
  more: { state?: string; now?: string; timeZone?: string; currency?: string | null } = {},
) =>
  readEntityPrices(
    { entityId: "sensor.price", state: more.state ?? "unknown", attributes },
    {
      currency: more.currency === undefined ? "EUR" : more.currency,
      calendar: createCalendar(more.timeZone ?? "Europe/Berlin"),
      now: Date.parse(more.now ?? "2026-11-26T10:00:00Z") * 1000,
    },
  );
const rows = (attributes: Attributes, more?: Parameters<typeof read>[1]) =>
  read(attributes, more).slots.map(({ from, to, value }) => [plain(from).slice(5, 16), plain(to).slice(5, 16), value]);

/** 10:00 to 12:00 by UTC, at 0.25 and −0.05, in the form of each integration. */
const TWO_HOURS = [
  ["11-26T10:00", "11-26T11:00", 0.25],
  ["11-26T11:00", "11-26T12:00", -0.05],
];
const [A, B, C] = ["2026-11-26T11:00:00+01:00", "2026-11-26T12:00:00+01:00", "2026-11-26T13:00:00+01:00"];
const eur = { unit_of_measurement: "EUR/kWh" };
const FORMS: Record<string, Attributes> = {
  "Nord Pool (HACS), GE-Spot": {
    ...eur,
    raw_today: [{ start: A, end: B, value: 0.25 }],
    raw_tomorrow: [{ start: B, end: C, value: -0.05 }],
    today: [0.25],
  },
  "Energi Data Service (HACS)": {
    ...eur,
    raw_today: [
      { hour: A, price: 0.25 },
      { hour: B, price: -0.05 },
    ],
    raw_tomorrow: null,
  },
  "EPEX Spot": {
    ...eur,
    data: [
      { start_time: A, end_time: B, price_per_kwh: 0.25 },
      { start_time: B, end_time: C, price_per_kwh: -0.05 },
    ],
  },
  "EPEX Spot, older": {
    unit_of_measurement: "EUR/MWh",
    data: [
      { start_time: A, end_time: B, price_eur_per_mwh: 250, price_ct_per_kwh: 25 },
      { start_time: B, end_time: C, price_eur_per_mwh: -50, price_ct_per_kwh: -5 },
    ],
  },
  "Octopus Energy": {
    ...eur,
    rates: [
      { start: A, end: B, value_inc_vat: 0.25 },
      { start: B, end: C, value_inc_vat: -0.05 },
    ],
  },
  "ENTSO-E (HACS)": {
    ...eur,
    prices_today: [{ time: "2026-11-26 11:00:00+01:00", price: 0.25 }],
    prices: [
      { time: A, price: 0.25 },
      { time: B, price: -0.05 },
    ],
  },
  "Frank Energie": {
    ...eur,
    prices: [
      { from: A, till: B, price: 0.25 },
      { from: B, till: C, price: -0.05 },
    ],
  },
  Strømligning: {
    ...eur,
    prices: [
      { start: A, end: B, price: 0.25 },
      { start: B, end: C, price: -0.05 },
    ],
  },
  Zonneplan: {
    ...eur,
    forecast: [
      { datetime: "2026-11-26T10:00:00.000000Z", electricity_price: 2_500_000 },
      { datetime: "2026-11-26T11:00:00.000000Z", electricity_price: -500_000 },
    ],
  },
  "Amber Electric": {
    unit_of_measurement: "$/kWh",
    currency: "EUR",
    forecasts: [
      {
        start_time: "2026-11-26T10:00:01+00:00",
        end_time: "2026-11-26T11:00:00+00:00",
        per_kwh: 0.25,
        spot_per_kwh: 0.1,
      },
      {
        start_time: "2026-11-26T11:00:01+00:00",
        end_time: "2026-11-26T12:00:00+00:00",
        per_kwh: -0.05,
        spot_per_kwh: 0,
      },
    ],
  },
  "Tibber, by template": {
    ...eur,
    today: [
      { total: 0.25, startsAt: A },
      { total: -0.05, startsAt: B },
    ],
    tomorrow: [],
  },
  "Tibber, by its action": {
    ...eur,
    prices: [
      { start_time: A, price: 0.25 },
      { start_time: B, price: -0.05 },
    ],
  },
  "EnergyZero and easyEnergy, by their actions": {
    ...eur,
    prices: [
      { timestamp: "2026-11-26 10:00:00+00:00", price: 0.25 },
      { timestamp: "2026-11-26 11:00:00+00:00", price: -0.05 },
    ],
  },
  PVPC: { ...eur, price_11h: 0.25, price_12h: -0.05, min_price: 0.1, next_best_at: [3] },
  "prices by time": { ...eur, [A]: 0.25, [B]: -0.05, tomorrow_valid: false },
};

for (const [shape, attributes] of Object.entries(FORMS))
  test(`${shape}: slots at the times that it names`, () => {
    assert.deepEqual(rows(attributes), TWO_HOURS.slice(0, 2));
    assert.equal(read(attributes).shape, shape);
    assert.equal(read(attributes).currency, "EUR");
  });

test("units: main units and hundredths, of a kWh or a MWh; a word of several currencies is the home's", () => {
  for (const [unit, state, price, currency, home] of [
    ["EUR/kWh", "0.25", 0.25, "EUR", null],
    ["€/kWh", "0.25", 0.25, "EUR", null],
    ["€/MWh", "250", 0.25, "EUR", null],
    ["EUR/MWh", "-500", -0.5, "EUR", "SEK"],
    ["SEK/kWh", "1.5", 1.5, "SEK", "EUR"],
    ["öre/kWh", "150", 1.5, "SEK", "EUR"],
    ["øre/kWh", "150", 1.5, "NOK", "NOK"],
    ["ct/kWh", "25", 0.25, "EUR", "EUR"],
    ["¢/kWh", "12", 0.12, "USD", "USD"],
    ["$/kWh", "0.3", 0.3, "AUD", "AUD"],
    ["GBP/kWh", "0.2", 0.2, "GBP", null],
    ["p/kWh", "20", 0.2, "GBP", null],
    ["kr/kWh", "2", 2, "DKK", "DKK"],
    ["AUD/kWh", "0.2748", 0.2748, "AUD", "EUR"],
    ["zł/MWh", "400", 0.4, "PLN", "EUR"],
  ] as const) {
    const { now, currency: said } = read({ unit_of_measurement: unit }, { state, currency: home });
    assert.deepEqual([unit, now, said], [unit, price, currency]);
  }
});

test("the rates of Octopus Energy, whose entities have no unit, are pounds", () => {
  const { currency, slots } = read({ rates: [{ start: A, end: B, value_inc_vat: 0.2345 }] }, { currency: "EUR" });
  assert.deepEqual([currency, slots[0]?.value], ["GBP", 0.2345]);
});

test("what is no price of energy is refused, and says how to mend it", () => {
  for (const unit of [undefined, "", "EUR", "kWh", "W", "%", "€", "EUR/m³", "points/kWh", "ct/kWh"])
    assert.throws(
      () => read(unit === undefined ? {} : { unit_of_measurement: unit }, { state: "1", currency: null }),
      (error) => error instanceof Failure && error.code === "unknown_unit" && error.fix !== undefined,
      String(unit),
    );
});

test("the figure of a MWh under the unit of a kWh is no price, in the state or in a list", () => {
  const impossible = (error: unknown) => error instanceof Failure && error.code === "impossible_value";
  assert.throws(() => read(eur, { state: "79.4" }), impossible);
  assert.throws(
    () => read({ ...eur, raw_today: [{ start: A, end: B, value: 79.4 }] }, { state: "0.0794" }),
    impossible,
  );
  assert.equal(read(eur, { state: "4.9" }).now, 4.9);
  assert.equal(read({ unit_of_measurement: "HUF/kWh" }, { state: "36.9" }).now, 36.9);
});

test("a state that is no number is no price; zero is one", () => {
  for (const state of ["unknown", "unavailable", "", " ", "n/a"]) assert.equal(read(eur, { state }).now, undefined);
  assert.equal(read(eur, { state: "0" }).now, 0);
});

test("prices that are null, or whose time is none, are missing", () => {
  const raw_today = [
    { start: A, end: B, value: null },
    { start: B, end: C, value: 0.1 },
    { start: "11:00", end: C, value: 0.2 },
    "nonsense",
    null,
  ];
  assert.deepEqual(rows({ ...eur, raw_today }), [["11-26T11:00", "11-26T12:00", 0.1]]);
  assert.deepEqual(rows({ ...eur, raw_today: "none", prices: {} }), []);
});

test("PVPC: the day of 25 hours has its second hour, and the day of 23 lacks one", () => {
  const day: Attributes = { ...eur };
  for (let hour = 0; hour < 24; hour++) day[`price_${String(hour).padStart(2, "0")}h`] = hour / 100;
  const october = rows({ ...day, price_02h_d: 0.99 }, { timeZone: "Europe/Madrid", now: "2026-10-25T10:00:00Z" });
  assert.equal(october.length, 25);
  assert.deepEqual(october.slice(2, 5), [
    ["10-25T00:00", "10-25T01:00", 0.02],
    ["10-25T01:00", "10-25T02:00", 0.99],
    ["10-25T02:00", "10-25T03:00", 0.03],
  ]);
  const march = rows(day, { timeZone: "Europe/Madrid", now: "2026-03-29T10:00:00Z" });
  assert.equal(march.length, 23);
  assert.deepEqual(march.slice(1, 3), [
    ["03-29T00:00", "03-29T01:00", 0.01],
    ["03-29T01:00", "03-29T02:00", 0.03],
  ]);
  assert.deepEqual(rows({ ...eur, price_next_day_00h: 0.5 }, { timeZone: "Europe/Madrid" }), [
    ["11-26T23:00", "11-27T00:00", 0.5],
  ]);
});

test("lists of positions alone are not read: a position is no time", () => {
  assert.deepEqual(rows({ ...eur, today: [0.1, 0.2], tomorrow: [0.3] }), []);
});

test("recorded: an input number in AUD/kWh, and a state that was unavailable", { skip: recordedAreAbsent }, () => {
  const [[helper]] = JSON.parse(recorded("ha-entity-price/history_price_helper.json"));
  const { now, currency, slots } = read(helper.attributes, { state: helper.state });
  assert.deepEqual([now, currency, slots], [0.2748, "AUD", []]);
  const [states] = JSON.parse(recorded("ha-entity-price/history_leading_unavailable.json"));
  assert.deepEqual(
    states.map(({ state }: { state: string }) => read(eur, { state }).now),
    [undefined, 0.0095, 0.01],
  );
});
