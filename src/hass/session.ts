import { Connection } from "home-assistant-js-websocket";
import * as v from "valibot";
import { Failure } from "../domain/failure.ts";
import type { FeedItem, HomeFacts, HomeFingerprint } from "../domain/home.ts";
import type { GapCause } from "../domain/reading.ts";
import type { Micros } from "../domain/time.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { createEntityTable, removal } from "./entities.ts";
import { type Holdings, planFill } from "./fill/fill.ts";
import { createInbox, type RawEvent } from "./inbox.ts";
import { pump } from "./pump.ts";
import { Config } from "./registry/answers.ts";
import { REGISTRY_EVENTS, type Registries } from "./registry/registries.ts";
import { type EntityEvent, openSocket } from "./socket/open-socket.ts";
import { createThrottle } from "./socket/throttle.ts";

export type Command = { type: string; [key: string]: unknown };
export type Call = (command: Command) => Promise<unknown>;

export type SessionNeeds = {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly eventTypes: readonly string[];
  readonly registries: Registries;
  /** In order; resolves when the items are stored. */
  readonly record: (items: readonly FeedItem[]) => Promise<void>;
  readonly holdings: Holdings;
  /** Entities that the store holds as present. */
  readonly presentEntities: () => readonly string[];
  /** @throws Failure `another_home` */
  readonly bindHome: (fingerprint: HomeFingerprint) => void;
  /** Where an unfilled hole begins; undefined: there is none. Kept across restarts until the filling is done. */
  readonly openHole: { get(): Micros | undefined; set(from: Micros | undefined): void };
  readonly onFacts: (facts: HomeFacts) => void;
  readonly onRegistries: () => void;
  readonly onPhase: (phase: "connecting" | "filling" | "live", figures?: { filled: number; gaps: number }) => void;
  readonly onMalformed: (why: string) => void;
  readonly onCall: (call: Call | undefined) => void;
  readonly settleMs: readonly number[];
  /** Why the last connection ended, as far as it is known before Home Assistant is asked. */
  readonly cause: GapCause;
  readonly signal: AbortSignal;
};

export type SessionEnd = { readonly why: string; readonly cause: GapCause };

const PING_EVERY_MS = 20_000;
/** A half-open connection is found within PING_EVERY_MS + PONG_WITHIN_MS. */
const PONG_WITHIN_MS = 15_000;
const ANSWER_WITHIN_MS = 120_000;
/** Frames that wait: about 250,000 changes. Past this the connection is given up and the hole filled from history. */
const INBOX_LIMIT_BYTES = 32 * 1024 * 1024;
/** Past this the socket is not read for a while: it is better that Home Assistant's queue and the network hold the rest. */
const CROWD = { above: 16 * 1024 * 1024, below: 8 * 1024 * 1024 };
/** Frames that may wait for a hole to be filled; past this live changes go on and filled ones land behind them. */
const HOLD_LIMIT_BYTES = 12 * 1024 * 1024;

/**
 * One connection from its opening to its end: registries first, then subscriptions, then the hole that lies behind,
 * then live changes until the connection closes. Every way out ends in an answer or a Failure.
 */
