import type { WebSocket } from "ws";
import { describeError, Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { SystemLog } from "../core/system-log.ts";
import type { User } from "../core/users.ts";
import type { Command } from "./command.ts";
import { checkMessage } from "./messages/schema.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

const AUTH_SECONDS = 10;
const HEARTBEAT_SECONDS = 55;

export type Connection = {
  readonly user: User;
  readonly outbox: Outbox;
  result(id: number, result: unknown): void;
  /** `json` is the result, written already. */
  resultText(id: number, json: string): void;
  event(id: number, json: string): void;
  pong(id: number): void;
  /** Keeps what ends a subscription. */
  subscribe(id: number, stop: () => void): void;
  unsubscribe(id: number): boolean;
};

/** A client as the fault control sees it. */
export type Client = {
  readonly authenticated: boolean;
  pending(): number;
  /** A polite close with code 1000, as at every end that Home Assistant decides. */
  close(): void;
  /** Gone without a close frame. */
  drop(): void;
  /** Neither reads nor writes any more, and does not say so. */
  freeze(): void;
  sendRaw(frame: string | Uint8Array): void;
  /** An event of the client's `subscribe_entities`, as it is; nothing where it has none. */
  sendEntities(event: string): void;
  whenBelow(most: number, run: () => void): void;
};

type Needs = {
  socket: WebSocket;
  clock: Clock;
  log: Log;
  version: string;
  command: (type: string) => Command | undefined;
  /** Who has this token; undefined: nobody. */
  admit: (token: string) => User | undefined;
  systemLog: SystemLog;
  counted: { messagesIn: number; messagesOut: number; framesOut: number; bytesOut: number; cuts: number };
  ended: () => void;
};

export function serveClient(needs: Needs): Client {
  const { socket, clock, log, version, command: findCommand, admit, systemLog, counted, ended } = needs;
  let user: User | undefined;
  let frozen = false;
  let lastId = 0;
  let entitiesId: number | undefined;
  const subscriptions = new Map<number, () => void>();

  const tell = (level: "WARNING" | "ERROR", source: [string, number], message: string) =>
    systemLog.add({
      name: "homeassistant.components.websocket_api.http.connection",
      level,
      source,
      message: `${user?.name ?? ""} from 127.0.0.1: ${message}`,
    });
  const write = (frame: string, done: () => void = () => {}) => {
    if (frozen || socket.readyState !== socket.OPEN) return done();
    counted.framesOut++;
    counted.bytesOut += frame.length;
    socket.send(frame, done);
  };
  const outbox = createOutbox({
    clock,
    write,
    overflow: (why, lastMessage) => {
      counted.cuts++;
      const words = `Client unable to keep up with pending messages. ${why}`;
      log.error(words, { last_message: lastMessage.slice(0, 200) });
      tell("ERROR", ["components/websocket_api/http.py", 241], `${words}; Last message was: ${lastMessage}`);
      closePolitely();
    },
  });
  const push = (message: string) => {
    if (frozen) return;
    counted.messagesOut++;
    outbox.push(message);
  };
  const stopAll = () => {
    for (const stop of subscriptions.values()) stop();
    subscriptions.clear();
  };
  const closePolitely = () => {
    stopAll();
    outbox.close();
    if (!frozen) socket.close(1000);
  };

  const stopAuthTimer = clock.after(AUTH_SECONDS * 1000, () => {
    if (!user) closePolitely();
  });
  const stopHeartbeat = startHeartbeat(socket, clock, () => frozen);

  const error = (id: unknown, code: string, message: string, more: { [name: string]: unknown } = {}) =>
    push(JSON.stringify({ id: id ?? null, type: "result", success: false, error: { code, message, ...more } }));

  const connection = (owner: User): Connection => ({
    user: owner,
    outbox,
    result: (id, result) => push(`{"id":${id},"type":"result","success":true,"result":${JSON.stringify(result)}}`),
    resultText: (id, json) => push(`{"id":${id},"type":"result","success":true,"result":${json}}`),
    event: (id, json) => push(`{"id":${id},"type":"event","event":${json}}`),
    pong: (id) => push(`{"id":${id},"type":"pong"}`),
    subscribe: (id, stop) => void subscriptions.set(id, stop),
    unsubscribe: (id) => {
      const stop = subscriptions.get(id);
      if (!stop) return false;
      subscriptions.delete(id);
      stop();
      return true;
    },
  });

  const authenticate = (message: unknown) => {
    const token = tokenOf(message);
    user = token === undefined ? undefined : admit(token);
    stopAuthTimer();
    if (user) {
      handling = connection(user);
      return write(JSON.stringify({ type: "auth_ok", ha_version: version }));
    }
    const why = token === undefined ? "Auth message incorrectly formatted" : "Invalid access token or password";
    write(JSON.stringify({ type: "auth_invalid", message: why }));
    tell("WARNING", ["components/websocket_api/auth.py", 93], why);
    closePolitely();
  };
  let handling: Connection | undefined;

  const handle = (message: unknown) => {
    counted.messagesIn++;
    const { id, type } = (typeof message === "object" && message !== null ? message : { id: 0 }) as {
      id?: unknown;
      type?: unknown;
    };
    if (typeof id !== "number" || !Number.isInteger(id) || id <= 0 || typeof type !== "string" || type === "")
      return error(id, "invalid_format", "Message incorrectly formatted.");
    if (id <= lastId) return error(id, "id_reuse", "Identifier values have to increase.");
    const command = findCommand(type);
    if (!command) return error(id, "unknown_command", "Unknown command.");
    lastId = id;
    if (type === "subscribe_entities") entitiesId = id;
    const fail = (problem: unknown) => {
      if (problem instanceof Failure)
        error(id, problem.code, problem.message, (problem.cause as { [name: string]: unknown } | undefined) ?? {});
      else {
        log.error(`command ${type} failed`, { why: describeError(problem) });
        error(id, "unknown_error", "Unknown error");
      }
    };
    try {
      if (command.admin && !user?.isAdmin) throw new Failure("unauthorized", "Unauthorized");
      checkMessage(message as { [name: string]: unknown }, command.schema);
      const running = command.run(handling as Connection, message as { id: number; [name: string]: unknown });
      running?.catch(fail);
    } catch (problem) {
      fail(problem);
    }
  };

  socket.on("message", (data, isBinary) => {
    if (frozen || socket.readyState !== socket.OPEN) return;
    // Binary messages belong to handlers (voice) that nothing here registers; Home Assistant ignores them too.
    if (isBinary) return user ? undefined : closePolitely();
    let message: unknown;
    try {
      message = JSON.parse(String(data));
    } catch {
      tell("WARNING", ["components/websocket_api/http.py", 582], "Disconnected: Received invalid JSON.");
      return closePolitely();
    }
    if (!user) return authenticate(message);
    for (const single of Array.isArray(message) ? message : [message]) handle(single);
  });
  socket.on("error", (problem) => log.debug("client connection failed", { why: problem.message }));
  socket.on("close", () => {
    stopAuthTimer();
    stopHeartbeat();
    stopAll();
    outbox.close();
    ended();
  });
  write(JSON.stringify({ type: "auth_required", ha_version: version }));

  return {
    get authenticated() {
      return user !== undefined;
    },
    pending: outbox.pending,
    close: closePolitely,
    drop: () => socket.terminate(),
    freeze() {
      frozen = true;
      stopAll();
      outbox.close();
      socket.pause();
    },
    sendRaw: (frame) => socket.send(frame),
    sendEntities: (event) => {
      if (entitiesId !== undefined) socket.send(`{"id":${entitiesId},"type":"event","event":${event}}`);
    },
    whenBelow: outbox.whenBelow,
  };
}

function tokenOf(message: unknown): string | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { type, access_token: token } = message as { type?: unknown; access_token?: unknown };
  return type === "auth" && typeof token === "string" ? token : undefined;
}

/** A ping every 55 s; a client that has not answered by half that time later is dropped. */
function startHeartbeat(socket: WebSocket, clock: Clock, isFrozen: () => boolean): () => void {
  let stopTimer: () => void = () => {};
  let waiting = false;
  const beat = () => {
    if (isFrozen()) return;
    if (waiting) return socket.terminate();
    waiting = true;
    if (socket.readyState === socket.OPEN) socket.ping();
    stopTimer = clock.after((HEARTBEAT_SECONDS * 1000) / 2, () => {
      if (waiting) socket.terminate();
      else stopTimer = clock.after((HEARTBEAT_SECONDS * 1000) / 2, beat);
    });
  };
  socket.on("pong", () => {
    waiting = false;
  });
  stopTimer = clock.after(HEARTBEAT_SECONDS * 1000, beat);
  return () => stopTimer();
}
