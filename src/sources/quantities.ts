import type { SourceKind } from "../domain/outside/outside.ts";

/** What is said of a series of this quantity in its attributes; the words and units are Home Assistant's where it has one. */
export type Quantity = {
  readonly name: string;
  /** null: a text or a bare number. Prices have the unit of their currency, which the provider adds. */
  readonly unit: string | null;
  readonly deviceClass?: string;
  readonly stateClass?: "measurement" | "total" | "total_increasing";
};

const measured = (name: string, unit: string | null, deviceClass?: string): Quantity => ({
  name,
  unit,
  stateClass: "measurement",
  ...(deviceClass === undefined ? {} : { deviceClass }),
});
const text = (name: string): Quantity => ({ name, unit: null });
const concentration = (name: string, deviceClass: string): Quantity => measured(name, "µg/m³", deviceClass);

/** Every quantity by kind. Units here are those that are stored: a provider converts into them. */
export const QUANTITIES: { readonly [kind in SourceKind]: { readonly [quantity: string]: Quantity } } = {
  weather: {
    temperature: measured("Temperature", "°C", "temperature"),
    apparent_temperature: measured("Apparent temperature", "°C", "temperature"),
    dew_point: measured("Dew point", "°C", "temperature"),
    humidity: measured("Humidity", "%", "humidity"),
    pressure: measured("Pressure at sea level", "hPa", "atmospheric_pressure"),
    cloud_cover: measured("Cloud cover", "%"),
    visibility: measured("Visibility", "m", "distance"),
    wind_speed: measured("Wind speed", "m/s", "wind_speed"),
    wind_gust: measured("Wind gust", "m/s", "wind_speed"),
    wind_bearing: measured("Wind bearing", "°"),
    precipitation: measured("Precipitation", "mm", "precipitation"),
    precipitation_probability: measured("Chance of precipitation", "%"),
    radiation: measured("Solar irradiance", "W/m²", "irradiance"),
    uv_index: measured("UV index", null),
    /** Of Home Assistant's words: `sunny`, `clear-night`, `partlycloudy`, `rainy`… */
    condition: text("Condition"),
    /** Of whole local days; forecasts alone know them. */
    temperature_high: measured("Highest temperature of the day", "°C", "temperature"),
    temperature_low: measured("Lowest temperature of the day", "°C", "temperature"),
    day_condition: text("Condition of the day"),
    day_precipitation: measured("Precipitation of the day", "mm", "precipitation"),
    day_precipitation_probability: measured("Chance of precipitation on the day", "%"),
    day_wind_speed: measured("Highest wind speed of the day", "m/s", "wind_speed"),
    day_wind_gust: measured("Strongest gust of the day", "m/s", "wind_speed"),
    day_uv_index: measured("Highest UV index of the day", null),
  },
  air_quality: {
    pm10: concentration("PM10", "pm10"),
    pm2_5: concentration("PM2.5", "pm25"),
    ozone: concentration("Ozone", "ozone"),
    nitrogen_dioxide: concentration("Nitrogen dioxide", "nitrogen_dioxide"),
    sulphur_dioxide: concentration("Sulphur dioxide", "sulphur_dioxide"),
    carbon_monoxide: concentration("Carbon monoxide", "carbon_monoxide"),
    /** 0 to 500 and above; indices of different scales are different quantities. */
    us_aqi: measured("US air quality index", null, "aqi"),
    /** 0 to 100 and above. */
    european_aqi: measured("European air quality index", null, "aqi"),
    /** WAQI's index of a station: the US scale of 2016, of the last hour alone. Not the same as `us_aqi`. */
    waqi_aqi: measured("World air quality index", null, "aqi"),
    /** OpenWeatherMap's own class from 1 (good) to 5. */
    owm_class: measured("Air quality class", null),
    /** The pollutant that decides the index. */
    dominant_pollutant: text("Deciding pollutant"),
  },
  carbon: {
    /** Average of the generation, gCO₂eq. */
    intensity: measured("Carbon intensity", "g/kWh"),
    /** What one more kWh would emit; not to be compared with the average. */
    marginal_intensity: measured("Marginal carbon intensity", "g/kWh"),
    /** WattTime's percentile of the region's month, 0 (clean) to 100. */
    signal_index: measured("Marginal carbon percentile", "%"),
    renewable_share: measured("Renewable share", "%"),
    fossil_share: measured("Fossil share", "%"),
  },
  pricing: {
    /** What the market pays, before taxes and fees. */
    market_price: measured("Market price", null),
    /** What the home pays: the market price through the tariff's formula. */
    price: measured("Price", null),
    /** What the home is paid for what it feeds in. */
    feed_in_price: measured("Feed-in price", null),
  },
  calendar: {
    /** `on` while an event takes time. */
    busy: text("Busy"),
    /** Titles of what is on; only where the user wants titles recorded. */
    event: text("Event"),
    /** `home`, `away` or `unknown`, by the rules of the home. */
    occupancy: text("Expected occupancy"),
    /** The day's names, or `none`. */
    holiday: text("Public holiday"),
  },
  smart_meter: {
    power: measured("Power", "W", "power"),
    import_energy: { name: "Energy from the grid", unit: "kWh", deviceClass: "energy", stateClass: "total_increasing" },
    export_energy: { name: "Energy to the grid", unit: "kWh", deviceClass: "energy", stateClass: "total_increasing" },
    gas: { name: "Gas", unit: "m³", deviceClass: "gas", stateClass: "total_increasing" },
    water: { name: "Water", unit: "m³", deviceClass: "water", stateClass: "total_increasing" },
    always_on_power: measured("Always-on power", "W", "power"),
  },
  sports: {
    /** `scheduled`, `delayed`, `live`, `break`, `final`, `postponed`, `suspended`, `canceled`, `none` or `unknown`. */
    status: text("Game"),
    score: measured("Score", null),
    opponent_score: measured("Opponent's score", null),
  },
};

/** Whether a quantity of the weather is one of whole local days. */
export const isOfDays = (quantity: string): boolean =>
  quantity.startsWith("day_") || /^temperature_(high|low)$/.test(quantity);
