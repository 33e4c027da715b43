import type { Micros } from "../../../domain/time/time.ts";
import type { Weather } from "../nature/weather.ts";
import type { RoomKey } from "../plan/demo.ts";
import { clamp } from "../world/maths.ts";
import type { World } from "../world/world.ts";
import type { Lamps } from "./lamps.ts";

/** How much of the sky's light comes in, and how strongly lamps show. */
const WINDOWS: Partial<Record<RoomKey, number>> = {
  living: 0.011,
  kitchen: 0.008,
  hallway: 0.0018,
  bathroom: 0.003,
  office: 0.009,
  garden: 0.35,
};
const SENSOR_SECONDS = 300;
/** Lumen per watt of light on the sensor, roughly. */
const LUX_PER_WATT = 4;

export type Daylight = { lux(room: RoomKey): number; isDark(room: RoomKey): boolean };

/** How bright it is in the rooms, and what the sensors say of it. */
export function startDaylight(world: World, weatherAt: (time: Micros) => Weather, lamps: Lamps): Daylight {
  const random = world.random.branch("daylight");
  const blindOpen = (room: RoomKey) => {
    const position = world.attributes(`${room}/blind:cover`).current_position;
    return typeof position === "number" ? position / 100 : 1;
  };
  const outside = (room: RoomKey) =>
    weatherAt(world.now()).light * 110 * (WINDOWS[room] ?? 0.004) * (0.05 + 0.95 * blindOpen(room));
  const lux = (room: RoomKey) => outside(room) + lamps.lightIn(room) * LUX_PER_WATT;
  const rooms = Object.keys(WINDOWS) as RoomKey[];
  const report = (room: RoomKey) => {
    const seen = Math.max(0, Math.round(lux(room) * (1 + random.bell() * 0.02)));
    world.write(`${room}/motion:illuminance`, String(clamp(seen, 0, 83000)));
  };
  for (const room of rooms) {
    report(room);
    world.every(SENSOR_SECONDS, () => report(room));
    // A motion sensor sends its light along with a motion.
    world.onChange(`${room}/motion:motion`, ({ after }) => {
      if (after === "on") world.after(0.05, () => report(room));
    });
  }
  return { lux, isDark: (room) => outside(room) < 60 };
}
