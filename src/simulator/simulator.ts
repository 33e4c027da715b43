import type { Micros } from "../domain/time.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import { type Log, silentLog } from "../platform/log.ts";
import { configAnswer, DEMO_PLACE, HA_VERSION } from "./core/config.ts";
import { createCore } from "./core/core.ts";
import { createStableIds } from "./core/ids.ts";
import { createRandom } from "./core/random.ts";
import { createServices } from "./core/services.ts";
import { createUsers, type User } from "./core/users.ts";
import { buildHome } from "./home/plan/build.ts";
import { DEMO_PLAN } from "./home/plan/demo.ts";
import type { Command } from "./wire/command.ts";
import { eventCommands } from "./wire/commands/events.ts";
import { historyCommands } from "./wire/commands/history.ts";
import { registryCommands } from "./wire/commands/registries.ts";
import { serviceCommands } from "./wire/commands/services.ts";
import { systemCommands } from "./wire/commands/system.ts";
import { createRest } from "./wire/rest.ts";
import { createWireServer } from "./wire/server.ts";

export type SimulatorOptions = {
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  readonly seed?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly speed?: number;
  readonly history?: { readonly days: number };
  readonly token?: string;
  /** Rows younger than this are not in history answers yet. */
  readonly commitMs?: number;
};

export async function startSimulator(options: SimulatorOptions = {}) {
  const { host = "127.0.0.1", port = 0, seed = "demo", clock = systemClock, log = silentLog } = options;
  const ids = createStableIds(seed);
  const random = createRandom(seed);
  const now = (): Micros => clock.now();
  const core = createCore({ now, random, commitMs: options.commitMs ?? 1000 });
  const services = createServices({ core });
  const users = createUsers(ids);
  const token = options.token ?? `simulated-${ids.hex("token")}`;
  const admit = (given: string): User | undefined => (given === token ? users.admin : undefined);

  const entities = buildHome(DEMO_PLAN, { core, ids });
  core.boot();
  for (const device of DEMO_PLAN.devices)
    for (const entity of device.entities)
      entities.get(entity.key)?.write(entity.start, {
        ...entity.attributes,
        ...(entity.stateClass ? { state_class: entity.stateClass } : {}),
        ...(entity.unit ? { unit_of_measurement: entity.unit } : {}),
        ...(entity.deviceClass ? { device_class: entity.deviceClass } : {}),
      });
  for (const entity of DEMO_PLAN.loose) entities.get(entity.key)?.write(entity.start, { ...entity.attributes });

  const config = () => configAnswer(DEMO_PLACE, componentsOf(), core.state());
  const componentsOf = () => [
    ...new Set([
      "api",
      "automation",
      "config",
      "history",
      "recorder",
      "websocket_api",
      ...DEMO_PLAN.integrations.map((i) => i.domain),
    ]),
  ];
  const commands = new Map<string, Command>(
    Object.entries({
      ...eventCommands({ core }),
      ...serviceCommands({ core, services }),
      ...registryCommands({ core }),
      ...historyCommands({ core, gate: { open: async () => {} } }),
      ...systemCommands({ core, users: Object.values(users), config, energyPrefs: () => undefined }),
    }),
  );
  const server = createWireServer({
    host,
    port,
    clock,
    log: log.for("simulator"),
    version: HA_VERSION,
    commands,
    admit,
    rest: createRest({
      core,
      services,
      config,
      admit,
      manifest: { name: "Home Assistant", short_name: "Home Assistant" },
    }),
  });
  await server.listen();

  const sensors = [...entities.values()].filter(({ value }) => value?.attributes.state_class === "measurement");
  const wander = random.branch("wander");
  let stopTimer: () => void = () => {};
  const tick = () => {
    const sensor = wander.pick(sensors);
    const number = Number(sensor.value?.state);
    sensor.write((number + wander.bell()).toFixed(1), sensor.value?.attributes ?? {});
    stopTimer = clock.after(200 / (options.speed ?? 1), tick);
  };
  tick();

  return {
    url: `http://${host}:${server.port()}`,
    port: server.port(),
    token,
    core,
    async close() {
      stopTimer();
      core.stop();
      await server.stop(true);
    },
  };
}
