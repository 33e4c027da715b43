import { describeError, Failure } from "../../domain/failure.ts";
import type { ConnectionStatus, ServiceAction } from "../../domain/status.ts";
import { createBell } from "../../platform/time/bell.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Ending, SessionEnd } from "../session/session.ts";
import { type Connection, type ConnectionConfig, createConnection } from "./connection.ts";
import type { PauseBook } from "./pauses.ts";
import { probeOthers } from "./probing.ts";

/** What a session or a probe tells while it runs. */
export type Hooks = {
  /** Ends it; the reason is an `Ending`. */
  readonly signal: AbortSignal;
  readonly onAccepted: () => void;
};

export type ChainNeeds = {
  /** In the order of preference. */
  readonly configs: readonly ConnectionConfig[];
  readonly clock: Clock;
  readonly random?: () => number;
  readonly pauses: PauseBook;
  /** Records from a connection until it ends. */
  readonly session: (config: ConnectionConfig, hooks: Hooks & { readonly onLive: () => void }) => Promise<SessionEnd>;
  /** Looks whether a connection works. @throws Failure */
  readonly probe: (config: ConnectionConfig, hooks: Hooks) => Promise<void>;
  /** Whether the session has all that was missed before it. */
  readonly settled: () => boolean;
  /** Nothing is being recorded from now; `wasLive`: until now something was. */
  readonly onEnded: (ended: Ended, wasLive: boolean) => void;
  /** Somebody paused the link or all of its connections and nothing is recorded any more, or this is over. */
  readonly onRest: (rests: boolean) => Promise<void>;
  /** Something changed that a status shows. */
  readonly onTold: () => void;
};

export type Ended = Ending & {
  /** Set where it ended by a failure before Home Assistant had ended it. */
  readonly failure?: Failure;
};

export type Chain = {
  /** The link as a whole. */
  readonly paused: boolean;
  /** It is paused, or every connection is. */
  readonly resting: boolean;
  readonly connections: readonly Connection[];
  /** The connection whose session runs, be it live or not. */
  readonly current: Connection | undefined;
  list(): ConnectionStatus[];
  start(): void;
  /** @throws Failure `action_unavailable` */
  act(action: ServiceAction): void;
  /** Undefined: there is no such connection. @throws Failure `action_unavailable` */
  actOn(id: string, action: ServiceAction): ConnectionStatus | undefined;
  /** What the session that runs has caught up with may have changed. */
  reconsider(): void;
  close(): Promise<void>;
};

/** These say something of the connection; every other failure is the hub's own, and no other connection would mend it. */
const OF_THE_CONNECTION = [
  "another_home",
  "auth_invalid",
  "cannot_connect",
  "command_refused",
  "connection_lost",
  "no_answer",
  "unexpected_answer",
  "unreachable",
];

/** A connection waits for a preferred one for so many times its own rest at most. */
const PATIENCE = 4;
/** A first wait after a polite end; longer ones mean that it has ended often of late. */
const COMES_BACK_MS = 1_000;

