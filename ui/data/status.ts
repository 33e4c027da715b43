import type { Status } from "../api-types.ts";
import { type Cell, createCell } from "./cell.ts";
import type { Clock } from "./clock.ts";

export type Sample = { readonly at: number; readonly changes: number | null; readonly events: number | null };

export type StatusView = {
  /** The last answer; kept, with its age, when the hub no longer answers. */
  readonly status: Status | null;
  readonly at: number;
  readonly problem: unknown;
  /** Rates as the hub told them since the panel was opened; null where it did not answer. */
  readonly samples: readonly Sample[];
};

export type StatusWatch = {
  readonly view: Cell<StatusView>;
  start(): void;
  stop(): void;
  refresh(): Promise<void>;
};

const EVERY_MS = 2_000;
export const SAMPLES_KEPT_MS = 5 * 60_000;

/** Asks the hub how it is every two seconds while somebody looks. */
export function createStatusWatch(needs: {
  load: () => Promise<Status>;
  clock: Clock;
  /** Nobody looks at a hidden page. */
  isHidden: () => boolean;
}): StatusWatch {
  const { load, clock, isHidden } = needs;
  const view = createCell<StatusView>({ status: null, at: 0, problem: null, samples: [] });
  let running = false;
  let asking = false;
  let cancel = () => {};

  const refresh = async () => {
    if (asking) return;
    asking = true;
    const before = view.get();
    try {
      const status = await load();
      const at = clock.now();
      const { changes_per_second: changes, events_per_second: events } = status.rates;
      const samples = keep(before.samples, { at, changes, events });
      view.set({ status, at, problem: null, samples });
    } catch (problem) {
      const samples = keep(before.samples, { at: clock.now(), changes: null, events: null });
      view.set({ ...before, problem, samples });
    } finally {
      asking = false;
    }
  };

  const next = () => {
    cancel();
    if (!running) return;
    cancel = clock.after(EVERY_MS, () => {
      if (isHidden()) return next();
      void refresh().then(next);
    });
  };

  return {
    view,
    refresh,
    start: () => {
      if (running) return;
      running = true;
      void refresh().then(next);
    },
    stop: () => {
      running = false;
      cancel();
    },
  };
}

/** A pause (a hidden page, a sleeping computer) is a hole in the line, not a slope across it. */
function keep(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  const hole = last && sample.at - last.at > 3 * EVERY_MS ? [{ at: last.at + 1, changes: null, events: null }] : [];
  return [...samples, ...hole, sample].filter(({ at }) => at > sample.at - SAMPLES_KEPT_MS);
}
