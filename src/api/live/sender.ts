import { WebSocket } from "ws";

/** Sends text and knows whether the client keeps up. */
export type Sender = {
  send(text: string): void;
  /** True: enough is under way that more would only pile up in memory. */
  readonly full: boolean;
  /** Called each time the socket has taken what was sent and more may follow. */
  onDrain(run: () => void): void;
};

/** Bytes given to the socket and not yet taken by the system; what waits past that waits in the bounded queue. */
const FULL_BYTES = 1024 * 1024;

/** Snapshots and answers go out even when full, as they are few; a client that asks on and reads nothing is let go. */
const MOST_BYTES = 64 * 1024 * 1024;

export function createSender(socket: WebSocket, mostBytes = MOST_BYTES): Sender {
  let drained = () => {};
  return {
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > mostBytes) return socket.terminate();
      socket.send(text, () => drained());
    },
    get full() {
      return socket.readyState !== WebSocket.OPEN || socket.bufferedAmount >= FULL_BYTES;
    },
    onDrain: (run) => {
      drained = run;
    },
  };
}
