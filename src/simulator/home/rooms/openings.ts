import type { Context } from "../../../domain/data/reading.ts";
import type { People } from "../people/people.ts";
import type { World } from "../world/world.ts";
import type { Air } from "./air.ts";

export type Openings = {
  lock(locked: boolean, context?: Context): void;
  /** Moves a blind to a position (0 closed, 100 open); `undefined` stops it. */
  moveBlind(room: "living" | "bedroom", position: number | undefined, context?: Context): void;
};

/** How many hundredths of its way a blind moves in a second. */
const BLIND_SPEED = 5;

/** Doors, windows, the lock and the blinds. */
export function startOpenings(world: World, people: People, air: Air): Openings {
  const random = world.random.branch("openings");
  const moves = new Map<string, number>();

  const lock = (locked: boolean, context?: Context) => {
    const key = "front_lock:lock";
    if (world.state(key) === (locked ? "locked" : "unlocked")) return;
    world.write(key, locked ? "locking" : "unlocking", undefined, context);
    world.after(random.between(1.5, 2.5), () => world.write(key, locked ? "locked" : "unlocked"));
  };
  const openDoor = (key: string, seconds: number) => {
    world.write(key, "on");
    world.after(seconds, () => world.write(key, "off"));
  };
  const showBlind = (room: string, state: string, position: number, context?: Context) =>
    world.write(`${room}/blind:cover`, state, { current_position: position, is_closed: position === 0 }, context);
  const rest = (position: number) => (position === 0 ? "closed" : "open");

  const moveBlind: Openings["moveBlind"] = (room, target, context) => {
    const turn = (moves.get(room) ?? 0) + 1;
    moves.set(room, turn);
    const at = Number(world.attributes(`${room}/blind:cover`).current_position);
    if (target === undefined || target === at) return void showBlind(room, rest(at), at, context);
    const state = target > at ? "opening" : "closing";
    showBlind(room, state, at, context);
    const step = (position: number) => {
      world.after(2, () => {
        if (moves.get(room) !== turn) return;
        const next =
          target > position
            ? Math.min(target, position + 2 * BLIND_SPEED)
            : Math.max(target, position - 2 * BLIND_SPEED);
        showBlind(room, next === target ? rest(next) : state, next);
        if (next !== target) step(next);
      });
    };
    step(at);
  };

  for (const key of ["hallway/door:contact", "kitchen/door:contact", "bedroom/window:contact"]) world.write(key, "off");
  const { hour } = world.local();
  for (const room of ["living", "bedroom"] as const) {
    const open = hour > 8 && hour < 17 ? 100 : 0;
    showBlind(room, rest(open), open);
  }
  world.write("front_lock:lock", "locked");

  people.onTravel((_, what) => {
    const wait = what === "leave" ? 2 : 0;
    world.after(wait, () => lock(false));
    world.after(wait + random.between(3, 5), () => openDoor("hallway/door:contact", random.between(4, 11)));
    // It locks itself when the door has been shut for a while.
    world.after(wait + random.between(25, 40), () => lock(true));
  });
  people.onMove((_, from, to) => {
    if (from === "garden" || to === "garden") openDoor("kitchen/door:contact", random.between(3, 20));
  });
  people.onDay((_, what) => {
    if (what !== "wake" || !random.chance(0.7)) return;
    world.after(random.between(60, 900), () => {
      world.write("bedroom/window:contact", "on");
      air.openWindow("bedroom", true);
      world.after(random.between(600, 2400), () => {
        world.write("bedroom/window:contact", "off");
        air.openWindow("bedroom", false);
      });
    });
  });
  return { lock, moveBlind };
}
