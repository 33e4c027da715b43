import { describeError } from "../../domain/failure.ts";
import { ALL_TIME, type Micros } from "../../domain/time/time.ts";
import type { Jobs, JobWork } from "../../platform/jobs/jobs.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import type { Store } from "../../store/store.ts";
import { offerWork } from "../jobs/offer.ts";
import type { Runner } from "../jobs/runner.ts";
import type { Turns } from "../jobs/turns.ts";
import type { Problem } from "./problem.ts";
import { damageProblem } from "./verify.ts";

export type CheckedStore = {
  readonly time: Micros;
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly readings: number;
  readonly events: number;
  readonly gaps: number;
  readonly statistics: number;
};

/** Reads back everything in the store while it is in use; what is damaged is named and becomes gaps. */
export type StoreCheck = {
  /** @throws Failure `action_unavailable` */
  begin(): { readonly job: string };
  last(): CheckedStore | undefined;
};

export function createStoreCheck(needs: {
  store: Pick<Store, "view" | "release" | "series" | "stats" | "gaps" | "damages" | "noteDamages">;
  runner: Runner;
  turns: Turns;
  jobs: Pick<Jobs, "register" | "start">;
  clock: Clock;
  log: Log;
}): StoreCheck {
  const { store, runner, turns, jobs, clock, log } = needs;
  let last: CheckedStore | undefined;

  const check = async ({ tell, signal }: JobWork) => {
    const view = store.view();
    const { readings: expected, events: expectedEvents } = store.stats();
    const gaps = store.gaps(ALL_TIME).length;
    try {
      const series = [...store.series().keys()];
      const { damages, readings, events, statistics } = await runner.run(
        "read",
        { view, series, expected },
        {
          signal,
          onStep: (phase, done, total) => {
            turns.step(phase, done, total);
            tell({ done, total });
          },
        },
      );
      store.noteDamages(damages);
      const problems: Problem[] = store.damages().map(damageProblem);
      const lost = readings < expected || events < expectedEvents;
      if (lost && problems.length === 0)
        problems.push({
          code: "count_differs",
          file: null,
          why: `${readings} readings and ${events} events can be read, and the store counts ${expected} and ${expectedEvents}`,
          fix: "Restart the hub, verify again, and report this.",
        });
      last = { time: clock.now(), ok: problems.length === 0, problems, readings, events, gaps, statistics };
      tell({ outcome: { readings, events, statistics, problems: problems.length } });
      log.info("the store was verified", { readings, events, problems: problems.length });
    } finally {
      store.release(view);
    }
  };

  const work = offerWork<"store">(jobs, {
    kind: "store_verification",
    unit: "readings",
    byHand: "store",
    keep: () => null,
    read: () => "store",
    work: async (_, job) => {
      try {
        await turns.take("store_verification", "", () => check(job));
      } catch (error) {
        if (!job.signal.aborted) log.warning("the store could not be verified", { why: describeError(error) });
        throw error;
      }
    },
  });
  return {
    begin: () => {
      turns.refuse();
      return { job: work.start("store").job };
    },
    last: () => last,
  };
}
