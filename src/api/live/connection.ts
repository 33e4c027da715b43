import type { RawData, WebSocket } from "ws";
import { Failure } from "../../domain/failure.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { requireScope } from "../auth/auth.ts";
import type { Caller } from "../auth/caller.ts";
import type { ProblemCode } from "../errors.ts";
import { check } from "../input/read.ts";
import { type ClientFrame, clientFrame, WIRE_SCHEMA } from "./frames.ts";
import { createSender } from "./sender.ts";
import type { Connection, LiveNeeds } from "./streams.ts";
import { startSubscription } from "./subscription.ts";

/** One client's stream: who it is, what it wants, whether it still lives. docs/wire.md is what it speaks. */

const AUTH_WITHIN_MS = 10_000;
const PING_EVERY_MS = 20_000;
const SILENCE_ENDS_MS = 60_000;
const CLOSE_UNAUTHORIZED = 4401;

export function createConnection(
  needs: LiveNeeds & { socket: WebSocket; caller: Caller | undefined; address: string; onEnd: () => void },
): Connection {
  const { clock, log, auth, socket, address, facts } = needs;
  const sender = createSender(socket);
  let caller = needs.caller;
  let subscription: Disposable | undefined;
  let lastHeard = clock.ticks();
  let cancelTimer = () => {};

  const say = (frame: object) => sender.send(JSON.stringify(frame));
  const end: Connection["end"] = (code, detail, closeCode) => {
    say({ type: "error", code, detail });
    subscription?.[Symbol.dispose]();
    socket.close(closeCode);
  };

  const sayHello = () => {
    const { name = null, simulated = facts.simulated } = facts.home() ?? {};
    const home = { name, simulated };
    const time = microsToRfc3339(clock.now());
    say({ type: "hello", version: facts.version, schema: WIRE_SCHEMA, home, time });
    watchOver();
  };

  /** True: it was ended. */
  const recheck = (): boolean => {
    if (!caller || caller.stillValid()) return false;
    end("unauthorized", "The token was removed, or the session is over", CLOSE_UNAUTHORIZED);
    return true;
  };
  const watchOver = () => {
    cancelTimer = clock.after(PING_EVERY_MS, () => {
      if (clock.ticks() - lastHeard >= SILENCE_ENDS_MS) return socket.terminate();
      if (recheck()) return;
      socket.ping();
      watchOver();
    });
  };

  const authenticate = (token: string) => {
    try {
      const found = auth.callerOfToken(token, address);
      requireScope(found, "read");
      caller = found;
    } catch (error) {
      const failure = error as Failure;
      return end(failure.code as ProblemCode, failure.message, CLOSE_UNAUTHORIZED);
    }
    cancelTimer();
    sayHello();
  };

  const handle = (frame: ClientFrame) => {
    if (frame.type === "ping") return say({ type: "pong" });
    if (frame.type === "auth") {
      if (caller) return say({ type: "error", code: "invalid_request", detail: "This stream knows who you are" });
      return authenticate(frame.token);
    }
    if (!caller) return end("unauthorized", "The first message must be auth", CLOSE_UNAUTHORIZED);
    subscription?.[Symbol.dispose]();
    subscription = startSubscription({ ...needs, asked: frame, sender });
  };

  socket.on("message", (data: RawData, binary: boolean) => {
    lastHeard = clock.ticks();
    try {
      handle(parseFrame(data, binary));
    } catch (error) {
      if (error instanceof Failure) return say({ type: "error", code: error.code, detail: error.message });
      log.error("A live stream's frame could not be handled", { error });
      say({ type: "error", code: "internal", detail: "Something went wrong inside the hub" });
    }
  });
  socket.on("pong", () => {
    lastHeard = clock.ticks();
  });
  // Told by `close` right after; without a listener it would end the process.
  socket.on("error", () => {});
  socket.on("close", () => {
    cancelTimer();
    subscription?.[Symbol.dispose]();
    needs.onEnd();
  });

  if (caller) sayHello();
  else {
    say({ type: "auth_required" });
    cancelTimer = clock.after(AUTH_WITHIN_MS, () =>
      end("unauthorized", "No auth message came within 10 s", CLOSE_UNAUTHORIZED),
    );
  }
  return { end, recheck };
}

function parseFrame(data: RawData, binary: boolean): ClientFrame {
  if (binary) return check(clientFrame, undefined, "A binary frame");
  let value: unknown;
  try {
    value = JSON.parse(String(data));
  } catch {
    throw new Failure("invalid_request", "The frame is not valid JSON");
  }
  return check(clientFrame, value, "Frame");
}
