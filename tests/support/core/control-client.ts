import { readFileSync } from "node:fs";
import { join } from "node:path";
import WebSocket from "ws";

/**
 * The tests' witness of what a Home Assistant Core really sent: a WebSocket client of its own, subscribed to
 * `state_changed` (the hub listens to `subscribe_entities`), that keeps raw frames and parses them only when asked,
 * so that it keeps up with Core at its fastest. It shares no code with the hub.
 */
export type ControlClient = {
  /** Any WebSocket command; the answer is its `result`. */
  call<T = unknown>(type: string, fields?: Record<string, unknown>): Promise<T>;
  /** An action of Home Assistant; the answer is its response, where it has one. */
  action<T = unknown>(name: string, data?: Record<string, unknown>, options?: { answers?: boolean }): Promise<T>;
  rest<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  /** Resolves when everything that Core had queued for this client has arrived. */
  drained(): Promise<void>;
  /** Every change since the beginning, in the order of arrival. */
  changes(): readonly SentChange[];
  /** Every other event that was asked for, in the order of arrival. */
  events(): readonly SentEvent[];
  /** One per connection: a hole in the witness lies between two of them. */
  readonly connections: readonly Connection[];
  /** Resolves when the connection number `n` (the first is 1) is subscribed. */
  connected(n: number): Promise<void>;
  close(): Promise<void>;
};

export type SentContext = { id: string; parentId: string | null; userId: string | null };

/** Times are microseconds since the epoch. */
export type SentChange = {
  entityId: string;
  /** null: the entity was removed. */
  state: string | null;
  attributes: Record<string, unknown>;
  changed: number;
  /** `last_updated`; of a removal: `time_fired`. */
  updated: number;
  context: SentContext;
  /** Whether Core had a state of this entity before. */
  isNew: boolean;
  /** Which connection it came over, from 1; 0: from the journal. */
  connection: number;
};

export type SentEvent = {
  type: string;
  time: number;
  data: Record<string, unknown>;
  context: SentContext;
  connection: number;
};

/** A state of the snapshot that is asked for at the start of each connection, before the subscription. */
export type SentState = Omit<SentChange, "isNew" | "connection">;

export type Connection = { states: readonly SentState[]; closeCode: number | undefined };

export type ControlOptions = { url: string; token: string; events?: readonly string[] };

type Message = {
  id: number;
  type: string;
  success?: boolean;
  result?: unknown;
  error?: { code: string; message: string };
  event?: WireEvent;
};
type WireContext = { id: string; parent_id: string | null; user_id: string | null };
type WireState = {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_changed: string;
  last_updated: string;
  context: WireContext;
};
type WireEvent = {
  event_type: string;
  time_fired: string;
  data: Record<string, unknown>;
  context: WireContext;
};
type StateChanged = { entity_id: string; old_state: WireState | null; new_state: WireState | null };

const MAX_FRAME = 2 ** 30;
const RECONNECT_AFTER_MS = 50;
/** Core writes some answers by hand, with a space. Inside a JSON text the quotes would be escaped. */
const ANSWERS = ['"type":"result"', '"type": "result"', '"type":"pong"'].map((text) => Buffer.from(text));

