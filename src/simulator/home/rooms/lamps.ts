import type { Context } from "../../../domain/data/reading.ts";
import type { RoomKey } from "../plan/demo.ts";
import type { World } from "../world/world.ts";

export type LampKind = "white" | "dimmable" | "colour";
export const LAMPS: { readonly [lamp: string]: { room: RoomKey; kind: LampKind; watts: number } } = {
  living_ceiling: { room: "living", kind: "white", watts: 27 },
  living_lamp: { room: "living", kind: "colour", watts: 9 },
  kitchen_ceiling: { room: "kitchen", kind: "white", watts: 27 },
  kitchen_counter: { room: "kitchen", kind: "dimmable", watts: 12 },
  hallway: { room: "hallway", kind: "dimmable", watts: 9 },
  bathroom: { room: "bathroom", kind: "dimmable", watts: 18 },
  bedroom_ceiling: { room: "bedroom", kind: "white", watts: 18 },
  nightstand: { room: "bedroom", kind: "dimmable", watts: 6 },
  desk: { room: "office", kind: "white", watts: 11 },
  garden: { room: "garden", kind: "dimmable", watts: 15 },
};

export type LightOrder = { brightness?: number; kelvin?: number; xy?: [number, number] };

/** Lamps as their integration shows them. */
export type Lamps = {
  switch(lamp: string, on: boolean, order: LightOrder, context?: Context): void;
  isOn(lamp: string): boolean;
  /** 0 to 1 of the lamps' own light. */
  lightIn(room: RoomKey): number;
  watts(): number;
  offAll(rooms?: readonly RoomKey[]): string[];
};

const NOTHING = { color_mode: null, brightness: null };
const NO_COLOUR = { color_temp_kelvin: null, hs_color: null, rgb_color: null, xy_color: null };

export function createLamps(world: World): Lamps {
  const memory = new Map<string, { brightness: number; kelvin: number; xy: [number, number] | null }>();
  for (const lamp of Object.keys(LAMPS)) memory.set(lamp, { brightness: 254, kelvin: 2732, xy: null });
  const key = (lamp: string) => `light:${lamp}`;
  const isOn = (lamp: string) => world.state(key(lamp)) === "on";

  const show = (lamp: string, on: boolean, context?: Context) => {
    const kind = LAMPS[lamp]?.kind;
    const { brightness, kelvin, xy } = memory.get(lamp) ?? { brightness: 254, kelvin: 2732, xy: null };
    const effect = kind === "colour" ? { effect: on ? "off" : null } : {};
    if (!on) {
      world.write(key(lamp), "off", { ...effect, ...NOTHING, ...(kind === "dimmable" ? {} : NO_COLOUR) }, context);
      return;
    }
    const colour =
      kind === "dimmable"
        ? { color_mode: "brightness", brightness }
        : xy
          ? { color_mode: "xy", brightness, color_temp_kelvin: null, xy_color: xy, ...fromXy(xy) }
          : { color_mode: "color_temp", brightness, color_temp_kelvin: kelvin, ...fromKelvin(kelvin) };
    world.write(key(lamp), "on", { ...effect, ...colour }, context);
  };
  for (const lamp of Object.keys(LAMPS)) show(lamp, false);

  return {
    switch(lamp, on, order, context) {
      const before = memory.get(lamp);
      if (!before) return;
      const xy = order.xy ?? (order.kelvin === undefined ? before.xy : null);
      memory.set(lamp, {
        brightness: order.brightness ?? before.brightness,
        kelvin: order.kelvin ?? before.kelvin,
        xy,
      });
      show(lamp, on, context);
    },
    isOn,
    lightIn: (room) =>
      Object.entries(LAMPS).reduce(
        (sum, [lamp, about]) =>
          about.room === room && isOn(lamp) ? sum + ((memory.get(lamp)?.brightness ?? 0) / 254) * about.watts : sum,
        0,
      ),
    watts: () =>
      Object.entries(LAMPS).reduce(
        (sum, [lamp, { watts }]) =>
          sum + (isOn(lamp) ? watts * (0.2 + (0.8 * (memory.get(lamp)?.brightness ?? 0)) / 254) : 0),
        0,
      ),
    offAll: (rooms) =>
      Object.keys(LAMPS).filter((lamp) => isOn(lamp) && (!rooms || rooms.includes(LAMPS[lamp]?.room as RoomKey))),
  };
}

/** Colours as Home Assistant works them out, near enough for a lamp that does not exist. */
function fromKelvin(kelvin: number) {
  const warmth = Math.min(1, Math.max(0, (6600 - kelvin) / 4600));
  const rgb = [255, Math.round(255 - 95 * warmth), Math.round(255 - 200 * warmth ** 0.7)];
  return {
    hs_color: [Math.round((34 - 6 * warmth) * 1000) / 1000, Math.round(78 * warmth * 1000) / 1000],
    rgb_color: rgb,
    xy_color: [Math.round((0.32 + 0.2 * warmth) * 1000) / 1000, Math.round((0.33 + 0.08 * warmth) * 1000) / 1000],
  };
}

function fromXy([x, y]: [number, number]) {
  const red = Math.min(1, Math.max(0, (x - 0.15) / 0.55));
  const green = Math.min(1, Math.max(0, (y - 0.06) / 0.6));
  const blue = Math.max(0, 1 - red - green);
  const most = Math.max(red, green, blue, 0.01);
  const rgb = [red, green, blue].map((part) => Math.round((255 * part) / most));
  const hue = (Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue) * 180) / Math.PI;
  return { hs_color: [Math.round(((hue + 360) % 360) * 1000) / 1000, 80], rgb_color: rgb };
}
