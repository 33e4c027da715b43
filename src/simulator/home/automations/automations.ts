import { HEATED } from "../energy/heating.ts";
import type { People } from "../people/people.ts";
import { PEOPLE } from "../people/routine.ts";
import type { RoomKey } from "../plan/demo.ts";
import type { Daylight } from "../rooms/daylight.ts";
import type { Lamps } from "../rooms/lamps.ts";
import type { World } from "../world/world.ts";
import type { Engine } from "./engine.ts";

type Needs = { world: World; engine: Engine; people: People; daylight: Daylight; lamps: Lamps };

/** The home's own automations. What they cause carries their context, whose parent is what triggered them. */
export function startAutomations(needs: Needs): void {
  lightOnMotion(needs, "hallway", "hallway", 120);
  lightOnMotion(needs, "bathroom", "bathroom", 300);
  gardenLights(needs);
  blinds(needs);
  heatingByDay(needs);
  presence(needs);
  byTheClock(needs);
}

function lightOnMotion({ world, engine, daylight }: Needs, room: RoomKey, lamp: string, offSeconds: number): void {
  const id = `${room}_light_on_motion`;
  const sensor = `${room}/motion:motion`;
  world.onChange(sensor, ({ after, context }) => {
    if (after !== "on" || !daylight.isDark(room)) return;
    engine.trigger(id, `state of ${world.entityId(sensor)}`, context, (by) => {
      const { hour } = world.local();
      const night = hour > 23 || hour < 6;
      const turn = engine.turn(id);
      world.call("light.turn_on", [`light:${lamp}`], { brightness: night ? 40 : 200 }, by);
      const waitForQuiet = () => {
        if (engine.turn(id) !== turn) return;
        if (world.state(sensor) === "on") return world.after(30, waitForQuiet);
        world.call("light.turn_off", [`light:${lamp}`], {}, by);
      };
      world.after(offSeconds, waitForQuiet);
    });
  });
}

function gardenLights({ world, engine }: Needs): void {
  world.onChange("sun", ({ after, context }) => {
    if (after !== "below_horizon") return;
    engine.trigger("garden_lights_at_dusk", "sun set", context, (by) => {
      world.call("light.turn_on", ["light:garden"], { brightness: 150 }, by);
    });
  });
}

function blinds({ world, engine }: Needs): void {
  const keys = ["living/blind:cover", "bedroom/blind:cover"];
  world.onChange("sun", ({ after, context }) => {
    engine.trigger("blinds_follow_the_sun", `state of ${world.entityId("sun")}`, context, (by) => {
      world.call(after === "above_horizon" ? "cover.open_cover" : "cover.close_cover", keys, {}, by);
    });
  });
}

function heatingByDay({ world, engine, people }: Needs): void {
  const all = HEATED.map((room) => `${room}/radiator:climate`);
  const at = (hour: number, temperature: number) =>
    daily(world, hour, () => {
      if (people.awakeAtHome().length === 0 && hour < 12 && PEOPLE.every((person) => !people.isHome(person))) return;
      engine.trigger("heating_by_day", "time", undefined, (by) => {
        world.call("climate.set_temperature", all, { temperature }, by);
      });
    });
  at(6.25, 20.5);
  at(22.75, 17);
}

function presence({ world, engine, people, daylight, lamps }: Needs): void {
  world.onChange("zone:home", ({ before, after, context }) => {
    if (after === "0" && before !== "0")
      engine.trigger("nobody_home", `state of ${world.entityId("zone:home")}`, context, (by) => {
        const on = lamps.offAll().map((lamp) => `light:${lamp}`);
        if (on.length > 0) world.call("light.turn_off", on, {}, by);
        world.call("input_select.select_option", ["input_select:house_mode"], { option: "Away" }, by);
        world.call(
          "climate.set_temperature",
          HEATED.map((room) => `${room}/radiator:climate`),
          { temperature: 17 },
          by,
        );
      });
  });
  for (const person of PEOPLE)
    world.onChange(`person:${person}`, ({ after, context }) => {
      if (after !== "home") return;
      const othersIn = PEOPLE.some((other) => other !== person && people.isHome(other));
      engine.trigger("welcome_home", `state of ${world.entityId(`person:${person}`)}`, context, (by) => {
        if (daylight.isDark("hallway")) world.call("light.turn_on", ["light:hallway"], { brightness: 254 }, by);
        if (othersIn) return;
        world.call("input_select.select_option", ["input_select:house_mode"], { option: "Home" }, by);
        world.call(
          "climate.set_temperature",
          HEATED.map((room) => `${room}/radiator:climate`),
          { temperature: 20.5 },
          by,
        );
      });
    });
}

function byTheClock({ world, engine, people }: Needs): void {
  daily(world, 23.5, () => {
    engine.trigger("lock_at_night", "time", undefined, (by) => {
      world.call("lock.lock", ["front_lock:lock"], {}, by);
      world.call("light.turn_off", ["light:garden"], {}, by);
    });
  });
  daily(world, 10.5, () => {
    if (PEOPLE.some((person) => people.isHome(person))) return;
    engine.trigger("robot_cleans_when_away", "time", undefined, (by) => {
      world.call("vacuum.start", ["robot:vacuum"], {}, by);
    });
  });
}

function daily(world: World, hour: number, run: () => void): void {
  const plan = () => {
    const { midnight } = world.local();
    const today = midnight + Math.round(hour * 3.6e9);
    // The next day is found by its own midnight: days have 23 or 25 hours twice a year.
    const next = today > world.now() ? today : world.local(midnight + 30 * 3.6e9).midnight + Math.round(hour * 3.6e9);
    world.at(next, () => {
      run();
      world.after(60, plan);
    });
  };
  plan();
}
