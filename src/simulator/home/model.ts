import type { Place } from "../core/config.ts";
import type { Services } from "../core/services.ts";
import type { User } from "../core/users.ts";
import { startAutomations } from "./automations/automations.ts";
import { createEngine } from "./automations/engine.ts";
import { createScripts } from "./automations/scripts.ts";
import { startAppliances } from "./energy/appliances.ts";
import { startHeating } from "./energy/heating.ts";
import { startMeters } from "./energy/meters.ts";
import { startSky } from "./nature/sky.ts";
import { createWeather } from "./nature/weather.ts";
import { startPeople } from "./people/people.ts";
import { startTrackers } from "./people/trackers.ts";
import type { HomePlan } from "./plan/plan.ts";
import { startAir } from "./rooms/air.ts";
import { startDaylight } from "./rooms/daylight.ts";
import { startHabits } from "./rooms/habits.ts";
import { createLamps } from "./rooms/lamps.ts";
import { startMotion } from "./rooms/motion.ts";
import { startOpenings } from "./rooms/openings.ts";
import { registerServices } from "./services/services.ts";
import { startPlayers } from "./things/players.ts";
import { createRobot } from "./things/robot.ts";
import { startUpkeep } from "./things/upkeep.ts";
import type { World } from "./world/world.ts";

/** Sets the whole home going. From here on the agenda drives it. */
export function startModel(needs: {
  plan: HomePlan;
  world: World;
  services: Services;
  place: Place;
  users: { robin: User; kim: User };
  restart: () => void;
}): void {
  const { plan, world, services, place, users, restart } = needs;
  const userIds = { robin: users.robin.id, kim: users.kim.id };
  const weatherAt = createWeather(world.random.branch("weather"), place);

  startSky(world, place, weatherAt);
  const people = startPeople(world);
  const lamps = createLamps(world);
  startUpkeep(world, plan, people);
  const air = startAir(world, people, weatherAt);
  const openings = startOpenings(world, people, air);
  const daylight = startDaylight(world, weatherAt, lamps);
  startMotion(world, people);
  const heating = startHeating(world, air);
  const players = startPlayers(world, people, userIds);
  const robot = createRobot(world);
  const isOn = (plug: string) => world.state(`plug/${plug}:switch`) === "on";
  const appliances = startAppliances(world, people, lamps, isOn, () => players.isOn("tv"));
  startMeters({ world, people, appliances, heating, weatherAt, starts: counterStarts(plan) });
  for (const { key, start } of plan.loose) if (key.startsWith("input_")) world.write(key, start);

  const automations = plan.loose
    .filter(({ domain }) => domain === "automation")
    .map(({ attributes, name }) => ({
      id: String(attributes?.id),
      name: String(name),
      mode: String(attributes?.mode),
    }));
  const engine = createEngine(world, automations);
  const scripts = createScripts(world, engine, lamps);
  registerServices({ world, services, lamps, openings, heating, players, robot, engine, scripts, weatherAt, restart });
  startAutomations({ world, engine, people, daylight, lamps });
  startHabits(world, people, lamps, daylight, userIds);
  startTrackers(world, people, place, userIds);
  people.onDay((_, what) => {
    if (what === "shower") world.after(150, () => air.steam("bathroom"));
  });
}

const counterStarts = (plan: HomePlan): Map<string, number> =>
  new Map(
    plan.devices
      .flatMap(({ entities }) => entities)
      .filter(({ stateClass }) => stateClass === "total_increasing")
      .map(({ key, start }) => [key, Number(start)]),
  );
