import { Failure } from "../../domain/failure.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Core } from "../core/core.ts";
import type { User } from "../core/users.ts";
import { type Mix, nextStep, type Step } from "./payload.ts";
import type { Witness } from "./witness.ts";

export type LoadOptions = {
  /** Changes per second. Instead: `asFastAsPossible` waits for the slowest client, `flood` waits for nobody. */
  readonly rate?: number;
  readonly asFastAsPossible?: boolean;
  readonly flood?: boolean;
  /** How many entities take turns: `sensor.load_0` … */
  readonly entities?: number;
  readonly mix?: Mix;
  /** Ends by itself after so many changes. */
  readonly count?: number;
  /** The first so many entities are kept out of the recorder: holes in them cannot be filled. */
  readonly unrecorded?: number;
};

export type LoadRun = {
  /** Resolves when the run has ended, by itself or by `stop`. */
  readonly done: Promise<void>;
  /** Changes made so far in this run. */
  readonly made: number;
  stop(): Promise<void>;
};

export type Load = {
  start(options: LoadOptions): LoadRun;
  stop(): Promise<void>;
  readonly running: boolean;
  readonly emitted: Witness;
};

/** So few at a time that other work and the sockets get their turn in between. */
const SLICE = 512;
const SLICE_MS = 5;
/** A client may have so many messages waiting before the next slice of `asFastAsPossible`. */
const CLIENT_PENDING = 256;

export function createLoad(needs: {
  core: Core;
  clock: Clock;
  user: User;
  witness: Witness;
  /** Calls back once every client has at most so many messages waiting. */
  whenClientsBelow: (most: number, run: () => void) => void;
}): Load {
  const { core, clock, user, witness, whenClientsBelow } = needs;
  const { states } = core;
  let seq = 0;
  let current: LoadRun | undefined;
  const rounds = new Map<string, { round: number; last: Step | undefined }>();

  const emit = (entityId: string, mix: Mix) => {
    const turn = rounds.get(entityId) ?? { round: 0, last: undefined };
    // A restart of Home Assistant forgets the load's entities, as it forgets what a REST client set.
    const last = states.get(entityId) ? turn.last : undefined;
    const step = nextStep(mix, seq, turn.round, last);
    turn.round = last === undefined && mix === "mixed" ? 1 : turn.round + 1;
    turn.last = step;
    rounds.set(entityId, turn);
    const time = core.now();
    if (step.state === null) {
      states.remove(entityId, undefined, time);
      witness.add({ seq: seq++, entityId, state: null, updated: time, changed: time, attributes: step.attributes });
      return;
    }
    const context =
      step.byUser || step.hasParent
        ? core.newContext({
            time,
            userId: step.byUser ? user.id : null,
            parentId: step.hasParent ? core.newContext({ time }).id : null,
          })
        : undefined;
    states.set(entityId, step.state, step.attributes, {
      time,
      ...(step.force ? { force: true } : {}),
      ...(context ? { context } : {}),
    });
    const after = states.get(entityId);
    if (!after) return;
    const { state, updated, changed, attributes } = after;
    witness.add({ seq: seq++, entityId, state, updated, changed, attributes });
  };

  const start = (options: LoadOptions): LoadRun => {
    if (current) throw new Failure("load_runs", "A load runs already", { fix: "Stop it first." });
    const { rate, flood = false, entities = 200, mix = "numeric", count = Number.POSITIVE_INFINITY } = options;
    const fast = (options.asFastAsPossible ?? false) || flood;
    if (fast === (rate !== undefined))
      throw new Failure("bad_load", "A load needs either a rate or asFastAsPossible/flood", {
        fix: "Give one of them.",
      });
    const ids = Array.from({ length: entities }, (_, i) => `sensor.load_${i}`);
    for (const id of ids.slice(0, options.unrecorded ?? 0)) core.recorder.excluded.add(id);
    let made = 0;
    let stopped = false;
    let startTicks = clock.ticks();
    const { promise: done, resolve } = Promise.withResolvers<void>();

    const end = () => {
      current = undefined;
      resolve();
    };
    const slice = () => {
      if (stopped || made >= count) return end();
      if (core.state() !== "RUNNING") {
        // What Home Assistant does not run cannot change; the rate starts afresh afterwards.
        startTicks = clock.ticks() - (made / (rate ?? 1)) * 1000;
        return void clock.after(SLICE_MS, slice);
      }
      const due = rate === undefined ? SLICE : Math.floor(((clock.ticks() - startTicks) / 1000) * rate) - made;
      const now = Math.min(due, SLICE, count - made);
      for (let i = 0; i < now; i++) emit(ids[made++ % ids.length] as string, mix);
      if (made >= count) return end();
      if (fast && !flood) return whenClientsBelow(CLIENT_PENDING, () => setImmediate(slice));
      if (fast || due > SLICE) return void setImmediate(slice);
      clock.after(SLICE_MS, slice);
    };
    const run: LoadRun = {
      done,
      get made() {
        return made;
      },
      stop: () => {
        stopped = true;
        return done;
      },
    };
    current = run;
    setImmediate(slice);
    return run;
  };

  return {
    start,
    stop: async () => current?.stop(),
    get running() {
      return current !== undefined;
    },
    emitted: witness,
  };
}
