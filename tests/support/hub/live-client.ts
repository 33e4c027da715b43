import { once } from "node:events";
import { WebSocket } from "ws";

export type Frame = { readonly type: string; readonly [key: string]: unknown };

/** A client of the live stream that keeps every frame in order. */
export type LiveClient = {
  readonly socket: WebSocket;
  readonly frames: readonly Frame[];
  send(frame: object | string): void;
  /** The next frame that has not been taken yet. */
  next(): Promise<Frame>;
  /** Takes frames until one passes; answers with it. */
  until(passes: (frame: Frame) => boolean): Promise<Frame>;
  /** The code with which the stream was closed. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
};

/** A URL of the hub, such as `http://127.0.0.1:8098/`. */
export async function openLive(
  url: string,
  headers: Record<string, string> = {},
  options: { autoPong?: boolean } = {},
): Promise<LiveClient> {
  const socket = new WebSocket(new URL("api/v1/live", url.replace(/^http/, "ws")), { headers, ...options });
  const frames: Frame[] = [];
  let taken = 0;
  let wake = () => {};
  const closed = new Promise<number>((resolve) => socket.on("close", (code) => resolve(code)));
  socket.on("message", (data) => {
    frames.push(JSON.parse(String(data)));
    wake();
  });
  void closed.then(() => wake());
  await once(socket, "open");
  const next = async (): Promise<Frame> => {
    while (taken >= frames.length) {
      if (socket.readyState === WebSocket.CLOSED) throw new Error("The stream was closed before a further frame came");
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return frames[taken++] as Frame;
  };
  return {
    socket,
    frames,
    closed,
    next,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    until: async (passes) => {
      for (;;) {
        const frame = await next();
        if (passes(frame)) return frame;
      }
    },
    close: async () => {
      socket.close();
      await closed;
    },
  };
}
