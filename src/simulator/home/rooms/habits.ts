import type { People } from "../people/people.ts";
import type { PersonKey } from "../people/routine.ts";
import type { RoomKey } from "../plan/demo.ts";
import type { World } from "../world/world.ts";
import type { Daylight } from "./daylight.ts";
import type { Lamps, LightOrder } from "./lamps.ts";

/** Lamps that people switch themselves; hallway, bathroom and garden have automations. */
const BY_HAND: Partial<Record<RoomKey, readonly string[]>> = {
  living: ["living_lamp", "living_ceiling"],
  kitchen: ["kitchen_ceiling", "kitchen_counter"],
  bedroom: ["nightstand", "bedroom_ceiling"],
  office: ["desk"],
};
/** How often people use an app or their voice, which Home Assistant knows by user, instead of the switch on the wall. */
const BY_APP = 0.65;

/** What people do with lamps when they come in, settle down, leave or go to bed. */
export function startHabits(
  world: World,
  people: People,
  lamps: Lamps,
  daylight: Daylight,
  userIds: Record<PersonKey, string>,
): void {
  const random = world.random.branch("habits");

  const press = (person: PersonKey, lamp: string, on: boolean, order: LightOrder = {}) => {
    if (lamps.isOn(lamp) === on) return;
    if (!random.chance(BY_APP)) return lamps.switch(lamp, on, order);
    const data = { ...(order.brightness ? { brightness: order.brightness } : {}) };
    world.call(`light.turn_${on ? "on" : "off"}`, [`light:${lamp}`], data, world.context({ userId: userIds[person] }));
  };
  people.onMove((person, from, to) => {
    if (to && BY_HAND[to] && daylight.isDark(to))
      world.after(random.between(0.8, 4), () => {
        const [first, second] = BY_HAND[to] as readonly [string, string?];
        const { hour } = world.local();
        if (people.where(person).room !== to || people.where(person).asleep) return;
        if (hour > 23 || hour < 6) return;
        press(person, first, true, hour > 21 ? { brightness: 110 } : { brightness: 254 });
        if (second && random.chance(0.35)) world.after(random.between(20, 400), () => press(person, second, true));
      });
    const behind = from && BY_HAND[from];
    if (behind && random.chance(0.8))
      world.after(random.between(0.5, 30), () => {
        if (people.inRoom(from).length > 0) return;
        for (const lamp of behind) press(person, lamp, false);
      });
  });
  // The floor lamp comes on by hand soon after dusk, every evening that somebody is in.
  world.onChange("sun", ({ after }) => {
    if (after !== "below_horizon") return;
    world.after(random.between(300, 1500), () => {
      const [person] = people.awakeAtHome();
      if (person) press(person, "living_lamp", true, { brightness: 180 });
    });
  });
  people.onDay((person, what) => {
    if (what === "shower") return;
    if (what === "wake") {
      if (daylight.isDark("bedroom")) press(person, "nightstand", true, { brightness: 90 });
      return;
    }
    // Whoever goes to bed last says good night.
    if (people.awakeAtHome().some((other) => other !== person)) return;
    world.after(random.between(20, 240), () =>
      world.call("script.good_night", [], {}, world.context({ userId: userIds[person] })),
    );
  });
}
