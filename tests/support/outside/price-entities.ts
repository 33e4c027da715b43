/** An entity as an integration of Home Assistant publishes prices: 0.25 in the first hour, −0.05 in the next. */
export type PriceEntity = {
  /** Also the name of the entity: `sensor.<id>`. */
  readonly id: string;
  readonly state: string;
  /** What the prices are in once they are read. */
  readonly unit: string;
  readonly attributes: Record<string, unknown>;
};

const HOUR = 3_600_000;

/** One for each shape. @param hour when the first hour begins, in ms; it is the one that is on, or was just now */
export function priceEntities({ hour, zone }: { readonly hour: number; readonly zone: string }): PriceEntity[] {
  const utc = [hour, hour + HOUR, hour + 2 * HOUR].map((ms) => `${new Date(ms).toISOString().slice(0, 19)}+00:00`);
  const [a, b, c] = [hour, hour + HOUR, hour + 2 * HOUR].map(
    (ms) => `${new Date(ms + HOUR).toISOString().slice(0, 19)}+01:00`,
  ) as [string, string, string];
  const late = (text: string | undefined) => text?.replace(/:00\+00:00$/, ":01+00:00");
  const is = Date.now() < hour + HOUR ? 0.25 : -0.05;
  const of = (id: string, unit: string, attributes: Record<string, unknown>, state = is): PriceEntity => ({
    ...{ id, unit, state: String(state) },
    attributes: { unit_of_measurement: unit, ...attributes },
  });
  return [
    of("nord_pool", "EUR/kWh", {
      raw_today: [{ start: a, end: b, value: 0.25 }],
      raw_tomorrow: [{ start: b, end: c, value: -0.05 }],
      today: [0.25],
      tomorrow_valid: false,
    }),
    of("energi_data_service", "DKK/kWh", {
      raw_today: [{ hour: a, price: 0.25 }],
      raw_tomorrow: null,
      forecast: [{ hour: b, price: -0.05 }],
    }),
    of("epex_spot", "EUR/kWh", {
      data: [
        { start_time: a, end_time: b, price_per_kwh: 0.25 },
        { start_time: b, end_time: c, price_per_kwh: -0.05 },
      ],
    }),
    of(
      "epex_spot_older",
      "EUR/kWh",
      {
        unit_of_measurement: "EUR/MWh",
        data: [
          { start_time: a, end_time: b, price_eur_per_mwh: 250 },
          { start_time: b, end_time: c, price_eur_per_mwh: -50 },
        ],
      },
      is * 1000,
    ),
    of("octopus_energy", "GBP/kWh", {
      rates: [
        { start: utc[0], end: utc[1], value_inc_vat: 0.25 },
        { start: utc[1], end: utc[2], value_inc_vat: -0.05 },
      ],
    }),
    of("entso_e", "EUR/kWh", {
      prices_today: [{ time: a.replace("T", " "), price: 0.25 }],
      prices: [
        { time: a, price: 0.25 },
        { time: b, price: -0.05 },
      ],
    }),
    of("frank_energie", "EUR/kWh", {
      prices: [
        { from: a, till: b, price: 0.25 },
        { from: b, till: c, price: -0.05 },
      ],
    }),
    of("stromligning", "DKK/kWh", {
      prices: [
        { start: a, end: b, price: 0.25 },
        { start: b, end: c, price: -0.05 },
      ],
    }),
    of("zonneplan", "EUR/kWh", {
      forecast: [
        { datetime: utc[0], electricity_price: 2_500_000 },
        { datetime: utc[1], electricity_price: -500_000 },
      ],
    }),
    of("amber", "AUD/kWh", {
      unit_of_measurement: "$/kWh",
      currency: "AUD",
      forecasts: [
        { start_time: late(utc[0]), end_time: utc[1], per_kwh: 0.25, spot_per_kwh: 0.1 },
        { start_time: late(utc[1]), end_time: utc[2], per_kwh: -0.05, spot_per_kwh: 0 },
      ],
    }),
    of("tibber", "NOK/kWh", {
      today: [
        { startsAt: a, total: 0.25, energy: 0.2, tax: 0.05 },
        { startsAt: b, total: -0.05, energy: -0.04, tax: -0.01 },
      ],
      tomorrow: [],
    }),
    of("pvpc", "EUR/kWh", {
      [pvpcName(hour, hour, zone)]: 0.25,
      [pvpcName(hour + HOUR, hour, zone)]: -0.05,
      min_price: -0.05,
    }),
    of("by_time", "CZK/kWh", { [a]: 0.25, [b]: -0.05, tomorrow_valid: false }),
  ];
}

/** `price_09h`, or `price_next_day_00h`: hours by the home's clocks. */
function pvpcName(ms: number, today: number, zone: string): string {
  const format = new Intl.DateTimeFormat("en-CA", {
    ...{ timeZone: zone, hourCycle: "h23", hour: "2-digit" },
    ...{ year: "numeric", month: "2-digit", day: "2-digit" },
  });
  const of = (time: number) => Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  return `price_${of(ms).day === of(today).day ? "" : "next_day_"}${of(ms).hour}h`;
}
