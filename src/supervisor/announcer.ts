import type { Micros } from "../domain/time/time.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { SupervisorClient } from "./client.ts";

/** The integration's name in Home Assistant, and the service of our messages to it. */
export const SERVICE = "ha_ingestor";

/** What the integration needs to reach the hub. The same on every start, so that nothing has to be set up again. */
export type Announcement = {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly server_id: string;
  /** Version of the API. */
  readonly api: number;
};

/** Keeps Home Assistant told where the hub is. */
export type Announcer = {
  /** Does what is due now. @throws Failure of the Supervisor client */
  check(): Promise<void>;
};

/** An integration that was there before calls within seconds of Home Assistant's start; a new one needs a person. */
const PATIENCE_MICROS = 3 * 60_000_000;

/**
 * A message is passed on to Home Assistant only when its content is new, and what it held then can be lost: where
 * Home Assistant was not running yet, or had no integration installed. So whenever Home Assistant has been connected
 * for some minutes without a call of the integration, the message is taken back and sent again, once a connection.
 */
export function createAnnouncer(needs: {
  client: Pick<SupervisorClient, "announce" | "withdraw">;
  /** Its token changes only when an administrator has removed the one before. */
  announcement: () => Announcement;
  /** Since when Home Assistant is connected; undefined: it is not. */
  connectedSince: () => Micros | undefined;
  /** When the integration called last. */
  lastCall: () => Micros | undefined;
  clock: Clock;
  log: Log;
}): Announcer {
  const { client, announcement, connectedSince, lastCall, clock, log } = needs;
  let sent: { readonly uuid: string; readonly content: string } | undefined;
  let repeatedFor: Micros | undefined;

  const send = async (config: Announcement, content: string) => {
    sent = { uuid: await client.announce(SERVICE, config), content };
  };

  return {
    check: async () => {
      const config = announcement();
      const content = JSON.stringify(config);
      if (sent?.content !== content) {
        await send(config, content);
        return log.info("announced to Home Assistant", { host: config.host, port: config.port });
      }
      const since = connectedSince();
      if (since === undefined || since === repeatedFor || clock.now() - since < PATIENCE_MICROS) return;
      if ((lastCall() ?? 0) < since) {
        await client.withdraw(sent.uuid);
        await send(config, content);
        log.info("announced to Home Assistant again: the integration has not called");
      }
      repeatedFor = since;
    },
  };
}
