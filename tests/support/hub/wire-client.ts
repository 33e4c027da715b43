import WebSocket from "ws";

/** A WebSocket client of Home Assistant that keeps every frame as it came, for tests of how the wire behaves. */
export type WireClient = {
  /** Every frame so far, as text. */
  readonly frames: readonly string[];
  /** Every message so far; frames that are arrays are taken apart. */
  readonly messages: readonly Message[];
  /** Sends a command under the next id and resolves with its answer (a result or a pong). */
  call(type: string, fields?: Record<string, unknown>): Promise<Message>;
  /** As `call`, but only the result; an error answer is thrown. */
  result<T = unknown>(type: string, fields?: Record<string, unknown>): Promise<T>;
  send(text: string): void;
  nextId(): number;
  /** The `event` of every message of one subscription. */
  events(id: number): Event[];
  /** Resolves when everything that was queued for this client has arrived. */
  drained(): Promise<void>;
  /** Resolves once `when` holds; looks after every frame. */
  until(when: () => boolean): Promise<void>;
  pause(): void;
  resume(): void;
  /** Resolves with the code that the other side closed with. */
  readonly closed: Promise<number>;
  close(): void;
};

// biome-ignore lint/suspicious/noExplicitAny: messages are looked at key by key, as they come
export type Message = any;
// biome-ignore lint/suspicious/noExplicitAny: so are events
export type Event = any;

const MOST_BYTES = 2 ** 30;

/** `token` null: only connects, and answers nothing to `auth_required`. */
export async function openWire(peer: { url: string; token: string | null }): Promise<WireClient> {
  const socket = new WebSocket(`${peer.url.replace(/^http/, "ws")}/api/websocket`, {
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
  });
  const frames: string[] = [];
  const messages: Message[] = [];
  let waiting: { when: () => boolean; go: () => void }[] = [];
  let id = 0;
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.on("message", (data) => {
    const frame = String(data);
    frames.push(frame);
    const parsed: unknown = JSON.parse(frame);
    messages.push(...(Array.isArray(parsed) ? parsed : [parsed]));
    waiting = waiting.filter(({ when, go }) => {
      if (!when()) return true;
      go();
      return false;
    });
  });
  const until = (when: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      if (when()) return resolve();
      waiting.push({ when, go: resolve });
      void closed.then(() => reject(new Error("the connection was closed while a message was awaited")));
    });
  const answerOf = (wanted: number) =>
    messages.find((message) => message.id === wanted && (message.type === "result" || message.type === "pong"));
  const client: WireClient = {
    frames,
    messages,
    async call(type, fields = {}) {
      const mine = ++id;
      socket.send(JSON.stringify({ id: mine, type, ...fields }));
      await until(() => answerOf(mine) !== undefined);
      return answerOf(mine);
    },
    async result<T>(type: string, fields?: Record<string, unknown>) {
      const answer = await client.call(type, fields);
      if (!answer.success) throw new Error(`${type}: ${JSON.stringify(answer.error)}`);
      return answer.result as T;
    },
    send: (text) => socket.send(text),
    nextId: () => ++id,
    events: (subscription) =>
      messages.filter((message) => message.id === subscription && message.type === "event").map(({ event }) => event),
    drained: async () => void (await client.call("ping")),
    until,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    closed,
    close: () => socket.close(),
  };
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("message", () => resolve());
  });
  if (peer.token === null) return client;
  socket.send(JSON.stringify({ type: "auth", access_token: peer.token }));
  await until(() => messages.length > 1);
  if (messages[1].type !== "auth_ok") throw new Error(`not let in: ${frames[1]}`);
  return client;
}
