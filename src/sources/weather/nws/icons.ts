import type { Condition } from "../condition.ts";

/** The words of api.weather.gov/icons. A clear sky has two of ours. */
const WORDS: { readonly [word: string]: Condition | "clear" } = {
  skc: "clear",
  few: "partlycloudy",
  sct: "partlycloudy",
  bkn: "cloudy",
  ovc: "cloudy",
  wind_skc: "windy",
  wind_few: "windy",
  wind_sct: "windy",
  wind_bkn: "windy-variant",
  wind_ovc: "windy-variant",
  rain: "rainy",
  rain_showers: "rainy",
  rain_showers_hi: "rainy",
  tsra: "lightning-rainy",
  tsra_sct: "lightning-rainy",
  tsra_hi: "lightning-rainy",
  snow: "snowy",
  blizzard: "snowy",
  sleet: "snowy-rainy",
  fzra: "snowy-rainy",
  rain_snow: "snowy-rainy",
  rain_sleet: "snowy-rainy",
  snow_sleet: "snowy-rainy",
  rain_fzra: "snowy-rainy",
  snow_fzra: "snowy-rainy",
  fog: "fog",
  tornado: "exceptional",
  hurricane: "exceptional",
  tropical_storm: "exceptional",
  dust: "exceptional",
  smoke: "exceptional",
  haze: "exceptional",
  hot: "exceptional",
  cold: "exceptional",
};

/** @param icon `https://api.weather.gov/icons/land/night/snow,50/wind_bkn?size=medium`; of two words the first comes first */
export function conditionOfIcon(icon: string | null | undefined): Condition | undefined {
  const [, time, word = ""] = /\/icons\/[a-z]+\/(day|night)\/([a-z_]+)/.exec(icon ?? "") ?? [];
  const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  return known === "clear" ? (time === "day" ? "sunny" : "clear-night") : known;
}
