import { Connection } from "home-assistant-js-websocket";
import type { GapCause } from "../../domain/data/reading.ts";
import { describeError, Failure } from "../../domain/failure.ts";
import type { FeedItem, HomeFacts, HomeFingerprint } from "../../domain/home/home.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import { createEntityTable } from "../entities.ts";
import { type CaughtUp, catchUp } from "../fill/catch-up.ts";
import type { Holdings } from "../fill/fill.ts";
import type { HoleBook } from "../fill/holes.ts";
import { ENTITY_EVENT, REGISTRY_EVENTS, type Registries } from "../registry/registries.ts";
import { type EntityEvent, openSocket } from "../socket/open-socket.ts";
import { createThrottle } from "../socket/throttle.ts";
import { asFailure, askWhy, readFacts } from "./answers.ts";
import { keepBeating } from "./heartbeat.ts";
import { createHomeClock } from "./home-clock.ts";
import { createInbox, type RawEvent } from "./inbox.ts";
import { pump } from "./pump.ts";

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
  /** @throws Failure `another_home` */
  readonly bindHome: (fingerprint: HomeFingerprint) => void;
  /** Holes of which something is still to be had, kept across restarts. */
  readonly holes: HoleBook;
  readonly heard: Heard;
  readonly onFacts: (facts: HomeFacts) => void;
  readonly onRegistries: () => void;
  readonly onPhase: (phase: "connecting" | "filling" | "live", figures?: CaughtUp) => void;
  readonly onMalformed: (why: string) => void;
  readonly onCall: (call: Call | undefined) => void;
  readonly settleMs: readonly number[];
  /** Why the last connection ended, as far as it is known before Home Assistant is asked. */
  readonly cause: GapCause;
  /** Home Assistant has accepted the token. */
  readonly onAccepted: () => void;
  /** Its abortion ends the session; the reason is an `Ending`. */
  readonly signal: AbortSignal;
};

/** Everything before these times was heard; undefined: nothing ever was. */
export type Heard = { readonly changes: Micros | undefined; readonly events: Micros | undefined };

export type SessionEnd = {
  readonly why: string;
  readonly cause: GapCause;
  /** Set where the connection is to blame. A polite close is none: Home Assistant restarts, or the hub was too slow. */
  readonly fault?: Failure;
};

/** Why the hub itself ends a session: the `reason` of its aborted signal. */
export type Ending = Pick<SessionEnd, "why" | "cause">;

/** Normal closure, going away, service restart. */
const POLITE_CODES = [1000, 1001, 1012];

const ANSWER_WITHIN_MS = 120_000;
/** Frames that wait: about 250,000 changes. Past this the connection is given up and the hole filled from history. */
const INBOX_LIMIT_BYTES = 32 * 1024 * 1024;
/** Past this the socket is not read for a while: it is better that Home Assistant's queue and the network hold the rest. */
const CROWD = { above: 16 * 1024 * 1024, below: 8 * 1024 * 1024 };
/** Frames that may wait for a hole to be filled; past this live changes go on and filled ones land behind them. */
const HOLD_LIMIT_BYTES = 12 * 1024 * 1024;
const HOLD_LIMIT_MS = 30_000;

/**
 * One connection from its opening to its end: registries first, then subscriptions, then the hole that lies behind,
 * then live changes until the connection closes. Every way out ends in an answer or a Failure.
 */
