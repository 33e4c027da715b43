import type { LoosePlan } from "./plan.ts";

const automation = (id: string, name: string, category: string, mode = "single"): LoosePlan => ({
  key: `automation:${id}`,
  platform: "automation",
  entityId: `automation.${id}`,
  registered: true,
  domain: "automation",
  name,
  categories: { automation: category },
  attributes: { id, mode },
  start: "on",
});

const script = (id: string, name: string): LoosePlan => ({
  key: `script:${id}`,
  platform: "script",
  entityId: `script.${id}`,
  registered: true,
  domain: "script",
  name,
  attributes: { mode: "single" },
  start: "off",
});

const helper = (domain: string, id: string, name: string, start: string, attributes = {}): LoosePlan => ({
  key: `${domain}:${id}`,
  platform: domain,
  entityId: `${domain}.${id}`,
  registered: true,
  domain,
  name,
  attributes: { editable: true, ...attributes },
  start,
});

/** What has no device: sun and zones (not even in the registry), people, automations, scripts and helpers. */
export const LOOSE: readonly LoosePlan[] = [
  {
    key: "sun",
    platform: "sun",
    entityId: "sun.sun",
    registered: false,
    domain: "sun",
    name: "Sun",
    start: "above_horizon",
  },
  ...(["home", "work"] as const).map(
    (zone): LoosePlan => ({
      key: `zone:${zone}`,
      platform: "zone",
      entityId: `zone.${zone}`,
      registered: false,
      domain: "zone",
      name: zone === "home" ? "Simulated home" : "Work",
      start: "0",
    }),
  ),
  ...(["robin", "kim"] as const).map(
    (person): LoosePlan => ({
      key: `person:${person}`,
      platform: "person",
      entityId: `person.${person}`,
      registered: true,
      domain: "person",
      name: person === "robin" ? "Robin" : "Kim",
      start: "home",
    }),
  ),
  automation("hallway_light_on_motion", "Hallway light on motion", "lighting", "restart"),
  automation("bathroom_light_on_motion", "Bathroom light on motion", "lighting", "restart"),
  automation("garden_lights_at_dusk", "Garden lights at dusk", "lighting"),
  automation("blinds_follow_the_sun", "Blinds follow the sun", "comfort"),
  automation("heating_by_day", "Heating by day", "comfort"),
  automation("nobody_home", "Nobody home", "presence"),
  automation("welcome_home", "Welcome home", "presence"),
  automation("lock_at_night", "Lock at night", "presence"),
  automation("robot_cleans_when_away", "Robot cleans when away", "comfort"),
  script("good_night", "Good night"),
  script("movie_time", "Movie time"),
  helper("input_boolean", "guest_mode", "Guest mode", "off"),
  helper("input_select", "house_mode", "House mode", "Home", { options: ["Home", "Away", "Night", "Holiday"] }),
];
