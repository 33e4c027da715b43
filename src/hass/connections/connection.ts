import type { Failure } from "../../domain/failure.ts";
import type { ConnectionStatus } from "../../domain/status.ts";
import type { Clock } from "../../platform/time/clock.ts";
import * as breakers from "./breaker.ts";

/** One way to Home Assistant, as configured. */
export type ConnectionConfig = {
  /** `supervisor`, `primary`, `further-1`, … */
  readonly id: string;
  readonly name: string;
  /** `http://…` or `https://…`, with or without a path. */
  readonly url: string;
  readonly token: string;
};

/** Where its WebSocket is: the Supervisor's proxy has a path of its own. */
export const websocketUrl = ({ id, url }: Pick<ConnectionConfig, "id" | "url">): string =>
  `${url.replace(/^http/i, "ws").replace(/\/+$/, "")}${id === "supervisor" ? "/websocket" : "/api/websocket"}`;

/** One connection of the chain: what it has done, and whether it may be tried. */
export type Connection = ReturnType<typeof createConnection>;

/** It held this long, so it was a good one; and what answered is asked again after as long before it is returned to. */
const STEADY_MS = 30_000;
const CONFIRM_AFTER_MS = 15_000;
const REFUSALS = ["auth_invalid", "another_home"];
const kindOf = (code: string): breakers.FailureKind =>
  REFUSALS.includes(code) ? "refused" : code === "unreachable" ? "absent" : "wrong";
/** Address and token of this one come from the Supervisor, so there is nothing to correct in the options. */
const SUPERVISOR_FIXES: { readonly [code: string]: string } = {
  auth_invalid: "Restart the app (add-on): the Supervisor gives it a new token.",
  cannot_connect: "Check that Home Assistant is running. The hub goes on trying.",
  unreachable: "Check that Home Assistant is running. The hub goes on trying.",
};

export function createConnection(needs: { config: ConnectionConfig; clock: Clock; random?: () => number }) {
  const { config, clock, random } = needs;
  const counts = { attempts: 0, connects: 0, failures: 0 };
  let breaker = breakers.NEW_BREAKER;
  let paused = false;
  let asked = false;
  let restMs = 0;
  /** Ticks before which an answered probe is not repeated. */
  let confirmAt = 0;
  let liveSince: { readonly time: number; readonly ticks: number } | undefined;
  let lastConnected: number | undefined;
  let lastFailure: ConnectionStatus["lastFailure"];

  /** The end of having been connected, whatever the reason. */
  const leave = () => {
    if (liveSince && clock.ticks() - liveSince.ticks >= STEADY_MS) breaker = breakers.held(breaker);
    if (liveSince) lastConnected = clock.now();
    liveSince = undefined;
  };
  return {
    config,
    /** Whether it may be tried now. */
    ready: () => !paused && breakers.mayTry(breaker, clock.ticks()),
    /** How long its rest is, or was, in ms. */
    get restMs() {
      return restMs;
    },
    isRefused: () => breaker.state === "open" && REFUSALS.includes(lastFailure?.code ?? ""),
    /** Milliseconds until it may be tried, and until it is worth a probe while another one works. */
    msToRetry: () => Math.max(0, breaker.retryAt - clock.ticks()),
    msToProbe: () => Math.max(0, Math.max(breaker.retryAt, confirmAt) - clock.ticks()),
    /** True: it is to be looked at although nobody needs it: it never was, or a person asks. */
    get unchecked() {
      return counts.attempts === 0 || asked;
    },
    get paused() {
      return paused;
    },
    get lastFailure() {
      return lastFailure;
    },
    get state() {
      return breaker.state;
    },
    attempt: () => {
      counts.attempts++;
      breaker = breakers.trying(breaker, clock.ticks());
    },
    accepted: () => {
      counts.connects++;
      lastConnected = clock.now();
    },
    live: () => {
      breaker = breakers.worked(breaker);
      asked = false;
      liveSince = { time: clock.now(), ticks: clock.ticks() };
    },
    /** Answers whether it may be returned to now. */
    answered: (): boolean => {
      breaker = asked ? breakers.worked(breaker) : breakers.answered(breaker);
      asked = false;
      if (breaker.state === "closed") return true;
      confirmAt = clock.ticks() + CONFIRM_AFTER_MS;
      return false;
    },
    failed: (failure: Failure) => {
      leave();
      counts.failures++;
      asked = false;
      breaker = breakers.failed(breaker, clock.ticks(), {
        kind: kindOf(failure.code),
        ...(random ? { random } : {}),
      });
      restMs = breaker.retryAt - clock.ticks();
      const { code, message } = failure;
      const fix = (config.id === "supervisor" ? SUPERVISOR_FIXES[code] : undefined) ?? failure.fix;
      lastFailure = { time: clock.now(), code, why: message, ...(fix === undefined ? {} : { fix }) };
    },
    /** Home Assistant ended it politely, or the hub could not keep up: no fault of the connection. */
    interrupted: () => {
      leave();
      breaker = breakers.interrupted(breaker, clock.ticks(), random);
    },
    /** The hub ended it of its own will. */
    left: () => {
      leave();
      breaker = breakers.abandoned(breaker);
    },
    ask: () => {
      asked = true;
      confirmAt = 0;
      breaker = breakers.askedFor(breaker, clock.ticks());
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
    /** @param isSought whether an attempt follows once the wait is over */
    status: (isSought: boolean): ConnectionStatus => {
      const wait = Math.max(breaker.retryAt, confirmAt) - clock.ticks();
      return {
        id: config.id,
        name: config.name,
        url: withoutSecrets(config.url),
        active: liveSince !== undefined,
        breaker: breaker.state,
        consecutiveFailures: breaker.failures,
        paused,
        ...(liveSince ? { connectedSince: liveSince.time } : {}),
        ...(lastConnected === undefined ? {} : { lastConnected }),
        ...(lastFailure ? { lastFailure } : {}),
        ...(isSought && wait > 0 ? { nextAttempt: clock.now() + Math.round(wait * 1000) } : {}),
        ...counts,
      };
    },
  };
}

/** Configured addresses carry none; one that came by another way must not show any. */
function withoutSecrets(text: string): string {
  const url = URL.parse(text);
  if (!url) return "";
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