export async function runSession(needs: SessionNeeds): Promise<SessionEnd> {
  const { clock, registries, signal } = needs;
  let end: SessionEnd | undefined;
  let stopping = "";
  const closing = new AbortController();
  const inbox = createInbox({
    limit: INBOX_LIMIT_BYTES,
    onFull: () => finish("more changes waited than memory allows", "overflow"),
    crowd: { ...CROWD, tell: (crowded) => throttle.crowded(crowded) },
  });
  const table = createEntityTable(needs.onMalformed);
  const snapshot = Promise.withResolvers<EntityEvent>();
  let snapshotSeen = false;

  const socket = await openSocket({
    url: needs.url,
    token: needs.token,
    clock,
    signal,
    onMalformed: needs.onMalformed,
    onEntities: (read, bytes) => {
      if (snapshotSeen) return inbox.put({ kind: "entities", read, arrival: clock.now(), bytes });
      const [first, ...more] = read();
      if (!first) return;
      snapshotSeen = true;
      snapshot.resolve(first);
      if (more.length > 0) inbox.put({ kind: "entities", read: () => more, arrival: clock.now(), bytes });
    },
    onClose: (code, reason) => {
      end ??= {
        why: stopping || `Home Assistant closed the connection (${code}${reason ? `, ${reason}` : ""})`,
        cause: "disconnected",
      };
      // The connection chain owns reconnects: the library must not start its own.
      connection.close();
      inbox.close();
      closing.abort();
    },
  });
  const connection = new Connection(socket, {
    setupRetry: 0,
    createSocket: () => Promise.reject(new Error("not used")),
  });
  const { terminate, pause, resume } = socket as unknown as Record<"terminate" | "pause" | "resume", () => void>;
  const throttle = createThrottle({ pause, resume });
  const finish = (why: string, cause: GapCause = "disconnected") => {
    end ??= { why, cause };
    stopping = why;
    terminate();
  };
  const onStop = () => finish("the hub stops", "hub_stopped");
  signal.addEventListener("abort", onStop, { once: true });
  const lost = new Promise<never>((_, reject) => {
    const fail = () => reject(new Failure("connection_lost", end?.why ?? "the connection ended", { retry: true }));
    closing.signal.addEventListener("abort", fail, { once: true });
  });
  lost.catch(() => {});

  const within = <T>(promise: Promise<T>, what: string, ms: number): Promise<T> => {
    const late = Promise.withResolvers<never>();
    const cancel = clock.after(ms, () =>
      late.reject(new Failure("no_answer", `Home Assistant did not answer ${what}`, { retry: true })),
    );
    return throttle.during(Promise.race([promise, lost, late.promise])).finally(cancel);
  };
  const call: Call = (command) =>
    within(
      connection.sendMessagePromise<unknown>(command).catch((error: unknown) => {
        throw asFailure(error, command.type);
      }),
      command.type,
      ANSWER_WITHIN_MS,
    );
  const subscribe = (type: string) =>
    within(
      connection.subscribeEvents<RawEvent>(
        (event) => inbox.put({ kind: "event", event, arrival: clock.now(), bytes: 500 }),
        type,
      ),
      `subscribe_events ${type}`,
      ANSWER_WITHIN_MS,
    );

  try {
    needs.onPhase("connecting");
    const config = readFacts(await call({ type: "get_config" }));
    needs.onFacts(config);
    await Promise.all([...new Set([...REGISTRY_EVENTS, ...needs.eventTypes])].map(subscribe));
    await registries.load(call);
    needs.bindHome({ simulated: config.simulated, ids: registries.fingerprint() });
    needs.onRegistries();
    await needs.record([{ kind: "registry", update: { ...registries.entities(), at: clock.now() } }]);

    await within(
      connection.subscribeMessage(() => {}, { type: "subscribe_entities" }),
      "subscribe_entities",
      ANSWER_WITHIN_MS,
    );
    const changes = table.reset(await within(snapshot.promise, "subscribe_entities", ANSWER_WITHIN_MS));
    const subscribedAt = clock.now();
    const from = needs.openHole.get();
    const absent = needs.presentEntities().filter((entityId) => !table.get(entityId));
    const cause = from === undefined ? needs.cause : await askWhy(call, from, needs.cause);
    const heartbeat = beat();
    needs.onCall(call);

    const pumping = Promise.withResolvers<void>();
    const startPump = () =>
      pump({
        inbox,
        table,
        registries,
        clock,
        call,
        record: needs.record,
        onRegistries: needs.onRegistries,
        onMalformed: needs.onMalformed,
      }).then(pumping.resolve, pumping.reject);
    let pumpStarted = false;
    const release = () => {
      if (pumpStarted) return;
      pumpStarted = true;
      void startPump();
    };

    if (from === undefined) await needs.record(changes.map((change): FeedItem => ({ kind: "change", change })));
    else {
      needs.onPhase("filling");
      needs.openHole.set(from);
      await needs.record([{ kind: "gap", gap: { kind: "events", entityId: null, from, to: subscribedAt, cause } }]);
      const fill = planFill(
        { from, to: subscribedAt, snapshot: changes, absent, cause },
        { ...needs, call, signal: closing.signal },
      );
      const holdTooLong = watchHold(inbox, clock, closing.signal, release);
      const { filled } = await fill.first();
      holdTooLong();
      release();
      void fill
        .settle()
        .then(({ filled: late, gaps }) => {
          needs.openHole.set(undefined);
          needs.onPhase("live", { filled: filled + late, gaps });
        })
        .catch((error: unknown) => {
          if (!closing.signal.aborted)
            finish(`filling a hole failed: ${error instanceof Error ? error.message : error}`);
        });
    }
    release();
    if (from === undefined) {
      needs.openHole.set(undefined);
      needs.onPhase("live");
    }
    void removeAbsentWhenRunning(config.state, absent, subscribedAt);
    await Promise.race([pumping.promise, lost]).catch((error: unknown) => {
      if (!(error instanceof Failure) || error.code !== "connection_lost") throw error;
    });
    await heartbeat;
    // What arrived before the end is stored before the end is told.
    await pumping.promise;
    return end ?? { why: "the connection ended", cause: "disconnected" };
  } catch (error) {
    if (end && error instanceof Failure && error.code === "connection_lost") return end;
    throw error;
  } finally {
    signal.removeEventListener("abort", onStop);
    needs.onCall(undefined);
    inbox.close();
    terminate();
  }

  async function beat(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(PING_EVERY_MS, closing.signal);
      if (closing.signal.aborted) return;
      const answered = await Promise.race([
        throttle.during(connection.ping()).then(() => true),
        clock.sleep(PONG_WITHIN_MS, closing.signal).then(() => false),
      ]).catch(() => true);
      if (!answered && !closing.signal.aborted) finish("Home Assistant stopped answering (half-open connection)");
    }
  }

  /** While Home Assistant starts, entities are missing that will come back; only a running one tells what is gone. */
  async function removeAbsentWhenRunning(state: string, absent: readonly string[], at: Micros): Promise<void> {
    let now = state;
    while (now !== "RUNNING" && !closing.signal.aborted) {
      await clock.sleep(1_000, closing.signal);
      const facts = await call({ type: "get_config" }).then(readFacts, () => undefined);
      if (!facts) return;
      needs.onFacts(facts);
      now = facts.state;
    }
    const gone = absent.filter((entityId) => !table.get(entityId) && needs.presentEntities().includes(entityId));
    if (closing.signal.aborted || gone.length === 0) return;
    const time = state === "RUNNING" ? at : clock.now();
    await needs.record(
      gone.map((entityId): FeedItem => ({ kind: "change", change: removal(entityId, time, "filled") })),
    );
  }
}

