import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

export type HubOptions = {
  /** Both absent: the simulated home. */
  readonly haUrl?: string;
  readonly haToken?: string;
  /** Kept after `stop` when given; otherwise a folder of its own that goes with it. */
  readonly dataDir?: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The program to run; the source by default. */
  readonly entry?: string;
  /** Where it runs; the checkout by default. */
  readonly cwd?: string;
  readonly nodeArguments?: readonly string[];
  /** Runs the hub under another program, such as `taskset -c 0`. */
  readonly under?: readonly string[];
  /** Called as soon as there is a process: it may be ended before it is ready. */
  readonly onSpawn?: (pid: number) => void;
};

export type Hub = {
  /** Ends in a slash. */
  readonly url: string;
  /** The address with the one-time setup code, not used yet; of an app without one. */
  readonly setupUrl: string;
  /** An administrator's token. */
  readonly token: string;
  readonly pid: number;
  readonly dataDir: string;
  /** Milliseconds from the start of the process to its word that it is ready. */
  readonly readyMs: number;
  logText(): string;
  get(path: string): Promise<Response>;
  json<T = never>(path: string): Promise<T>;
  post(path: string, body: unknown): Promise<Response>;
  request(path: string, init: { method: string; body?: unknown }): Promise<Response>;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM; answers with the exit code. Removes the folder unless it was given. */
  stop(): Promise<number | null>;
  /** SIGKILL. The folder stays. */
  kill(): Promise<void>;
};

/** Starts a hub of its own process, as a user would, and waits until it says that it is ready. */
export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const own = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "hub-"));
  mkdirSync(dataDir, { recursive: true });
  const began = performance.now();
  const command = [
    ...(options.under ?? []),
    join(ROOT, "src/start.sh"),
    ...(options.nodeArguments ?? []),
    options.entry ?? join(ROOT, "src/main.ts"),
  ];
  const child = spawn(command[0] as string, command.slice(1), {
    cwd: options.cwd ?? ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE: process.execPath,
      HA_INGESTOR_DATA: dataDir,
      HA_INGESTOR_PORT: String(options.port ?? 0),
      HA_INGESTOR_SETTLE_SECONDS: "2.5,4",
      // What was before the hub is in nobody's way who does not ask for it.
      HA_INGESTOR_IMPORT: "off",
      ...(options.haUrl === undefined ? {} : { HA_URL: options.haUrl }),
      ...(options.haToken === undefined ? {} : { HA_TOKEN: options.haToken }),
      ...options.env,
    },
  });
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log += chunk.toString("utf8");
  });
  const setupUrl = await untilReady(child, () => log);
  const readyMs = performance.now() - began;
  const url = setupUrl.replace(/#.*/, "");
  const token = await makeToken(join(dataDir, "hub.sock"));
  const call = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, url), { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
  const request: Hub["request"] = (path, { method, body }) =>
    call(path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const tidy = () => own && rmSync(dataDir, { recursive: true, force: true });

  return {
    url,
    setupUrl,
    token,
    pid: child.pid as number,
    dataDir,
    readyMs,
    logText: () => log,
    get: (path) => call(path),
    json: async <T>(path: string) => {
      const response = await call(path);
      const text = await response.text();
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text}`);
      return JSON.parse(text) as T;
    },
    post: (path, body) => request(path, { method: "POST", body }),
    request,
    signal: (name) => void child.kill(name),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const [code] = await exited;
      tidy();
      return code;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function untilReady(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const address = /(?:Open|Programs use) (http\S+)\n/.exec(said)?.[1];
      if (address) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`the hub ended (${code ?? signal}) before it was ready:\n${log()}`)),
    );
  });
}

/** By the socket file that only the owner can open, so that the setup code stays unused for the browser. */
export function makeToken(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = requestHttp(
      {
        socketPath,
        path: "/api/v1/tokens",
        method: "POST",
        headers: { "content-type": "application/json", host: "localhost" },
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString("utf8");
        });
        response.on("end", () => {
          const { token } = JSON.parse(text || "{}") as { token?: string };
          if (response.statusCode === 201 && token) resolve(token);
          else reject(new Error(`no token: ${response.statusCode} ${text}`));
        });
      },
    );
    asked.on("error", reject);
    asked.end(JSON.stringify({ name: `test ${process.pid}`, scope: "admin" }));
  });
}
