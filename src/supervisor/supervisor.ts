import { describeError, Failure } from "../domain/failure.ts";
import type { Micros } from "../domain/time/time.ts";
import type { Http } from "../platform/http/http.ts";
import { createBackoff } from "../platform/time/backoff.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { StatusBoard } from "../platform/told/status-board.ts";
import { type Announcement, createAnnouncer } from "./announcer.ts";
import { createSupervisorClient, type SupervisorClient } from "./client.ts";

/** The hub as an app of the Supervisor: announced to Home Assistant, and with the Supervisor's figures in its status. */
export type SupervisorPart = { close(): Promise<void> };

const CHECK_EVERY_MS = 10_000;
/** The Supervisor measures for a second to answer. */
const FIGURES_EVERY_MS = 5 * 60_000;
const PART = "supervisor";

export function startSupervisorPart(needs: {
  url: string;
  token: string;
  /** The rest of the announcement is known here: where the Supervisor says that the app is. */
  announcement: () => Omit<Announcement, "host">;
  connectedSince: () => Micros | undefined;
  lastCall: () => Micros | undefined;
  http: Http;
  clock: Clock;
  log: Log;
  status: StatusBoard;
}): SupervisorPart {
  const { clock, log, status } = needs;
  const stopping = new AbortController();
  const client = createSupervisorClient({ ...needs, signal: stopping.signal });
  const backoff = createBackoff({ firstMs: 1_000, mostMs: CHECK_EVERY_MS * 3 });
  let host: string | undefined;
  let figures: Awaited<ReturnType<typeof readFigures>> | undefined;
  let nextFigures = 0;
  const announcer = createAnnouncer({
    ...needs,
    client,
    announcement: () => ({ host: host as string, ...needs.announcement() }),
  });

  const check = async () => {
    host ??= (await client.appInfo()).hostname;
    await announcer.check();
    if (clock.ticks() >= nextFigures) {
      figures = await readFigures(client);
      nextFigures = clock.ticks() + FIGURES_EVERY_MS;
    }
    status.set(PART, { state: "ok", figures });
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      let waitMs = CHECK_EVERY_MS;
      try {
        await check();
        backoff.reset();
      } catch (error) {
        if (stopping.signal.aborted) return;
        const { fix = "The hub goes on trying.", code } = error instanceof Failure ? error : new Failure("", "");
        if (backoff.tries === 0) log.warning("the Supervisor cannot be used", { why: describeError(error), code });
        status.set(PART, { state: "degraded", why: `${describeError(error)}.`, fix, figures });
        waitMs = backoff.next();
      }
      await clock.sleep(waitMs, stopping.signal);
    }
  };

  status.set(PART, { state: "starting", why: "Asking the Supervisor.", fix: "Nothing to do." });
  const running = run();
  return {
    close: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function readFigures(client: SupervisorClient) {
  const [app, system, stats] = await Promise.all([client.appInfo(), client.systemInfo(), client.appStats()]);
  return {
    app_version: app.version,
    newest_app_version: app.version_latest,
    supervisor_version: system.supervisor,
    operating_system_version: system.hassos,
    machine: system.machine,
    architecture: system.arch,
    cpu_percent: stats.cpu_percent,
    memory_bytes: stats.memory_usage,
    disk_read_bytes: stats.blk_read,
    disk_written_bytes: stats.blk_write,
  };
}
