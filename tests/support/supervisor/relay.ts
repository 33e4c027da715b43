import { WebSocket } from "ws";

export type Relay = {
  readonly from: WebSocket;
  readonly to: WebSocket;
  /** Lets a message pass, or answers it in the other side's place. */
  readonly passes?: (text: string) => boolean;
  /** Pings and pongs go through to the other end, as ingress does it; else each side answers its own. */
  readonly pings?: boolean;
};

/** Carries messages both ways until either side ends. Close codes do not get through: both see 1000. */
export function relay({ from, to, passes, pings }: Relay): void {
  const waiting: (() => void)[] = [];
  const send = (socket: WebSocket, run: () => void) => {
    if (socket.readyState === WebSocket.CONNECTING) waiting.push(run);
    else if (socket.readyState === WebSocket.OPEN) run();
  };
  to.on("open", () => {
    for (const run of waiting.splice(0)) run();
  });
  const join = (one: WebSocket, other: WebSocket, check?: (text: string) => boolean) => {
    one.on("message", (data, isBinary) => {
      if (check && !isBinary && !check(String(data))) return;
      send(other, () => other.send(data, { binary: isBinary }));
    });
    if (pings) {
      one.on("ping", () => send(other, () => other.ping()));
      one.on("pong", () => send(other, () => other.pong()));
    }
    one.on("error", () => {});
    one.on("close", () => other.close(1000));
  };
  join(from, to, passes);
  join(to, from);
}
