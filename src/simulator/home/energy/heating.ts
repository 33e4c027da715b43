import type { Context } from "../../../domain/data/reading.ts";
import type { Air } from "../rooms/air.ts";
import { clamp, round } from "../world/maths.ts";
import type { World } from "../world/world.ts";

export const HEATED = ["living", "bedroom", "office"] as const;
export type HeatedRoom = (typeof HEATED)[number];

export type Heating = {
  set(room: HeatedRoom, what: { target?: number; mode?: string; preset?: string }, context?: Context): void;
  /** 0 to 1: how hard the boiler works. */
  demand(): number;
};

const STEP_SECONDS = 120;

/** Radiator thermostats: they open with the distance to the target, and show what they do. */
export function startHeating(world: World, air: Air): Heating {
  const random = world.random.branch("heating");
  const rooms = new Map(
    HEATED.map((room) => [room, { mode: "auto", preset: "home", target: 19, shown: 19, power: 0 }]),
  );
  const show = (room: HeatedRoom, context?: Context) => {
    const at = rooms.get(room);
    if (!at) return;
    world.write(
      `${room}/radiator:climate`,
      at.mode,
      {
        current_temperature: at.shown,
        temperature: at.mode === "off" ? null : at.target,
        hvac_action: at.mode === "off" ? "off" : at.power > 0.05 ? "heating" : "idle",
        preset_mode: at.preset,
        offset_celsius: 0,
      },
      context,
    );
  };
  for (const room of HEATED) {
    show(room);
    world.every(STEP_SECONDS, () => {
      const at = rooms.get(room);
      if (!at) return;
      const warmth = air.temperature(room);
      const before = at.power;
      at.power = at.mode === "off" ? 0 : clamp((at.target - warmth) * 0.9 + 0.1, 0, 1);
      air.setHeating(room, at.power);
      const seen = round(warmth + random.bell() * 0.02, 1);
      if (Math.abs(seen - at.shown) < 0.1 && at.power > 0.05 === before > 0.05) return;
      at.shown = seen;
      show(room);
    });
  }
  return {
    set(room, { target, mode, preset }, context) {
      const at = rooms.get(room);
      if (!at) return;
      if (target !== undefined) at.target = clamp(round(target, 1), 5, 25);
      if (mode !== undefined) at.mode = mode;
      if (preset !== undefined) {
        at.preset = preset;
        if (preset === "away") at.target = 16;
      }
      show(room, context);
    },
    demand: () => [...rooms.values()].reduce((sum, { power }) => sum + power, 0) / HEATED.length,
  };
}
