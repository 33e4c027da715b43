import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyProvider, Place } from "../../../src/sources/source.ts";
import { CALDAV, ICAL } from "./good-calendars.ts";
import { SML, TELEGRAM } from "./good-meters.ts";

/** What a provider answers when all is well, for tests that damage it. */
export type GoodAnswer = {
  readonly now: string;
  /** Of the n-th read: who keeps something of an account meets a stranger each time. */
  readonly settings: (read: number) => object;
  readonly place?: Partial<Place> & { readonly timeZone?: string };
  readonly texts: { readonly [name: string]: string };
  /** `latin1`: one character of a text is one byte. */
  readonly encoding?: "latin1";
  /** Which of the texts answers a request; undefined: none does (404). */
  readonly nameOf: (request: { readonly url: URL; readonly body: string }) => string | undefined;
  readonly status?: number;
  /** Quantities that are worked out from several values, and come out different where one of these is missing. */
  readonly mayDiffer?: readonly string[];
};

/** Providers that no answer of a network reaches, and what is damaged in its place (`src/sources/mutations.test.ts`). */
export const WITHOUT_NETWORK: Readonly<Record<string, string>> = {
  "calendar home_assistant": "what Home Assistant answers",
  "carbon entity": "the entity",
  "pricing entity": "the entity",
  "sports team_tracker": "the entity",
  "weather home_assistant": "the entity, and what Home Assistant answers",
  "smart_meter green_button": "the file",
  "smart_meter meter_csv": "the file",
};
/** Of these nothing can be damaged there, and why. */
export const UNDAMAGED: Readonly<Record<string, string>> = {
  "pricing fixed": "whoever set it up typed it in",
  "pricing time_of_use": "whoever set it up typed it in",
};

const FOLDER = join(import.meta.dirname, "../../../src/sources");

/** Of the cases beside a provider the one that tells most. */
function caseOf({ kind, id }: AnyProvider): GoodAnswer | undefined {
  const folder = join(FOLDER, kind, "cases");
  const prefix = `${id.replaceAll("_", "-")}-`;
  const cases = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => name.startsWith(prefix) && existsSync(join(folder, name, "expected.json")))
    .map((name) => ({ name, said: JSON.parse(readFileSync(join(folder, name, "expected.json"), "utf8")) }))
    .sort((a, b) => Object.keys(b.said.readings).length - Object.keys(a.said.readings).length);
  const [best] = cases;
  if (!best) return undefined;
  const files = readdirSync(join(folder, best.name)).filter((file) => file.startsWith("answer"));
  const { now, settings = {}, place } = best.said;
  return {
    now,
    settings: (read) => ("username" in settings ? { ...settings, username: `someone-${read}` } : settings),
    ...(place === undefined ? {} : { place }),
    texts: Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, best.name, file), "utf8")])),
    nameOf: ({ url }) => {
      const own = `answer-${url.pathname.split("/").filter(Boolean).at(-1)}.json`;
      return files.includes(own) ? own : files.includes("answer.json") ? "answer.json" : undefined;
    },
  };
}

const one = (text: string) => ({ texts: { answer: text }, nameOf: () => "answer" });
const hours = (count: number, first: string) =>
  Array.from({ length: count }, (_, hour) => ({
    start: new Date(Date.parse(first) + hour * 3_600_000),
    end: new Date(Date.parse(first) + (hour + 1) * 3_600_000),
  }));
const PRICES = [101.5, -20.25, 0, 88, 64.5, 70.1];
const NOON = "2026-11-26T11:00:00Z";

const entsoePoint = (price: number, at: number) =>
  `<Point><position>${at + 1}</position><price.amount>${price}</price.amount></Point>`;
const ENTSOE = `<?xml version="1.0" encoding="UTF-8"?>
<Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3"><mRID>1</mRID><createdDateTime>2026-11-25T12:01:02Z</createdDateTime><TimeSeries><mRID>1</mRID><currency_Unit.name>EUR</currency_Unit.name><price_Measure_Unit.name>MWH</price_Measure_Unit.name><curveType>A01</curveType><Period><timeInterval><start>2026-11-26T11:00Z</start><end>2026-11-26T17:00Z</end></timeInterval><resolution>PT60M</resolution>${PRICES.map(entsoePoint).join("")}</Period></TimeSeries></Publication_MarketDocument>`;

const TIBBER = [...PRICES, 55, 44].map((price, quarter) => ({
  total: (price + 500) / 1000,
  energy: price / 1000,
  startsAt: new Date(Date.parse(NOON) + quarter * 900_000).toISOString(),
  currency: "SEK",
}));

