/** The words that Home Assistant has for the weather (developer documentation, weather entity). */
export const CONDITIONS = [
  "clear-night",
  "cloudy",
  "exceptional",
  "fog",
  "hail",
  "lightning",
  "lightning-rainy",
  "partlycloudy",
  "pouring",
  "rainy",
  "snowy",
  "snowy-rainy",
  "sunny",
  "windy",
  "windy-variant",
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** A clear sky has two words; where it is not known whether it is day, it has none. */
const clear = (isDay: boolean | undefined): Condition | undefined =>
  isDay === undefined ? undefined : isDay ? "sunny" : "clear-night";

type Word = Condition | "clear";
const wordFor = (word: Word | undefined, isDay: boolean | undefined): Condition | undefined =>
  word === "clear" ? clear(isDay) : word;

const table = (rows: { readonly [word in Word]?: readonly number[] }): ReadonlyMap<number, Word> =>
  new Map(Object.entries(rows).flatMap(([word, codes]) => codes.map((code) => [code, word as Word] as const)));

/** WMO 4677, of which Open-Meteo's documentation lists these. 95, 96 and 99 are thunderstorms with rain, snow or hail. */
const WMO = table({
  clear: [0, 1],
  partlycloudy: [2],
  cloudy: [3],
  fog: [45, 48],
  rainy: [51, 53, 55, 61, 63, 80, 81],
  "snowy-rainy": [56, 57, 66, 67],
  pouring: [65, 82],
  snowy: [71, 73, 75, 77, 85, 86],
  "lightning-rainy": [95, 96, 99],
});
export const conditionOfWmo = (code: number, isDay: boolean | undefined): Condition | undefined =>
  wordFor(WMO.get(code), isDay);

/** OpenWeatherMap's condition codes. */
const OPENWEATHERMAP = table({
  "lightning-rainy": [200, 201, 202, 230, 231, 232],
  lightning: [210, 211, 212, 221],
  rainy: [300, 301, 302, 310, 311, 312, 313, 321, 500, 501, 520, 521, 531],
  pouring: [314, 502, 503, 504, 522],
  "snowy-rainy": [511, 611, 612, 613, 615, 616],
  snowy: [600, 601, 602, 620, 621, 622],
  fog: [701, 741],
  exceptional: [711, 721, 731, 751, 761, 762, 781],
  windy: [771],
  clear: [800],
  partlycloudy: [801, 802],
  cloudy: [803, 804],
});
export const conditionOfOpenWeatherMap = (id: number, isDay: boolean | undefined): Condition | undefined =>
  wordFor(OPENWEATHERMAP.get(id), isDay);

/** Met.no's words without their `_day`, `_night`, `_polartwilight`. */
const SYMBOLS: { readonly [symbol: string]: Word } = {
  clearsky: "clear",
  fair: "partlycloudy",
  partlycloudy: "partlycloudy",
  cloudy: "cloudy",
  fog: "fog",
};
const FALLING = /^(light|heavy)?s?(rain|sleet|snow)(showers)?(andthunder)?$/;

/** @param symbol `heavyrainshowersandthunder_day`; in the polar twilight the sun stays below the horizon. */
export function conditionOfSymbol(symbol: string): Condition | undefined {
  const [base = "", time] = symbol.split("_");
  const known = SYMBOLS[base];
  if (known) return wordFor(known, time === undefined ? undefined : time === "day");
  const falling = FALLING.exec(base);
  if (!falling) return undefined;
  const [, strength, what, , thunder] = falling;
  if (thunder) return "lightning-rainy";
  if (what === "sleet") return "snowy-rainy";
  if (what === "snow") return "snowy";
  return strength === "heavy" ? "pouring" : "rainy";
}
