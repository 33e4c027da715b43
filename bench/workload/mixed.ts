/**
 * The workload "mixed": what the entities of a real home write, in their usual proportions. Most are numbers that
 * wander and keep their attributes; lights, climate, media players and the weather change attributes as well.
 */
export type Write = {
  readonly entityId: string;
  readonly state: string;
  readonly attributes: { readonly [name: string]: unknown };
};

type Kind = (number: number, chance: () => number) => () => Omit<Write, "entityId">;

const NUMBERS = [
  { device_class: "temperature", unit_of_measurement: "°C", start: 20, step: 0.2, digits: 1 },
  { device_class: "power", unit_of_measurement: "W", start: 140, step: 30, digits: 1 },
  { device_class: "humidity", unit_of_measurement: "%", start: 50, step: 1, digits: 0 },
  { device_class: "energy", unit_of_measurement: "kWh", start: 1200, step: 0.004, digits: 3 },
  { device_class: "illuminance", unit_of_measurement: "lx", start: 300, step: 40, digits: 0 },
] as const;
const WORDS = ["idle", "running", "rinsing", "spinning", "finished", "waiting for the door"];
const SKIES = ["sunny", "partlycloudy", "cloudy", "rainy"];
const TITLES = ["Evening news", "A slow river", "Kitchen radio", "Étude in green", "Traffic at eight"];

const numeric: Kind = (number, chance) => {
  const { start, step, digits, ...description } = NUMBERS[number % NUMBERS.length] as (typeof NUMBERS)[number];
  const attributes = { state_class: "measurement", ...description, friendly_name: `Sensor ${number}` };
  let value: number = start;
  return () => {
    value = Math.max(0, value + (description.device_class === "energy" ? chance() : chance() - 0.5) * 2 * step);
    return { state: value.toFixed(digits), attributes };
  };
};
const onOff: Kind = (number) => {
  const attributes = { device_class: number % 2 === 0 ? "motion" : "door", friendly_name: `Contact ${number}` };
  let on = false;
  return () => {
    on = !on;
    return { state: on ? "on" : "off", attributes };
  };
};
const text: Kind = (number) => {
  const attributes = { device_class: "enum", options: WORDS, friendly_name: `Machine ${number}` };
  let at = 0;
  return () => ({ state: WORDS[++at % WORDS.length] as string, attributes });
};
const light: Kind = (number, chance) => {
  let on = false;
  const fixed = {
    supported_color_modes: ["color_temp", "hs"],
    min_color_temp_kelvin: 2000,
    max_color_temp_kelvin: 6535,
    friendly_name: `Light ${number}`,
    supported_features: 44,
  };
  return () => {
    on = !on || chance() < 0.5;
    const brightness = on ? 1 + Math.floor(chance() * 255) : null;
    const kelvin = on ? 2000 + Math.floor(chance() * 4500) : null;
    const color_mode = on ? "color_temp" : null;
    return { state: on ? "on" : "off", attributes: { ...fixed, color_mode, brightness, color_temp_kelvin: kelvin } };
  };
};
const climate: Kind = (number, chance) => {
  const fixed = {
    hvac_modes: ["heat", "off"],
    min_temp: 5,
    max_temp: 30,
    temperature: 20.5,
    friendly_name: `Room ${number}`,
    supported_features: 401,
  };
  let now = 19;
  return () => {
    now += (chance() - 0.5) * 0.4;
    const hvac_action = now < 20.5 ? "heating" : "idle";
    return { state: "heat", attributes: { ...fixed, current_temperature: Number(now.toFixed(1)), hvac_action } };
  };
};
const player: Kind = (number, chance) => {
  const fixed = { device_class: "speaker", friendly_name: `Speaker ${number}`, supported_features: 152461 };
  let at = 0;
  return () => {
    at++;
    const title = TITLES[at % TITLES.length];
    const media = { media_content_type: "music", media_title: title, media_duration: 120 + Math.floor(chance() * 300) };
    const volume_level = Number(chance().toFixed(2));
    return { state: at % 4 === 0 ? "paused" : "playing", attributes: { ...fixed, ...media, volume_level } };
  };
};
const weather: Kind = (number, chance) => {
  const fixed = {
    temperature_unit: "°C",
    pressure_unit: "hPa",
    wind_speed_unit: "km/h",
    friendly_name: `Sky ${number}`,
  };
  return () => ({
    state: SKIES[Math.floor(chance() * SKIES.length)] as string,
    attributes: {
      ...fixed,
      temperature: Number((8 + chance() * 10).toFixed(1)),
      humidity: 40 + Math.floor(chance() * 50),
      pressure: Number((990 + chance() * 40).toFixed(1)),
      wind_speed: Number((chance() * 40).toFixed(1)),
    },
  });
};

const DOMAINS: readonly (readonly [domain: string, kind: Kind, share: number])[] = [
  ["sensor", numeric, 11],
  ["binary_sensor", onOff, 4],
  ["sensor", text, 1],
  ["light", light, 2],
  ["climate", climate, 1],
  ["media_player", player, 1],
];
const SHARES = DOMAINS.flatMap(([domain, kind, share]) => Array.from({ length: share }, () => ({ domain, kind })));
/** One entity in so many is the weather: a home has a few of them, however large it is. */
const WEATHER_EVERY = 400;

/** Entities take turns; the same seed makes the same writes. `names`: write to these instead, whatever their domain. */
export function createMixed(entities: number, seed: number, names?: readonly string[]): () => Write {
  const chance = createChance(seed);
  const members = Array.from({ length: entities }, (_, number) => {
    const { domain, kind } =
      number % WEATHER_EVERY === WEATHER_EVERY - 1
        ? { domain: "weather", kind: weather }
        : (SHARES[number % SHARES.length] as (typeof SHARES)[number]);
    return { entityId: names?.[number] ?? `${domain}.mixed_${number}`, write: kind(number, chance) };
  });
  let turn = 0;
  return () => {
    const { entityId, write } = members[turn++ % members.length] as (typeof members)[number];
    return { entityId, ...write() };
  };
}

/** A small generator (mulberry32): the stream must be the same wherever it is made. */
function createChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
