import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A loopback proxy for bytes that can fall silent, as a network does that loses every packet: nobody is told. */
export type StallingProxy = Disposable & {
  readonly url: string;
  /** From now on nothing passes in either direction; connections are taken and stay silent. */
  stop(): void;
  /** Passes new connections again; the silent ones end, as they do when their network returns with other addresses. */
  go(): void;
  /** Connections that were asked for so far, silent ones too. */
  asked(): number;
};

export async function startStallingProxy(target: string): Promise<StallingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let stopped = false;
  let asked = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((incoming) => {
    asked++;
    keep(incoming);
    if (stopped) return;
    const outgoing = keep(connect(Number(port), hostname));
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
    incoming.on("close", () => stopped || outgoing.destroy());
    outgoing.on("close", () => stopped || incoming.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      stopped = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    go: () => {
      stopped = false;
      for (const socket of sockets) socket.destroy();
    },
    asked: () => asked,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
