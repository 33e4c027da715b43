import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** An address of a Home Assistant that can be cut, and that counts what came by it: the witness of what a client did. */
export type CutProxy = AsyncDisposable & {
  readonly url: string;
  /** Every connection that came, cut or not, with the answers of Home Assistant to the tokens. */
  readonly seen: { readonly connections: number; readonly accepted: number; readonly refused: number };
  /** Connections that are open now. */
  readonly open: number;
  /** Ends everyone without a word; whoever comes is let go at once until `mend`. */
  cut(): void;
  mend(): void;
};

/** Home Assistant greets and answers the token within its first few hundred bytes. */
const GREETING_BYTES = 8 * 1024;

export async function startCutProxy(target: string): Promise<CutProxy> {
  const { hostname, port } = new URL(target);
  const seen = { connections: 0, accepted: 0, refused: 0 };
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    seen.connections++;
    socket.on("error", () => {});
    if (isCut) return void socket.destroy();
    open.add(socket);
    const upstream = connect(Number(port), hostname);
    upstream.on("error", () => socket.destroy());
    upstream.on("close", () => socket.destroy());
    socket.on("close", () => {
      open.delete(socket);
      upstream.destroy();
    });
    let greeting = "";
    upstream.on("data", (bytes: Buffer) => {
      if (greeting.length > GREETING_BYTES) return;
      const had = greeting;
      greeting += bytes.toString("latin1");
      for (const [word, name] of [
        ["auth_ok", "accepted"],
        ["auth_invalid", "refused"],
      ] as const)
        if (!had.includes(word) && greeting.includes(word)) seen[name]++;
    });
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get open() {
      return open.size;
    },
    cut: () => {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}
