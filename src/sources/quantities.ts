import type { SourceKind } from "../domain/outside/outside.ts";

/** What is said of a series of this quantity in its attributes; the words and units are Home Assistant's where it has one. */
export type Quantity = {
  readonly name: string;
  /** null: a text or a bare number. Prices have the unit of their currency, which the provider adds. */
  readonly unit: string | null;
  readonly deviceClass?: string;
  readonly stateClass?: "measurement" | "total" | "total_increasing";
  /**
   * A sum over a slot (`until` is its end) that is told once the slot is over, often a day later. It is no counter and has no
   * present: what is missing stays missing, and is never `unavailable` or said anew at another time.
   */
  readonly interval?: true;
};

const measured = (name: string, unit: string | null, deviceClass?: string): Quantity => ({
  name,
  unit,
  stateClass: "measurement",
  ...(deviceClass === undefined ? {} : { deviceClass }),
});
const text = (name: string): Quantity => ({ name, unit: null });
const counted = (name: string, unit: "kWh" | "m³", deviceClass: string): Quantity => ({
  name,
  unit,
  deviceClass,
  stateClass: "total_increasing",
});
const overInterval = (name: string, unit: "kWh" | "m³", deviceClass: string): Quantity => ({
  name,
  unit,
  deviceClass,
  interval: true,
});
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
    /** Of the whole home; negative while it feeds in. */
    power: measured("Power", "W", "power"),
    import_energy: counted("Energy from the grid", "kWh", "energy"),
    export_energy: counted("Energy to the grid", "kWh", "energy"),
    /** By the meter's own numbers of its tariffs; which of them is the cheaper one differs by country. */
    import_energy_t1: counted("Energy from the grid, tariff 1", "kWh", "energy"),
    import_energy_t2: counted("Energy from the grid, tariff 2", "kWh", "energy"),
    export_energy_t1: counted("Energy to the grid, tariff 1", "kWh", "energy"),
    export_energy_t2: counted("Energy to the grid, tariff 2", "kWh", "energy"),
    power_l1: measured("Power, phase 1", "W", "power"),
    power_l2: measured("Power, phase 2", "W", "power"),
    power_l3: measured("Power, phase 3", "W", "power"),
    voltage_l1: measured("Voltage, phase 1", "V", "voltage"),
    voltage_l2: measured("Voltage, phase 2", "V", "voltage"),
    voltage_l3: measured("Voltage, phase 3", "V", "voltage"),
    current_l1: measured("Current, phase 1", "A", "current"),
    current_l2: measured("Current, phase 2", "A", "current"),
    current_l3: measured("Current, phase 3", "A", "current"),
    /** What Belgian grid fees are reckoned by: the mean of the quarter hour that is on, and the highest one of the month. */
    quarter_power: measured("Mean power of the quarter hour", "W", "power"),
    month_peak_power: measured("Highest quarter hour of the month", "W", "power"),
    gas: counted("Gas", "m³", "gas"),
    water: counted("Water", "m³", "water"),
    import_interval: overInterval("Energy from the grid by interval", "kWh", "energy"),
    export_interval: overInterval("Energy to the grid by interval", "kWh", "energy"),
    gas_interval: overInterval("Gas by interval", "m³", "gas"),
    /** Where a supplier reckons gas in therms, BTU or kWh. */
    gas_energy_interval: overInterval("Gas by interval, as energy", "kWh", "energy"),
    water_interval: overInterval("Water by interval", "m³", "water"),
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
