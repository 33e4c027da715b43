import { randomBytes } from "node:crypto";
import { request as ask, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type { CoreUser } from "./core-link.ts";
import { readAll, refusalLine } from "./http.ts";
import { relay } from "./relay.ts";

export type IngressTarget = { readonly host: string; readonly port: number; readonly token: string };

/** Answers below this are read whole before they go on; the rest is streamed. */
const WHOLE_BELOW = 4_194_000;
const MOST_MESSAGE = 16 * 1024 * 1024;
const NOT_PASSED_ON = new Set([
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
  "sec-websocket-version",
  "sec-websocket-key",
  "x-supervisor-token",
  "x-hassio-key",
  "x-remote-user-id",
  "x-remote-user-name",
  "x-remote-user-display-name",
]);
const HOP_BY_HOP = new Set(["transfer-encoding", "content-length", "content-encoding", "connection", "keep-alive"]);

/** `/ingress/<token>/…` → the app, for those with a session, in the name of the session's user. */
export function createIngress(needs: {
  target: () => IngressTarget;
  /** Where the Supervisor's own connections come from. */
  sourceAddress: string;
}) {
  const { target, sourceAddress } = needs;
  const sessions = new Map<string, CoreUser | undefined>();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE,
    perMessageDeflate: false,
    autoPong: false,
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });
  let cutAfterMs: number | undefined;

  /** The path at the app, or the status that refuses. */
  const find = (request: IncomingMessage): { path: string; user: CoreUser | undefined } | { status: number } => {
    const session = /(?:^|;\s*)ingress_session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    if (session === undefined || !sessions.has(session)) return { status: 401 };
    const [, token, path = ""] = /^\/ingress\/([^/?]+)\/?(.*)$/s.exec(request.url ?? "") ?? [];
    if (token !== target().token) return { status: 503 };
    return { path: `/${path}`, user: sessions.get(session) };
  };

  const headersFor = (request: IncomingMessage, user: CoreUser | undefined): IncomingHttpHeaders => {
    const headers: IncomingHttpHeaders = {};
    for (const [name, value] of Object.entries(request.headers)) if (!NOT_PASSED_ON.has(name)) headers[name] = value;
    if (user) {
      headers["x-remote-user-id"] = user.id;
      if (user.username !== null) headers["x-remote-user-name"] = asWire(user.username);
      if (user.name !== null) headers["x-remote-user-display-name"] = asWire(user.name);
    }
    const before = request.headers["x-forwarded-for"];
    headers["x-forwarded-for"] = `${before}, ${request.socket.remoteAddress}`;
    return headers;
  };

  return {
    openSession: (user: CoreUser | undefined): string => {
      const session = randomBytes(32).toString("hex");
      sessions.set(session, user);
      return session;
    },
    isValid: (session: string) => sessions.has(session),
    endSession: (session: string) => sessions.delete(session),
    /** Some users see their WebSockets end every 40 s. */
    cutAfter: (ms: number | undefined) => {
      cutAfterMs = ms;
    },
    cut: () => {
      for (const socket of server.clients) socket.terminate();
    },
    handle: async (request: IncomingMessage, response: ServerResponse) => {
      const found = find(request);
      if ("status" in found) return void response.writeHead(found.status).end(`${found.status}`);
      const { host, port } = target();
      const body = await readAll(request);
      const asked = ask({
        host,
        port,
        path: found.path,
        method: request.method,
        localAddress: sourceAddress,
        agent: false,
        headers: { ...headersFor(request, found.user), "content-length": body.length },
      });
      response.on("close", () => asked.destroy());
      asked.on("error", () =>
        response.headersSent ? response.destroy() : response.writeHead(502).end("502: Bad Gateway"),
      );
      asked.on("response", async (given) => {
        const headers = Object.fromEntries(Object.entries(given.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
        const status = given.statusCode ?? 502;
        const length = given.headers["content-length"];
        const whole = request.method === "HEAD" || status === 204 || status === 304;
        if (whole || (length !== undefined && Number(length) < WHOLE_BELOW)) {
          const bytes = await readAll(given).catch(() => undefined);
          if (!bytes) return void response.destroy();
          return void response
            .writeHead(status, whole ? headers : { ...headers, "content-length": bytes.length })
            .end(bytes);
        }
        response.writeHead(status, { ...headers, "x-accel-buffering": "no" });
        response.flushHeaders();
        given.pipe(response);
        given.on("error", () => response.destroy());
      });
      asked.end(body);
    },
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const found = find(request);
      if ("status" in found) return void socket.end(refusalLine(found.status, "Refused"));
      // The browser's side is opened first: what the app refuses shows as a connection that ends at once.
      server.handleUpgrade(request, socket, head, (browser) => {
        const { host, port } = target();
        const protocols = browser.protocol ? [browser.protocol] : [];
        const { connection: _, upgrade: __, ...headers } = headersFor(request, found.user);
        const app = new WebSocket(`ws://${host}:${port}${found.path}`, protocols, {
          headers,
          localAddress: sourceAddress,
          maxPayload: MOST_MESSAGE,
          perMessageDeflate: false,
          autoPong: false,
        });
        relay({ from: browser, to: app, pings: true });
        app.on("error", () => browser.close());
        if (cutAfterMs === undefined) return;
        const timer = setTimeout(() => browser.terminate(), cutAfterMs);
        browser.on("close", () => clearTimeout(timer));
      });
    },
  };
}

export type Ingress = ReturnType<typeof createIngress>;

/** A header on the wire is bytes, written here as UTF-8; Node takes each character for one byte. */
const asWire = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
