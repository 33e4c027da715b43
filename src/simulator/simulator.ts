import { type Clock, systemClock } from "../platform/time/clock.ts";
import { type Log, silentLog } from "../platform/told/log.ts";
import { createFineTime } from "./core/base/fine-time.ts";
import { createStableIds } from "./core/base/ids.ts";
import { createRandom } from "./core/base/random.ts";
import { configAnswer, DEMO_PLACE, HA_VERSION } from "./core/config.ts";
import { type Core, createCore } from "./core/core.ts";
import { createServices } from "./core/services.ts";
import { createUsers, type User } from "./core/users.ts";
import { createFaultSwitches, createFaults, type Faults } from "./faults/faults.ts";
import { energyPrefs } from "./home/energy/prefs.ts";
import { startHome } from "./home/home.ts";
import { startModel } from "./home/model.ts";
import { plainPlan, startPlainModel } from "./home/plain.ts";
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
  /** The demo home, or one of so many plain number sensors. */
  readonly home?: "demo" | { readonly entities: number };
  readonly token?: string;
  /** Rows younger than this are not in history answers yet. */
  readonly commitMs?: number;
  /** How many rows the recorder keeps. */
  readonly recorderRows?: number;
  /** How many changes of the load its witness keeps, and where it also writes them, line by line. */
  readonly witness?: { readonly rows?: number; readonly write?: (line: string) => void };
};

export type Simulator = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** The token of a user who is no administrator. */
  readonly guestToken: string;
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
  const guestToken = `guest-${ids.hex("guest token")}`;
  const admit = (given: string): User | undefined => {
    if (switches.tokenRefused()) return undefined;
    return given === token ? users.admin : given === guestToken ? users.guest : undefined;
  };

  core.boot.begin();
  core.boot.populate();
  core.boot.finish();
  const count = typeof options.home === "object" ? options.home.entities : undefined;
  const plan = count === undefined ? DEMO_PLAN : plainPlan(count);
  const home = startHome({
    core,
    services,
    clock,
    random,
    ids,
    place: DEMO_PLACE,
    plan,
    speed: options.speed ?? 1,
    pastDays: options.history?.days ?? 2,
    startModel: (world) =>
      count === undefined
        ? startModel({
            plan,
            world,
            services,
            place: DEMO_PLACE,
            users: { robin: users.admin, kim: users.partner },
            restart: () => void faults.restart(),
          })
        : startPlainModel(world, count),
  });

  const components = () => [
    ...["api", "automation", "config", "recorder", "script", "websocket_api"],
    ...(switches.historyMissing() ? [] : ["history"]),
    ...plan.integrations.map(({ domain }) => domain),
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
      energyPrefs: () => (count === undefined ? energyPrefs(home.world) : undefined),
      catchUp: home.catchUp,
    }),
    admit,
    systemLog: core.systemLog,
    rest: createRest({ core, services, config, admit, catchUp: home.catchUp }),
  });
  await server.listen();
  const faults = createFaults({ core, clock, server, switches });
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
  const close = async () => {
    home.stop();
    await load.stop();
    core.stop();
    await server.stop(true);
  };
  return {
    url: `http://${host}:${server.port()}`,
    port: server.port(),
    token,
    guestToken,
    core,
    load,
    faults,
    counters: () => ({
      ...server.counted,
      clients: [...server.clients()].length,
      states: core.states.size(),
      recorder: core.recorder.stats(),
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
