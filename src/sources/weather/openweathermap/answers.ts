import * as v from "valibot";
import { isTimeZone } from "../../../domain/time/calendar.ts";

/** What OpenWeatherMap answers, asked with `units=metric`: °C, m/s, hPa, mm. What does not apply is not there. */

const number = v.optional(v.nullable(v.pipe(v.number(), v.finite())));
const seconds = v.pipe(v.number(), v.safeInteger());
/** More than one may apply; the first is the one that matters. `icon` ends in d by day and n by night. */
const sky = v.optional(v.array(v.object({ id: v.number(), icon: v.optional(v.string()) })));
const amount = v.optional(v.nullable(v.object({ "1h": number, "3h": number })));

export type Sky = v.InferOutput<typeof sky>;
export type Amount = v.InferOutput<typeof amount>;

const step = {
  dt: seconds,
  weather: sky,
  main: v.object({ temp: number, feels_like: number, pressure: number, humidity: number }),
  visibility: number,
  wind: v.optional(v.object({ speed: number, deg: number, gust: number })),
  clouds: v.optional(v.object({ all: number })),
  rain: amount,
  snow: amount,
};
export const currentSchema = v.object(step);
export const forecastSchema = v.object({ list: v.array(v.object({ ...step, pop: number })) });
export type Step = v.InferOutput<typeof currentSchema>;

const oneCallStep = {
  dt: seconds,
  temp: number,
  feels_like: number,
  pressure: number,
  humidity: number,
  dew_point: number,
  uvi: number,
  clouds: number,
  visibility: number,
  wind_speed: number,
  wind_deg: number,
  wind_gust: number,
  weather: sky,
  rain: amount,
  snow: amount,
};
export const oneCallSchema = v.object({
  timezone: v.pipe(v.string(), v.check(isTimeZone, "no time zone")),
  current: v.object(oneCallStep),
  hourly: v.array(v.object({ ...oneCallStep, pop: number })),
  daily: v.array(
    v.object({
      dt: seconds,
      temp: v.optional(v.object({ min: number, max: number })),
      wind_speed: number,
      wind_gust: number,
      weather: sky,
      pop: number,
      rain: number,
      snow: number,
      uvi: number,
    }),
  ),
});
export type OneCall = v.InferOutput<typeof oneCallSchema>;
export type OneCallStep = OneCall["current"];
