import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { type WebSocket, WebSocketServer } from "ws";
import { Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { Bindings } from "../env.ts";
import { refuseUnreadable } from "./unreadable.ts";

export type RunningServer = {
  readonly url: string;
  /** Takes no more requests, lets those under way finish, and ends what is left after a while. */
  close(): Promise<void>;
};

const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
const DRAIN_MS = 5_000;
const LARGEST_FRAME_BYTES = 256 * 1024;

export type App = { readonly fetch: (request: Request, bindings: Bindings) => Response | Promise<Response> };

export async function startServer(needs: {
  app: App;
  host: string;
  port: number;
  clock: Clock;
  log: Log;
  /** Ends the live streams; called first on close. */
  streams: { close(): void };
  drainMs?: number;
}): Promise<RunningServer> {
  const { app, host, port, clock, log, streams, drainMs = DRAIN_MS } = needs;
  const listener = getRequestListener((request, env) => app.fetch(request, env as Bindings));
  const server = createServer(
    { headersTimeout: HEADERS_WITHIN_MS, requestTimeout: REQUEST_WITHIN_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    listener,
  );
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_FRAME_BYTES, perMessageDeflate: false });
  const unused = watchUnused(server);
  server.on("clientError", refuseUnreadable);
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    void upgrade({ app, sockets, request, socket, head }).catch((error: unknown) => {
      log.error("A WebSocket upgrade failed", { error });
      socket.destroy();
    });
  });
  await listen(server, host, port);
  const { port: actual } = server.address() as AddressInfo;
  const shownHost = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${shownHost}:${actual}/`,
    close: () => {
      closing ??= close({ server, unused, sockets, streams, clock, drainMs });
      return closing;
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "another program uses the port" : error.message;
      const fix = "Choose another port, or end the program that uses this one.";
      reject(new Failure("port_unavailable", `Cannot listen on ${host}:${port}: ${why}`, { fix, cause: error }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

/** Connections that never carried a request, such as the spare ones of browsers: Node does not count them as idle. */
function watchUnused(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  const used = (request: IncomingMessage) => void unused.delete(request.socket);
  server.on("connection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", used);
  server.on("upgrade", used);
  return unused;
}

async function close(given: {
  server: Server;
  unused: ReadonlySet<Socket>;
  sockets: WebSocketServer;
  streams: { close(): void };
  clock: Clock;
  drainMs: number;
}): Promise<void> {
  const { server, unused, sockets, streams, clock, drainMs } = given;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  streams.close();
  server.closeIdleConnections();
  for (const socket of unused) socket.destroy();
  const cancel = clock.after(drainMs, () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  });
  await closed;
  cancel();
}

/** Asks the app like any request; it takes the socket, or its refusal is written out with its body. */
async function upgrade(given: {
  app: App;
  sockets: WebSocketServer;
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}): Promise<void> {
  const { app, sockets, request, socket, head } = given;
  let serve: ((socket: WebSocket) => void) | undefined;
  const response = await app.fetch(requestOf(request), {
    incoming: request,
    upgrade: (take) => {
      serve = take;
    },
  });
  if (serve) return sockets.handleUpgrade(request, socket, head, serve);
  const body = Buffer.from(await response.arrayBuffer());
  const lines = [...response.headers]
    .filter(([name]) => name !== "content-length")
    .map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status]}\r\n${lines.join("")}content-length: ${body.length}\r\nconnection: close\r\n\r\n`,
      ),
      body,
    ]),
  );
}

function requestOf(request: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.append(name, Array.isArray(value) ? value.join(", ") : value);
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
  return new Request(url, { method: request.method ?? "GET", headers });
}
