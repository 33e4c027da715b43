import * as v from "valibot";
import { describeError, Failure } from "../domain/failure.ts";
import type { UserAnswer } from "../domain/user.ts";
import type { Clock } from "../platform/clock.ts";
import type { Call } from "./session/session.ts";

/** Home Assistant's users. Its last answer holds while it cannot be asked. */
export type Users = {
  lookUp(id: string): Promise<UserAnswer>;
  /** Without asking. */
  last(id: string): UserAnswer;
};

const FRESH_MS = 60_000;
/** After an answer or a failure, nothing is asked for this long, whoever is looked up. */
const PAUSE_MS = 5_000;
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
  let answered = Number.NEGATIVE_INFINITY;
  let tried = Number.NEGATIVE_INFINITY;
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
    } finally {
      tried = clock.ticks();
      asking = undefined;
    }
  };

  const last: Users["last"] = (id) => {
    if (!known) return { kind: "not_asked", why };
    const user = known.get(id);
    return user?.active ? { kind: "known", admin: user.admin } : { kind: "gone" };
  };

  return {
    last,
    lookUp: async (id) => {
      const fresh = clock.ticks() - answered < FRESH_MS && last(id).kind === "known";
      if (!fresh && (asking || clock.ticks() - tried >= PAUSE_MS)) {
        asking ??= ask();
        await Promise.race([asking, clock.sleep(WAIT_MS)]);
      }
      return last(id);
    },
  };
}
