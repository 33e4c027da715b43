import type { Micros } from "../../../domain/time/time.ts";

/** Where the sun stands (to a fraction of a degree), after the usual low-precision formulas. */
export type SunPosition = { readonly elevation: number; readonly azimuth: number };

const RAD = Math.PI / 180;
const DAY_MICROS = 86_400_000_000;

export function sunAt(time: Micros, latitude: number, longitude: number): SunPosition {
  const days = time / DAY_MICROS - 10_957.5; // since J2000
  const anomaly = (357.529 + 0.98560028 * days) * RAD;
  const mean = 280.459 + 0.98564736 * days;
  const ecliptic = (mean + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const tilt = (23.439 - 0.00000036 * days) * RAD;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
  const sidereal = (280.46061837 + 360.98564736629 * days + longitude) * RAD;
  const hourAngle = sidereal - ascension;
  const lat = latitude * RAD;
  const height = Math.asin(
    Math.sin(lat) * Math.sin(declination) + Math.cos(lat) * Math.cos(declination) * Math.cos(hourAngle),
  );
  const azimuth = Math.atan2(
    -Math.sin(hourAngle),
    Math.tan(declination) * Math.cos(lat) - Math.sin(lat) * Math.cos(hourAngle),
  );
  return { elevation: height / RAD, azimuth: (azimuth / RAD + 360) % 360 };
}

/** Refraction and the sun's own radius: the usual height at which it rises and sets. */
const HORIZON = -0.833;
const TWILIGHT = -6;
const STEP = 600_000_000;

/** The next moment at which the sun crosses `height`, upwards or downwards. */
export function nextCrossing(
  time: Micros,
  height: number,
  upwards: boolean,
  place: { latitude: number; longitude: number },
): Micros {
  const over = (at: Micros) => sunAt(at, place.latitude, place.longitude).elevation - height;
  let from = time;
  // Near the poles the sun may not cross for months; a day short of a year is far enough to look.
  for (let i = 0; i < 364 * 144; i++) {
    const to = from + STEP;
    if (upwards ? over(from) < 0 && over(to) >= 0 : over(from) >= 0 && over(to) < 0)
      return bisect(from, to, over, upwards);
    from = to;
  }
  return from;
}

function bisect(from: Micros, to: Micros, over: (at: Micros) => number, upwards: boolean): Micros {
  while (to - from > 1000) {
    const middle = Math.round((from + to) / 2);
    if (over(middle) >= 0 === upwards) to = middle;
    else from = middle;
  }
  return to;
}

export const nextRising = (time: Micros, place: { latitude: number; longitude: number }) =>
  nextCrossing(time, HORIZON, true, place);
export const nextSetting = (time: Micros, place: { latitude: number; longitude: number }) =>
  nextCrossing(time, HORIZON, false, place);
export const nextDawn = (time: Micros, place: { latitude: number; longitude: number }) =>
  nextCrossing(time, TWILIGHT, true, place);
export const nextDusk = (time: Micros, place: { latitude: number; longitude: number }) =>
  nextCrossing(time, TWILIGHT, false, place);
