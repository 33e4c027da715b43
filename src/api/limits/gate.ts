import type { Context } from "hono";
import type { ApiEnv } from "../env.ts";
import { refuse } from "../errors.ts";
import { endingWith } from "../shapes/stream.ts";
import { MOST_AT_ONCE } from "./policies.ts";

/** Lets so many reads from disk be under way at a time; one counts until its answer has been taken to the end. */
export type Gate = { pass<T>(c: Context<ApiEnv>, read: () => Promise<T>): Promise<T> };

const NOW = { "retry-after": "1" };

export function createGate(most: { readonly caller: number; readonly all: number } = MOST_AT_ONCE): Gate {
  const running = new Map<string, number>();
  let all = 0;
  return {
    pass: async (c, read) => {
      const caller = c.get("caller");
      const key = `${caller?.kind}:${caller?.id}`;
      const own = running.get(key) ?? 0;
      if (own >= most.caller)
        throw refuse("too_many_requests", `“${caller?.name}” has ${own} questions under way already`, {
          fix: "Wait for some of the answers, or stop reading those that nobody wants.",
          headers: NOW,
        });
      if (all >= most.all)
        throw refuse("busy", `${all} questions about the past are under way already`, {
          fix: "Ask again in a moment.",
          headers: NOW,
        });
      all++;
      running.set(key, own + 1);
      let over = false;
      const leave = () => {
        if (over) return;
        over = true;
        all--;
        const left = (running.get(key) ?? 1) - 1;
        if (left > 0) running.set(key, left);
        else running.delete(key);
      };
      try {
        const answer = await read();
        if (answer instanceof ReadableStream)
          return endingWith(answer, (failure) => {
            leave();
            if (failure) throw failure.error;
          }) as typeof answer;
        leave();
        return answer;
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}
