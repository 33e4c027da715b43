import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { SystemLog } from "../core/system-log.ts";
import type { User } from "../core/users.ts";
import type { Command } from "./command.ts";
import { type Client, serveClient } from "./connection.ts";

const LARGEST_MESSAGE = 64 * 1024 * 1024;

/** The listening side: one port for REST and `/api/websocket`. It can go away and come back on the same port. */
export type WireServer = {
  port(): number;
  clients(): Iterable<Client>;
  listen(): Promise<void>;
  /** Every client gets a close with 1000 or, where `politely` is false, just ends; nobody can connect any more. */
  stop(politely: boolean): Promise<void>;
  readonly counted: Counted;
};

export type Counted = { messagesIn: number; messagesOut: number; framesOut: number; bytesOut: number; cuts: number };

/** As long as Home Assistant keeps a connection between two requests: a client is never cut off while it asks the next. */
export const KEPT_ALIVE_MS = 3_630_000;
/** How long a client may take over its side of a close before its socket is ended. */
const CLOSE_MS = 2000;

export function createWireServer(needs: {
  host: string;
  port: number;
  clock: Clock;
  log: Log;
  version: string;
  command: (type: string) => Command | undefined;
  admit: (token: string) => User | undefined;
  systemLog: SystemLog;
  rest: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}): WireServer {
  const { host, clock, log, version, command, admit, systemLog, rest } = needs;
  const clients = new Map<Client, Socket>();
  const counted: Counted = { messagesIn: 0, messagesOut: 0, framesOut: 0, bytesOut: 0, cuts: 0 };
  let port = needs.port;
  let server: Server | undefined;

  const open = (): Server => {
    const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
    sockets.on("headers", (headers) => void headers.push(`Date: ${new Date(clock.now() / 1000).toUTCString()}`));
    const made = createServer((request, response) => {
      rest(request, response).catch((problem) => {
        log.error("a REST request failed", { why: problem });
        response.writeHead(500).end("500: Internal Server Error");
      });
    });
    made.on("upgrade", (request, socket, head) => {
      if (request.url?.split("?")[0] !== "/api/websocket")
        return socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
      sockets.handleUpgrade(request, socket, head, (ws) => {
        const client = serveClient({
          socket: ws,
          clock,
          log,
          version,
          command,
          admit,
          systemLog,
          counted,
          ended: () => void clients.delete(client),
        });
        clients.set(client, socket as Socket);
      });
    });
    made.keepAliveTimeout = KEPT_ALIVE_MS;
    return made;
  };

  return {
    counted,
    port: () => port,
    clients: () => clients.keys(),
    listen: () =>
      new Promise((resolve, reject) => {
        const opening = open();
        server = opening;
        opening.once("error", reject);
        opening.listen(port, host, () => {
          port = (opening.address() as AddressInfo).port;
          resolve();
        });
      }),
    async stop(politely) {
      const stopping = server;
      server = undefined;
      if (!stopping) return;
      const gone = new Promise<void>((resolve) => stopping.close(() => resolve()));
      for (const client of [...clients.keys()]) politely ? client.close() : client.drop();
      stopping.closeIdleConnections();
      // Network time, not the home's: a held clock must not hold up the end.
      const timer = setTimeout(() => {
        for (const socket of clients.values()) socket.destroy();
        stopping.closeAllConnections();
      }, CLOSE_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}