/** Records from the first connection that works, one at a time, for as long as the hub runs. */
export function createChain(needs: ChainNeeds): Chain {
  const { clock, pauses } = needs;
  const connections = needs.configs.map((config) =>
    createConnection({ config, clock, ...(needs.random ? { random: needs.random } : {}) }),
  );
  const stopping = new AbortController();
  const bell = createBell(clock);
  let running: { readonly connection: Connection; readonly end: (ending: Ending) => void } | undefined;
  let paused = pauses.load(connections);

  /** Nothing may be tried, since somebody paused it. */
  const isResting = () => paused || (connections.length > 0 && connections.every((one) => one.paused));

  const run = async () => {
    /** Home Assistant closed it politely and is likely to be back at once: it is not left for another one yet. */
    let expected: Connection | undefined;
    /** Without a rest in between. */
    const tried = new Set<Connection>();
    /**
     * Whether one waits for a preferred one, although its own rest is over. After a time in which nothing worked (Home
     * Assistant itself was away) the preferred one is to be the first, or it would have to be returned to.
     */
    const yields = (one: Connection, preferred: Connection) =>
      !tried.has(preferred) && !preferred.isRefused() && preferred.msToRetry() <= PATIENCE * one.restMs;
    let rests = false;
    while (!stopping.signal.aborted) {
      const usable = paused ? [] : connections.filter((one) => !one.paused);
      if (rests !== isResting()) {
        rests = !rests;
        await needs.onRest(rests);
        // What was paused may have been resumed meanwhile.
        continue;
      }
      const inTurn = usable.filter((one, i) => !usable.slice(0, i).some((preferred) => yields(one, preferred)));
      const next = expected && usable.includes(expected) ? expected : inTurn.find((one) => one.ready());
      if (next?.ready()) {
        tried.add(next);
        expected = await attempt(next);
      } else {
        tried.clear();
        const waits = (next ? [next] : inTurn).map((one) => one.msToRetry());
        await bell.rest(waits.length === 0 ? undefined : Math.min(...waits), stopping.signal);
      }
    }
  };

  /** Answers with the connection if it is likely to be back at once. */
  const attempt = async (connection: Connection): Promise<Connection | undefined> => {
    const ending = new AbortController();
    const stop = () => ending.abort({ why: "The hub stops", cause: "hub_stopped" } satisfies Ending);
    stopping.signal.addEventListener("abort", stop, { once: true });
    running = { connection, end: (why) => ending.abort(why) };
    const over = new AbortController();
    let wasLive = false;
    let probing: Promise<void> | undefined;
    connection.attempt();
    needs.onTold();
    const ended = (how: Ended) => {
      running = undefined;
      needs.onEnded({ ...how, ...(ending.signal.reason as Ending | undefined) }, wasLive);
    };
    try {
      const end = await needs.session(connection.config, {
        signal: ending.signal,
        onAccepted: connection.accepted,
        onLive: () => {
          wasLive = true;
          connection.live();
          probing = lookAfterOthers(connection, over.signal);
          needs.onTold();
        },
      });
      const fault = end.fault ?? (wasLive ? undefined : new Failure("connection_lost", end.why, { retry: true }));
      if (ending.signal.aborted) connection.left();
      else if (fault) connection.failed(fault);
      else connection.interrupted();
      ended(end);
      return !ending.signal.aborted && !fault && connection.msToRetry() <= COMES_BACK_MS ? connection : undefined;
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure("failed", describeError(error));
      if (ending.signal.aborted) connection.left();
      else if (OF_THE_CONNECTION.includes(failure.code)) connection.failed(failure);
      else connection.interrupted();
      ended({ why: failure.message, cause: "disconnected", failure });
      return undefined;
    } finally {
      stopping.signal.removeEventListener("abort", stop);
      over.abort();
      await probing;
    }
  };
  const lookAfterOthers = (active: Connection, signal: AbortSignal) =>
    probeOthers({
      ...needs,
      connections,
      active,
      bell,
      signal,
      probe: ({ config, accepted }, stop) => needs.probe(config, { signal: stop, onAccepted: accepted }),
      onBetter: ({ config }) => endSession(`${config.name} works again and is preferred`),
    });

  const endSession = (why: string, cause: Ending["cause"] = "switched") => running?.end({ why, cause });
  /** Whatever was waited for may be due now. */
  const reconsider = () => {
    bell.ring();
    needs.onTold();
  };
  const setPaused = (to: boolean) => {
    paused = to;
    pauses.save(paused, connections);
  };
  const refuseWhilePaused = (what: string, is: boolean) => {
    if (is) throw new Failure("action_unavailable", `${what} is paused`, { fix: "Resume it first." });
  };

  const act: Chain["act"] = (action) => {
    if (action === "restart") {
      refuseWhilePaused("The link to Home Assistant", paused);
      for (const connection of connections) connection.ask();
      endSession("The link was restarted by hand");
    } else if (paused !== (action === "pause")) {
      setPaused(action === "pause");
      if (paused) endSession("The link was paused", "paused");
      else for (const connection of connections) connection.ask();
    }
    reconsider();
  };
  const actOnOne = (connection: Connection, action: ServiceAction) => {
    const { name } = connection.config;
    const isRunning = running?.connection === connection;
    if (action === "pause") {
      connection.pause();
      const others = connections.some((one) => !one.paused);
      if (isRunning) endSession(`${name} was paused`, others ? "switched" : "paused");
    } else {
      if (action === "restart") refuseWhilePaused(name, connection.paused || paused);
      connection.resume();
      connection.ask();
      if (action === "restart" && isRunning) endSession(`${name} was restarted by hand`);
    }
    if (action !== "restart") pauses.save(paused, connections);
    reconsider();
  };
  const statusOf = (connection: Connection): ConnectionStatus => {
    const rank = connections.indexOf(connection);
    const active = running ? connections.indexOf(running.connection) : Number.POSITIVE_INFINITY;
    const isSought = !paused && !connection.paused && (rank < active || (rank > active && connection.unchecked));
    return connection.status(isSought);
  };

  let done: Promise<void> | undefined;
  return {
    get paused() {
      return paused;
    },
    get resting() {
      return isResting();
    },
    connections,
    get current() {
      return running?.connection;
    },
    list: () => connections.map(statusOf),
    start: () => {
      done ??= run();
    },
    act,
    actOn: (id, action) => {
      const connection = connections.find(({ config }) => config.id === id);
      if (!connection) return undefined;
      actOnOne(connection, action);
      return statusOf(connection);
    },
    reconsider,
    close: async () => {
      stopping.abort();
      bell.ring();
      await done;
    },
  };
}
