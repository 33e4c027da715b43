import { readFileSync } from "node:fs";
import { join } from "node:path";
import WebSocket from "ws";
import { type Core, coreUnavailable } from "../../tests/support/core/core.ts";
import type { LoadOptions, LoadProgress } from "../../tests/support/core/load.ts";

/** The version that the real Core of this run has; null: there is none on this machine. */
export async function coreVersion(): Promise<string | null> {
  if (await coreUnavailable()) return null;
  const script = readFileSync(join(import.meta.dirname, "../../tests/core/ha-core.sh"), "utf8");
  return process.env.HA_VERSION ?? /^NEWEST=(\S+)/m.exec(script)?.[1] ?? null;
}

/** An action of Core by REST: a WebSocket client would be one more reader of the feed. */
async function action<T>(core: Core, name: string, data: object): Promise<T> {
  const [domain, service] = name.split(".");
  const response = await fetch(`${core.url}/api/services/${domain}/${service}?return_response`, {
    method: "POST",
    headers: { authorization: `Bearer ${core.token}`, "content-type": "application/json" },
    body: JSON.stringify(data),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${name}: ${response.status} ${text}`);
  return (JSON.parse(text) as { service_response: T }).service_response;
}

/** Starts a load inside Core; it goes on while the answer is waited for. */
export const startCoreLoad = async (core: Core, options: LoadOptions): Promise<number> =>
  (await action<LoadProgress>(core, "ingestor_load.run", options)).run;

export async function endOfCoreLoad(core: Core, run: number): Promise<LoadProgress> {
  for (;;) {
    const progress = await action<LoadProgress>(core, "ingestor_load.wait", { run, seconds: 30 });
    if (progress.state === "failed") throw new Error(`the load in Core failed: ${progress.error}`);
    if (progress.state === "ended") return progress;
  }
}

export const stopCoreLoad = (core: Core, run: number): Promise<LoadProgress> =>
  action(core, "ingestor_load.stop", { run });

export type RecorderInfo = {
  readonly backlog: number | null;
  readonly max_backlog: number;
  readonly recording: boolean;
};

/** Resolves when Core's recorder has nothing left to write, or says that it has stopped. */
export async function recorderIdle(core: Core): Promise<RecorderInfo> {
  const socket = new WebSocket(`${core.url.replace(/^http/, "ws")}/api/websocket`, { perMessageDeflate: false });
  try {
    return await new Promise<RecorderInfo>((resolve, reject) => {
      let id = 0;
      const ask = () => socket.send(JSON.stringify({ id: ++id, type: "recorder/info" }));
      socket.on("error", reject);
      socket.on("close", (code) => reject(new Error(`Core closed the connection (${code})`)));
      socket.on("message", (data) => {
        const message = JSON.parse(String(data)) as { type: string; result?: RecorderInfo };
        if (message.type === "auth_required") socket.send(JSON.stringify({ type: "auth", access_token: core.token }));
        if (message.type === "auth_ok") ask();
        if (message.type !== "result" || !message.result) return;
        if (!message.result.recording || !message.result.backlog) resolve(message.result);
        else setTimeout(ask, 200);
      });
    });
  } finally {
    socket.removeAllListeners("close");
    socket.close();
  }
}
