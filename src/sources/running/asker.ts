import { describeError, Failure } from "../../domain/failure.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Http } from "../../platform/http/http.ts";
import { formOf } from "../../platform/settings/form.ts";
import type { ReadSocket } from "../../platform/socket.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import { createAsk, type RawAnswer } from "../asking/ask.ts";
import type { Budgets } from "../asking/budget.ts";
import { createListen } from "../asking/listen.ts";
import { QUANTITIES } from "../quantities.ts";
import type { Chosen } from "../settings/check.ts";
import { hasSecret } from "../settings/secrets.ts";
import type { Answered, Place, ReadNeeds } from "../source.ts";
import type { ProviderStatus, RawAnswerAt } from "../sources.ts";
import { restAfter } from "./rest.ts";

/** What all providers are asked with. */
export type AskingNeeds = {
  readonly http: Http;
  readonly socket: ReadSocket;
  readonly userAgent: string;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** What Home Assistant knows already. */
  readonly entity: ReadNeeds<unknown>["entity"];
  readonly calendars: ReadNeeds<unknown>["calendars"];
  readonly forecasts: ReadNeeds<unknown>["forecasts"];
  /** Takes secrets out of a text. */
  readonly hide: (text: string) => string;
};

export type Asked =
  | { readonly kind: "answered"; readonly answered: Answered<unknown> }
  | { readonly kind: "failed"; readonly failure: unknown }
  /** It was not asked. */
  | { readonly kind: "left" };

/** One provider of one source: asks it, leaves it alone after failures, and says how it is doing. */
export type Asker = ReturnType<typeof createAsker>;

const MOST_RAW = 5;

export function createAsker(
  { provider, settings }: Chosen,
  needs: AskingNeeds & {
    readonly signal: AbortSignal;
    /** Of this provider's last good answer. */
    readonly facts?: () => unknown;
  },
) {
  const { budgets, clock, random, log, hide, signal } = needs;
  const raw: RawAnswerAt[] = [];
  const hasKey = hasSecret(formOf(provider.settings));
  let askedMs = 0;
  /** On the clock that only goes forward. */
  let restsUntil = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let state: ProviderStatus["state"] = "unasked";
  let trouble: { readonly why: string; readonly fix?: string } | undefined;
  let lastSuccess: Micros | null = null;
  let lastFailure: Micros | null = null;

  const spend = () => budgets.spend(provider);
  const onRaw = ({ where, status, text }: RawAnswer) => {
    raw.unshift({ time: clock.now(), provider: provider.id, where: hide(where), status, text: hide(text) });
    raw.length = Math.min(raw.length, MOST_RAW);
  };
  const socket = createListen({ socket: needs.socket, spend, onRaw, signal });
  const ask = createAsk({
    http: needs.http,
    userAgent: needs.userAgent,
    spend,
    onRaw,
    onRetryAfter: (seconds) => {
      askedMs = seconds * 1000;
    },
    nowMs: () => clock.now() / 1000,
    signal,
  });

  /** What no series could hold is no value. */
  const usable = (answered: Answered<unknown>): Answered<unknown> => {
    const known = QUANTITIES[provider.kind];
    const isValue = (value: unknown) =>
      typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
    const readings = answered.readings.filter(
      ({ quantity, time, value }) => quantity in known && Number.isSafeInteger(time) && isValue(value),
    );
    const issues = answered.issues.filter(({ quantity }) => quantity in known);
    const dropped = answered.readings.length - readings.length + answered.issues.length - issues.length;
    if (dropped > 0) log.warning("a provider told what is no value", { provider: provider.id, dropped });
    return { ...answered, readings, issues };
  };
  const rest = (ms: number) => {
    restsUntil = clock.ticks() + ms;
  };
  const failed = (failure: unknown): Asked => {
    const isKnown = failure instanceof Failure;
    if (!isKnown) log.error("a provider could not be read", { provider: provider.id, error: failure });
    lastFailure = clock.now();
    const free = budgets.freeAt(provider);
    const ms =
      free !== undefined && isKnown && failure.code === "limited" && askedMs === 0
        ? (free - clock.now()) / 1000
        : restAfter(failure, { failures, askedMs, hasKey, random });
    failures++;
    state = Number.isFinite(ms) ? "resting" : "refused";
    rest(ms);
    const why = hide(isKnown ? failure.message : `Its answer could not be read: ${describeError(failure)}`);
    const fix = isKnown ? failure.fix : "Report it with the raw answer, which the source's page shows.";
    trouble = { why, ...(fix === undefined ? {} : { fix: hide(fix) }) };
    return { kind: "failed", failure };
  };

  const needsFor = (place: Place): ReadNeeds<never> => {
    const facts = needs.facts?.();
    const { entity, calendars, forecasts } = needs;
    const known = { ask, socket, entity, calendars, forecasts, settings: settings as never, place };
    const told = { ...known, now: clock.now(), signal };
    return { ...told, ...(facts === undefined ? {} : { facts }) };
  };
  const read = async (place: Place): Promise<Asked> => {
    const unfit = provider.unfit?.(settings as never, place);
    if (unfit) {
      state = "unfit";
      trouble = unfit;
      return { kind: "left" };
    }
    if (state === "unfit") restsUntil = Number.NEGATIVE_INFINITY;
    if (clock.ticks() < restsUntil) return { kind: "left" };
    askedMs = 0;
    try {
      const answered = usable(await provider.read(needsFor(place)));
      const { readings, issues, facts, waitsFor } = answered;
      if (readings.length === 0 && issues.length === 0 && facts === undefined && waitsFor === undefined)
        return failed(new Failure("nothing_known", `${provider.name} answered, and knows nothing of this place`));
      failures = 0;
      state = "ok";
      trouble = undefined;
      lastSuccess = clock.now();
      // Also a good answer may ask to be left alone.
      rest(askedMs);
      return { kind: "answered", answered };
    } catch (failure) {
      return failed(failure);
    }
  };
  return {
    provider,
    settings,
    facts: () => needs.facts?.(),
    read,
    /** @throws Failure */
    readBetween: provider.readBetween
      ? async (place: Place, window: Window): Promise<Answered<unknown> | undefined> => {
          const past = await provider.readBetween?.({ ...needsFor(place), window });
          return past && usable(past);
        }
      : undefined,
    /** Milliseconds until it may be asked again; Infinity: not before something changes. */
    restMs: () => Math.max(0, restsUntil - clock.ticks()),
    isUnfit: () => state === "unfit",
    /** Somebody asks for it: what it refused may be mended. What it asked of us itself still holds. */
    forgive: () => {
      if (askedMs > 0 && clock.ticks() < restsUntil && state !== "refused") return;
      restsUntil = Number.NEGATIVE_INFINITY;
    },
    raw: (): readonly RawAnswerAt[] => raw,
    status: (): ProviderStatus => {
      const restMs = Math.max(0, restsUntil - clock.ticks());
      return {
        provider: provider.id,
        name: provider.name,
        attribution: provider.attribution,
        state,
        ...trouble,
        ...(state === "resting" && restMs > 0 ? { until: clock.now() + Math.round(restMs * 1000) } : {}),
        lastSuccess,
        lastFailure,
        calls: budgets.calls(provider),
        budgets: budgets.of(provider),
      };
    },
  };
}
