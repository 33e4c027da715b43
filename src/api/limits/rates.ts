import type { Limit, LimitName } from "./policies.ts";

/** draft-ietf-httpapi-ratelimit-headers: the quota, and what is left of it for how many seconds. */
export type RateHeaders = { readonly "ratelimit-policy": string; readonly ratelimit: string };

/** One caller's requests of one kind in the present window. */
export type RateWindow = { start: number; count: number };

export const newWindow = (): RateWindow => ({ start: Number.NEGATIVE_INFINITY, count: 0 });

/** Counts a request; the seconds to wait where there is no more room, else undefined. */
export function countIn(window: RateWindow, { requests, perSeconds }: Limit, ticks: number): number | undefined {
  if (ticks - window.start >= perSeconds * 1000) {
    window.start = ticks;
    window.count = 0;
  }
  if (window.count >= requests) return secondsLeft(window, perSeconds, ticks);
  window.count++;
  return undefined;
}

export const rateHeaders = (name: LimitName, window: RateWindow, limit: Limit, ticks: number): RateHeaders => ({
  "ratelimit-policy": `"${name}";q=${limit.requests};w=${limit.perSeconds}`,
  ratelimit: `"${name}";r=${limit.requests - window.count};t=${secondsLeft(window, limit.perSeconds, ticks)}`,
});

const secondsLeft = (window: RateWindow, perSeconds: number, ticks: number): number =>
  Math.max(1, Math.ceil((window.start + perSeconds * 1000 - ticks) / 1000));
