import { describeError } from "../../domain/failure.ts";
import type { OutsideItem } from "../../domain/outside/record.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { Place } from "../source.ts";
import type { Asker } from "./asker.ts";
import type { Knowledge } from "./knowledge.ts";
import type { createTelling } from "./telling.ts";

const DAY: Micros = 24 * 3_600_000_000;
/** How far back the first answer's provider is asked for what was before. */
const FIRST: Micros = 7 * DAY;
const MOST: Micros = 30 * DAY;
const LEAST_HOLE_MS = 3_600_000;
const AT_ONCE = 2_000;

/** Asks for what was before the source was set up, and for what was missed while nobody answered. */
export function createBackfill(needs: {
  readonly telling: ReturnType<typeof createTelling>;
  readonly record: (items: readonly OutsideItem[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}) {
  const { telling, record, clock, log } = needs;
  return async (asker: Asker, place: Place, before: Knowledge | undefined): Promise<void> => {
    if (!asker.readBetween) return;
    const now = clock.now();
    const hole = Math.max(LEAST_HOLE_MS, 3 * asker.provider.everyMs) * 1000;
    if (before && now - before.fetched < hole) return;
    const from = before ? Math.max(before.fetched, now - MOST) : now - FIRST;
    try {
      const { readings = [], units } = (await asker.readBetween(place, { from, to: now })) ?? {};
      const past = readings.filter(({ time }) => time < now);
      const items = telling.tellPast(past, { provider: asker.provider.id }, { ...units });
      for (let i = 0; i < items.length; i += AT_ONCE) await record(items.slice(i, i + AT_ONCE));
    } catch (error) {
      // What is so now is known all the same.
      log.warning("what was before could not be had", { provider: asker.provider.id, why: describeError(error) });
    }
  };
}