export async function runSession(needs: SessionNeeds): Promise<SessionEnd> {
  const { registries, signal } = needs;
  const clock = createHomeClock(needs.clock);
  let end: SessionEnd | undefined;
  let stopping = "";
  const closing = new AbortController();
  const inbox = createInbox({
    limit: INBOX_LIMIT_BYTES,
    onFull: () => finish({ why: "more changes waited than memory allows", cause: "overflow" }),
    crowd: { ...CROWD, tell: (crowded) => throttle.crowded(crowded) },
  });
  const table = createEntityTable(needs.onMalformed, registries.isOwn);
  const snapshot = Promise.withResolvers<EntityEvent>();
  let snapshotSeen = false;

  const socket = await openSocket({
    url: needs.url,
    token: needs.token,
    clock,
    signal,
    onServerTime: clock.told,
    onMalformed: needs.onMalformed,
    onEntities: (read, bytes) => {
      if (snapshotSeen) return inbox.put({ kind: "entities", read, arrival: clock.now(), bytes });
      const [first, ...more] = read();
      if (!first) return;
      if (typeof first.a !== "object" || first.a === null) return needs.onMalformed("a first event without entities");
      snapshotSeen = true;
      snapshot.resolve(first);
      if (more.length > 0) inbox.put({ kind: "entities", read: () => more, arrival: clock.now(), bytes });
    },
    onClose: (code, reason) => {
      const why = stopping || `Home Assistant closed the connection (${code}${reason ? `, ${reason}` : ""})`;
      end ??= POLITE_CODES.includes(code) ? { why, cause: "disconnected" } : lostBy(why);
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
  const finish = (ended: SessionEnd) => {
    end ??= ended;
    stopping = end.why;
    terminate();
  };
  const onStop = () => finish(signal.reason as Ending);
  signal.addEventListener("abort", onStop, { once: true });
  needs.onAccepted();
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
  let registryNews = false;
  const subscribe = (type: string) =>
    within(
      connection
        .subscribeEvents<RawEvent>((event) => {
          registryNews ||= event?.event_type === ENTITY_EVENT;
          inbox.put({ kind: "event", event, arrival: clock.now(), bytes: 500 });
        }, type)
        .catch((error: unknown) => {
          throw asFailure(error, `subscribe_events ${type}`);
        }),
      `subscribe_events ${type}`,
      ANSWER_WITHIN_MS,
    );

  const pumping = Promise.withResolvers<void>();
  pumping.promise.catch(() => {});
  let released = false;
  const release = () => {
    if (released) return;
    released = true;
    const { record, onRegistries, onMalformed } = needs;
    const ping = async () => within(connection.ping(), "a ping", ANSWER_WITHIN_MS);
    pump({ inbox, table, registries, call, ping, record, onRegistries, onMalformed }).then(
      pumping.resolve,
      pumping.reject,
    );
  };
  const tellRegistry = (keepGone: boolean) =>
    needs.record([{ kind: "registry", update: { ...registries.entities(), keepGone, at: clock.now() } }]);

  try {
    needs.onPhase("connecting");
    const facts = readFacts(await call({ type: "get_config" }));
    await Promise.all([...new Set([...REGISTRY_EVENTS, ...needs.eventTypes])].map(subscribe));
    const eventsSince = clock.now() + clock.uncertainty;
    await registries.load(call);
    needs.bindHome({ simulated: facts.simulated, ids: registries.fingerprint() });
    needs.onFacts(facts);
    needs.onRegistries();
    await tellRegistry(true);

    const asked = clock.now() - clock.uncertainty;
    await within(
      connection.subscribeMessage(() => {}, { type: "subscribe_entities" }),
      "subscribe_entities",
      ANSWER_WITHIN_MS,
    );
    const first = await within(snapshot.promise, "subscribe_entities", ANSWER_WITHIN_MS);
    // News of entities made since then still wait in the inbox: which of these are the hub's own must be known now.
    if (registryNews) await registries.load(call);
    const present = table.reset(first);
    needs.onCall(call);
    const heartbeat = keepBeating({
      clock,
      ping: () => throttle.during(connection.ping()),
      onSilence: () => finish(lostBy("Home Assistant stopped answering (half-open connection)")),
      signal: closing.signal,
    });

    const { rest } = await catchUp({
      ...needs,
      clock,
      call,
      snapshot: present,
      since: { events: eventsSince, asked, changes: clock.now() + clock.uncertainty },
      whyGone: (since) => askWhy(call, since, needs.cause),
      forgetGone: () => tellRegistry(false),
      isPresent: (entityId) => table.get(entityId) !== undefined,
      untilRunning: () => untilRunning(facts.state),
      release,
      canWait,
      onFilling: () => needs.onPhase("filling"),
      signal: closing.signal,
    });
    if (!rest) needs.onPhase("live");
    rest?.then(
      (done) => needs.onPhase("live", done),
      (error: unknown) => {
        if (closing.signal.aborted) return;
        const why = `filling a hole failed: ${describeError(error)}`;
        finish(error instanceof Failure ? lostBy(why) : { why, cause: "disconnected" });
      },
    );
    await Promise.race([pumping.promise, lost]).catch((error: unknown) => {
      if (!(error instanceof Failure) || error.code !== "connection_lost") throw error;
    });
    await heartbeat;
    // What arrived before the end is stored before the end is told.
    await pumping.promise;
    return end ?? lostBy("the connection ended");
  } catch (error) {
    if (end && error instanceof Failure && error.code === "connection_lost") return end;
    throw error;
  } finally {
    signal.removeEventListener("abort", onStop);
    needs.onCall(undefined);
    inbox.close();
    terminate();
  }

  /** Until then entities are missing that will come back, and history may not be known yet. */
  async function untilRunning(state: string): Promise<void> {
    for (let now = state; now !== "RUNNING"; ) {
      await clock.sleep(1_000, closing.signal);
      const facts = readFacts(await call({ type: "get_config" }));
      needs.onFacts(facts);
      now = facts.state;
    }
  }

  /** Live changes go on when a hole takes too long; what is filled later lands in its place all the same. */
  async function canWait(done: AbortSignal): Promise<boolean> {
    const stop = AbortSignal.any([done, closing.signal]);
    const until = clock.ticks() + HOLD_LIMIT_MS;
    while (!stop.aborted) {
      if (inbox.bytes > HOLD_LIMIT_BYTES || clock.ticks() > until) return false;
      await clock.sleep(200, stop);
    }
    return true;
  }
}

const lostBy = (why: string): SessionEnd => ({
  why,
  cause: "disconnected",
  fault: new Failure("connection_lost", why, {
    retry: true,
    fix: "Check the network between this machine and Home Assistant. The hub goes on trying.",
  }),
});
