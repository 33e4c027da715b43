import type { Context } from "../../../domain/data/reading.ts";
import { clamp } from "../world/maths.ts";
import type { World } from "../world/world.ts";

export type Robot = { start(context?: Context): void; home(context?: Context): void };

const STEP_SECONDS = 180;
const CLEAN_MINUTES = 52;

/** The vacuum: cleans, comes back, charges. */
export function createRobot(world: World): Robot {
  let charge = 100;
  let cleaned = 0;
  const show = (state: string, context?: Context) =>
    world.write("robot:vacuum", state, { fan_speed: "balanced" }, context);
  const showCharge = () => world.write("robot:battery", String(Math.round(charge)));
  show("docked");
  showCharge();
  const home = (context?: Context) => {
    if (world.state("robot:vacuum") !== "cleaning") return;
    show("returning", context);
    world.after(150, () => show("docked"));
  };
  world.every(STEP_SECONDS, () => {
    const state = world.state("robot:vacuum");
    if (state === "cleaning") {
      cleaned += STEP_SECONDS / 60;
      charge = clamp(charge - 2.6, 5, 100);
      if (cleaned > CLEAN_MINUTES) home();
    } else if (state === "docked" && charge < 100) charge = clamp(charge + 1.8, 0, 100);
    showCharge();
  });
  return {
    start(context) {
      if (world.state("robot:vacuum") === "cleaning") return;
      cleaned = 0;
      show("cleaning", context);
    },
    home,
  };
}
