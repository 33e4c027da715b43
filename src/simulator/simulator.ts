import { type Clock, systemClock } from "../platform/clock.ts";
import { type Log, silentLog } from "../platform/log.ts";
import { configAnswer, DEMO_PLACE, HA_VERSION } from "./core/config.ts";
import { type Core, createCore } from "./core/core.ts";
import { createFineTime } from "./core/fine-time.ts";
import { createStableIds } from "./core/ids.ts";
import { createRandom } from "./core/random.ts";
import { createServices } from "./core/services.ts";
import { createUsers, type User } from "./core/users.ts";
import { createFaultSwitches, createFaults, type Faults } from "./faults/faults.ts";
import { buildHome } from "./home/plan/build.ts";
import { DEMO_PLAN } from "./home/plan/demo.ts";
import { createLoad, type Load } from "./load/load.ts";
import { createWitness } from "./load/witness.ts";
import { createCommands } from "./wire/commands/commands.ts";
import { createRest } from "./wire/rest.ts";
import { type Counted, createWireServer } from "./wire/server.ts";

export type SimulatorOptions = {
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** The same seed and start make the same home and the same days. */
  readonly seed?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  /** How much faster than the clock the home lives. Time stamps stay the clock's. */
  readonly speed?: number;
  /** How many days the home has lived before the start. */
  readonly history?: { readonly days: number };
  readonly token?: string;
  /** Rows younger than this are not in history answers yet. */
  readonly commitMs?: number;
  /** How many rows the recorder keeps. */
  readonly recorderRows?: number;
  /** How many changes of the load its witness keeps, and where it also writes them, line by line. */
  readonly witness?: { readonly rows?: number; readonly write?: (line: string) => void };
};

export type Simulator = {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** The inside, for tests that watch or change it directly. */
  readonly core: Core;
  readonly load: Load;
  readonly faults: Faults;
  counters(): Counted & { clients: number; states: number; recorder: { rows: number; dropped: number } };
  close(): Promise<void>;
};

const WITNESS_ROWS = 2_000_000;

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = "127.0.0.1", port = 0, seed = "demo", clock = systemClock } = options;
  const log = (options.log ?? silentLog).for("simulator");
  const ids = createStableIds(seed);
  const random = createRandom(seed);
  const core = createCore({
    now: createFineTime(clock),
    random,
    commitMs: options.commitMs ?? 1000,
    ...(options.recorderRows === undefined ? {} : { recorderRows: options.recorderRows }),
  });
  const services = createServices({ core });
  const users = createUsers(ids);
  const switches = createFaultSwitches();
  const token = options.token ?? `simulated-${ids.hex("token")}`;
  const admit = (given: string): User | undefined =>
    given === token && !switches.tokenRefused() ? users.admin : undefined;

  const entities = buildHome(DEMO_PLAN, { core, ids });
  for (const device of DEMO_PLAN.devices)
    for (const entity of device.entities)
      entities.get(entity.key)?.write(entity.start, {
        ...entity.attributes,
        ...(entity.stateClass ? { state_class: entity.stateClass } : {}),
        ...(entity.unit ? { unit_of_measurement: entity.unit } : {}),
        ...(entity.deviceClass ? { device_class: entity.deviceClass } : {}),
      });
  for (const entity of DEMO_PLAN.loose) entities.get(entity.key)?.write(entity.start, { ...entity.attributes });

  const components = () => [
    ...new Set(["api", "automation", "config", "recorder", "script", "websocket_api"]),
    ...(switches.historyMissing() ? [] : ["history"]),
    ...DEMO_PLAN.integrations.map(({ domain }) => domain),
  ];
  const config = () => configAnswer(DEMO_PLACE, components(), core.state());
  const server = createWireServer({
    host,
    port,
    clock,
    log,
    version: HA_VERSION,
    command: createCommands({
      core,
      services,
      switches,
      users: Object.values(users),
      config,
      energyPrefs: () => undefined,
    }),
    admit,
    rest: createRest({ core, services, config, admit }),
  });
  core.boot.begin();
  core.boot.populate();
  core.boot.finish();
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

  const load = createLoad({
    core,
    clock,
    user: users.admin,
    witness: createWitness(options.witness?.rows ?? WITNESS_ROWS, options.witness?.write),
    whenClientsBelow: (most, run) => {
      const clients = [...server.clients()];
      let waiting = clients.length;
      if (waiting === 0) return run();
      for (const client of clients) client.whenBelow(most, () => --waiting === 0 && run());
    },
  });
  return {
    url: `http://${host}:${server.port()}`,
    port: server.port(),
    token,
    core,
    load,
    faults: createFaults({ core, clock, server, switches }),
    counters: () => ({
      ...server.counted,
      clients: [...server.clients()].length,
      states: core.states.size(),
      recorder: core.recorder.stats(),
    }),
    async close() {
      stopTimer();
      await load.stop();
      core.stop();
      await server.stop(true);
    },
  };
}
