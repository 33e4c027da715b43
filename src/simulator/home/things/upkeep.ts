import { PLUGS } from "../energy/appliances.ts";
import type { People } from "../people/people.ts";
import type { HomePlan } from "../plan/plan.ts";
import type { World } from "../world/world.ts";

/** Batteries that last for years, firmware that falls behind, devices that drop off the network now and then. */
export function startUpkeep(world: World, plan: HomePlan, people: People): void {
  startBatteries(world, plan);
  startUpdates(world);
  startOutages(world, plan);
  startDoorbell(world, people);
  world.write("smoke:smoke", "off");
  world.write("leak:moisture", "off");
  world.write("tado_bridge:connected", "on");
  for (const plug of PLUGS) world.write(`plug/${plug}:switch`, "on");
}

/** A percent every so many days. */
const BATTERY_DAYS = 11;

function startBatteries(world: World, plan: HomePlan): void {
  const random = world.random.branch("batteries");
  const keys = plan.devices
    .flatMap(({ entities }) => entities)
    .filter(
      ({ key, deviceClass }) => deviceClass === "battery" && !key.startsWith("phone/") && key !== "robot:battery",
    );
  for (const { key, start } of keys) {
    let charge = Number(start);
    world.write(key, String(charge));
    const drain = () => {
      charge = charge > 3 ? charge - 1 : 100;
      world.write(key, String(charge));
      world.after(random.wait(BATTERY_DAYS * 86_400), drain);
    };
    world.after(random.wait(BATTERY_DAYS * 86_400), drain);
  }
}

const FIRMWARE: { readonly [device: string]: readonly [string, string, string] } = {
  hue_bridge: ["1.73.1973146020", "1.74.1974142030", "Hue Bridge"],
  doorbell: ["v3.0.0.4662", "v3.0.0.5012", "Video Doorbell WiFi"],
};

function startUpdates(world: World): void {
  const random = world.random.branch("updates");
  for (const [device, [installed, latest, title]] of Object.entries(FIRMWARE)) {
    const show = (known: string) =>
      world.write(`${device}:update`, known === installed ? "off" : "on", {
        auto_update: false,
        display_precision: 0,
        installed_version: installed,
        in_progress: false,
        latest_version: known,
        release_summary: null,
        release_url: null,
        skipped_version: null,
        title,
        update_percentage: null,
      });
    show(installed);
    world.after(random.wait(4 * 86_400), () => show(latest));
  }
}

function startOutages(world: World, plan: HomePlan): void {
  const random = world.random.branch("outages");
  const weak = plan.devices.filter(({ integration }) => integration === "zha" || integration === "shelly");
  const next = () => {
    world.after(random.wait(9 * 3600), () => {
      const { key } = random.pick(weak);
      world.setOffline(key, true);
      world.after(random.between(90, 2700), () => world.setOffline(key, false));
      next();
    });
  };
  next();
}

const CAMERA_TOKEN_SECONDS = 300;

function startDoorbell(world: World, people: People): void {
  const random = world.random.branch("doorbell");
  const rotate = () => {
    const token = Array.from({ length: 64 }, () => random.whole(0, 15).toString(16)).join("");
    world.write("doorbell:camera", "idle", {
      access_token: token,
      entity_picture: `/api/camera_proxy/${world.entityId("doorbell:camera")}?token=${token}`,
    });
  };
  rotate();
  world.every(CAMERA_TOKEN_SECONDS, rotate);
  const pass = (key: string, seconds: number) => {
    world.write(key, "on");
    world.after(seconds, () => world.write(key, "off"));
  };
  world.write("doorbell:visitor", "off");
  world.write("doorbell:person", "off");
  people.onTravel(() => pass("doorbell:person", random.between(10, 40)));
  world.every(3600, () => {
    const { hour } = world.local();
    if (hour < 9 || hour > 20 || !random.chance(0.12)) return;
    pass("doorbell:person", random.between(20, 60));
    world.after(random.between(4, 9), () => pass("doorbell:visitor", 3));
  });
}
