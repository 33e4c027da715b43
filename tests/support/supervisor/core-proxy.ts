import { request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type AttachedCore, openCoreSocket } from "./core-link.ts";
import { bearerOf, readAll, refusalLine, refuse } from "./http.ts";
import { relay } from "./relay.ts";

const METHODS = ["GET", "POST", "DELETE"];
/** Commands that are for frontends alone. */
const REFUSED_COMMANDS = /^(supervisor|hassio)\//;

/** `/core/api/…` and `/core/websocket`: the app speaks to Core with its own token and acts as the Supervisor's user. */
export function createCoreProxy(needs: {
  core: () => AttachedCore | undefined;
  mayUse: (token: string | undefined) => boolean;
  version: string;
}) {
  const { core, mayUse, version } = needs;
  const server = new WebSocketServer({ noServer: true, maxPayload: 4 * 1024 * 1024, perMessageDeflate: false });
  let connections = 0;

  const serve = async (socket: WebSocket) => {
    connections++;
    socket.on("error", () => {});
    const say = (message: object) => socket.send(JSON.stringify(message));
    say({ type: "auth_required", ha_version: version });
    const first = await new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));
    const { access_token, api_password } = JSON.parse(first) as Record<string, string>;
    if (!mayUse(api_password ?? access_token)) {
      say({ type: "auth_invalid", message: "Invalid access" });
      return socket.close();
    }
    say({ type: "auth_ok", ha_version: version });
    const attached = core();
    if (!attached) return socket.close();
    // What the app says before Core has let us in waits.
    socket.pause();
    const upstream = await openCoreSocket(attached).catch(() => undefined);
    if (!upstream) return socket.close();
    const passes = (text: string) => {
      const { id, type } = JSON.parse(text) as { id: number; type: string };
      if (!REFUSED_COMMANDS.test(type)) return true;
      say({ id, type: "result", success: false, error: { code: "unauthorized", message: "Not allowed for apps" } });
      return false;
    };
    relay({ from: socket, to: upstream, passes });
    socket.resume();
  };

  return {
    get connections() {
      return connections;
    },
    /** Ends every connection of the app to Core, as a restart of the Supervisor would. */
    cut: () => {
      for (const socket of server.clients) socket.terminate();
    },
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!core()) return void socket.end(refusalLine(502, "Bad Gateway"));
      server.handleUpgrade(request, socket, head, (one) => void serve(one).catch(() => one.close()));
    },
    handle: async (request: IncomingMessage, response: ServerResponse) => {
      const path = (request.url ?? "").slice("/core".length);
      if (/^\/api\/hassio/.test(path)) return refuse(response, 403, "Not allowed for apps");
      if (!METHODS.includes(request.method ?? "")) return refuse(response, 405, "Method not allowed");
      if (!mayUse(bearerOf(request))) return refuse(response, 401, "Unauthorized");
      const attached = core();
      if (!attached) return void response.writeHead(502).end("502: Bad Gateway");
      const type = request.headers["content-type"];
      const asked = ask(`${attached.url}${path}`, {
        method: request.method,
        headers: {
          authorization: `Bearer ${attached.token}`,
          ...(type === undefined ? {} : { "content-type": type }),
        },
      });
      asked.on("error", () => response.headersSent || response.writeHead(502).end("502: Bad Gateway"));
      asked.on("response", async (given) => {
        const headers = { "content-type": given.headers["content-type"] ?? "application/octet-stream" };
        const streams = headers["content-type"].startsWith("text/event-stream");
        response.writeHead(given.statusCode ?? 502, streams ? { ...headers, "x-accel-buffering": "no" } : headers);
        if (streams) given.pipe(response);
        else response.end(await readAll(given).catch(() => Buffer.alloc(0)));
      });
      request.pipe(asked);
    },
  };
}
