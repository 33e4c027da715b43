import type { People } from "../people/people.ts";
import type { Lamps } from "../rooms/lamps.ts";
import type { World } from "../world/world.ts";

/** What runs in the home, and how many watts it takes at a moment. */
export type Appliances = {
  /** Of one metered plug. */
  plug(name: PlugName): number;
  /** Everything together, metered or not. */
  total(): number;
  startProgramme(name: "dishwasher" | "washing_machine"): void;
};

export const PLUGS = ["fridge", "dishwasher", "washing_machine", "tv", "desk"] as const;
export type PlugName = (typeof PLUGS)[number];

/** Programmes as minutes and watts. */
const PROGRAMMES = {
  dishwasher: [
    [8, 60],
    [22, 1950],
    [35, 75],
    [16, 1900],
    [30, 12],
  ],
  washing_machine: [
    [5, 40],
    [18, 2050],
    [40, 160],
    [12, 220],
    [9, 510],
  ],
} as const;

export function startAppliances(
  world: World,
  people: People,
  lamps: Lamps,
  isOn: (plug: PlugName) => boolean,
  tvOn: () => boolean,
): Appliances {
  const random = world.random.branch("appliances");
  const now: Record<string, number> = {
    fridge: 2,
    dishwasher: 0.6,
    washing_machine: 0.4,
    stove: 0,
    kettle: 0,
    boiler: 8,
  };
  const noisy = (watts: number, part = 0.015) => Math.max(0, watts * (1 + random.bell() * part));

  const cool = () => {
    now.fridge = 84;
    world.after(random.between(11, 17) * 60, () => {
      now.fridge = 2;
      world.after(random.between(19, 31) * 60, cool);
    });
  };
  world.after(random.between(1, 1500), cool);

  const startProgramme = (name: "dishwasher" | "washing_machine") => {
    const phases = [...PROGRAMMES[name]];
    const next = () => {
      const phase = phases.shift();
      now[name] = phase ? phase[1] : 0.5;
      if (phase) world.after(phase[0] * 60 * random.between(0.92, 1.1), next);
    };
    next();
  };
  const daily = () => {
    const { weekday, midnight } = world.local();
    const at = (hour: number, spread: number, run: () => void) => {
      const time = midnight + Math.round((hour + random.bell() * spread) * 3.6e9);
      if (time > world.now()) world.at(time, run);
    };
    if (random.chance(0.75)) at(20.6, 0.3, () => startProgramme("dishwasher"));
    if ([0, 3, 6].includes(weekday)) at(10.4, 0.5, () => startProgramme("washing_machine"));
    at(18.1, 0.25, () => {
      if (people.awakeAtHome().length > 0) cook(random.whole(18, 40));
    });
    world.at(midnight + 27 * 3.6e9, daily);
  };
  const cook = (minutes: number) => {
    now.stove = 1700;
    world.after(240, () => {
      now.stove = random.between(500, 1100);
      world.after(minutes * 60, () => {
        now.stove = 0;
      });
    });
  };
  daily();
  people.onMove((_, __, to) => {
    const { hour } = world.local();
    if (to !== "kitchen" || !random.chance(hour < 10 ? 0.55 : 0.25)) return;
    world.after(random.between(15, 60), () => {
      now.kettle = 2050;
      world.after(random.between(90, 200), () => {
        now.kettle = 0;
      });
    });
  });

  const watts = (name: PlugName): number => {
    if (!isOn(name)) return 0;
    if (name === "tv") return tvOn() ? noisy(112, 0.06) : noisy(5.8);
    if (name === "desk") return people.inRoom("office").length > 0 ? noisy(138, 0.12) : noisy(3.1);
    return noisy(now[name] ?? 0);
  };
  return {
    plug: watts,
    total: () =>
      PLUGS.reduce((sum, name) => sum + watts(name), 0) +
      lamps.watts() +
      noisy(118, 0.03) +
      noisy((now.stove ?? 0) + (now.kettle ?? 0) + (now.boiler ?? 0)),
    startProgramme,
  };
}