/** Lets live changes go on when a hole takes too long; what is filled later lands in its place all the same. */
function watchHold(
  inbox: { readonly bytes: number },
  clock: Clock,
  signal: AbortSignal,
  release: () => void,
): () => void {
  let watching = true;
  void (async () => {
    for (let tick = 0; watching && !signal.aborted; tick++) {
      await clock.sleep(200, signal);
      if (watching && (inbox.bytes > HOLD_LIMIT_BYTES || tick > 150)) return release();
    }
  })();
  return () => {
    watching = false;
  };
}

/** A cut for slowness and a restart look the same on the wire (code 1000); Home Assistant's log tells them apart. */
async function askWhy(call: Call, since: Micros, cause: GapCause): Promise<GapCause> {
  if (cause !== "disconnected") return cause;
  const log = await call({ type: "system_log/list" }).catch(() => []);
  if (!Array.isArray(log)) return cause;
  const cut = log.some(
    (entry: { message?: unknown; timestamp?: unknown }) =>
      /unable to keep up/i.test(JSON.stringify(entry?.message ?? "")) && Number(entry?.timestamp) * 1e6 > since,
  );
  return cut ? "slow_reader" : cause;
}

function readFacts(answer: unknown): HomeFacts {
  const parsed = v.safeParse(Config, answer);
  if (!parsed.success) {
    const path = v.getDotPath(parsed.issues[0]) ?? "answer";
    throw new Failure("unexpected_answer", `Home Assistant's get_config has another shape at ${path}`, { retry: true });
  }
  const { location_name, time_zone, unit_system, ...rest } = parsed.output;
  return { ...rest, name: location_name, timeZone: time_zone, unitSystem: unit_system };
}

function asFailure(error: unknown, command: string): Failure {
  const { code, message } = (typeof error === "object" && error !== null ? error : {}) as {
    code?: unknown;
    message?: unknown;
  };
  if (code === 3 || error === 3) return new Failure("connection_lost", "the connection ended", { retry: true });
  return new Failure("command_refused", `Home Assistant refused ${command}: ${message ?? code ?? error}`, {
    cause: error,
  });
}
