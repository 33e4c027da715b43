import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Place } from "../../core/config.ts";
import { isoText } from "../../core/state/wire.ts";
import { round } from "../world/maths.ts";
import type { World } from "../world/world.ts";
import { nextDawn, nextDusk, nextRising, nextSetting, sunAt } from "./sun.ts";
import type { Weather } from "./weather.ts";

const SUN_SECONDS = 240;
const FORECAST_SECONDS = 3600;
const HALF_DAY = 12 * 3_600_000_000;

/** The sun and the forecast as Home Assistant shows them. */
export function startSky(world: World, place: Place, weatherAt: (time: Micros) => Weather): void {
  // Each is looked for again only once it has passed.
  const found = new Map<typeof nextRising, Micros>();
  const next = (crossing: typeof nextRising): Micros => {
    const now = world.now();
    const known = found.get(crossing);
    if (known !== undefined && known > now) return known;
    const time = crossing(now, place);
    found.set(crossing, time);
    return time;
  };
  const showSun = () => {
    const now = world.now();
    const { elevation, azimuth } = sunAt(now, place.latitude, place.longitude);
    const rising = next(nextRising);
    const setting = next(nextSetting);
    const noon = nextNoon(now, rising, setting);
    world.write("sun", elevation > -0.833 ? "above_horizon" : "below_horizon", {
      next_dawn: isoText(next(nextDawn)),
      next_dusk: isoText(next(nextDusk)),
      next_midnight: isoText(noon - HALF_DAY > now ? noon - HALF_DAY : noon + HALF_DAY),
      next_noon: isoText(noon),
      next_rising: isoText(rising),
      next_setting: isoText(setting),
      elevation: round(elevation, 2),
      azimuth: round(azimuth, 2),
      rising: azimuth < 180,
    });
    return Math.min(rising, setting);
  };
  const showAtCrossing = () => {
    const crossing = showSun();
    world.at(crossing + 1000, showAtCrossing);
  };
  showAtCrossing();
  world.every(SUN_SECONDS, showSun);

  const showForecast = () => {
    const now = weatherAt(world.now());
    world.write("weather", now.condition, {
      temperature: round(now.temperature, 1),
      dew_point: round(now.temperature - (100 - now.humidity) / 5, 1),
      humidity: Math.round(now.humidity),
      cloud_coverage: round(now.clouds * 100, 1),
      uv_index: round(Math.max(0, now.light / 130), 1),
      pressure: round(now.pressure, 1),
      wind_bearing: round(now.bearing, 1),
      wind_speed: round(now.wind, 1),
    });
  };
  showForecast();
  world.every(FORECAST_SECONDS, showForecast);
}

function nextNoon(now: Micros, rising: Micros, setting: Micros): Micros {
  const middle = Math.round((rising + setting) / 2);
  if (rising < setting) return middle;
  // By day the middle of the coming night is found; noon is half a day before or after it.
  return middle - HALF_DAY > now ? middle - HALF_DAY : middle + HALF_DAY;
}

/** What `weather.get_forecasts` answers. */
export function forecast(kind: string, now: Micros, weatherAt: (time: Micros) => Weather): object[] {
  const hour = 3_600_000_000;
  const step = kind === "hourly" ? hour : 24 * hour;
  const first = Math.ceil(now / step) * step;
  return Array.from({ length: kind === "hourly" ? 48 : 6 }, (_, i) => {
    const time = first + i * step;
    const at = weatherAt(time);
    const later = kind === "hourly" ? at : weatherAt(time + 14 * hour);
    return {
      datetime: `${microsToRfc3339(time).slice(0, 19)}+00:00`,
      condition: later.condition,
      temperature: round(later.temperature, 1),
      ...(kind === "hourly" ? {} : { templow: round(weatherAt(time + 5 * hour).temperature, 1) }),
      precipitation: round(later.rain, 1),
      wind_bearing: round(later.bearing, 1),
      wind_speed: round(later.wind, 1),
      humidity: Math.round(later.humidity),
    };
  });
}
