import { once } from "node:events";
import { WebSocket } from "ws";

/** Core as the Supervisor reaches it: with an administrator's token. */
export type AttachedCore = { readonly url: string; readonly token: string };

export type CoreUser = { readonly id: string; readonly username: string | null; readonly name: string | null };

/** Core's answers can be large; the Supervisor takes up to this from Core. */
export const MOST_FROM_CORE = 64 * 1024 * 1024;

export const websocketOf = (core: AttachedCore): string => `${core.url.replace(/^http/, "ws")}/api/websocket`;

/** Opens a WebSocket to Core and lets the Supervisor in. */
export async function openCoreSocket(core: AttachedCore): Promise<WebSocket> {
  const socket = new WebSocket(websocketOf(core), { maxPayload: MOST_FROM_CORE, perMessageDeflate: false });
  socket.on("error", () => {});
  const next = async () => {
    const [data] = (await Promise.race([
      once(socket, "message"),
      once(socket, "close").then(() => Promise.reject(new Error("Core closed the connection"))),
    ])) as [unknown];
    return JSON.parse(String(data)) as { type: string };
  };
  await next();
  socket.send(JSON.stringify({ type: "auth", access_token: core.token }));
  const { type } = await next();
  if (type !== "auth_ok") throw new Error(`Core did not let the Supervisor in: ${type}`);
  return socket;
}

export async function listUsers(core: AttachedCore): Promise<readonly CoreUser[]> {
  const socket = await openCoreSocket(core);
  try {
    socket.send(JSON.stringify({ id: 1, type: "config/auth/list" }));
    const [data] = (await once(socket, "message")) as [unknown];
    return (JSON.parse(String(data)) as { result: CoreUser[] }).result;
  } finally {
    socket.close();
  }
}
