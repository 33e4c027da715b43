import type { People } from "../people/people.ts";
import type { RoomKey } from "../plan/demo.ts";
import type { World } from "../world/world.ts";

const SEEN: readonly RoomKey[] = ["living", "kitchen", "hallway", "bathroom", "office", "garden"];
/** A motion sensor reports "off" so long after the last motion. */
const HOLD_SECONDS = 25;

/** Motion sensors see people come in and stir. */
export function startMotion(world: World, people: People): void {
  const random = world.random.branch("motion");
  const latest = new Map<RoomKey, number>();

  const see = (room: RoomKey) => {
    if (!SEEN.includes(room)) return;
    const key = `${room}/motion:motion`;
    world.after(random.between(0.1, 1.2), () => {
      const turn = (latest.get(room) ?? 0) + 1;
      latest.set(room, turn);
      if (world.state(key) !== "on") world.write(key, "on");
      world.after(HOLD_SECONDS + random.between(0, 6), () => {
        if (latest.get(room) === turn) world.write(key, "off");
      });
    });
  };
  for (const room of SEEN) world.write(`${room}/motion:motion`, "off");
  people.onMove((_, __, to) => to && see(to));
  people.onStir((_, room) => see(room));
  // The garden has visitors of its own.
  world.every(5400, () => random.chance(0.4) && see("garden"));
}
