import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Level } from "../platform/told/log.ts";
import { type AppOptions, readAppOptions } from "./app-options.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import type { Problem } from "./option.ts";

export type { Problem } from "./option.ts";

/** A way to reach Home Assistant. */
export type ConnectionConfig = {
  /** `supervisor`, `primary`, `further-1`, … */
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly token: string;
};

/** The Supervisor under which the hub runs as an app. */
export type SupervisorConfig = {
  readonly url: string;
  readonly token: string;
  /** Where its requests come from: nobody else may use ingress. */
  readonly address: string;
  readonly ingressPort: number;
};

/** What the hub needs to know before it starts. Everything else is set in the panel and kept in app.db. */
export type Config = {
  /** In the order in which they are tried. */
  readonly connections: readonly ConnectionConfig[];
  /** True: nobody meant a real home, so the simulated one runs. */
  readonly simulated: boolean;
  /** undefined: the hub runs without one. */
  readonly supervisor: SupervisorConfig | undefined;
  /** Where Home Assistant's configuration is mounted; undefined: the integration is not to be installed from here. */
  readonly installIntegrationInto: string | undefined;
  /** Holds one folder per home: `home` and `simulated`. */
  readonly dataFolder: string;
  /** Holds a folder of backups for each home. */
  readonly backupFolder: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: Level;
  /** Home Assistant events recorded beside the usual ones. */
  readonly eventTypes: readonly string[];
  /** Waits before the last seconds of a hole are asked for again. */
  readonly settleMs: readonly number[];
  /** Recording stops before it takes these last bytes of the disk. */
  readonly reserveBytes: number;
  /** Whether the first start imports what Home Assistant has recorded. */
  readonly imports: boolean;
  /** All that sources ask goes to `<gateway>/<host>/<path>`; undefined: to the host itself. */
  readonly gateway: string | undefined;
  readonly simulator: { readonly seed: number; readonly speed: number };
};

const OUTSIDE_A_SUPERVISOR: ReturnType<typeof readAppOptions> = {
  options: { logLevel: undefined, installIntegration: false, backupFolder: "data", eventTypes: [], connections: [] },
  problems: [],
  secrets: [],
};

/**
 * Reads the options of the environment and, under a Supervisor, those of the app's form, which hold over them. A bad
 * one never stops the hub: its default takes its place and the problem is shown in the panel.
 * @returns `secrets`: every token given, used or not, so that none can reach the log
 */
export function readConfig(
  environment: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, "utf8"),
): { config: Config; problems: readonly Problem[]; secrets: readonly string[] } {
  const { options, problems } = readEnvironment(environment);
  const supervisorToken = environment.SUPERVISOR_TOKEN?.trim() || undefined;
  const supervisor: SupervisorConfig | undefined =
    supervisorToken === undefined
      ? undefined
      : {
          url: options.HA_INGESTOR_SUPERVISOR_URL,
          token: supervisorToken,
          address: options.HA_INGESTOR_SUPERVISOR_ADDRESS,
          ingressPort: options.HA_INGESTOR_INGRESS_PORT,
        };
  const file = options.HA_INGESTOR_OPTIONS;
  const app = supervisor ? readAppOptions(readText(readFile, file), file) : OUTSIDE_A_SUPERVISOR;

  const own =
    options.HA_URL && options.HA_TOKEN ? [{ name: undefined, url: options.HA_URL, token: options.HA_TOKEN }] : [];
  const connections = [
    ...(supervisor ? [throughSupervisor(supervisor)] : []),
    ...[...own, ...app.options.connections].map(direct),
  ];
  return {
    problems: [...problems, ...app.problems],
    secrets: [
      environment.HA_TOKEN?.trim() ?? "",
      environment.HA_INGESTOR_TOKEN?.trim() ?? "",
      supervisorToken ?? "",
      ...app.secrets,
    ].filter((it) => it !== ""),
    config: {
      connections,
      // Not where somebody meant a real home, even if its address or token cannot be used.
      simulated: connections.length === 0 && !environment.HA_URL?.trim() && !environment.HA_TOKEN?.trim(),
      supervisor,
      installIntegrationInto: app.options.installIntegration ? options.HA_INGESTOR_HOME_FOLDER : undefined,
      dataFolder: options.HA_INGESTOR_DATA,
      backupFolder: options.HA_INGESTOR_BACKUPS ?? backupFolder(options.HA_INGESTOR_DATA, app.options.backupFolder),
      host: options.HA_INGESTOR_HOST,
      port: options.HA_INGESTOR_PORT,
      logLevel: app.options.logLevel ?? options.HA_INGESTOR_LOG_LEVEL,
      eventTypes: [...new Set([...options.HA_INGESTOR_EVENTS, ...app.options.eventTypes])],
      settleMs: options.HA_INGESTOR_SETTLE_SECONDS.map((seconds) => seconds * 1000),
      reserveBytes: options.HA_INGESTOR_RESERVE_MB * 1_000_000,
      imports: options.HA_INGESTOR_IMPORT,
      gateway: options.HA_INGESTOR_GATEWAY,
      simulator: { seed: options.HA_INGESTOR_SIMULATOR_SEED, speed: options.HA_INGESTOR_SIMULATOR_SPEED },
    },
  };
}

/** The Supervisor passes on what Home Assistant's own address would answer, wherever that is. */
const throughSupervisor = ({ url, token }: SupervisorConfig): ConnectionConfig => ({
  id: "supervisor",
  name: "Supervisor",
  url: `${url}/core`,
  token,
});

const direct = ({ name, url, token }: AppOptions["connections"][number], index: number): ConnectionConfig => ({
  id: index === 0 ? "primary" : `further-${index}`,
  name: name ?? new URL(url).host,
  url,
  token,
});

/** `/share` is Home Assistant's folder for files that apps share; it may be on another disk. */
const backupFolder = (data: string, place: AppOptions["backupFolder"]): string =>
  place === "share" ? "/share/ha_ingestor/backups" : join(data, "backups");

function readText(readFile: (path: string) => string, path: string): string | undefined {
  try {
    return readFile(path);
  } catch {
    return undefined;
  }
}
