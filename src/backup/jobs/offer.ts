import { Failure } from "../../domain/failure.ts";
import type { Jobs, JobWork } from "../../platform/jobs/jobs.ts";

/** Begins a job of one kind; `ended` resolves when it is over, however it went. */
export type Offered<asked> = { start(asked: asked): { readonly job: string; readonly ended: Promise<void> } };

/**
 * Work of backups as a job of the platform: seen, cancelled and resumed there. What a stop of the hub broke off is not
 * begun again by itself at the start, which has enough to do: it failed, and says so.
 */
export function offerWork<asked>(
  jobs: Pick<Jobs, "register" | "start">,
  needs: {
    readonly kind: string;
    readonly unit: string;
    /** What a person asks for who starts one by its kind alone; absent: nobody can. */
    readonly byHand?: asked;
    /** What is kept of what was asked for, and what that means when it is resumed. */
    readonly keep: (asked: asked) => unknown;
    readonly read: (kept: unknown) => asked | undefined;
    readonly work: (asked: asked, job: JobWork) => Promise<void>;
  },
): Offered<asked> {
  const { kind, unit, byHand, keep, read, work } = needs;
  let next: asked | undefined;
  let ended: Promise<void> = Promise.resolve();
  let isRegistering = true;
  const run = async (job: JobWork): Promise<void> => {
    if (isRegistering) throw stoppedMeanwhile();
    const asked = next ?? read(job.checkpoint) ?? byHand;
    next = undefined;
    if (asked === undefined) throw stoppedMeanwhile();
    job.keep(keep(asked));
    await work(asked, job);
  };
  jobs.register({
    kind,
    unit,
    byHand: byHand !== undefined,
    run: (job) => {
      const running = run(job);
      ended = running.catch(() => {});
      return running;
    },
  });
  isRegistering = false;
  return {
    start: (asked) => {
      next = asked;
      try {
        const { id } = jobs.start(kind);
        return { job: id, ended };
      } finally {
        next = undefined;
      }
    },
  };
}

const stoppedMeanwhile = () =>
  new Failure("backup_broken_off", "The hub was stopped meanwhile", { fix: "Resume it: it begins anew.", retry: true });
