import { Failure } from "../../domain/failure.ts";
import { backoffMs } from "../../platform/time/backoff.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long a provider is left alone after a failure, by what went wrong. */
const RESTS: { readonly [code: string]: { readonly firstMs: number; readonly mostMs: number } } = {
  // Without a key to mend, it is the provider that blocks us: it is asked seldom until it does no longer.
  refused: { firstMs: 2 * HOUR, mostMs: 24 * HOUR },
  // A name in the settings is wrong.
  unknown_team: { firstMs: 2 * HOUR, mostMs: 24 * HOUR },
  limited: { firstMs: 10 * MINUTE, mostMs: 6 * HOUR },
  changed_shape: { firstMs: 20 * MINUTE, mostMs: 6 * HOUR },
  unexpected_status: { firstMs: 20 * MINUTE, mostMs: 6 * HOUR },
  answer_too_large: { firstMs: 20 * MINUTE, mostMs: 6 * HOUR },
  bad_address: { firstMs: 20 * MINUTE, mostMs: 6 * HOUR },
  nothing_known: { firstMs: 20 * MINUTE, mostMs: 6 * HOUR },
};
const USUAL = { firstMs: MINUTE, mostMs: 30 * MINUTE };
const LONGEST_ASKED_MS = 24 * HOUR;

/**
 * @param failures in a row before this one
 * @param askedMs what the provider itself asks for
 * @returns ms; Infinity: until somebody changes something
 */
export function restAfter(
  failure: unknown,
  more: {
    readonly failures: number;
    readonly askedMs: number;
    readonly hasKey: boolean;
    readonly random: () => number;
  },
): number {
  const { failures, askedMs, hasKey, random } = more;
  const code = failure instanceof Failure ? failure.code : "";
  if (code === "refused" && hasKey) return Number.POSITIVE_INFINITY;
  const asked = Math.min(askedMs, LONGEST_ASKED_MS);
  if (code === "limited" && asked > 0) return asked;
  return Math.max(asked, backoffMs(failures, RESTS[code] ?? USUAL, random));
}

const MOST_JITTER_MS = 120_000;
/** Nobody is asked more often than this, whatever an answer says. */
const LEAST_MS = 5_000;

/** A wait with chance in it, so that not all hubs ask at the same moment. Never shorter than said. */
export const jittered = (ms: number, random: () => number): number => {
  const wait = Math.max(LEAST_MS, ms);
  return wait + random() * Math.min(MOST_JITTER_MS, wait / 20);
};
