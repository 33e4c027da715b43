import type { DevicePlan, EntityPlan } from "./plan.ts";

/** Device kinds that stand in many rooms. `key` is the stem of all keys: `kitchen/motion` has `kitchen/motion:battery`. */

type Where = { readonly room: string; readonly area: string; readonly name: string };

export const battery = (stem: string, start = "90"): EntityPlan => ({
  key: `${stem}:battery`,
  domain: "sensor",
  name: "Battery",
  deviceClass: "battery",
  stateClass: "measurement",
  unit: "%",
  category: "diagnostic",
  start,
});

export function motionSensor({ room, area, name }: Where): DevicePlan {
  const key = `${room}/motion`;
  return {
    key,
    name: `${name} motion sensor`,
    integration: "hue",
    area,
    manufacturer: "Signify Netherlands B.V.",
    model: "Hue motion sensor",
    version: "2.77.39",
    via: "hue_bridge",
    entities: [
      { key: `${key}:motion`, domain: "binary_sensor", name: "Motion", deviceClass: "motion", start: "off" },
      {
        key: `${key}:illuminance`,
        domain: "sensor",
        name: "Illuminance",
        deviceClass: "illuminance",
        stateClass: "measurement",
        unit: "lx",
        precision: 0,
        start: "0",
      },
      battery(key, "100"),
    ],
  };
}

export function airSensor({ room, area, name }: Where, co2 = false): DevicePlan {
  const key = `${room}/air`;
  const entity = (what: string, label: string, unit: string, precision: number, start: string): EntityPlan => ({
    key: `${key}:${what}`,
    domain: "sensor",
    name: label,
    deviceClass: what,
    stateClass: "measurement",
    unit,
    precision,
    start,
  });
  return {
    key,
    name: `${name} climate sensor`,
    integration: "zha",
    area,
    manufacturer: co2 ? "IKEA of Sweden" : "LUMI",
    model: co2 ? "VINDSTYRKA" : "lumi.weather",
    version: co2 ? "0x01010010" : "0x00000005",
    entities: [
      entity("temperature", "Temperature", "°C", 1, "19.0"),
      entity("humidity", "Humidity", "%", 0, "50.0"),
      ...(co2 ? [entity("carbon_dioxide", "Carbon dioxide", "ppm", 0, "600")] : [battery(key, "86")]),
    ],
  };
}

export function contactSensor(where: Where, what: "door" | "window"): DevicePlan {
  const key = `${where.room}/${what}`;
  return {
    key,
    name: where.name,
    integration: "zha",
    area: where.area,
    manufacturer: "LUMI",
    model: "lumi.sensor_magnet.aq2",
    version: "0x00000005",
    entities: [
      { key: `${key}:contact`, domain: "binary_sensor", name: null, deviceClass: what, start: "off" },
      battery(key, "71"),
    ],
  };
}

const WHITE = {
  min_color_temp_kelvin: 2202,
  max_color_temp_kelvin: 6535,
  supported_color_modes: ["color_temp"],
  supported_features: 40,
};

export function lamp(
  key: string,
  name: string,
  area: string,
  kind: "white" | "dimmable" | "colour" = "white",
): DevicePlan {
  const colour = {
    min_color_temp_kelvin: 2000,
    max_color_temp_kelvin: 6535,
    effect_list: ["off", "candle", "fire"],
    supported_color_modes: ["color_temp", "xy"],
    supported_features: 44,
  };
  const attributes = {
    white: WHITE,
    colour,
    dimmable: { supported_color_modes: ["brightness"], supported_features: 40 },
  }[kind];
  return {
    key: `lamp/${key}`,
    name,
    integration: "hue",
    area,
    manufacturer: "Signify Netherlands B.V.",
    model: { white: "Hue white ambiance E27", colour: "Hue color lamp", dimmable: "Hue white bulb" }[kind],
    version: "1.122.8",
    via: "hue_bridge",
    entities: [{ key: `light:${key}`, domain: "light", name: null, attributes, start: "off" }],
  };
}

export function meterPlug(key: string, name: string, area: string, energyStart: number): DevicePlan {
  return {
    key: `plug/${key}`,
    name,
    integration: "shelly",
    area,
    manufacturer: "Shelly",
    model: "Shelly Plug S",
    version: "20260911-101822/v1.14.0-gcb84623",
    entities: [
      { key: `plug/${key}:switch`, domain: "switch", name: null, deviceClass: "outlet", start: "on" },
      {
        key: `plug/${key}:power`,
        domain: "sensor",
        name: "Power",
        deviceClass: "power",
        stateClass: "measurement",
        unit: "W",
        precision: 1,
        start: "0.0",
      },
      {
        key: `plug/${key}:energy`,
        domain: "sensor",
        name: "Energy",
        deviceClass: "energy",
        stateClass: "total_increasing",
        unit: "kWh",
        precision: 2,
        labels: ["energy"],
        start: energyStart.toFixed(3),
      },
    ],
  };
}

export function radiator({ room, area, name }: Where): DevicePlan {
  const key = `${room}/radiator`;
  return {
    key,
    name: `${name} thermostat`,
    integration: "tado",
    area,
    manufacturer: "Tado",
    model: "VA02",
    version: "95.1",
    via: "tado_bridge",
    entities: [
      {
        key: `${key}:climate`,
        domain: "climate",
        name: null,
        attributes: {
          hvac_modes: ["auto", "heat", "off"],
          min_temp: 5,
          max_temp: 25,
          target_temp_step: 0.1,
          preset_modes: ["home", "away", "auto"],
          supported_features: 401,
        },
        start: "auto",
      },
      battery(key, "58"),
    ],
  };
}

export function blind({ room, area, name }: Where): DevicePlan {
  return {
    key: `${room}/blind`,
    name: `${name} blind`,
    integration: "zha",
    area,
    manufacturer: "IKEA of Sweden",
    model: "FYRTUR block-out roller blind",
    version: "0x22008631",
    entities: [
      {
        key: `${room}/blind:cover`,
        domain: "cover",
        name: null,
        deviceClass: "shade",
        attributes: { supported_features: 15 },
        start: "open",
      },
      battery(`${room}/blind`, "63"),
    ],
  };
}
