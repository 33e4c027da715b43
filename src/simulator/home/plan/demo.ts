import { airSensor, blind, contactSensor, lamp, meterPlug, motionSensor, radiator } from "./kinds.ts";
import { LOOSE } from "./loose.ts";
import { MACHINES } from "./machines.ts";
import type { HomePlan } from "./plan.ts";

const ROOMS = {
  living: { room: "living", area: "living_room", name: "Living room" },
  kitchen: { room: "kitchen", area: "kitchen", name: "Kitchen" },
  hallway: { room: "hallway", area: "hallway", name: "Hallway" },
  utility: { room: "utility", area: "utility_room", name: "Utility room" },
  bedroom: { room: "bedroom", area: "bedroom", name: "Bedroom" },
  bathroom: { room: "bathroom", area: "bathroom", name: "Bathroom" },
  office: { room: "office", area: "office", name: "Office" },
  garden: { room: "garden", area: "garden", name: "Garden" },
} as const;
export type RoomKey = keyof typeof ROOMS;
export const ROOM_KEYS = Object.keys(ROOMS) as RoomKey[];

const { living, kitchen, hallway, bedroom, bathroom, office, garden } = ROOMS;

/** The demo home: eight areas on three floors, about 120 entities. */
export const DEMO_PLAN: HomePlan = {
  floors: [
    { id: "ground_floor", name: "Ground floor", level: 0, icon: "mdi:home-floor-0" },
    { id: "first_floor", name: "First floor", level: 1, icon: "mdi:home-floor-1" },
    { id: "outside", name: "Outside", level: null, icon: "mdi:tree" },
  ],
  areas: [
    { id: "living_room", name: "Living room", floor: "ground_floor", icon: "mdi:sofa" },
    { id: "kitchen", name: "Kitchen", floor: "ground_floor", icon: "mdi:fridge" },
    { id: "hallway", name: "Hallway", floor: "ground_floor", icon: "mdi:door" },
    {
      id: "utility_room",
      name: "Utility room",
      floor: "ground_floor",
      icon: "mdi:washing-machine",
      labels: ["energy"],
    },
    { id: "bedroom", name: "Bedroom", floor: "first_floor", icon: "mdi:bed" },
    { id: "bathroom", name: "Bathroom", floor: "first_floor", icon: "mdi:shower" },
    { id: "office", name: "Office", floor: "first_floor", icon: "mdi:desk" },
    { id: "garden", name: "Garden", floor: "outside", icon: "mdi:flower" },
  ],
  labels: [
    { id: "energy", name: "Energy", color: "amber", icon: "mdi:flash" },
    { id: "security", name: "Security", color: "red", icon: "mdi:shield-home" },
    { id: "night", name: "Night", color: "indigo", icon: "mdi:weather-night" },
  ],
  categories: {
    automation: [
      { id: "lighting", name: "Lighting", icon: "mdi:lightbulb" },
      { id: "comfort", name: "Comfort", icon: "mdi:thermometer" },
      { id: "presence", name: "Presence", icon: "mdi:account" },
    ],
  },
  integrations: [
    { domain: "hue", title: "Hue Bridge" },
    { domain: "zha", title: "Zigbee coordinator" },
    { domain: "tado", title: "Tado" },
    { domain: "dsmr", title: "Smart meter" },
    { domain: "homewizard", title: "Water meter" },
    { domain: "solaredge_modbus", title: "Solar inverter" },
    { domain: "shelly", title: "Shelly plugs" },
    { domain: "webostv", title: "Living room TV" },
    { domain: "sonos", title: "Sonos" },
    { domain: "nuki", title: "Front door lock" },
    { domain: "reolink", title: "Doorbell" },
    { domain: "roborock", title: "Robot vacuum" },
    { domain: "mobile_app", title: "Phones" },
    { domain: "met", title: "Forecast" },
    { domain: "sun", title: "Sun" },
  ],
  devices: [
    ...MACHINES,
    motionSensor(living),
    motionSensor(kitchen),
    motionSensor(hallway),
    motionSensor(bathroom),
    motionSensor(office),
    motionSensor(garden),
    airSensor(living, true),
    airSensor(bedroom, true),
    airSensor(bathroom),
    airSensor(office),
    airSensor({ ...garden, name: "Outside" }),
    contactSensor({ ...hallway, name: "Front door" }, "door"),
    contactSensor({ ...kitchen, name: "Back door" }, "door"),
    contactSensor({ ...bedroom, name: "Bedroom window" }, "window"),
    lamp("living_ceiling", "Living room ceiling", "living_room"),
    lamp("living_lamp", "Floor lamp", "living_room", "colour"),
    lamp("kitchen_ceiling", "Kitchen ceiling", "kitchen"),
    lamp("kitchen_counter", "Kitchen counter", "kitchen", "dimmable"),
    lamp("hallway", "Hallway light", "hallway", "dimmable"),
    lamp("bathroom", "Bathroom light", "bathroom", "dimmable"),
    lamp("bedroom_ceiling", "Bedroom ceiling", "bedroom"),
    lamp("nightstand", "Nightstand", "bedroom", "dimmable"),
    lamp("desk", "Desk lamp", "office"),
    lamp("garden", "Garden lights", "garden", "dimmable"),
    meterPlug("fridge", "Fridge", "kitchen", 642.381),
    meterPlug("dishwasher", "Dishwasher", "kitchen", 311.902),
    meterPlug("washing_machine", "Washing machine", "utility_room", 287.114),
    meterPlug("tv", "TV corner", "living_room", 198.55),
    meterPlug("desk", "Desk", "office", 402.77),
    radiator(living),
    radiator(bedroom),
    radiator(office),
    blind(living),
    blind(bedroom),
  ],
  loose: LOOSE,
};
