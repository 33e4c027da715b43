import { type SpawnOptions, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";

const SCRIPT = join(import.meta.dirname, "../../core/ha-core.sh");
const cacheFolder = () => process.env.HA_CACHE ?? join(homedir(), ".cache/ha-core");

export type Core = {
  readonly url: string;
  readonly token: string;
  readonly port: number;
  /** The home's folder: `config/` and `hass.log` are in it. */
  readonly runDir: string;
  pid(): number;
  /** Everything Core has logged since the home was made. */
  logText(): string;
  /** As a user restarts it: clients see close code 1000, Core ends with code 100 and is started again. */
  restart(): Promise<void>;
  /** Politely: the recorder is flushed. The home stays and can be started again. */
  shutDown(): Promise<void>;
  /** SIGKILL. The home stays and can be started again. */
  kill(): Promise<void>;
  /** Starts it again after `shutDown` or `kill`, as another version where one is named; resolves when Core is RUNNING. */
  start(version?: string): Promise<void>;
  /** Ends it and deletes the home, unless KEEP_CORE=1. */
  stop(): Promise<void>;
};

export type CoreOptions = {
  /** The newest that the script is pinned to, when absent. */
  version?: string;
  /** Part of the home's name, to recognise it in `ha-core.sh status`. */
  name?: string;
  port?: number;
  /** Additions to Core's configuration: YAML texts, each one a package (top-level keys as in configuration.yaml). */
  packages?: Record<string, string>;
  /** Folders of custom components, copied into the home at every boot. */
  customComponents?: readonly string[];
  /** Environment for Core, such as `SUPERVISOR`. */
  env?: Record<string, string>;
  /** Core writes every change on its bus into a file of its home, for `readJournal`. */
  journal?: boolean;
};

/**
 * Fills the cache where needed (the first time about 40 s) and says why a Core cannot be had on this machine, as the
 * `skip` of a test; false: it can. With REQUIRE_SUITES=1 the reason is thrown: then nothing may be skipped.
 */
export async function coreUnavailable(version?: string): Promise<string | false> {
  try {
    await script("setup", version ? { HA_VERSION: version } : {});
    return false;
  } catch (error) {
    const reason = `no Home Assistant Core: ${error instanceof Error ? error.message : String(error)}`;
    if (process.env.REQUIRE_SUITES === "1") throw new Error(reason);
    return reason;
  }
}

/** Boots a fresh, onboarded home of its own on a free port. */
export async function startCore(options: CoreOptions = {}): Promise<Core> {
  await removeAbandonedHomes();
  const name = `test-${options.name ?? "core"}-${process.pid}-${nextNumber()}`;
  const base: Record<string, string> = { HA_NAME: name };
  if (options.version) base.HA_VERSION = options.version;
  if (options.customComponents) base.HA_CUSTOM = options.customComponents.join(" ");
  const env = { ...options.env, ...(options.journal ? { INGESTOR_LOAD_JOURNAL: "1" } : {}) };
  base.HA_ENV = Object.entries(env)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
  const packages = options.packages ? writePackages(options.packages) : undefined;
  if (packages) base.HA_PACKAGES = packages;
  const booted = await bootOnFreePort(base, options.port);
  if (packages) rmSync(packages, { recursive: true });
  const { HA_URL: url, HA_TOKEN: token, HA_RUN: runDir } = booted;
  if (!url || !token || !runDir) throw new Error(`ha-core.sh up printed no address: ${JSON.stringify(booted)}`);

  const pid = () => Number(readFileSync(join(runDir, "pid"), "utf8"));
  let running: number | undefined = pid();
  const endWithUs = () => {
    if (running !== undefined && isAlive(running)) process.kill(running, "SIGKILL");
  };
  process.on("exit", endWithUs);

  const ended = async (was: number) => {
    while (isAlive(was)) await pause(50);
    running = undefined;
  };
  const start = async (version?: string) => {
    if (version) base.HA_VERSION = version;
    await script("up", base);
    running = pid();
  };
  const kill = async () => {
    const was = running;
    if (was === undefined) return;
    process.kill(was, "SIGKILL");
    await ended(was);
  };
  const shutDown = async () => {
    await script("down", base);
    running = undefined;
  };
  return {
    url,
    token,
    port: Number(new URL(url).port),
    runDir,
    pid,
    logText: () => readFileSync(join(runDir, "hass.log"), "utf8"),
    start,
    shutDown,
    async restart() {
      const was = pid();
      const answer = await fetch(`${url}/api/services/homeassistant/restart`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: "{}",
      }).catch(() => undefined); // Core may be gone before it answers
      if (answer && !answer.ok) throw new Error(`Core refused to restart: ${answer.status} ${await answer.text()}`);
      await ended(was);
      await start();
    },
    kill,
    async stop() {
      process.off("exit", endWithUs);
      if (process.env.KEEP_CORE === "1") return shutDown();
      // The home goes away with it, so its recorder need not be flushed.
      await kill();
      await script("remove", base);
    },
  };
}

let homes = 0;
const nextNumber = () => ++homes;

async function bootOnFreePort(base: Record<string, string>, port?: number): Promise<Record<string, string>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return parseAssignments(await script("up", { ...base, HA_PORT: String(port ?? (await freePort())) }));
    } catch (error) {
      // Another program may take the port between our look and Core's bind.
      if (port !== undefined || attempt === 3 || !String(error).includes("in use")) throw error;
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** Homes of test processes that ended without clearing up. */
async function removeAbandonedHomes(): Promise<void> {
  const folder = join(cacheFolder(), "run");
  if (!existsSync(folder)) return;
  for (const home of readdirSync(folder)) {
    const owner = /^test-.*-(\d+)-\d+$/.exec(home)?.[1];
    if (owner && !isAlive(Number(owner))) await script("remove", { HA_NAME: basename(home) }).catch(() => undefined);
  }
}

function writePackages(packages: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "ha-packages-"));
  for (const [name, yaml] of Object.entries(packages)) writeFileSync(join(folder, `${name}.yaml`), yaml);
  return folder;
}

const parseAssignments = (line: string): Record<string, string> =>
  Object.fromEntries(
    line
      .trim()
      .split(/\s+/)
      .map((word) => word.split(/=(.*)/s).slice(0, 2)),
  );

async function script(action: string, env: Record<string, string>): Promise<string> {
  const options: SpawnOptions = { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] };
  const child = spawn("bash", [SCRIPT, action], options);
  let output = "";
  let complaints = "";
  child.stdout?.on("data", (bytes) => {
    output += bytes;
  });
  child.stderr?.on("data", (bytes) => {
    complaints += bytes;
  });
  // "exit", not "close": the booted Core may hold the pipes.
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => setImmediate(() => resolve(status)));
  });
  if (code !== 0) throw new Error(`ha-core.sh ${action} failed (${code}): ${complaints.trim() || output.trim()}`);
  return output;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
