import { type Micros, utcMonthEnd } from "../../../../domain/time/time.ts";
import type { Block } from "../file/block.ts";

/** So many blocks of about one size become one: each reading is written again once for every step in size. */
const TOGETHER = 4;
/** At most so many at a time: each is an open file. */
const MOST = 16;

/** How old a month must be to be put together for good: nearly all that comes late has come. */
const SETTLED: Micros = 2 * 86_400_000_000;

/** Which blocks to make one of next; undefined: none. `newest`: the newest time in the log, by Home Assistant's clock. */
export function nextMerge(blocks: readonly Block[], newest: Micros): readonly Block[] | undefined {
  const groups = Map.groupBy(blocks, ({ kind, month }) => `${month} ${kind}`);
  for (const group of groups.values()) {
    const tiers = Map.groupBy(group, tierOf);
    for (const [, tier] of [...tiers].sort(([a], [b]) => a - b)) if (tier.length >= TOGETHER) return oldest(tier);
    if (isScattered(group, newest)) return oldest(group);
  }
  return undefined;
}

/** Everything of one month that is in more than one block, whatever its size. */
export function anyMerge(blocks: readonly Block[]): readonly Block[] | undefined {
  const groups = Map.groupBy(blocks, ({ kind, month }) => `${month} ${kind}`);
  for (const group of groups.values()) if (group.length > 1) return oldest(group);
  return undefined;
}

const oldest = (group: readonly Block[]): readonly Block[] =>
  group.toSorted((a, b) => a.sequence - b.sequence).slice(0, MOST);

const tierOf = ({ entries }: Block): number => Math.floor(Math.log(entries + 1) / Math.log(TOGETHER));

/** A month that is over, in several blocks of which the small ones are worth writing the large one again. */
function isScattered(group: readonly Block[], newest: Micros): boolean {
  const [first] = group;
  if (!first || group.length < 2 || newest < utcMonthEnd(first.month) + SETTLED) return false;
  const total = group.reduce((sum, { entries }) => sum + entries, 0);
  const largest = Math.max(...group.map(({ entries }) => entries));
  return (total - largest) * 8 >= largest;
}