const BY_HAND: Readonly<Record<string, Omit<GoodAnswer, "settings"> & { readonly settings: object }>> = {
  "calendar ics": ICAL,
  "calendar caldav": CALDAV,
  "smart_meter dsmr": TELEGRAM,
  "smart_meter sml": SML,
  "carbon energi_data_service_co2": {
    now: "2026-11-26T19:00:00Z",
    settings: { area: "DK1" },
    texts: {
      measured: JSON.stringify({
        records: [55, 50, 45].map((minute, at) => ({
          Minutes5UTC: `2026-11-26T18:${minute}:00`,
          PriceArea: "DK1",
          CO2Emission: 30 + at,
        })),
      }),
      forecast: JSON.stringify({
        records: ["00", "05", "10"].map((minute, at) => ({
          Minutes5UTC: `2026-11-26T19:${minute}:00`,
          PriceArea: "DK1",
          CO2Emission: 40 + at,
        })),
      }),
    },
    nameOf: ({ url }) => (url.pathname.endsWith("Prog") ? "forecast" : "measured"),
    // The newest of those measured holds on.
    mayDiffer: ["intensity"],
  },
  "pricing energi_data_service": {
    now: "2026-11-26T12:10:00Z",
    settings: { area: "DK1" },
    ...one(
      JSON.stringify({
        total: PRICES.length,
        records: hours(PRICES.length, NOON).map(({ start }, at) => ({
          TimeUTC: start.toISOString().slice(0, 19),
          TimeDK: new Date(start.getTime() + 3_600_000).toISOString().slice(0, 19),
          PriceArea: "DK1",
          DayAheadPriceEUR: PRICES[at],
          DayAheadPriceDKK: (PRICES[at] as number) * 7,
        })),
      }),
    ),
  },
  "pricing nord_pool": {
    now: "2026-11-26T12:10:00Z",
    settings: { area: "NL" },
    ...one(
      JSON.stringify({
        deliveryDateCET: "2026-11-26",
        version: 3,
        updatedAt: "2026-11-25T11:58:10Z",
        currency: "EUR",
        areaStates: [{ state: "Final", areas: ["NL"] }],
        multiAreaEntries: hours(PRICES.length, NOON).map(({ start, end }, at) => ({
          deliveryStart: start.toISOString(),
          deliveryEnd: end.toISOString(),
          entryPerArea: { NL: PRICES[at] },
        })),
      }),
    ),
  },
  "pricing entsoe": {
    now: "2026-11-26T12:10:00Z",
    settings: { token: "01234567-89ab-cdef-0123-456789abcdef" },
    place: { country: "AT", timeZone: "Europe/Vienna" },
    ...one(ENTSOE),
  },
  "pricing awattar": {
    now: "2026-11-26T12:10:00Z",
    settings: {},
    place: { country: "AT", timeZone: "Europe/Vienna" },
    ...one(
      JSON.stringify({
        object: "list",
        data: hours(PRICES.length, NOON).map(({ start, end }, at) => ({
          start_timestamp: start.getTime(),
          end_timestamp: end.getTime(),
          marketprice: PRICES[at],
          unit: "Eur/MWh",
        })),
      }),
    ),
  },
  "pricing energyzero": {
    now: "2026-11-26T12:10:00Z",
    settings: { all_in: true },
    place: { country: "NL", timeZone: "Europe/Amsterdam" },
    ...one(
      JSON.stringify(
        Object.fromEntries(
          ["base", "all_in_with_vat"].map((list, more) => [
            list,
            hours(PRICES.length, NOON).map(({ start, end }, at) => ({
              start: start.toISOString(),
              end: end.toISOString(),
              price: { value: String(((PRICES[at] as number) / 1000 + more / 4).toFixed(6)) },
            })),
          ]),
        ),
      ),
    ),
  },
  // It says when each price begins, so how long one holds is told by the others: there must be more than a few.
  "pricing tibber": {
    now: "2026-11-26T11:05:00Z",
    settings: { token: "a-token-of-tibber" },
    place: { country: "SE", currency: "SEK", timeZone: "Europe/Stockholm" },
    ...one(
      JSON.stringify({
        data: {
          viewer: {
            homes: [{ id: "c70dcbe5", currentSubscription: { priceInfo: { today: TIBBER, tomorrow: [] } } }],
          },
        },
      }),
    ),
  },
  "pricing comed": {
    now: "2026-11-26T12:10:00Z",
    settings: {},
    ...one(
      JSON.stringify(
        [5, 0].map((minute) => ({
          millisUTC: String(Date.parse("2026-11-26T12:00:00Z") + minute * 60_000),
          price: `${minute}.4`,
        })),
      ),
    ),
  },
};

/** Of the cases: those that are worked out from what stands beside them. */
const MAY_DIFFER: Readonly<Record<string, readonly string[]>> = {
  "weather open_meteo": ["precipitation"],
  // Where the hour is missing the six hours that begin with it are told.
  "weather met_no": ["temperature_high", "temperature_low", "day_precipitation", "precipitation", "condition"],
  "weather openweathermap": ["condition", "day_condition", "precipitation", "day_precipitation"],
  // What its own check of quality refused is a value like any other where the word of that check is missing.
  "weather nws": ["wind_gust"],
  "air_quality airnow": ["us_aqi", "dominant_pollutant"],
  "air_quality openweathermap": ["us_aqi", "european_aqi", "dominant_pollutant"],
  "carbon uk_carbon_intensity": ["intensity"],
  // Of all fuels together.
  "carbon eia": ["intensity", "renewable_share", "fossil_share"],
  // A game that is listed no longer is none, and an unknown state is said to be so.
  "sports espn": ["status"],
};

export const keyOf = ({ kind, id }: Pick<AnyProvider, "kind" | "id">): string => `${kind} ${id}`;

/** undefined: there is none, or it asks no network. */
export function goodAnswerOf(provider: AnyProvider): GoodAnswer | undefined {
  const key = keyOf(provider);
  const own = BY_HAND[key];
  if (own) return { ...own, settings: () => own.settings };
  const found = caseOf(provider);
  const mayDiffer = MAY_DIFFER[key];
  return found && { ...found, ...(mayDiffer === undefined ? {} : { mayDiffer }) };
}
