/** The simulated home in a process of its own: the workload "sim". */
import type { LoadOptions, LoadRun } from "../../src/simulator/load/load.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { answerParent } from "../measure/child.ts";
import { createMixed } from "./mixed.ts";

export type MixedOptions = {
  readonly mixed: true;
  readonly rate: number;
  readonly entities: number;
  readonly count?: number;
  /** Write to the home's own registered sensors instead of new entities. */
  readonly registered?: boolean;
};

let home: Simulator | undefined;
let load: LoadRun | undefined;
let mixed: ReturnType<typeof createMixed> | undefined;
const running = (): Simulator => {
  if (!home) throw new Error("the simulated home is not started");
  return home;
};

/** How often the mixed load looks at the clock. */
const PACE_MS = 5;

function startMixed({ rate, entities, count = Number.POSITIVE_INFINITY, registered }: MixedOptions): LoadRun {
  const { states } = running().core;
  const sensors = [...states.all()].map(({ entityId }) => entityId).filter((name) => name.startsWith("sensor."));
  mixed ??= createMixed(entities, 1, registered ? sensors : undefined);
  const next = mixed;
  const began = performance.now();
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let made = 0;
  const timer = setInterval(() => {
    const due = Math.min(count, Math.floor(((performance.now() - began) / 1000) * rate));
    for (; made < due; made++) {
      const { entityId, state, attributes } = next();
      // A value that wandered to where it was is written again all the same: each write is one change.
      states.set(entityId, state, attributes, { force: states.get(entityId)?.state === state });
    }
    if (made >= count) stop();
  }, PACE_MS);
  const stop = () => {
    clearInterval(timer);
    resolve();
    return done;
  };
  return {
    done,
    get made() {
      return made;
    },
    stop,
  };
}

answerParent(
  {
    start: async ({ recorderRows, entities }: { recorderRows: number; entities: number }) => {
      home = await startSimulator({ home: { entities }, history: { days: 0 }, recorderRows, witness: { rows: 1 } });
      const { url, token } = home;
      return { url, token };
    },
    load: (options: LoadOptions | MixedOptions) => {
      load = "mixed" in options ? startMixed(options) : running().load.start(options);
    },
    ended: () => load?.done,
    stop: async () => {
      await load?.stop();
      return load?.made ?? 0;
    },
    made: () => load?.made ?? 0,
    cuts: () => running().counters().cuts,
  },
  () => home?.close(),
);