export async function openControlClient({ url, token, events = [] }: ControlOptions): Promise<ControlClient> {
  const changes: SentChange[] = [];
  const others: SentEvent[] = [];
  const connections: { states: SentState[]; closeCode: number | undefined }[] = [];
  const arrivals: { connection: number; wait: () => void }[] = [];
  let frames: { connection: number; bytes: Buffer }[] = [];
  let pending = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let socket: WebSocket | undefined;
  let lastId = 0;
  let subscribed = false;
  let closing = false;

  const request = (message: Record<string, unknown>): Promise<unknown> => {
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Error("the control client is not connected"));
    const id = ++lastId;
    socket.send(JSON.stringify({ id, ...message }));
    return new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
  };

  const settle = (message: Message) => {
    const waiting = pending.get(message.id);
    if (!waiting || (message.type !== "result" && message.type !== "pong")) return;
    pending.delete(message.id);
    if (message.type === "pong" || message.success) waiting.resolve(message.result);
    else waiting.reject(new Error(`${message.error?.code}: ${message.error?.message}`));
  };

  /** One connection, from the greeting to the subscription. Frames are kept as they are, in order. */
  const connect = () =>
    new Promise<void>((resolve, reject) => {
      const opening = new WebSocket(`${url.replace(/^http/, "ws")}/api/websocket`, {
        maxPayload: MAX_FRAME,
        perMessageDeflate: false,
      });
      const number = connections.length + 1;
      let authorized = false;
      opening.on("message", (bytes: Buffer) => {
        if (authorized) {
          frames.push({ connection: number, bytes });
          // Looking for the marker is far cheaper than parsing every frame while a load runs.
          if (pending.size > 0 && ANSWERS.some((marker) => bytes.includes(marker)))
            for (const m of parse(bytes)) settle(m);
          return;
        }
        const { type } = JSON.parse(bytes.toString());
        if (type === "auth_required") opening.send(JSON.stringify({ type: "auth", access_token: token }));
        else if (type === "auth_ok") {
          authorized = true;
          socket = opening;
          subscribe(number).then(resolve, reject);
        } else reject(new Error(`Core answered ${type} to the control client`));
      });
      opening.on("error", reject);
      opening.on("close", (code) => {
        reject(new Error(`Core closed the control client's connection (${code})`));
        const abandoned = pending;
        pending = new Map();
        for (const { reject: fail } of abandoned.values()) fail(new Error(`connection closed (${code})`));
        const connection = connections[number - 1];
        if (connection) connection.closeCode = code;
        if (socket === opening) socket = undefined;
        if (subscribed && connection && !closing) void reconnect();
      });
    });

  const subscribe = async (number: number) => {
    await request({ type: "supported_features", features: { coalesce_messages: 1 } });
    // Subscriptions first: what changes between them and the snapshot is in both.
    for (const type of ["state_changed", ...events]) await request({ type: "subscribe_events", event_type: type });
    const states = ((await request({ type: "get_states" })) as WireState[]).map(sentState);
    connections.push({ states, closeCode: undefined });
    subscribed = true;
    for (const arrival of arrivals.splice(0)) {
      if (arrival.connection <= number) arrival.wait();
      else arrivals.push(arrival);
    }
  };

  const reconnect = async () => {
    while (!closing) {
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_AFTER_MS));
      try {
        return await connect();
      } catch {
        // Core is still away: try again
      }
    }
  };

  const parseFrames = () => {
    const kept = frames;
    frames = [];
    for (const { connection, bytes } of kept) {
      for (const { type, event } of parse(bytes)) {
        if (type !== "event" || !event) continue;
        if (event.event_type === "state_changed") changes.push(sentChange(event, connection));
        else others.push(sentEvent(event, connection));
      }
    }
  };

  await connect();
  return {
    call: <T>(type: string, fields: Record<string, unknown> = {}) => request({ type, ...fields }) as Promise<T>,
    async action<T>(name: string, data: Record<string, unknown> = {}, { answers = true } = {}) {
      const [domain, service] = name.split(".");
      const message = { type: "call_service", domain, service, service_data: data, return_response: answers };
      return ((await request(message)) as { response: T }).response;
    },
    async rest<T>(method: string, path: string, body?: unknown) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
    async drained() {
      // Core keeps one queue per client, so the answer comes after all that was queued before the question.
      await request({ type: "ping" });
    },
    changes() {
      parseFrames();
      return changes;
    },
    events() {
      parseFrames();
      return others;
    },
    connections,
    connected: (n) =>
      connections.length >= n && socket
        ? Promise.resolve()
        : new Promise((wait) => arrivals.push({ connection: n, wait })),
    async close() {
      closing = true;
      const last = socket;
      if (!last || last.readyState === WebSocket.CLOSED) return;
      await new Promise<void>((resolve) => {
        last.once("close", () => resolve());
        last.close();
      });
    },
  };
}

function parse(bytes: Buffer): Message[] {
  const content = JSON.parse(bytes.toString()) as Message | Message[];
  return Array.isArray(content) ? content : [content];
}

const sentContext = (context: WireContext): SentContext => ({
  id: context.id,
  parentId: context.parent_id,
  userId: context.user_id,
});

export const sentState = (state: WireState): SentState => ({
  entityId: state.entity_id,
  state: state.state,
  attributes: state.attributes,
  changed: microsOf(state.last_changed),
  updated: microsOf(state.last_updated),
  context: sentContext(state.context),
});

function sentChange(event: WireEvent, connection: number): SentChange {
  const { entity_id, old_state, new_state } = event.data as StateChanged;
  const isNew = old_state === null;
  if (new_state) return { ...sentState(new_state), isNew, connection };
  const time = microsOf(event.time_fired);
  const context = sentContext(event.context);
  return { entityId: entity_id, state: null, attributes: {}, changed: time, updated: time, context, isNew, connection };
}

/**
 * The same as `changes()`, told by the bus of a Core that keeps a journal: also what no client could see, but not what
 * happened in the first seconds of a boot, before the journal was opened.
 */
export function readJournal(runDir: string): SentChange[] {
  const lines = readFileSync(join(runDir, "config/journal.ndjson"), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => sentChange(JSON.parse(line), 0));
}

const sentEvent = (event: WireEvent, connection: number): SentEvent => ({
  type: event.event_type,
  time: microsOf(event.time_fired),
  data: event.data,
  context: sentContext(event.context),
  connection,
});

/** `2026-11-23T22:42:04.988859+00:00`: Python leaves the fraction out when it is zero, else gives six digits. */
export function microsOf(iso: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{6}))?(?:\+00:00|Z)$/.exec(iso);
  if (!parts) throw new Error(`not a time as Core writes it: ${iso}`);
  return Date.parse(`${parts[1]}Z`) * 1000 + Number(parts[2] ?? 0);
}
