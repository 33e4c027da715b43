import * as v from "valibot";
import { describeError, Failure } from "../domain/failure.ts";
import type { UserAnswer } from "../domain/home/user.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Call } from "./session/session.ts";

/** Home Assistant's users. Its last answer holds while it cannot be asked. */
export type Users = {
  lookUp(id: string): Promise<UserAnswer>;
  /** Without asking. */
  last(id: string): UserAnswer;
};

const FRESH_MS = 60_000;
/** After a refusal nothing is asked for this long; where there is no connection, asking costs nothing. */
const RETRY_MS = 5_000;
/** Nobody whom Home Assistant did not know is asked for again this soon. */
const STRANGER_MS = 5_000;
const WAIT_MS = 2_000;

const userList = v.array(
  v.object({
    id: v.string(),
    is_owner: v.boolean(),
    is_active: v.boolean(),
    group_ids: v.array(v.string()),
  }),
);

export function createUsers({ call, clock }: { call: Call; clock: Clock }): Users {
  let known: ReadonlyMap<string, { readonly admin: boolean; readonly active: boolean }> | undefined;
  /** Until when each is not asked for again. */
  const strangers = new Map<string, number>();
  let answered = Number.NEGATIVE_INFINITY;
  let retryFrom = Number.NEGATIVE_INFINITY;
  let why = "it has not been asked yet";
  let asking: Promise<void> | undefined;

  const ask = async () => {
    try {
      const answer = v.safeParse(userList, await call({ type: "config/auth/list" }));
      if (!answer.success)
        throw new Failure("bad_answer", "Home Assistant's list of users has another form than expected");
      const isAdmin = (user: v.InferOutput<typeof userList>[number]) =>
        user.is_owner || user.group_ids.includes("system-admin");
      known = new Map(answer.output.map((user) => [user.id, { admin: isAdmin(user), active: user.is_active }]));
      answered = clock.ticks();
    } catch (error) {
      why = describeError(error);
      if (!(error instanceof Failure && error.code === "not_connected")) retryFrom = clock.ticks() + RETRY_MS;
    } finally {
      asking = undefined;
    }
  };

  const noteStranger = (id: string) => {
    // The Supervisor names nobody whom Home Assistant never knew, so these are few.
    if (strangers.size >= 100) strangers.clear();
    strangers.set(id, clock.ticks() + STRANGER_MS);
  };

  const last: Users["last"] = (id) => {
    if (!known) return { kind: "not_asked", why };
    const user = known.get(id);
    return user?.active ? { kind: "known", admin: user.admin } : { kind: "gone" };
  };

  return {
    last,
    lookUp: async (id) => {
      const now = clock.ticks();
      const stale = now - answered >= FRESH_MS && now >= retryFrom;
      const isNew = known !== undefined && !known.has(id) && (strangers.get(id) ?? 0) <= now;
      if (asking || stale || isNew) {
        asking ??= ask();
        await Promise.race([asking, clock.sleep(WAIT_MS)]);
        if (known && !known.has(id)) noteStranger(id);
      }
      return last(id);
    },
  };
}
