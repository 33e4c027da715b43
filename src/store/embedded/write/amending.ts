import type { Position } from "../../../domain/data/reading.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import { loggedCorrections, lookUpLatest, storedGaps, takingOf } from "../../shared/amendments.ts";
import type { Ledger, Logged } from "../../shared/ledger.ts";
import type { Store, ViewReader } from "../../store.ts";
import type { Keeper } from "../blocks/set/keeper.ts";

type Needs = {
  readonly append: (entries: readonly Logged[]) => Promise<readonly Position[]>;
  readonly keeper: Pick<Keeper, "urgently" | "amended">;
  readonly ledger: Ledger;
  readonly clock: Pick<Clock, "now">;
  withReader<T>(run: (reader: ViewReader) => Promise<T>): Promise<T>;
};

/**
 * Corrections and erasures are entries of the log: once those are written every reader leaves out what they take, and
 * the keeper of the blocks carries them out, whatever comes between.
 */
export function createAmending({ append, keeper, ledger, clock, withReader }: Needs) {
  const taking: Store["countErasure"] = async (plan) => {
    const { entries: _, gaps: __, ...counts } = await withReader((reader) => takingOf(plan, reader, clock.now()));
    return counts;
  };
  const lookUp = async () => {
    if (ledger.unsure.size > 0) await withReader((reader) => lookUpLatest(ledger, reader));
  };
  const correct: Store["correct"] = (corrections) =>
    // While nothing is let go: a reading that is corrected must not become a roll-up meanwhile.
    keeper.urgently(async () => {
      const entries = await withReader((reader) => loggedCorrections(corrections, reader));
      const positions = await append(entries);
      await lookUp();
      return positions.filter((_, i) => entries[i]?.kind === "reading");
    });
  const erase: Store["erase"] = async (plan, onTaken) => {
    const { erased, last } = await keeper.urgently(async () => {
      const now = Math.max(clock.now(), (ledger.newest ?? 0) + 1);
      const { entries, gaps, ...counts } = await withReader((reader) => takingOf(plan, reader, now));
      const positions = await append(entries);
      await lookUp();
      return {
        erased: { ...counts, gaps: storedGaps(gaps, positions) },
        last: positions[plan.series.length - 1] ?? 0,
      };
    });
    onTaken?.(erased);
    await keeper.amended(last);
    return erased;
  };
  return { correct, count: taking, erase, lookUp };
}
