import { join } from "node:path";
import type { LoadOptions } from "../../src/simulator/load/load.ts";
import { startChild } from "../measure/child.ts";
import type { MixedOptions } from "./home-process.ts";

/** The simulated home as a process, quiet but for the load that is asked of it. */
export type Home = {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  start(load: LoadOptions | MixedOptions): Promise<void>;
  /** Resolves when the load has made all of its count. */
  ended(): Promise<void>;
  /** Ends the load; answers with how many changes it made. */
  end(): Promise<number>;
  made(): Promise<number>;
  /** Clients that were cut off because they read too slowly. */
  cuts(): Promise<number>;
  close(): Promise<void>;
};

export type HomeOptions = {
  readonly core?: number;
  /** Rows that its recorder keeps for filling holes. */
  readonly recorderRows?: number;
  /** Registered sensors, each with a change of its own once a minute. */
  readonly entities?: number;
};

export async function startHome({ core, recorderRows = 10_000, entities = 1 }: HomeOptions = {}): Promise<Home> {
  const file = join(import.meta.dirname, "home-process.ts");
  const child = await startChild(file, core === undefined ? {} : { core });
  const { url, token } = await child.ask<{ url: string; token: string }>("start", { recorderRows, entities });
  return {
    pid: child.pid,
    url,
    token,
    start: (load) => child.ask("load", load),
    ended: () => child.ask("ended"),
    end: () => child.ask<number>("stop"),
    made: () => child.ask<number>("made"),
    cuts: () => child.ask<number>("cuts"),
    close: child.stop,
  };
}

/** Which entity change number `seq` of a numeric load goes to; its state is the number itself. */
export const loadEntity = (seq: number, entities: number): string => `sensor.load_${seq % entities}`;
export const loadEntities = (entities: number): string[] =>
  Array.from({ length: entities }, (_, i) => `sensor.load_${i}`);
