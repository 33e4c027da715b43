import type { Micros } from "../../../domain/time/time.ts";
import type { Random } from "../../core/base/random.ts";
import { clamp } from "../world/maths.ts";
import { sunAt } from "./sun.ts";

export type Weather = {
  /** °C */
  readonly temperature: number;
  /** % */
  readonly humidity: number;
  /** 0 clear … 1 overcast */
  readonly clouds: number;
  /** mm/h */
  readonly rain: number;
  /** km/h */
  readonly wind: number;
  /** Degrees, where it comes from. */
  readonly bearing: number;
  /** hPa */
  readonly pressure: number;
  /** W/m² on a level surface. */
  readonly light: number;
  readonly condition: string;
};

const HOUR = 3_600_000_000;
const YEAR = 365.2425 * 24 * HOUR;

/**
 * The weather at any time, as a function of the seed and the time alone: smooth noise around what the season and the
 * hour bring.
 */
export function createWeather(
  random: Random,
  place: { latitude: number; longitude: number },
): (time: Micros) => Weather {
  const known = new Map<string, number>();
  const anchor = (name: string, index: number): number => {
    const key = `${name}:${index}`;
    let value = known.get(key);
    if (value === undefined) {
      value = random.branch(key).next() * 2 - 1;
      if (known.size > 5000) known.clear();
      known.set(key, value);
    }
    return value;
  };
  /** In [-1, 1], changing over about `hours`. */
  const noise = (name: string, time: Micros, hours: number): number => {
    const at = time / (hours * HOUR);
    const index = Math.floor(at);
    const x = at - index;
    const smooth = x * x * (3 - 2 * x);
    return anchor(name, index) * (1 - smooth) + anchor(name, index + 1) * smooth;
  };
  return (time) => {
    const clouds = clamp(0.55 + 0.55 * noise("clouds", time, 11) + 0.15 * noise("clouds fine", time, 1.5), 0, 1);
    const season = -Math.cos((2 * Math.PI * (time - 20 * 24 * HOUR)) / YEAR);
    const sun = sunAt(time, place.latitude, place.longitude).elevation;
    const light = Math.max(0, Math.sin((sun * Math.PI) / 180)) ** 1.15 * 1050 * (1 - 0.75 * clouds ** 1.5);
    // The warmest hour comes after the brightest one.
    const warmth = Math.sin((sunAt(time - 2.2 * HOUR, place.latitude, place.longitude).elevation * Math.PI) / 180);
    const temperature =
      10.5 +
      8 * season +
      (4.5 - 2.5 * clouds) * warmth +
      4.2 * noise("air", time, 40) +
      0.5 * noise("air fine", time, 2);
    const rain = clouds > 0.72 ? Math.max(0, noise("rain", time, 2.5)) ** 2 * 5 * (clouds - 0.72) * 4 : 0;
    const wind = Math.max(1, 15 + 12 * noise("wind", time, 9) + 4 * noise("gusts", time, 0.6));
    return {
      temperature,
      humidity: clamp(74 - 22 * warmth + 12 * noise("damp", time, 7) + (rain > 0 ? 12 : 0), 28, 100),
      clouds,
      rain,
      wind,
      bearing: (230 + 90 * noise("bearing", time, 20) + 360) % 360,
      pressure: 1014 + 17 * noise("pressure", time, 50),
      light,
      condition: conditionOf(clouds, rain, wind, temperature, sun),
    };
  };
}

/** In Home Assistant's words. */
function conditionOf(clouds: number, rain: number, wind: number, temperature: number, sun: number): string {
  if (rain > 2.5) return "pouring";
  if (rain > 0.1) return temperature < 0.5 ? "snowy" : "rainy";
  if (wind > 32) return "windy";
  if (clouds > 0.7) return "cloudy";
  if (clouds > 0.3) return "partlycloudy";
  return sun > -0.8 ? "sunny" : "clear-night";
}
