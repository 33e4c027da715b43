import type { Micros } from "../../../domain/time/time.ts";
import type { Weather } from "../nature/weather.ts";
import type { People } from "../people/people.ts";
import { round } from "../world/maths.ts";
import type { World } from "../world/world.ts";
import { type Appliances, PLUGS } from "./appliances.ts";
import type { Heating } from "./heating.ts";

const STEP_SECONDS = 15;
/** Watt peak of the panels, and what the inverter can give at most. */
const PANELS = 4200;
const INVERTER = 3680;

/** Power, energy, gas and water: counters only ever rise. */
export function startMeters(needs: {
  world: World;
  people: People;
  appliances: Appliances;
  heating: Heating;
  weatherAt: (time: Micros) => Weather;
  /** What the counters stood at when the home's known life began. */
  starts: ReadonlyMap<string, number>;
}): void {
  const { world, people, appliances, heating, weatherAt, starts } = needs;
  const random = world.random.branch("meters");
  const counters = new Map(starts);
  const add = (key: string, amount: number) => counters.set(key, (counters.get(key) ?? 0) + amount);
  const show = (key: string, digits: number) => {
    const text = (Math.floor((counters.get(key) ?? 0) * 10 ** digits) / 10 ** digits).toFixed(digits);
    if (text !== world.state(key)) world.write(key, text);
  };
  /** Sent when it differs by more than the meter's own noise. */
  const showPower = (key: string, watts: number, digits: number, least: number) => {
    const before = Number(world.state(key));
    if (!Number.isFinite(before) || Math.abs(watts - before) >= least) world.write(key, watts.toFixed(digits));
  };
  let today = world.local().date;

  world.every(STEP_SECONDS, () => {
    const hours = STEP_SECONDS / 3600;
    const { date } = world.local();
    if (date !== today) {
      today = date;
      counters.set("solar:today", 0);
    }
    const { light } = weatherAt(world.now());
    const sun = Math.min(INVERTER, (light / 1000) * PANELS * 0.86 * (1 + random.bell() * 0.01));
    const used = appliances.total();
    const grid = used - sun;
    add("solar:energy", (sun / 1000) * hours);
    add("solar:today", (sun / 1000) * hours);
    add(grid > 0 ? "meter:import" : "meter:export", (Math.abs(grid) / 1000) * hours);
    showPower("meter:import_power", Math.max(0, Math.round(grid)), 0, 1);
    showPower("meter:export_power", Math.max(0, Math.round(-grid)), 0, 1);
    showPower("solar:power", Math.round(sun), 0, sun > 0 ? 4 : 1);
    for (const name of PLUGS) {
      const watts = appliances.plug(name);
      add(`plug/${name}:energy`, (watts / 1000) * hours);
      showPower(`plug/${name}:power`, round(watts, 1), 1, Math.max(0.4, watts * 0.02));
    }
    add("gas:total", heating.demand() * 1.7 * hours);
  });
  world.every(60, () => {
    for (const key of ["meter:import", "meter:export", "solar:energy", "solar:today"]) show(key, 3);
    for (const name of PLUGS) show(`plug/${name}:energy`, 3);
  });
  world.every(300, () => {
    show("gas:total", 3);
    showPower("meter:voltage", round(231 + random.bell() * 1.6, 1), 1, 0.3);
    const { light } = weatherAt(world.now());
    showPower("solar:temperature", round(24 + light / 40 + random.bell() * 0.3, 1), 1, 0.4);
  });
  const flow = (litres: number, seconds: number) => {
    const parts = Math.max(1, Math.round(seconds / 10));
    for (let i = 0; i < parts; i++)
      world.after(i * 10 + random.between(0, 2), () => {
        add("water:total", litres / parts);
        show("water:total", 0);
      });
  };
  people.onMove((_, __, to) => {
    if (to === "bathroom") world.after(random.between(40, 200), () => flow(random.between(4, 9), 30));
    if (to === "kitchen" && random.chance(0.5))
      world.after(random.between(20, 200), () => flow(random.between(1, 6), 20));
  });
  people.onDay((_, what) => {
    if (what === "shower") world.after(90, () => flow(random.between(38, 75), random.between(300, 480)));
  });
  for (const [key] of counters) show(key, key === "water:total" ? 0 : 3);
}
