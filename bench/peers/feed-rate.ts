import { join } from "node:path";
import type { Core } from "../../tests/support/core/core.ts";
import type { LoadProgress } from "../../tests/support/core/load.ts";
import type { DiscardFigures, DiscardOptions } from "../clients/discard.ts";
import { startChild } from "../measure/child.ts";
import { startCoreLoad, stopCoreLoad } from "./core.ts";

export const CORE_ENTITIES = 500;
/** Every write is a new state with a new sequence number among its attributes. */
const NEW_STATES = { number: 1 };
/** More than Core can make in the time. */
const WITHOUT_END = 1_000_000_000;

/** Core changes states as fast as it can for so long. */
export async function fullSpeed(core: Core, prefix: string, seconds: number): Promise<LoadProgress> {
  const run = await startCoreLoad(core, {
    count: WITHOUT_END,
    entities: CORE_ENTITIES,
    prefix,
    mix: NEW_STATES,
    seed: 1,
  });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return stopCoreLoad(core, run);
}

export type FeedRate = { readonly perSecond: number; readonly bytesPerChange: number };

/** Core's own rate with one client that takes the feed and discards it. */
export async function discardRate(
  core: Core,
  feed: DiscardOptions["feed"],
  options: { prefix: string; seconds: number; clientCore: number },
): Promise<FeedRate> {
  const client = await startChild(join(import.meta.dirname, "../clients/discard.ts"), { core: options.clientCore });
  try {
    await client.ask("open", { url: core.url, token: core.token, feed, parse: false } satisfies DiscardOptions);
    await client.ask("reset");
    const { made, seconds } = await fullSpeed(core, options.prefix, options.seconds);
    await client.ask("drained");
    const { bytes, closed } = await client.ask<DiscardFigures>("figures");
    if (closed !== undefined) throw new Error(`Core closed the discarding client's connection (${closed})`);
    return { perSecond: made / seconds, bytesPerChange: bytes / made };
  } finally {
    await client.stop();
  }
}
