import type { HaWebSocket } from "home-assistant-js-websocket";
import WebSocket from "ws";
import { Failure } from "../../domain/failure.ts";
import { type Micros, microsFromMillis } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { holdsOnly, type Message, parseFrame } from "./frames.ts";

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
  /**
   * Events of the `subscribe_entities` subscription. Called from the socket; it must only put them away: `read` parses
   * them, once, when their turn has come. Until then they are bytes, a tenth of what they become.
   */
  readonly onEntities: (read: () => readonly EntityEvent[], bytes: number) => void;
  /** A frame that cannot be used; the connection goes on. */
  readonly onMalformed: (why: string) => void;
  readonly onClose: (code: number, reason: string) => void;
  /** What time it is by Home Assistant's server, to the second; not called where its answer does not say. */
  readonly onServerTime: (time: Micros) => void;
  readonly signal?: AbortSignal;
};

const FOR_LIBRARY = ["event", "pong", "result"];

type Listener = (event: { data?: string; type: string }) => void;

/**
 * The socket that the library works on. Frames are checked and parsed once: events of the entities subscription are
 * kept from the library, all others go on to it. Resolves when Home Assistant has accepted the token.
 *
 * @throws Failure `auth_invalid`, `cannot_connect`, `unreachable` (nobody is there to be asked)
 */
export function openSocket(needs: SocketNeeds): Promise<HaWebSocket> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(needs.url, {
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: OPEN_WITHIN_MS,
      // Home Assistant would take the offer, and the work of compressing would cost it a part of its fastest rate.
      perMessageDeflate: false,
    });
    const socket = wrap(ws);
    let haVersion = "";
    let authenticated = false;
    let entitiesId: number | undefined;
    const giveUp = (failure: Failure) => {
      ws.terminate();
      reject(failure);
    };
    const stopWaiting = needs.clock.after(OPEN_WITHIN_MS, () => {
      const isSilent = ws.readyState === WebSocket.CONNECTING;
      giveUp(cannotConnect(needs.url, "no answer in time", isSilent));
    });
    const stop = () => giveUp(cannotConnect(needs.url, "stopped"));
    needs.signal?.addEventListener("abort", stop, { once: true });

    const pass = (messages: readonly Message[], whole: string | undefined) => {
      if (messages.length === 0) return;
      socket.emit("message", whole ?? JSON.stringify(messages));
    };
    /** Events of the entities subscription are kept; the others go on to the library, in order. */
    const sort = (messages: readonly Message[], whole: string, keep: (event: EntityEvent) => void) => {
      let others: Message[] = [];
      for (const message of messages) {
        if (message.type === "event" && message.id === entitiesId && entitiesId !== undefined) {
          // What came before an entity event reaches the library before it: registry events set names for changes.
          pass(others, undefined);
          others = [];
          const event = message.event;
          if (typeof event !== "object" || event === null) needs.onMalformed("an entities event without content");
          else keep(event);
        } else if (FOR_LIBRARY.includes(message.type)) others.push(message);
        else needs.onMalformed("a message of an unknown type");
      }
      pass(others, others.length === messages.length ? whole : undefined);
    };
    const readLater = (frame: Buffer) => (): readonly EntityEvent[] => {
      const events: EntityEvent[] = [];
      guard(() => {
        const text = frame.toString("utf8");
        sort(parseFrame(text), text, (event) => events.push(event));
      });
      return events;
    };
    const receive = (frame: Buffer) => {
      if (entitiesId !== undefined && holdsOnly(frame, entitiesId))
        return needs.onEntities(readLater(frame), frame.length);
      const text = frame.toString("utf8");
      const messages = parseFrame(text);
      if (!authenticated) return authenticate(messages[0] as Message);
      sort(messages, text, (event) => needs.onEntities(() => [event], frame.length / messages.length));
    };
    const guard = (run: () => void) => {
      try {
        run();
      } catch (error) {
        // What the parser says of it quotes the frame, and that may hold anything.
        needs.onMalformed(error instanceof Failure ? error.message : "a frame that is no JSON");
      }
    };
    const authenticate = (message: Message) => {
      haVersion = typeof message.ha_version === "string" ? message.ha_version : haVersion;
      if (message.type === "auth_required") ws.send(JSON.stringify({ type: "auth", access_token: needs.token }));
      else if (message.type === "auth_invalid")
        giveUp(
          new Failure("auth_invalid", "Home Assistant refused the access token", {
            fix: "Create a new long-lived access token in Home Assistant (profile, security) and give it to this connection (HA_TOKEN, or the options of the app).",
          }),
        );
      else if (message.type === "auth_ok") {
        authenticated = true;
        stopWaiting();
        ws.send(JSON.stringify({ id: FEATURES_ID, type: "supported_features", features: { coalesce_messages: 1 } }));
        resolve(Object.assign(socket.face, { haVersion }) as unknown as HaWebSocket);
      } else needs.onMalformed("a message before the token was accepted");
    };

    socket.onSend = (message) => {
      if (message.type === "subscribe_entities") entitiesId = message.id;
    };
    ws.on("upgrade", ({ headers }) => {
      const time = Date.parse(headers.date ?? "");
      if (Number.isFinite(time)) needs.onServerTime(microsFromMillis(time));
    });
    ws.on("message", (data, isBinary) => {
      if (isBinary) return needs.onMalformed("a binary frame");
      guard(() => receive(data as Buffer));
    });
    ws.on("error", (error) => {
      if (authenticated) return;
      giveUp(cannotConnect(needs.url, error.message, isAbsence(error)));
    });
    ws.on("close", (code, reason) => {
      stopWaiting();
      needs.signal?.removeEventListener("abort", stop);
      if (!authenticated) reject(cannotConnect(needs.url, `closed with ${code} before the token was accepted`));
      else needs.onClose(code, reason.toString("utf8").slice(0, 200));
      socket.emit("close");
    });
  });
}

