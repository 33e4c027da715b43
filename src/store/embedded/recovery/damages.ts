import type { Gap } from "../../../domain/data/reading.ts";
import { describeError } from "../../../domain/failure.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Log } from "../../../platform/told/log.ts";
import type { Logged } from "../../shared/ledger.ts";
import type { Damage } from "../../store.ts";
import { gapsOf, sameDamage } from "../segments/damage.ts";

/** What is known to be damaged: each is told once, and what is lost with it becomes a gap. */
export function createDamages(needs: {
  readonly found: readonly Damage[];
  readonly gaps: readonly Gap[];
  readonly append: (entries: readonly Logged[]) => Promise<unknown>;
  /** Whatever else is to be done with what was found. */
  readonly onNew: (damages: readonly Damage[]) => void;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}) {
  const { gaps: known, append, onNew, clock, log } = needs;
  const damages: Damage[] = [...needs.found];
  const recordGaps = async (found: readonly Damage[]): Promise<void> => {
    const gaps = found.flatMap((damage) => gapsOf(damage, known, clock.now()));
    if (gaps.length === 0) return;
    await append(gaps.map((gap) => ({ kind: "gap", gap }))).catch((error: unknown) =>
      log.warning("the gaps of damaged parts could not be recorded", { error: describeError(error) }),
    );
  };
  return {
    list: (): readonly Damage[] => damages,
    /** Resolves when their gaps are recorded, or cannot be. */
    recordGaps,
    note: (found: readonly Damage[]): void => {
      const unknown = found.filter((damage) => !damages.some((before) => sameDamage(before, damage)));
      if (unknown.length === 0) return;
      damages.push(...unknown);
      for (const { file, offset, why } of unknown) log.warning("a part of the store is damaged", { file, offset, why });
      void recordGaps(unknown);
      onNew(unknown);
    },
  };
}
