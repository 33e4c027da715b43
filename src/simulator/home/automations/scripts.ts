import type { Context } from "../../../domain/data/reading.ts";
import type { Lamps } from "../rooms/lamps.ts";
import type { World } from "../world/world.ts";
import type { Engine } from "./engine.ts";

export type Scripts = { readonly list: readonly string[]; run(script: string, context: Context): void };

/** The home's scripts. They run under the context of whoever starts them. */
export function createScripts(world: World, engine: Engine, lamps: Lamps): Scripts {
  const scripts: { [script: string]: (context: Context) => void } = {
    good_night(context) {
      const on = lamps.offAll().map((lamp) => `light:${lamp}`);
      if (on.length > 0) world.call("light.turn_off", on, {}, context);
      world.call("lock.lock", ["front_lock:lock"], {}, context);
      world.call("media_player.turn_off", ["tv:player"], {}, context);
      world.call("input_select.select_option", ["input_select:house_mode"], { option: "Night" }, context);
    },
    movie_time(context) {
      world.call("light.turn_off", ["light:living_ceiling"], {}, context);
      world.call("light.turn_on", ["light:living_lamp"], { brightness: 60 }, context);
      world.call("media_player.turn_on", ["tv:player"], {}, context);
      world.call("media_player.select_source", ["tv:player"], { source: "Netflix" }, context);
    },
  };
  for (const script of Object.keys(scripts))
    world.write(`script:${script}`, "off", { last_triggered: null, mode: "single", current: 0 });
  return {
    list: Object.keys(scripts),
    run(script, context) {
      const act = scripts[script];
      if (act) engine.run(script, context, act);
    },
  };
}
