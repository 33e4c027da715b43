import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoadOptions } from "../../../src/simulator/load/load.ts";
import type { Emitted } from "../../../src/simulator/load/witness.ts";

/** The simulated home as a process of its own, steered by its control port. */
export type SimulatorProcess = AsyncDisposable & {
  readonly url: string;
  readonly token: string;
  control<T = unknown>(method: "GET" | "POST", path: string, body?: unknown): Promise<T>;
  startLoad(options: LoadOptions): Promise<void>;
  stopLoad(): Promise<void>;
  /** What the load made, oldest first. */
  emitted(): Promise<Emitted[]>;
  /** Fires an event in the home, as a program with a token would. */
  fire(type: string, data: object): Promise<void>;
};

export async function startSimulatorProcess(...words: string[]): Promise<SimulatorProcess> {
  const program = join(import.meta.dirname, "../../../src/simulator/main.ts");
  const child = spawn(process.execPath, [program, "--port", "0", "--control", "0", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let said = "";
  const [url, token, controlUrl] = await new Promise<[string, string, string]>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const [, home, secret, control] = /HA_URL=(\S+) HA_TOKEN=(\S+) CONTROL_URL=(\S+)\n/.exec(said) ?? [];
      if (home && secret && control) resolve([home, secret, control]);
    });
    void exited.then(([code]) => reject(new Error(`the simulated home ended (${code}) before it was ready`)));
  });
  const ask = async (method: string, address: string, body?: unknown): Promise<string> => {
    const answer = await fetch(address, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${text}`);
    return text;
  };
  const control = async <T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> =>
    JSON.parse(await ask(method, `${controlUrl}${path}`, body)) as T;
  return {
    url,
    token,
    control,
    startLoad: (options) => control("POST", "/load/start", options),
    stopLoad: () => control("POST", "/load/stop"),
    emitted: () => control("GET", "/emitted"),
    fire: async (type, data) => void (await ask("POST", `${url}/api/events/${type}`, data)),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
