import type { Place } from "../../core/config.ts";
import { clamp, round } from "../world/maths.ts";
import type { World } from "../world/world.ts";
import type { People } from "./people.ts";
import { PEOPLE, type PersonKey } from "./routine.ts";

/** How far work is from home, in degrees: some 4 km. */
const WORK = { north: 0.028, east: 0.031 };
const PHONE_SECONDS = 600;

/** Phones, persons and zones, which follow where people are. */
export function startTrackers(world: World, people: People, place: Place, userIds: Record<PersonKey, string>): void {
  const random = world.random.branch("trackers");
  const here = { latitude: place.latitude, longitude: place.longitude };
  const work = { latitude: round(here.latitude + WORK.north, 4), longitude: round(here.longitude + WORK.east, 4) };
  const zones = {
    home: { ...here, radius: 100, icon: "mdi:home" },
    work: { ...work, radius: 150, icon: "mdi:briefcase" },
  };
  const at = new Map<PersonKey, string>();

  const showZones = () => {
    for (const [zone, about] of Object.entries(zones)) {
      const persons = PEOPLE.filter((person) => at.get(person) === zone).map((person) =>
        world.entityId(`person:${person}`),
      );
      const state = String(persons.length);
      if (world.state(`zone:${zone}`) === state && persons.length > 0 === (state !== "0"))
        if (JSON.stringify(world.attributes(`zone:${zone}`).persons) === JSON.stringify(persons)) continue;
      world.write(`zone:${zone}`, state, { ...about, passive: false, persons, editable: true });
    }
  };
  const show = (person: PersonKey, where: "home" | "work" | "not_home") => {
    const text = where === "work" ? "Work" : where;
    const spot = where === "work" ? work : where === "home" ? here : { latitude: 0, longitude: 0 };
    const blur = () => random.between(-0.00015, 0.00015);
    const away = where === "not_home" ? { latitude: here.latitude + 0.013, longitude: here.longitude + 0.011 } : spot;
    const position = {
      latitude: round(away.latitude + blur(), 6),
      longitude: round(away.longitude + blur(), 6),
      gps_accuracy: random.whole(4, 22),
    };
    const inZones = where === "not_home" ? [] : [world.entityId(`zone:${where}`)];
    world.write(`phone/${person}:tracker`, text, { source_type: "gps", in_zones: inZones, ...position });
    at.set(person, where);
    world.after(random.between(0.002, 0.02), () => {
      world.write(`person:${person}`, text, {
        editable: true,
        id: person,
        device_trackers: [world.entityId(`phone/${person}:tracker`)],
        in_zones: inZones,
        ...position,
        source: world.entityId(`phone/${person}:tracker`),
        user_id: userIds[person],
      });
      showZones();
    });
  };

  for (const person of PEOPLE) {
    const trip = people.where(person).trip;
    show(person, trip === null ? "home" : trip.to === "work" ? "work" : "not_home");
  }
  showZones();
  people.onTravel((person, what, to) => {
    const minutes = random.between(1, 3);
    if (what === "back") return world.after(random.between(2, 40), () => show(person, "home"));
    world.after(minutes * 60, () => show(person, "not_home"));
    if (to !== "work") return;
    world.after((minutes + random.between(12, 25)) * 60, () => {
      if (people.where(person).trip?.to === "work") show(person, "work");
    });
  });
  startPhones(world, people);
}

/** Phones lose charge over the day and charge at night; a location comes along now and then. */
function startPhones(world: World, people: People): void {
  const random = world.random.branch("phones");
  for (const person of PEOPLE) {
    let charge = random.between(55, 95);
    world.write(`phone/${person}:battery`, String(Math.round(charge)));
    world.write(`phone/${person}:charging`, "discharging");
    world.every(PHONE_SECONDS, () => {
      const { asleep } = people.where(person);
      const charging = asleep && charge < 100;
      charge = clamp(charge + (asleep ? 5 : -random.between(0.3, 1.4)), 4, 100);
      world.write(`phone/${person}:battery`, String(Math.round(charge)));
      const state = charging ? "charging" : charge >= 100 && asleep ? "full" : "discharging";
      world.write(`phone/${person}:charging`, state);
    });
  }
}
