import type { LiveFrame, Subscription } from "./api-types.ts";
import { type Cell, createCell } from "./data/cell.ts";
import type { Clock } from "./data/clock.ts";

/** How the live stream is doing. Times are milliseconds of the given clock. */
export type LivePhase =
  | { readonly name: "idle" }
  | { readonly name: "connecting" }
  | { readonly name: "open"; readonly since: number }
  | { readonly name: "waiting"; readonly since: number; readonly retryAt: number; readonly why: string | null }
  /** Trying again cannot help: the page is older than the hub, or nobody is signed in. */
  | { readonly name: "refused"; readonly why: "schema" | "unauthorized" };

/** The part of a WebSocket that is used; tests bring their own. */
export type Socket = {
  send(text: string): void;
  close(): void;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
};

export type Live = {
  readonly phase: Cell<LivePhase>;
  start(): void;
  stop(): void;
  /** What the page on show wants; replaces what the one before wanted. */
  want(subscription: Subscription): void;
  listen(listener: (frame: LiveFrame) => void): () => void;
  /** Does not wait for the back-off: the network is back, or a person asked. */
  retryNow(): void;
};

const SCHEMA = 1;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A browser cannot see WebSocket pings, so silence is asked about. */
const SILENCE_MS = 20_000;
const ANSWER_MS = 10_000;

export function createLive(needs: {
  open: () => Socket;
  token: () => string | null;
  clock: Clock;
  random: () => number;
  onUnauthorized: () => void;
}): Live {
  const { open, token, clock, random, onUnauthorized } = needs;
  const phase = createCell<LivePhase>({ name: "idle" });
  const listeners = new Set<(frame: LiveFrame) => void>();
  let wanted: Subscription = { topics: ["status", "jobs"], snapshot: false };
  let socket: Socket | null = null;
  let greeted = false;
  let tries = 0;
  let lastError: string | null = null;
  let downSince: number | null = null;
  let cancelRetry = () => {};
  let cancelWatch = () => {};

  const send = (frame: object) => socket?.send(JSON.stringify(frame));
  const subscribe = () => send({ type: "subscribe", ...wanted });

  function connect(): void {
    cancelRetry();
    drop();
    lastError = null;
    if (tries === 0 && downSince === null) phase.set({ name: "connecting" });
    const fresh = open();
    socket = fresh;
    greeted = false;
    fresh.onmessage = ({ data }) => {
      watchSilence();
      const frame = parse(data);
      if (frame) receive(frame);
    };
    fresh.onclose = () => retryLater();
    watchSilence();
  }

  /** Lets go of the socket without waiting for its goodbye: a half-open one may take minutes to say it. */
  function drop(): void {
    cancelWatch();
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
    socket = null;
  }

  function retryLater(): void {
    drop();
    downSince ??= clock.now();
    const step = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));
    const wait = step / 2 + (random() * step) / 2;
    tries++;
    phase.set({ name: "waiting", since: downSince, retryAt: clock.now() + wait, why: lastError });
    cancelRetry();
    cancelRetry = clock.after(wait, connect);
  }

  function refuse(why: "schema" | "unauthorized"): void {
    cancelRetry();
    drop();
    phase.set({ name: "refused", why });
    if (why === "unauthorized") onUnauthorized();
  }

  function watchSilence(): void {
    cancelWatch();
    cancelWatch = clock.after(SILENCE_MS, () => {
      if (greeted) send({ type: "ping" });
      cancelWatch = clock.after(ANSWER_MS, retryLater);
    });
  }

  function receive(frame: LiveFrame): void {
    if (frame.type === "auth_required") authenticate();
    else if (frame.type === "hello") greet(frame.schema);
    else if (frame.type === "error") {
      lastError = frame.detail;
      if (frame.code === "unauthorized") refuse("unauthorized");
    }
    for (const listener of [...listeners]) listener(frame);
  }

  function authenticate(): void {
    const secret = token();
    if (secret === null) refuse("unauthorized");
    else send({ type: "auth", token: secret });
  }

  function greet(schema: { readonly min: number; readonly max: number }): void {
    if (schema.min > SCHEMA || schema.max < SCHEMA) {
      refuse("schema");
      return;
    }
    greeted = true;
    tries = 0;
    downSince = null;
    subscribe();
    phase.set({ name: "open", since: clock.now() });
  }

  return {
    phase,
    start: () => {
      tries = 0;
      downSince = null;
      connect();
    },
    stop: () => {
      cancelRetry();
      drop();
      phase.set({ name: "idle" });
    },
    want: (subscription) => {
      if (JSON.stringify(subscription) === JSON.stringify(wanted)) return;
      wanted = subscription;
      if (greeted && socket) subscribe();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    retryNow: () => {
      if (phase.get().name === "waiting") connect();
    },
  };
}

function parse(data: unknown): LiveFrame | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as LiveFrame) : null;
  } catch {
    return null;
  }
}
