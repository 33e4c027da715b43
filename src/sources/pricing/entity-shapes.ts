import { Failure } from "../../domain/failure.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import { type Micros, microsFromRfc3339, microsFromSeconds } from "../../domain/time/time.ts";
import { HOUR, type PricePoint, type PriceSlot, rounded, slotsFromPoints, tidy } from "./slots.ts";
import { createLocalTime } from "./tariff/local-time.ts";

/** A list of times and prices in the attributes of an entity, as an integration publishes it. */
type Shape = {
  /** Whose shape it is, for whoever reads the list. */
  readonly of: string;
  /** Attributes that hold lists of one kind, in order of time. */
  readonly lists: readonly string[];
  readonly start: string;
  readonly end?: string;
  readonly value: string;
  /** What the values are in, where it is not the entity's own unit. */
  readonly unit?: ListUnit;
  /** Of entities that have no unit. */
  readonly currency?: string;
};
/** Main units or hundredths of them per kWh, main units per MWh, ten-millionths per kWh. */
type ListUnit = "per_kwh" | "cents" | "per_mwh" | "e-7";

/** The most telling first; of the first one that fits all lists are read. */
const SHAPES: readonly Shape[] = [
  { of: "Nord Pool (HACS), GE-Spot", lists: ["raw_today", "raw_tomorrow"], start: "start", end: "end", value: "value" },
  { of: "Energi Data Service (HACS)", lists: ["raw_today", "raw_tomorrow", "forecast"], start: "hour", value: "price" },
  { of: "EPEX Spot", lists: ["data"], start: "start_time", end: "end_time", value: "price_per_kwh", unit: "per_kwh" },
  {
    of: "EPEX Spot, older",
    lists: ["data"],
    start: "start_time",
    end: "end_time",
    value: "price_ct_per_kwh",
    unit: "cents",
  },
  {
    of: "EPEX Spot, older",
    lists: ["data"],
    start: "start_time",
    end: "end_time",
    value: "price_eur_per_mwh",
    unit: "per_mwh",
  },
  {
    of: "Octopus Energy",
    lists: ["rates"],
    start: "start",
    end: "end",
    value: "value_inc_vat",
    unit: "per_kwh",
    currency: "GBP",
  },
  { of: "ENTSO-E (HACS)", lists: ["prices", "prices_today", "prices_tomorrow"], start: "time", value: "price" },
  { of: "Frank Energie", lists: ["prices"], start: "from", end: "till", value: "price" },
  {
    of: "Strømligning",
    lists: ["prices", "prices_today", "prices_tomorrow"],
    start: "start",
    end: "end",
    value: "price",
  },
  { of: "Zonneplan", lists: ["forecast"], start: "datetime", value: "electricity_price", unit: "e-7" },
  {
    of: "Amber Electric",
    lists: ["forecasts"],
    start: "start_time",
    end: "end_time",
    value: "per_kwh",
    unit: "per_kwh",
  },
  { of: "Tibber, by template", lists: ["today", "tomorrow", "prices"], start: "startsAt", value: "total" },
  { of: "Tibber, by its action", lists: ["prices", "today", "tomorrow"], start: "start_time", value: "price" },
  { of: "EnergyZero and easyEnergy, by their actions", lists: ["prices"], start: "timestamp", value: "price" },
];

export type EntityPrices = {
  /** ISO 4217, as far as the unit tells. */
  readonly currency: string;
  /** The state itself; undefined: it is no number now. */
  readonly now: number | undefined;
  readonly slots: readonly PriceSlot[];
  /** Whose shape the slots came in; undefined: the state alone. */
  readonly shape: string | undefined;
};

/**
 * What an entity says of prices, in currency units per kWh, whichever integration made it.
 *
 * @throws Failure `unknown_unit`, `impossible_value`
 */
export function readEntityPrices(
  entity: { readonly entityId: string; readonly state: string; readonly attributes: Readonly<Record<string, unknown>> },
  home: { readonly currency: string | null; readonly calendar: Calendar; readonly now: Micros },
): EntityPrices {
  const { attributes, entityId } = entity;
  const found = listed(attributes) ?? byHour(attributes, home) ?? byTime(attributes);
  const unit =
    unitOf(attributes, home.currency) ?? (found?.currency ? { currency: found.currency, factor: 1 } : undefined);
  if (!unit)
    throw new Failure(
      "unknown_unit",
      `${entityId} has the unit "${String(attributes.unit_of_measurement ?? "")}", which is no price of a kWh`,
      {
        fix: "Choose an entity whose unit is a currency per kWh or MWh, such as EUR/kWh.",
      },
    );
  const possible = (price: number): number => {
    // EUR 1 is some HUF 400; a figure of one MWh in the place of one kWh is past it in any currency.
    const most = 6 * (WEAK[unit.currency] ?? 1);
    if (price > -most && price < most) return rounded(price);
    throw new Failure("impossible_value", `${entityId} says ${price} ${unit.currency}/kWh, which no price is`);
  };
  const state = entity.state.trim() === "" ? Number.NaN : Number(entity.state);
  const slots = (found?.slots ?? []).map((slot) => ({
    ...slot,
    value: possible(slot.value * (found?.unit ? FACTORS[found.unit] : unit.factor)),
  }));
  return {
    currency: unit.currency,
    now: Number.isFinite(state) ? possible(state * unit.factor) : undefined,
    slots,
    shape: found?.of,
  };
}

