import type { HaWebSocket } from "home-assistant-js-websocket";
import WebSocket from "ws";
import { Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Message, parseFrame } from "./frames.ts";

/** The largest frame read: the snapshot of a home of 20,000 entities is about 20 MB. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const OPEN_WITHIN_MS = 15_000;

/** The first id is used before the library counts its own (it starts at 3). */
const FEATURES_ID = 1;
export type EntityEvent = { readonly a?: unknown; readonly c?: unknown; readonly r?: unknown };

export type SocketNeeds = {
  /** `ws://host/api/websocket`. */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  /** An event of the `subscribe_entities` subscription. Called from the socket; it must only put it away. */
  readonly onEntities: (event: EntityEvent, bytes: number) => void;
  /** A frame that cannot be used; the connection goes on. */
  readonly onMalformed: (why: string) => void;
  readonly onClose: (code: number, reason: string) => void;
  readonly signal?: AbortSignal;
};

type Listener = (event: { data?: string; type: string }) => void;

/**
 * The socket that the library works on. Frames are checked and parsed here, once: events of the entities subscription
 * stay here, all others go on to the library. Resolves when Home Assistant has accepted the token.
 *
 * @throws Failure `auth_invalid`, `cannot_connect`
 */
export function openSocket(needs: SocketNeeds): Promise<HaWebSocket> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(needs.url, { maxPayload: MAX_FRAME_BYTES, handshakeTimeout: OPEN_WITHIN_MS });
    const socket = wrap(ws);
    let haVersion = "";
    let authenticated = false;
    let entitiesId: number | undefined;
    const giveUp = (failure: Failure) => {
      ws.terminate();
      reject(failure);
    };
    const stopWaiting = needs.clock.after(OPEN_WITHIN_MS, () => giveUp(cannotConnect(needs.url, "no answer in time")));
    needs.signal?.addEventListener("abort", () => giveUp(cannotConnect(needs.url, "stopped")), { once: true });

    const pass = (messages: readonly Message[], whole: string | undefined) => {
      if (messages.length === 0) return;
      socket.emit("message", whole ?? JSON.stringify(messages));
    };
    const receive = (text: string) => {
      const messages = parseFrame(text);
      if (!authenticated) return authenticate(messages[0] as Message);
      let others: Message[] = [];
      for (const message of messages) {
        if (message.type === "event" && message.id === entitiesId && entitiesId !== undefined) {
          // What came before an entity event reaches the library before it: registry events set names for changes.
          pass(others, undefined);
          others = [];
          const event = message.event;
          if (typeof event !== "object" || event === null) needs.onMalformed("an entities event without content");
          else needs.onEntities(event, text.length / messages.length);
        } else others.push(message);
      }
      pass(others, others.length === messages.length ? text : undefined);
    };
    const authenticate = (message: Message) => {
      haVersion = typeof message.ha_version === "string" ? message.ha_version : haVersion;
      if (message.type === "auth_required") ws.send(JSON.stringify({ type: "auth", access_token: needs.token }));
      else if (message.type === "auth_invalid")
        giveUp(
          new Failure("auth_invalid", "Home Assistant refused the access token", {
            fix: "Create a new long-lived access token in Home Assistant (profile, security) and set it as HA_TOKEN.",
          }),
        );
      else if (message.type === "auth_ok") {
        authenticated = true;
        stopWaiting();
        ws.send(JSON.stringify({ id: FEATURES_ID, type: "supported_features", features: { coalesce_messages: 1 } }));
        resolve(Object.assign(socket.face, { haVersion }) as unknown as HaWebSocket);
      } else needs.onMalformed(`${message.type} before the token was accepted`);
    };

    socket.onSend = (message) => {
      if (message.type === "subscribe_entities") entitiesId = message.id;
    };
    ws.on("message", (data, isBinary) => {
      try {
        if (isBinary) return needs.onMalformed("a binary frame");
        receive((data as Buffer).toString("utf8"));
      } catch (error) {
        needs.onMalformed(error instanceof Error ? error.message.slice(0, 200) : "unreadable");
      }
    });
    ws.on("error", (error) => {
      if (authenticated) return;
      giveUp(cannotConnect(needs.url, error.message));
    });
    ws.on("close", (code, reason) => {
      stopWaiting();
      if (!authenticated) reject(cannotConnect(needs.url, `closed with ${code} before the token was accepted`));
      else needs.onClose(code, reason.toString("utf8").slice(0, 200));
      socket.emit("close");
    });
  });
}

const cannotConnect = (url: string, why: string) =>
  new Failure("cannot_connect", `Home Assistant at ${url} does not answer: ${why}`, {
    retry: true,
    fix: "Check that Home Assistant is running and that HA_URL is its address as seen from this machine.",
  });

/** The few members of a browser's WebSocket that the library uses. */
function wrap(ws: WebSocket) {
  const listeners = new Map<string, Set<Listener>>();
  const wrapped = {
    onSend: (_message: { id?: number; type?: string }) => {},
    emit: (type: string, data?: string) => {
      for (const listener of [...(listeners.get(type) ?? [])]) listener(data === undefined ? { type } : { type, data });
    },
    face: {
      OPEN: WebSocket.OPEN,
      get readyState() {
        return ws.readyState;
      },
      send: (text: string) => {
        wrapped.onSend(JSON.parse(text) as { id?: number; type?: string });
        ws.send(text);
      },
      close: () => ws.close(),
      terminate: () => ws.terminate(),
      addEventListener: (type: string, listener: Listener) => {
        const known = listeners.get(type) ?? new Set();
        listeners.set(type, known.add(listener));
      },
      removeEventListener: (type: string, listener: Listener) => void listeners.get(type)?.delete(listener),
    },
  };
  return wrapped;
}
