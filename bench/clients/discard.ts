/**
 * A client of Home Assistant that takes everything and keeps nothing: the least that a reader of the feed can do.
 * With `parse` it reads each frame as JSON and counts the changes: the floor of any reader that looks at them.
 */
import WebSocket from "ws";
import { answerParent } from "../measure/child.ts";

export type DiscardOptions = {
  readonly url: string;
  readonly token: string;
  readonly feed: "subscribe_entities" | "subscribe_events";
  readonly parse: boolean;
};

/** Times are milliseconds on this process's clock. */
export type DiscardFigures = {
  readonly frames: number;
  readonly bytes: number;
  /** Counted only with `parse`; the first state of each entity is not counted. */
  readonly changes: number;
  readonly seconds: number;
  readonly closed: number | undefined;
};

let socket: WebSocket | undefined;
let frames = 0;
let bytes = 0;
let changes = 0;
let first = 0;
let last = 0;
let closed: number | undefined;
let ids = 0;
const waiting = new Map<number, () => void>();

function open({ url, token, feed, parse }: DiscardOptions): Promise<void> {
  const ws = new WebSocket(`${url.replace(/^http/, "ws")}/api/websocket`, {
    maxPayload: 2 ** 30,
    perMessageDeflate: false,
  });
  socket = ws;
  const subscription =
    feed === "subscribe_entities"
      ? { type: "subscribe_entities" }
      : { type: "subscribe_events", event_type: "state_changed" };
  return new Promise((resolve, reject) => {
    let ready = false;
    ws.on("error", reject);
    ws.on("close", (code) => {
      closed = code;
      reject(new Error(`closed with ${code}`));
    });
    ws.on("message", (data: Buffer) => {
      if (!ready) {
        for (const message of messagesOf(data)) {
          if (message.type === "auth_required") ws.send(JSON.stringify({ type: "auth", access_token: token }));
          if (message.type === "auth_ok") {
            ws.send(JSON.stringify({ id: ++ids, type: "supported_features", features: { coalesce_messages: 1 } }));
            ws.send(JSON.stringify({ id: ++ids, ...subscription }));
          }
          if (message.type === "result" && message.id === 2) {
            ready = true;
            resolve();
          }
        }
        return;
      }
      frames++;
      bytes += data.length;
      last = performance.now();
      if (first === 0) first = last;
      if (!parse && waiting.size === 0) return;
      for (const message of messagesOf(data)) {
        const event = message.event as { c?: object; a?: object; r?: readonly unknown[] } | undefined;
        if (event && parse) changes += sizeOf(event.c) + sizeOf(event.a) + (event.r?.length ?? 0);
        if (message.type === "pong") {
          waiting.get(message.id as number)?.();
          waiting.delete(message.id as number);
        }
      }
    });
  });
}

const sizeOf = (object: object | undefined): number => {
  let size = 0;
  for (const _ in object) size++;
  return size;
};

function messagesOf(data: Buffer): { type: string; id?: number; [key: string]: unknown }[] {
  const parsed = JSON.parse(data.toString("utf8"));
  return Array.isArray(parsed) ? parsed : [parsed];
}

answerParent({
  open,
  reset: () => {
    frames = bytes = changes = first = last = 0;
  },
  /** Resolves when all that was queued for this client has arrived: Home Assistant keeps one queue per client. */
  drained: () =>
    new Promise<void>((resolve) => {
      const id = ++ids;
      waiting.set(id, resolve);
      socket?.send(JSON.stringify({ id, type: "ping" }));
    }),
  figures: (): DiscardFigures => ({ frames, bytes, changes, seconds: (last - first) / 1000, closed }),
});
