import type { GapCause } from "../domain/data/reading.ts";
import { describeError, Failure } from "../domain/failure.ts";
import type { FeedItem, HomeFacts, HomeFingerprint } from "../domain/home/home.ts";
import type { ConnectionStatus, ServiceAction } from "../domain/status.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { StatusBoard } from "../platform/told/status-board.ts";
import { type Chain, createChain, type Ended, type Hooks } from "./connections/chain.ts";
import { type ConnectionConfig, websocketUrl } from "./connections/connection.ts";
import { openPauses } from "./connections/pauses.ts";
import { probe } from "./connections/probe.ts";
import type { CaughtUp } from "./fill/catch-up.ts";
import type { Holdings } from "./fill/fill.ts";
import type { HoleBook } from "./fill/holes.ts";
import { createHeard } from "./heard.ts";
import { createRegistries, type Registries } from "./registry/registries.ts";
import { type Call, type Heard, runSession } from "./session/session.ts";
import { describeLink, type LinkState } from "./told/describe.ts";
import { createFollowers } from "./told/followers.ts";
import { createMalformedCounter } from "./told/malformed.ts";

export type LinkNeeds = {
  /** In the order of preference. */
  readonly connections: readonly ConnectionConfig[];
  readonly clock: Clock;
  readonly log: Log;
  readonly status: StatusBoard;
  readonly eventTypes: readonly string[];
  readonly record: (items: readonly FeedItem[]) => Promise<void>;
  readonly holdings: Holdings;
  readonly home: {
    /** @throws Failure `another_home` */
    readonly check: (fingerprint: HomeFingerprint) => void;
    readonly bind: (fingerprint: HomeFingerprint) => void;
  };
  readonly holes: HoleBook;
  /** What was paused, kept over restarts. */
  readonly pauses: { get(): unknown; set(value: unknown): void };
  /** What the store says of the time before this run. */
  readonly heard: Heard;
  readonly onFacts: (facts: HomeFacts) => void;
  readonly onRegistries: (registries: Registries) => void;
  /** Nothing comes in since somebody paused the link, or it comes again. */
  readonly onRest: (rests: boolean) => void;
  readonly settleMs?: readonly number[];
};

export type Link = {
  /** @throws Failure `not_connected` */
  readonly call: Call;
  readonly connected: boolean;
  /** Address and token of the connection that records; undefined: none does. */
  readonly through: Pick<ConnectionConfig, "url" | "token"> | undefined;
  readonly paused: boolean;
  /** Live changes flow, nothing is being filled, and Home Assistant has started. */
  readonly settled: boolean;
  /** In the order of preference. */
  connections(): ConnectionStatus[];
  /** @throws Failure `action_unavailable` */
  act(action: ServiceAction): void;
  /** Undefined: there is no such connection. @throws Failure `action_unavailable` */
  actOn(id: string, action: ServiceAction): ConnectionStatus | undefined;
  close(): Promise<void>;
};

const SETTLE_MS = [6_000, 15_000];
/** An address where nobody is is tried several times a minute; the log is told less often. */
const ABSENCE_TOLD_EVERY_MS = 5 * 60_000;
const OWN_WILL: readonly GapCause[] = ["paused", "switched"];

/** Events that may hold what cannot be had again; state changes come by `subscribe_entities`. */
export const RECORDED_EVENTS = [
  "automation_triggered",
  "call_service",
  "component_loaded",
  "core_config_updated",
  "homeassistant_final_write",
  "homeassistant_started",
  "homeassistant_stop",
  "logbook_entry",
  "script_started",
] as const;

