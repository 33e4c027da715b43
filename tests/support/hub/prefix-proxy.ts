import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A reverse proxy that shows what is at `target` under a path prefix, WebSockets included, as Home Assistant's ingress does. */
export async function startPrefixProxy({ target, prefix }: { target: string; prefix: string }) {
  const to = new URL(target);
  const sockets = new Set<Socket>();
  const ask = (incoming: IncomingMessage) => {
    const path = incoming.url?.startsWith(`${prefix}/`) ? incoming.url.slice(prefix.length) : undefined;
    if (path === undefined) return undefined;
    return request({ host: to.hostname, port: to.port, path, method: incoming.method, headers: incoming.headers });
  };
  const server = createServer((incoming, outgoing) => {
    const asked = ask(incoming);
    if (!asked) return void outgoing.writeHead(404).end();
    asked.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    asked.on("error", () => outgoing.destroy());
    incoming.pipe(asked);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (incoming, socket, head) => {
    const asked = ask(incoming);
    if (!asked) return void socket.destroy();
    asked.on("upgrade", (answer, upstream, first) => {
      const lines = answer.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []));
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (first.length > 0) socket.write(first);
      if (head.length > 0) upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
      upstream.on("error", () => socket.destroy());
      socket.on("error", () => upstream.destroy());
    });
    asked.on("error", () => socket.destroy());
    asked.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}/`,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
