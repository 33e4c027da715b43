import { Connection } from "home-assistant-js-websocket";
import { Failure } from "../../domain/failure.ts";
import type { HomeFingerprint } from "../../domain/home/home.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { createRegistries } from "../registry/registries.ts";
import { asFailure, readFacts } from "../session/answers.ts";
import type { Call } from "../session/session.ts";
import { openSocket } from "../socket/open-socket.ts";

const ANSWERS_WITHIN_MS = 60_000;

/**
 * Looks whether a connection works and leads to the right home, without recording anything. Resolves when it does.
 *
 * @throws Failure `auth_invalid`, `cannot_connect`, `another_home`, `no_answer`, …
 */
export async function probe(needs: {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly checkHome: (fingerprint: HomeFingerprint) => void;
  readonly onAccepted: () => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { clock, signal } = needs;
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const fail = (code: string, why: string) => lost.reject(new Failure(code, why, { retry: true }));
  const socket = await openSocket({
    ...needs,
    onEntities: () => {},
    onServerTime: () => {},
    onMalformed: () => {},
    onClose: () => fail("connection_lost", "Home Assistant closed the connection before it had answered"),
  });
  needs.onAccepted();
  const connection = new Connection(socket, {
    setupRetry: 0,
    createSocket: () => Promise.reject(new Error("not used")),
  });
  const call: Call = (command) =>
    Promise.race([
      lost.promise,
      connection.sendMessagePromise<unknown>(command).catch((error: unknown) => {
        throw asFailure(error, command.type);
      }),
    ]);
  const cancel = clock.after(ANSWERS_WITHIN_MS, () =>
    fail("no_answer", "Home Assistant accepted the token and then did not answer"),
  );
  const stop = () => fail("connection_lost", "the probe was given up");
  signal.addEventListener("abort", stop, { once: true });
  try {
    const { simulated } = readFacts(await call({ type: "get_config" }));
    const registries = createRegistries(() => {});
    await registries.load(call);
    needs.checkHome({ simulated, ids: registries.fingerprint() });
  } finally {
    cancel();
    signal.removeEventListener("abort", stop);
    // The library starts no reconnect of its own after this.
    connection.close();
  }
}
