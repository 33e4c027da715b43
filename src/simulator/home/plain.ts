import type { DevicePlan, HomePlan } from "./plan/plan.ts";
import type { World } from "./world/world.ts";

const PER_DEVICE = 10;
const AREAS = 12;
/** How often one sensor changes. */
const SENSOR_SECONDS = 60;

/** A home of `count` registered number sensors and nothing else, for measurements by size. */
export function plainPlan(count: number): HomePlan {
  const sensor = (i: number) => ({
    key: `plain:${i}`,
    domain: "sensor",
    name: `Value ${i % PER_DEVICE}`,
    deviceClass: "power",
    stateClass: "measurement" as const,
    unit: "W",
    precision: 1,
    start: "0.0",
  });
  const device = (d: number): DevicePlan => ({
    key: `plain/${d}`,
    name: `Meter ${d}`,
    integration: "shelly",
    area: `room_${d % AREAS}`,
    manufacturer: "Shelly",
    model: "Shelly Pro 3EM",
    entities: Array.from({ length: Math.min(PER_DEVICE, count - d * PER_DEVICE) }, (_, i) =>
      sensor(d * PER_DEVICE + i),
    ),
  });
  return {
    floors: [{ id: "ground_floor", name: "Ground floor", level: 0, icon: "mdi:home-floor-0" }],
    areas: Array.from({ length: AREAS }, (_, i) => ({
      id: `room_${i}`,
      name: `Room ${i}`,
      floor: "ground_floor",
      icon: "mdi:home",
    })),
    labels: [],
    categories: {},
    integrations: [{ domain: "shelly", title: "Shelly" }],
    devices: Array.from({ length: Math.ceil(count / PER_DEVICE) }, (_, d) => device(d)),
    loose: [],
  };
}

export function startPlainModel(world: World, count: number): void {
  const random = world.random.branch("plain");
  for (let i = 0; i < count; i++) {
    let value = random.between(5, 400);
    const step = () => {
      value = Math.max(0, value + random.bell() * 4);
      world.write(`plain:${i}`, value.toFixed(1));
    };
    step();
    world.every(SENSOR_SECONDS, step);
  }
}
