import type { Amending } from "../amending/amending.ts";
import type { Backups } from "../backup/backups.ts";
import type { Usage } from "../database/access/usage.ts";
import type { Annotations } from "../database/home/annotations.ts";
import type { Energy } from "../energy/energy.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { History } from "../history/history.ts";
import type { LiveBus } from "../live/topics.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import type { Retention } from "../retention/retention.ts";
import type { Sources } from "../sources/sources.ts";
import type { Sports } from "../sources/sports/sports.ts";
import { type Credentials, createAuth, refuseTokenInQuery } from "./auth/auth.ts";
import { createLimiter } from "./auth/limiter.ts";
import { createGate } from "./limits/gate.ts";
import { createMeter } from "./limits/meter.ts";
import type { Limits } from "./limits/policies.ts";
import { createBareApp } from "./listeners/bare-app.ts";
import { createLiveStreams } from "./live/streams.ts";
import type {
  BackupHold,
  Connections,
  CurrentPosition,
  DiskSpace,
  Excluding,
  Facts,
  Figures,
  Gaps,
  Jobs,
  Parts,
  Published,
  Readiness,
  Refetch,
  Registries,
  Seal,
  SeriesBook,
  Services,
  Setup,
  States,
  ThinningBook,
} from "./ports/ports.ts";
import { annotationsRoutes } from "./routes/admin/annotations.ts";
import { connectionsRoutes } from "./routes/admin/connections.ts";
import { jobsRoutes } from "./routes/admin/jobs.ts";
import { sealRoutes } from "./routes/admin/seal.ts";
import { sessionRoutes } from "./routes/admin/session.ts";
import { tokensRoutes } from "./routes/admin/tokens.ts";
import { usageRoutes } from "./routes/admin/usage.ts";
import { correctionsRoutes } from "./routes/amending/corrections.ts";
import { erasuresRoutes } from "./routes/amending/erasures.ts";
import { backupsRoutes } from "./routes/backups/backups.ts";
import { backupHoldRoutes } from "./routes/backups/hold.ts";
import { backupScheduleRoutes } from "./routes/backups/schedule.ts";
import { storeCheckRoutes } from "./routes/backups/store-check.ts";
import { docsRoutes } from "./routes/docs/docs.ts";
import { energyRoutes } from "./routes/energy/energy.ts";
import { energyMetersRoutes } from "./routes/energy/meters.ts";
import { energyPastRoutes } from "./routes/energy/past.ts";
import { healthRoutes } from "./routes/health/health.ts";
import { infoRoutes } from "./routes/health/info.ts";
import { metricsRoutes } from "./routes/health/metrics.ts";
import { statusRoutes } from "./routes/health/status.ts";
import { eventsRoutes } from "./routes/history/events.ts";
import { exportRoutes } from "./routes/history/export.ts";
import { gapsRoutes } from "./routes/history/gaps.ts";
import { historyRoutes } from "./routes/history/history.ts";
import { statisticsRoutes } from "./routes/history/statistics.ts";
import { entitiesRoutes } from "./routes/home/entities.ts";
import { registriesRoutes } from "./routes/home/registries.ts";
import { liveRoutes } from "./routes/now/live.ts";
import { publishedRoutes } from "./routes/now/published.ts";
import { statesRoutes } from "./routes/now/states.ts";
import { summaryRoutes } from "./routes/now/summary.ts";
import { calendarRoutes } from "./routes/outside/calendar.ts";
import { fileRoutes } from "./routes/outside/file.ts";
import { ratesRoutes } from "./routes/outside/rates.ts";
import { scoreRoutes } from "./routes/outside/score.ts";
import { sourcesRoutes } from "./routes/outside/sources.ts";
import { sportsRoutes } from "./routes/outside/sports.ts";
import { weatherRoutes } from "./routes/outside/weather.ts";
import { exclusionsRoutes } from "./routes/setup/exclusions.ts";
import { setupRoutes } from "./routes/setup/setup.ts";
import { recordingRoutes } from "./routes/storage/recording.ts";
import { retentionRoutes } from "./routes/storage/retention.ts";
import { storageRoutes } from "./routes/storage/storage.ts";
import { createEncoder } from "./shapes/state.ts";
import { servePanel } from "./static.ts";

