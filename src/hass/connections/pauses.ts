import * as v from "valibot";
import type { Connection } from "./connection.ts";

/** What somebody paused, kept in app.db so that a restart of the hub resumes nothing. */
export type PauseBook = {
  /** Pauses the connections that were paused; answers whether the link as a whole was. */
  load(connections: readonly Connection[]): boolean;
  save(paused: boolean, connections: readonly Connection[]): void;
};

const Kept = v.object({ paused: v.boolean(), connections: v.array(v.object({ id: v.string(), url: v.string() })) });

export const openPauses = (kept: { get(): unknown; set(value: unknown): void }): PauseBook => ({
  load: (connections) => {
    const parsed = v.safeParse(Kept, kept.get());
    if (!parsed.success) return false;
    for (const connection of connections) {
      const { id, url } = connection.config;
      // Ids follow the order of the options: another address under the same id was never paused.
      if (parsed.output.connections.some((one) => one.id === id && one.url === url)) connection.pause();
    }
    return parsed.output.paused;
  },
  save: (paused, connections) =>
    kept.set({
      paused,
      connections: connections.filter((one) => one.paused).map(({ config: { id, url } }) => ({ id, url })),
    }),
});
