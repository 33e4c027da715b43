import { describeError, Failure } from "../../domain/failure.ts";
import type { RecorderLook } from "../../domain/home/setup.ts";
import { type Micros, microsToRfc3339 } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";

type Call = (command: { type: string; [key: string]: unknown }) => Promise<unknown>;

/** An entity that the hub follows, with what it holds of it. */
export type Followed = {
  readonly entityId: string;
  /** Home Assistant has had it since then, or longer. */
  readonly since: Micros;
  readonly latest: { readonly time: Micros; readonly state: string };
};

/** More at once make Home Assistant slow for everybody. */
const ENTITIES_AT_ONCE = 50;
const SECOND: Micros = 1_000_000;

/**
 * Finds what Home Assistant's own recorder does not keep. Home Assistant has no call that tells the recorder's filter, so
 * its history is asked for every entity's state at one moment of the past: an entity that was there at that moment, and
 * of which history knows no state or an older one, is not kept.
 */
export function createRecorderLook(needs: {
  call: Call;
  followed: () => Iterable<Followed>;
  clock: Clock;
  /** How far back the moment lies: the recorder must have had time to write what came before it. */
  longEnoughMs: number;
}): { last(): RecorderLook; look(): Promise<RecorderLook> } {
  const { call, followed, clock, longEnoughMs } = needs;
  let last: RecorderLook = { kind: "not_asked" };
  let looking: Promise<RecorderLook> | undefined;

  const ask = async (): Promise<RecorderLook> => {
    const asked = clock.now();
    const moment = asked - longEnoughMs * 1000;
    const all = [...followed()];
    const old = all.filter(({ since }) => since < moment);
    const unrecorded: string[] = [];
    for (let i = 0; i < old.length; i += ENTITIES_AT_ONCE) {
      const some = old.slice(i, i + ENTITIES_AT_ONCE);
      const answer = await call({
        type: "history/history_during_period",
        start_time: microsToRfc3339(moment),
        end_time: microsToRfc3339(moment + SECOND),
        entity_ids: some.map(({ entityId }) => entityId),
        include_start_time_state: true,
        significant_changes_only: false,
        minimal_response: true,
        no_attributes: true,
      });
      if (typeof answer !== "object" || answer === null)
        throw new Failure("unexpected_answer", "Home Assistant's history answers in another shape");
      const known = new Map<string, unknown>(Object.entries(answer));
      for (const one of some) if (!isKept(known.get(one.entityId), one, moment)) unrecorded.push(one.entityId);
    }
    unrecorded.sort();
    return { kind: "asked", asked, moment, lookedAt: old.length, tooNew: all.length - old.length, unrecorded };
  };

  return {
    last: () => last,
    look: () => {
      looking ??= ask()
        .catch((error: unknown): RecorderLook => {
          const fix = (error instanceof Failure && error.fix) || "Ask again once Home Assistant is connected.";
          return { kind: "failed", asked: clock.now(), why: `${describeError(error)}.`, fix };
        })
        .then((found) => {
          last = found;
          looking = undefined;
          return found;
        });
      return looking;
    },
  };
}

/** The first row is the state at the moment, as far as history knows one. */
function isKept(rows: unknown, { latest }: Followed, moment: Micros): boolean {
  const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
  if (typeof first !== "object" || first === null) return false;
  // What changed after the moment says nothing of the state at it.
  return latest.time >= moment || (first as { s?: unknown }).s === latest.state;
}