/** What the way to Home Assistant says, and what to do then. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /response: 403/,
    "Home Assistant has banned this machine's address after wrong tokens: remove it from ip_bans.yaml in Home Assistant's configuration folder and restart Home Assistant.",
  ],
  [
    /response: 404/,
    "Something else answers there: check the address and its path (HA_URL, or in the options of the app).",
  ],
  [
    /certificate|altnames/i,
    "The certificate there is not valid for this address: use the name that it was made for, or a plain http:// address in the home's own network.",
  ],
];
const USUAL_FIX =
  "Check that Home Assistant is running and that the address (HA_URL, or in the options of the app) is right as seen from this machine.";

/** Errors of a connection that nobody took, or that was dropped before anything was answered. */
const NOBODY_THERE = [
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
];
/** What is in front of Home Assistant answers for it (the Supervisor's proxy while it restarts), or nothing came at all. */
const IN_ITS_PLACE = /response: 50[234]|handshake has timed out/;

const isAbsence = ({ code, message }: NodeJS.ErrnoException): boolean =>
  NOBODY_THERE.includes(code ?? "") || IN_ITS_PLACE.test(message);

const cannotConnect = (url: string, why: string, isAbsent = false) =>
  new Failure(isAbsent ? "unreachable" : "cannot_connect", `Home Assistant at ${url} does not answer: ${why}`, {
    retry: true,
    fix: FIXES.find(([says]) => says.test(why))?.[1] ?? USUAL_FIX,
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
      pause: () => ws.pause(),
      resume: () => ws.resume(),
      addEventListener: (type: string, listener: Listener) => {
        const known = listeners.get(type) ?? new Set();
        listeners.set(type, known.add(listener));
      },
      removeEventListener: (type: string, listener: Listener) => void listeners.get(type)?.delete(listener),
    },
  };
  return wrapped;
}