export type ApiNeeds = {
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: Facts;
  readonly credentials: Credentials;
  readonly readiness: Readiness;
  readonly parts: Parts;
  readonly published: Published;
  readonly states: States;
  readonly series: SeriesBook;
  readonly position: CurrentPosition;
  /** Streams resume from positions from here on. */
  readonly windowStart: CurrentPosition;
  readonly bus: LiveBus;
  readonly gaps: Gaps;
  readonly history: History;
  readonly exchange: Exchange;
  readonly registries: Registries;
  readonly figures: Figures;
  readonly setup: Setup;
  readonly excluding: Excluding;
  readonly thinning: ThinningBook;
  readonly retention: Retention;
  readonly amending: Amending;
  readonly disk: DiskSpace;
  readonly connections: Connections;
  readonly services: Services;
  readonly backupHold: BackupHold;
  readonly backups: Backups;
  readonly jobs: Jobs;
  readonly refetch: Refetch;
  readonly seal: Seal;
  readonly sources: Sources;
  readonly sports: Sports;
  readonly usage: Usage;
  readonly annotations: Annotations;
  /** The home's; of a home that has never said it, UTC. */
  readonly timeZone: () => string;
  readonly energy: Energy;
  /** Other limits than the usual ones, for tests. */
  readonly limits?: Limits;
  /** Entries held for one live client at most (live/subscription.ts has the usual number). */
  readonly liveQueue?: number;
  readonly mostStreams?: number;
  /** The folder of the built panel; absent: the API alone. */
  readonly panel?: string;
};

/** The HTTP API of docs/api.md; `streams` are the live ones, closed before the server is. */
export function createApi(given: ApiNeeds) {
  const meter = createMeter({ clock: given.clock, usage: given.usage, limits: given.limits });
  const auth = createAuth({ credentials: given.credentials, limiter: createLimiter(given), meter });
  const gate = createGate();
  const encoder = createEncoder();
  const streams = createLiveStreams({ ...given, auth, encoder, queue: given.liveQueue });

  const app = createBareApp(given);
  app.use(refuseTokenInQuery);

  const routes = app
    .route("/", metricsRoutes({ ...given, auth, meter, streams }))
    .route("/", healthRoutes(given))
    .route("/api/v1", sessionRoutes({ ...given, auth, streams }))
    .route("/api/v1", infoRoutes({ ...given, auth }))
    .route("/api/v1", statusRoutes({ ...given, auth }))
    .route("/api/v1", publishedRoutes({ ...given, auth }))
    .route("/api/v1", statesRoutes({ ...given, auth, encoder }))
    .route("/api/v1", summaryRoutes({ ...given, auth, encoder }))
    .route("/api/v1", historyRoutes({ ...given, auth, gate }))
    .route("/api/v1", statisticsRoutes({ ...given, auth, gate }))
    .route("/api/v1", eventsRoutes({ ...given, auth, streams, gate }))
    .route("/api/v1", exportRoutes({ ...given, auth }))
    .route("/api/v1", gapsRoutes({ ...given, auth }))
    .route("/api/v1", entitiesRoutes({ ...given, auth }))
    .route("/api/v1", registriesRoutes({ ...given, auth }))
    .route("/api/v1", energyRoutes({ ...given, auth }))
    .route("/api/v1", energyPastRoutes({ ...given, auth, gate }))
    .route("/api/v1", energyMetersRoutes({ ...given, auth }))
    .route("/api/v1", ratesRoutes({ ...given, auth }))
    .route("/api/v1", tokensRoutes({ ...given, auth, streams }))
    .route("/api/v1", connectionsRoutes({ ...given, auth }))
    .route("/api/v1", backupHoldRoutes({ ...given, auth }))
    .route("/api/v1", backupScheduleRoutes({ ...given, auth }))
    .route("/api/v1", backupsRoutes({ ...given, auth }))
    .route("/api/v1", storeCheckRoutes({ ...given, auth }))
    .route("/api/v1", sealRoutes({ ...given, auth }))
    .route("/api/v1", usageRoutes({ auth, meter }))
    .route("/api/v1", annotationsRoutes({ ...given, auth }))
    .route("/api/v1", jobsRoutes({ ...given, auth }))
    .route("/api/v1", setupRoutes({ ...given, auth }))
    .route("/api/v1", exclusionsRoutes({ ...given, auth }))
    .route("/api/v1", recordingRoutes({ ...given, auth }))
    .route("/api/v1", retentionRoutes({ ...given, auth }))
    .route("/api/v1", correctionsRoutes({ ...given, auth }))
    .route("/api/v1", erasuresRoutes({ ...given, auth }))
    .route("/api/v1", storageRoutes({ ...given, auth }))
    .route("/api/v1", sourcesRoutes({ ...given, auth }))
    .route("/api/v1", fileRoutes({ ...given, auth }))
    .route("/api/v1", sportsRoutes({ ...given, auth }))
    .route("/api/v1", weatherRoutes({ ...given, auth }))
    .route("/api/v1", scoreRoutes({ ...given, auth, gate }))
    .route("/api/v1", calendarRoutes({ ...given, auth }))
    .route("/api/v1", liveRoutes({ auth, streams }))
    .route("/api/v1", docsRoutes({ ...given, auth, routes: () => app.routes }));
  if (given.panel !== undefined) app.use(servePanel({ folder: given.panel, log: given.log }));
  return { app: routes, streams };
}

export type Api = ReturnType<typeof createApi>["app"];
