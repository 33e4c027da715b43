/** What a unit is of another: `value × times + plus`. The factors are exact by definition unless said otherwise. */
type Step = { readonly to: string; readonly times: number; readonly plus?: number };

const STEPS: { readonly [unit: string]: readonly Step[] } = {
  "°F": [{ to: "°C", times: 5 / 9, plus: -160 / 9 }],
  K: [{ to: "°C", times: 1, plus: -273.15 }],
  "km/h": [{ to: "m/s", times: 1 / 3.6 }],
  mph: [{ to: "m/s", times: 0.44704 }],
  // Open-Meteo's word for mph.
  "mp/h": [{ to: "m/s", times: 0.44704 }],
  kn: [{ to: "m/s", times: 1852 / 3600 }],
  "ft/s": [{ to: "m/s", times: 0.3048 }],
  in: [{ to: "mm", times: 25.4 }],
  inch: [{ to: "mm", times: 25.4 }],
  cm: [{ to: "mm", times: 10 }],
  ft: [{ to: "m", times: 0.3048 }],
  km: [{ to: "m", times: 1000 }],
  mi: [{ to: "m", times: 1609.344 }],
  Pa: [{ to: "hPa", times: 0.01 }],
  kPa: [{ to: "hPa", times: 10 }],
  mbar: [{ to: "hPa", times: 1 }],
  // Of mercury at 0 °C, the conventional values.
  mmHg: [{ to: "hPa", times: 1.33322387415 }],
  inHg: [{ to: "hPa", times: 33.86388640341 }],
  psi: [{ to: "hPa", times: 68.9475729317831 }],
};

/** The same amount in another unit; undefined: nobody here knows how. */
export function inUnit(value: number, from: string, to: string): number | undefined {
  if (from === to) return value;
  const step = STEPS[from]?.find((one) => one.to === to);
  if (!step) return undefined;
  // Further digits are those of the arithmetic, not of the weather.
  return Math.round((value * step.times + (step.plus ?? 0)) * 10_000) / 10_000;
}