/** Keeps Home Assistant recorded, by one of its connections at a time, for as long as the hub runs. */
export function startLink(needs: LinkNeeds): Link {
  const { clock, log, status, home } = needs;
  const malformed = createMalformedCounter(log, () => {
    // At most once a second: a flood of them must not become a flood of statuses.
    cancelTelling ??= clock.after(1_000, () => {
      cancelTelling = undefined;
      tell();
    });
  });
  let cancelTelling: (() => void) | undefined;
  const registries = createRegistries(malformed.count);
  const followers = createFollowers({ status, holes: needs.holes.get });
  let current: Call | undefined;
  let reconnects = 0;
  let facts: HomeFacts | undefined;
  let phase: LinkState["phase"];
  let ended: LinkState["ended"];
  let closing = false;
  let absence: { readonly why: string; readonly toldAt: number } | undefined;

  /** Whether the log was told the same a moment ago. */
  const isOldNews = ({ code, message }: Failure): boolean => {
    const now = clock.ticks();
    if (code === "unreachable" && absence?.why === message && now - absence.toldAt < ABSENCE_TOLD_EVERY_MS) return true;
    absence = code === "unreachable" ? { why: message, toldAt: now } : undefined;
    return false;
  };

  const tell = () => {
    const { paused, connections, current: by } = chain;
    const coreRuns = facts?.state === "RUNNING";
    status.set("home_assistant", {
      ...describeLink({ paused, connections, current: by, phase, coreRuns, ended }),
      figures: {
        reconnects,
        ...malformed.figures(),
        connection: phase === undefined || paused ? null : (by?.config.id ?? null),
        home_assistant_version: facts?.version ?? null,
      },
      actions: paused ? ["resume"] : ["pause", "restart"],
    });
  };
  const enter = (next: LinkState["phase"], done?: CaughtUp) => {
    phase = next;
    if (next === "filling") followers.filling(true);
    if (next === "live") {
      followers.filled(done);
      log.info(done ? "what was missed is filled" : "connected to Home Assistant", done);
      chain.reconsider();
    }
    tell();
  };

  const session = (config: ConnectionConfig, hooks: Hooks & { readonly onLive: () => void }) =>
    runSession({
      ...needs,
      ...hooks,
      url: websocketUrl(config),
      token: config.token,
      registries,
      record: past.record,
      heard: past.heard,
      cause: past.cause,
      eventTypes: [...RECORDED_EVENTS, ...needs.eventTypes],
      settleMs: needs.settleMs ?? SETTLE_MS,
      bindHome: (seen) => {
        home.check(seen);
        home.bind(seen);
      },
      onMalformed: malformed.count,
      onRegistries: () => {
        needs.onRegistries(registries);
        followers.registries(registries);
      },
      onFacts: (now) => {
        facts = now;
        needs.onFacts(now);
        tell();
      },
      onCall: (call) => {
        current = call;
        if (call) hooks.onLive();
      },
      onPhase: enter,
    });

  const onEnded = ({ why, cause, failure }: Ended, wasLive: boolean) => {
    phase = undefined;
    followers.filling(false);
    if (wasLive) past.ended(cause);
    if (wasLive || failure) ended = { why, ...(failure?.fix ? { fix: failure.fix } : {}) };
    if (closing) return;
    reconnects++;
    if (wasLive) absence = undefined;
    if (failure)
      log[isOldNews(failure) ? "debug" : "warning"]("no connection to Home Assistant", { why, code: failure.code });
    else log[OWN_WILL.includes(cause) ? "info" : "warning"]("the connection to Home Assistant ended", { why });
    tell();
  };

  const chain: Chain = createChain({
    ...needs,
    configs: needs.connections,
    pauses: openPauses(needs.pauses),
    session,
    probe: (config, hooks) =>
      probe({ ...hooks, url: websocketUrl(config), token: config.token, clock, checkHome: home.check }),
    settled: () => phase === "live",
    onEnded,
    onRest: async (rests) => {
      if (rests) {
        const untold = (error: unknown) => log.warning("a pause could not be noted", { why: describeError(error) });
        await past.paused().catch(untold);
      }
      followers.rest(rests);
      needs.onRest(rests);
    },
    onTold: () => tell(),
  });
  const past = createHeard({ ...needs, cause: chain.resting ? "paused" : "hub_stopped" });

  tell();
  chain.start();
  return {
    call: (command) =>
      current?.(command) ??
      Promise.reject(new Failure("not_connected", "Home Assistant is not connected", { retry: true })),
    get connected() {
      return current !== undefined;
    },
    get through() {
      return current && chain.current?.config;
    },
    get paused() {
      return chain.paused;
    },
    get settled() {
      return phase === "live" && current !== undefined && facts?.state === "RUNNING";
    },
    connections: chain.list,
    act: chain.act,
    actOn: chain.actOn,
    close: async () => {
      closing = true;
      cancelTelling?.();
      await chain.close();
    },
  };
}
