import { describeError, Failure } from "../domain/failure.ts";
import type { FeedItem, HomeFacts, HomeFingerprint } from "../domain/home.ts";
import type { GapCause } from "../domain/reading.ts";
import { createBackoff } from "../platform/backoff.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { StatusBoard } from "../platform/status-board.ts";
import type { Holdings } from "./fill/fill.ts";
import type { HoleBook } from "./fill/holes.ts";
import { createRegistries, type Registries } from "./registry/registries.ts";
import { type Call, type Heard, runSession, type SessionEnd } from "./session/session.ts";

export type LinkNeeds = {
  /** Home Assistant's address: `http://…` or `https://…`, with or without a path. */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly status: StatusBoard;
  readonly eventTypes: readonly string[];
  readonly record: (items: readonly FeedItem[]) => Promise<void>;
  readonly holdings: Holdings;
  readonly bindHome: (fingerprint: HomeFingerprint) => void;
  readonly holes: HoleBook;
  /** What the store says of the time before this run. */
  readonly heard: Heard;
  readonly onFacts: (facts: HomeFacts) => void;
  readonly onRegistries: (registries: Registries) => void;
  readonly settleMs?: readonly number[];
};

export type Link = {
  /** @throws Failure `not_connected` */
  readonly call: Call;
  readonly connected: boolean;
  close(): Promise<void>;
};

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** A wrong token is not tried more often than this, or Home Assistant bans the address. */
const WAIT_AFTER_REFUSAL_MS = 60_000;
/** A connection that held this long was a good one: the next wait is short again. */
const STEADY_MS = 30_000;
const SETTLE_MS = [6_000, 15_000];

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

export const websocketUrl = (url: string): string => `${url.replace(/^http/i, "ws").replace(/\/+$/, "")}/api/websocket`;

/** Keeps one connection to Home Assistant for as long as the hub runs. */
export function startLink(needs: LinkNeeds): Link {
  const { clock, log, status } = needs;
  const stopping = new AbortController();
  const backoff = createBackoff({ firstMs: FIRST_WAIT_MS, mostMs: LONGEST_WAIT_MS });
  const malformed = createMalformedCounter(log, () => {
    // At most once a second: a flood of them must not become a flood of statuses.
    cancelTelling ??= clock.after(1_000, () => {
      cancelTelling = undefined;
      const { state, why, fix } = status.get("home_assistant") ?? {};
      if (state) status.set("home_assistant", { state, why, fix, figures: figures() });
    });
  });
  let cancelTelling: (() => void) | undefined;
  const registries = createRegistries(malformed.count);
  let current: Call | undefined;
  let heard = needs.heard;
  let cause: GapCause = "hub_stopped";
  let reconnects = 0;
  let coreState = "";

  const record = async (items: readonly FeedItem[]) => {
    await needs.record(items);
    let { changes = 0, events = 0 } = heard;
    for (const item of items) {
      const told = item.kind === "change" ? item.change : item.kind === "event" ? item.event : undefined;
      if (told?.origin === "live" && !("timeIsArrival" in told && told.timeIsArrival)) {
        // One socket carries both in order.
        changes = Math.max(changes, told.time);
        events = Math.max(events, told.time);
      }
      if (item.kind === "gap" && item.gap.kind === "events") events = Math.max(events, item.gap.to);
    }
    heard = { changes: changes || undefined, events: events || undefined };
  };
  const figures = () => ({ reconnects, malformed_frames: malformed.total });
  const tell = (state: "starting" | "ok" | "degraded" | "broken", why?: string, fix?: string) =>
    status.set("home_assistant", { state, why, fix, figures: figures() });

  const tellLive = () =>
    coreState === "RUNNING" ? tell("ok") : tell("starting", "Connected; Home Assistant is still starting.");

  const connectOnce = (): Promise<SessionEnd> => {
    return runSession({
      ...needs,
      url: websocketUrl(needs.url),
      registries,
      record,
      heard,
      cause,
      eventTypes: [...RECORDED_EVENTS, ...needs.eventTypes],
      settleMs: needs.settleMs ?? SETTLE_MS,
      signal: stopping.signal,
      onMalformed: malformed.count,
      onRegistries: () => needs.onRegistries(registries),
      onFacts: (facts) => {
        const started = coreState !== "" && coreState !== "RUNNING" && facts.state === "RUNNING";
        coreState = facts.state;
        needs.onFacts(facts);
        if (started && status.get("home_assistant")?.state === "starting") tell("ok");
      },
      onCall: (call) => {
        current = call;
      },
      onPhase: (phase, done) => {
        if (phase === "connecting") tell("starting", "Connected; reading Home Assistant's registries.");
        if (phase === "filling")
          tell("ok", "Connected; what was missed is being filled from Home Assistant's history.");
        if (phase === "live") tellLive();
        if (phase === "live") log.info(done ? "what was missed is filled" : "connected to Home Assistant", done);
      },
    });
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      const began = clock.ticks();
      let waitAtLeast = 0;
      try {
        const end = await connectOnce();
        if (stopping.signal.aborted) return;
        log.warning("the connection to Home Assistant ended", { why: end.why });
        cause = end.cause;
        tell(
          "degraded",
          `${end.why}. Reconnecting.`,
          "Nothing to do: what is missed is filled from Home Assistant's history.",
        );
      } catch (error) {
        if (stopping.signal.aborted) return;
        waitAtLeast = explain(error);
      }
      reconnects++;
      if (clock.ticks() - began > STEADY_MS) backoff.reset();
      await clock.sleep(Math.max(waitAtLeast, backoff.next()), stopping.signal);
    }
  };
  const explain = (error: unknown): number => {
    const failure = error instanceof Failure ? error : undefined;
    const refused = failure?.code === "auth_invalid" || failure?.code === "another_home";
    tell(refused ? "broken" : "degraded", `${describeError(error)}.`, failure?.fix ?? "The hub goes on trying.");
    log.warning("no connection to Home Assistant", { why: describeError(error), code: failure?.code });
    return refused ? WAIT_AFTER_REFUSAL_MS : 0;
  };

  tell("starting", "Connecting to Home Assistant.");
  const running = run();
  return {
    call: (command) =>
      current?.(command) ??
      Promise.reject(new Failure("not_connected", "Home Assistant is not connected", { retry: true })),
    get connected() {
      return current !== undefined;
    },
    close: async () => {
      stopping.abort();
      cancelTelling?.();
      await running;
    },
  };
}

/** Malformed frames are counted; the log gets the first of a kind and then one line a minute's worth. */
function createMalformedCounter(log: Log, counted: () => void) {
  let total = 0;
  const seen = new Set<string>();
  return {
    get total() {
      return total;
    },
    count: (why: string) => {
      total++;
      counted();
      const kind = why.replace(/[^ ]*\.[^ ]*|\d+/g, "…");
      if (seen.has(kind) || seen.size > 100) return;
      seen.add(kind);
      log.warning("a message from Home Assistant could not be used", { why });
    },
  };
}
