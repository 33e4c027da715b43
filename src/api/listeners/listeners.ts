import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import { createIngressCallers } from "../auth/ingress-callers.ts";
import type { Users } from "../ports/ports.ts";
import { createDoor } from "./door.ts";
import { createIngressApp } from "./ingress.ts";
import { type App, startServer } from "./server.ts";

/** The hub's ports: one for tokens and, under a Supervisor, one for its ingress. They answer at once: see the door. */
export type Listeners = {
  /** Of the token port. */
  readonly url: string;
  /** Lets callers in; the answer ends the streams, lets what is under way finish and closes the ports. */
  open(served: { app: App; streams: { close(): void } }): { close(): Promise<void> };
  close(): Promise<void>;
};

export async function startListeners(needs: {
  host: string;
  port: number;
  ingress: { port: number; supervisorAddress: string; users: Users } | undefined;
  /** The folder of the built panel. */
  panel: string;
  clock: Clock;
  log: Log;
}): Promise<Listeners> {
  const { host, ingress, clock, log } = needs;
  const door = createDoor(needs);
  let endStreams = () => {};
  const streams = { close: () => endStreams() };
  const tokens = await startServer({ app: door, host, port: needs.port, clock, log, streams });
  const more: { close(): Promise<void> }[] = [];
  const close = async () => {
    await Promise.all([tokens, ...more].map((server) => server.close()));
  };
  if (ingress) {
    const { users, supervisorAddress } = ingress;
    const app = createIngressApp({ app: door, callers: createIngressCallers({ users }), supervisorAddress, log });
    const starting = startServer({ app, host, port: ingress.port, clock, log, streams });
    await starting
      .then((server) => more.push(server))
      .catch(async (error: unknown) => {
        await close();
        throw error;
      });
  }
  return {
    url: tokens.url,
    open: (served) => {
      endStreams = served.streams.close;
      door.open(served.app);
      return { close };
    },
    close,
  };
}
