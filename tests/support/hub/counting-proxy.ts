import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** In front of an HTTP server: the witness of what a client asked for, streams included. */
export type CountingProxy = AsyncDisposable & {
  readonly port: number;
  /** `GET /path 200`, in order; an upgrade that was taken is a 101. */
  readonly asked: readonly string[];
};

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target);
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const forward = (incoming: IncomingMessage) =>
    request({ hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers });
  const note = (incoming: IncomingMessage, status = 0) =>
    void asked.push(`${incoming.method} ${incoming.url} ${status}`);
  const server = createServer((incoming, answer) => {
    const upstream = forward(incoming);
    upstream.on("error", () => answer.destroy());
    upstream.on("response", (given) => {
      note(incoming, given.statusCode);
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    incoming.pipe(upstream);
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.on("upgrade", (incoming, socket: Duplex) => {
    socket.on("error", () => {});
    const upstream = forward(incoming);
    const head = (given: IncomingMessage) =>
      `HTTP/1.1 ${given.statusCode} ${given.statusMessage}\r\n${pairs(given.rawHeaders)}\r\n`;
    upstream.on("error", () => socket.destroy());
    upstream.on("response", (given) => {
      note(incoming, given.statusCode);
      socket.write(head(given));
      given.pipe(socket);
    });
    upstream.on("upgrade", (given, other, first) => {
      note(incoming, given.statusCode);
      other.on("error", () => socket.destroy());
      socket.write(head(given));
      socket.write(first);
      socket.pipe(other).pipe(socket);
      socket.on("close", () => other.destroy());
      other.on("close", () => socket.destroy());
    });
    upstream.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}

const pairs = (raw: readonly string[]): string =>
  raw.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${raw[i + 1]}\r\n`] : [])).join("");
