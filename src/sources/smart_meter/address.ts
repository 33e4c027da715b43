import * as v from "valibot";
import { isOnLan } from "../asking/lan.ts";
import type { ReadNeeds } from "../source.ts";

/** Where a meter's reader is: a page that answers what the meter said last, or a port at which it is heard itself. */
export type MeterAddress = { readonly url: string } | { readonly host: string; readonly port: number };

const PORT = /^(?:tcp:\/\/)?(\[[0-9a-f:.]+\]|[^\s:/]+):(\d{1,5})\/?$/i;

/** undefined: it is neither, or lies outside of the home's network. */
export function addressOf(text: string): MeterAddress | undefined {
  const [, host, digits] = PORT.exec(text) ?? [];
  if (host !== undefined) {
    const port = Number(digits);
    return port > 0 && port < 65_536 && isOnLan(host) ? { host, port } : undefined;
  }
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  return isOnLan(new URL(text).hostname) ? { url: text } : undefined;
}

/** Seconds between two looks: a meter speaks every one to ten seconds, which is more than anybody wants to keep. */
const LEAST_S = 10;
/** Two looks may fail before a value is too old. */
const MOST_S = 120;

export const LIVE_ENTRIES = {
  address: v.pipe(
    v.string(),
    v.trim(),
    v.check((text) => addressOf(text) !== undefined, "is no http:// address and no host:port of your own network"),
    v.title("Address"),
    v.description("Of the reader at home: http://192.168.1.20/… where it has a page, or 192.168.1.20:2001 for a port"),
  ),
  every: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(LEAST_S),
      v.maxValue(MOST_S),
      v.title("Every"),
      v.description("How often the meter is read"),
      v.metadata({ unit: "s" }),
    ),
    30,
  ),
  phases: v.optional(
    v.pipe(v.boolean(), v.title("Phases"), v.description("Also power, voltage and current of each phase")),
    false,
  ),
};
export type LiveSettings = { readonly address: string; readonly every: number; readonly phases: boolean };

/** What has not been heard of for so long is no longer the present. */
export const LIVE_TOO_OLD_MS = 300_000;

export const liveRhythm = (_: undefined, { every }: LiveSettings): number => every * 1000;

/**
 * What the meter said: all that a page answers, or what was heard until it was enough.
 *
 * @throws Failure
 */
export async function hear(
  { ask, socket, settings }: ReadNeeds<LiveSettings>,
  enough: (bytes: Uint8Array) => boolean,
): Promise<{ readonly bytes: Uint8Array; readonly isLive: boolean }> {
  const address = addressOf(settings.address) as MeterAddress;
  if ("port" in address) return { bytes: await socket({ ...address, enough }), isLive: true };
  // Whose meter it is stands in what it says.
  const request = { url: address.url, as: "bytes", schema: v.instance(Uint8Array), mostBytes: 64_000 } as const;
  return { bytes: await ask({ ...request, secret: true }), isLive: false };
}
