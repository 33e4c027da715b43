import * as v from "valibot";
import { inUnit } from "../../../domain/outside/units.ts";
import { instant } from "../../asking/instant.ts";

export const HOST = "https://api.weather.gov";

/** It names its other addresses itself. */
const link = v.pipe(v.string(), v.startsWith(`${HOST}/`, "is no address of api.weather.gov"));
const number = v.nullish(v.pipe(v.number(), v.finite()));
const text = v.nullish(v.string());
const measure = v.nullish(v.object({ unitCode: text, value: number, qualityControl: text }));
export type Measure = v.InferOutput<typeof measure>;

export const pointSchema = v.object({
  properties: v.object({ forecast: link, forecastHourly: link, observationStations: link }),
});

export const stationsSchema = v.object({
  features: v.array(
    v.object({ properties: v.object({ stationIdentifier: v.pipe(v.string(), v.regex(/^[A-Z0-9]{3,10}$/i)) }) }),
  ),
});

export const observationSchema = v.object({
  properties: v.object({
    timestamp: instant,
    icon: text,
    temperature: measure,
    dewpoint: measure,
    relativeHumidity: measure,
    seaLevelPressure: measure,
    visibility: measure,
    windSpeed: measure,
    windGust: measure,
    windDirection: measure,
    heatIndex: measure,
    windChill: measure,
    precipitationLastHour: measure,
  }),
});
export type Observation = v.InferOutput<typeof observationSchema>["properties"];

export const forecastSchema = v.object({
  properties: v.object({
    updateTime: v.nullish(instant),
    periods: v.array(
      v.object({
        startTime: instant,
        endTime: instant,
        isDaytime: v.nullish(v.boolean()),
        temperature: number,
        temperatureUnit: text,
        dewpoint: measure,
        relativeHumidity: measure,
        probabilityOfPrecipitation: measure,
        windSpeed: text,
        windDirection: text,
        icon: text,
      }),
    ),
  }),
});
export type Forecast = v.InferOutput<typeof forecastSchema>["properties"];
export type Period = Forecast["periods"][number];

/** Its words for units behind `wmoUnit:`. */
const UNITS: { readonly [code: string]: string } = {
  degC: "°C",
  degF: "°F",
  K: "K",
  "km_h-1": "km/h",
  "m_s-1": "m/s",
  Pa: "Pa",
  hPa: "hPa",
  m: "m",
  mm: "mm",
  percent: "%",
  "degree_(angle)": "°",
};
/** Rejected, questioned, and held bad by a person: its quality control has found these wrong. */
const WRONG = ["X", "Q", "B"];

/** In our unit; undefined: it has none, it is known to be wrong, or the unit is none that is known. */
export function amountOf(told: Measure, unit: string): number | undefined {
  if (typeof told?.value !== "number" || WRONG.includes(told.qualityControl ?? "")) return undefined;
  const said = UNITS[(told.unitCode ?? "").replace(/^(wmoUnit|unit):/, "")];
  return said === undefined ? undefined : inUnit(told.value, said, unit);
}

/** °C of a forecast's whole degrees. */
export const degreesOf = ({ temperature, temperatureUnit }: Period): number | undefined =>
  typeof temperature === "number" ? inUnit(temperature, `°${temperatureUnit ?? ""}`, "°C") : undefined;

/** m/s of `9 km/h`. `5 to 10 mph` is no one speed. */
export function speedOf(words: string | null | undefined): number | undefined {
  const [, figure, unit = ""] = /^(\d+(?:\.\d+)?) (km\/h|mph)$/.exec(words ?? "") ?? [];
  return figure === undefined ? undefined : inUnit(Number(figure), unit, "m/s");
}