const FACTORS: { readonly [unit in ListUnit]: number } = { per_kwh: 1, cents: 0.01, per_mwh: 0.001, "e-7": 1e-7 };
/** How many of its main unit make about a euro, where that is more than two. */
const WEAK: { readonly [currency: string]: number } = {
  DKK: 8,
  SEK: 12,
  NOK: 12,
  CZK: 26,
  PLN: 5,
  HUF: 450,
  RON: 6,
  TRY: 60,
  JPY: 180,
  ISK: 160,
  RSD: 125,
  INR: 110,
  ZAR: 22,
  UAH: 55,
  BGN: 2,
  MXN: 25,
  BRL: 7,
  THB: 42,
  CNY: 9,
};
const SYMBOLS: { readonly [symbol: string]: string } = {
  "€": "EUR",
  "£": "GBP",
  zł: "PLN",
  Kč: "CZK",
  "₹": "INR",
  "₴": "UAH",
  Ft: "HUF",
};
const HUNDREDTHS: { readonly [word: string]: string | null } = {
  öre: "SEK",
  øre: null,
  ore: null,
  p: "GBP",
  pence: "GBP",
  gbx: "GBP",
  c: null,
  ct: null,
  "¢": null,
  cent: null,
  cents: null,
};

/** `EUR/kWh`, `öre/kWh`, `$/MWh`; of words that several currencies have, it is the home's. */
function unitOf(
  attributes: Readonly<Record<string, unknown>>,
  home: string | null,
): { currency: string; factor: number } | undefined {
  const said = attributes.unit_of_measurement;
  const [, money = "", energy = ""] =
    (typeof said === "string" ? /^\s*([^/\s]+)\s*\/\s*([kM]Wh)\s*$/i.exec(said) : null) ?? [];
  const per = energy.toLowerCase() === "mwh" ? 0.001 : 1;
  if (money === "") return undefined;
  const named =
    typeof attributes.currency === "string" && /^[A-Z]{3}$/.test(attributes.currency) ? attributes.currency : undefined;
  const word = money.toLowerCase();
  if (word in HUNDREDTHS) {
    const currency = HUNDREDTHS[word] ?? named ?? home;
    return currency === null ? undefined : { currency, factor: 0.01 * per };
  }
  const currency = /^[A-Za-z]{3}$/.test(money) ? money.toUpperCase() : (SYMBOLS[money] ?? named ?? home);
  const known = /^[A-Za-z]{3}$/.test(money) || money in SYMBOLS || ["$", "kr", "kr.", "Fr."].includes(money);
  return known && currency !== null ? { currency, factor: per } : undefined;
}

type Found = {
  readonly of: string;
  readonly unit?: ListUnit;
  readonly currency?: string;
  readonly slots: readonly PriceSlot[];
};

function listed(attributes: Readonly<Record<string, unknown>>): Found | undefined {
  for (const shape of SHAPES) {
    const rows = shape.lists.flatMap((name) => rowsOf(attributes[name]));
    const fitting = rows.filter(
      (row) => shape.start in row && shape.value in row && (shape.end === undefined || shape.end in row),
    );
    if (fitting.length === 0) continue;
    const points: PricePoint[] = [];
    const slots: PriceSlot[] = [];
    for (const row of fitting) {
      const from = timeOf(row[shape.start]);
      const value = numberOf(row[shape.value]);
      if (from === undefined) continue;
      const to = shape.end === undefined ? undefined : timeOf(row[shape.end]);
      if (to === undefined) points.push({ from, value: value ?? null });
      else if (value !== undefined) slots.push({ from, to, value });
    }
    const all = tidy([...slots, ...slotsFromPoints(points)]);
    if (all.length > 0) {
      const { of, unit, currency } = shape;
      return { of, slots: all, ...(unit ? { unit } : {}), ...(currency ? { currency } : {}) };
    }
  }
  return undefined;
}

/** PVPC: `price_00h` to `price_23h`, `price_next_day_00h`…; `_d` at the hour that comes a second time in October. */
function byHour(
  attributes: Readonly<Record<string, unknown>>,
  home: { readonly calendar: Calendar; readonly now: Micros },
): Found | undefined {
  const { calendar, now } = home;
  const local = createLocalTime(calendar.timeZone);
  const slots: PriceSlot[] = [];
  let from = calendar.startOf("day", now);
  for (const prefix of ["price_", "price_next_day_"]) {
    const to = calendar.nextAfter("day", from);
    const seen = new Set<string>();
    for (let time = from; time < to; time += HOUR) {
      const name = `${prefix}${String(Math.floor(local(time).minute / 60)).padStart(2, "0")}h`;
      const value = numberOf(attributes[seen.has(name) ? `${name}_d` : name]);
      seen.add(name);
      if (value !== undefined) slots.push({ from: time, to: Math.min(time + HOUR, to), value });
    }
    from = to;
  }
  return slots.length > 0 ? { of: "PVPC", slots } : undefined;
}

/** Czech spot prices, and templates: the attributes' names are the times. */
function byTime(attributes: Readonly<Record<string, unknown>>): Found | undefined {
  const points = Object.entries(attributes).flatMap(([name, price]) => {
    const [from, value] = [microsFromRfc3339(name), numberOf(price)];
    return from === undefined || value === undefined ? [] : [{ from, value }];
  });
  const slots = slotsFromPoints(points);
  return slots.length > 0 ? { of: "prices by time", slots } : undefined;
}

const rowsOf = (list: unknown): Record<string, unknown>[] =>
  Array.isArray(list) ? list.filter((row) => typeof row === "object" && row !== null && !Array.isArray(row)) : [];

/** The Australian market begins its slots one second late. */
function timeOf(value: unknown): Micros | undefined {
  const time =
    typeof value === "string"
      ? microsFromRfc3339(value)
      : typeof value === "number"
        ? microsFromSeconds(value > 1e11 ? value / 1000 : value)
        : undefined;
  if (time === undefined) return undefined;
  const past = time % 60_000_000;
  return past === 1_000_000 ? time - past : time;
}

const numberOf = (value: unknown): number | undefined => {
  const number =
    typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
};
