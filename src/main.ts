import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createApi } from "./api/app.ts";
import { startListeners } from "./api/listeners/listeners.ts";
import { startLocalServer } from "./api/listeners/local-server.ts";
import { figuresOf } from "./api/ports/figures.ts";
import { createSeriesBook } from "./api/ports/series-book.ts";
import { systemDisk } from "./backup/folder/disk.ts";
import { dropReplaced } from "./backup/restore/swap.ts";
import { openIntegrationToken } from "./database/access/integration-token.ts";
import { keptServerId } from "./database/home/server-id.ts";
import { openSetupMark } from "./database/home/setup-mark.ts";
import { describeError } from "./domain/failure.ts";
import { createRecorderLook } from "./hass/fill/unrecorded.ts";
import { createUsers } from "./hass/users.ts";
import { createHttp } from "./platform/http/http.ts";
import { runUntilSignal } from "./platform/run.ts";
import { openAnswers } from "./start/answers.ts";
import { openData } from "./start/data.ts";
import { namedIn, openEnergy } from "./start/energy.ts";
import { layGround } from "./start/ground.ts";
import { connectHome, createHome, createRefetch } from "./start/home.ts";
import { offerImport } from "./start/import.ts";
import { openOffered } from "./start/offered.ts";
import { openOutside } from "./start/outside.ts";
import { openRecording } from "./start/recording.ts";
import { openSports } from "./start/sports.ts";
import { openUpkeep } from "./start/upkeep.ts";
import { startIntegrationPart } from "./supervisor/integration/integration.ts";
import { startSupervisorPart } from "./supervisor/supervisor.ts";

const bundled = !import.meta.url.endsWith("/src/main.ts");
const packageFile = new URL(bundled ? "./package.json" : "../package.json", import.meta.url);
const panel = fileURLToPath(new URL(bundled ? "./ui/" : "../dist/ui/", import.meta.url));
const shipped = fileURLToPath(new URL(`${bundled ? "." : ".."}/custom_components/ha_ingestor/`, import.meta.url));
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };

/** Opens everything in order; the answer closes it in reverse. */
async function start(): Promise<{ close(): Promise<void> }> {
  await using opening = new AsyncDisposableStack();
  const ground = layGround(opening);
  const { config, clock, log, status, keep } = ground;
  const { supervisor, simulated } = config;
  const home = createHome();
  // Health is answered from here on, whatever the rest takes.
  const listeners = keep(
    await startListeners({
      host: config.host,
      port: config.port,
      ingress: supervisor && {
        port: supervisor.ingressPort,
        supervisorAddress: supervisor.address,
        users: createUsers({ call: home.call, clock }),
      },
      panel,
      clock,
      log: log.for("api"),
    }),
  );

  const data = await openData(ground);
  const { folder, database, store } = data;
  const recording = openRecording(ground, data);
  const { live, jobs, feed, ingest, present } = recording;
  const { history, exchange } = openAnswers(ground, data, recording);
  const recorder = createRecorderLook({
    call: home.call,
    followed: () => present.followed(),
    clock,
    // Far enough back for the recorder to have written everything, and to be asked for what it wrote late.
    longEnoughMs: 4 * Math.max(...config.settleMs),
  });
  const integration =
    supervisor &&
    keep(
      startIntegrationPart({
        from: shipped,
        homeFolder: config.installIntegrationInto,
        call: home.call,
        settings: database.settings,
        log: log.for("integration"),
        status,
      }),
    );
  const sources = openOutside(ground, data, recording, { home, version });
  const upkeep = openUpkeep(ground, data, recording, { home, version });

  const series = createSeriesBook(store.series);
  const energy = openEnergy(ground, data, recording, { home, history, sources, named: namedIn(series) });
  const published = openOffered(ground, data, recording, { home, sources, energy });
  const serverId = keptServerId(database.settings);
  const { app, streams } = createApi({
    clock,
    log: log.for("api"),
    bus: live,
    credentials: database,
    usage: database.usage,
    annotations: database.annotations,
    facts: {
      version,
      serverId,
      started: clock.now(),
      storeEngine: store.profile.engine,
      simulated,
      home: home.facts,
    },
    readiness: () => ({ ready: true }),
    parts: status.all,
    published: published.list,
    states: present.states,
    series,
    position: () => store.stats().position,
    windowStart: store.windowStart,
    gaps: present.gaps,
    history,
    timeZone: data.timeZone,
    energy,
    exchange,
    registries: database.registry,
    figures: () => figuresOf(store, feed.perSecond()),
    sources,
    sports: openSports(ground, data, recording, sources),
    thinning: { list: ingest.thinned.list, replace: ingest.thin, dropped: () => ingest.thinned.dropped },
    retention: upkeep.retention,
    amending: upkeep.amending,
    disk: data.disk,
    connections: { list: home.connections, act: home.actOn },
    services: { home_assistant: home.act, ...(integration ? { integration: integration.act } : {}) },
    setup: { ...openSetupMark({ ...database, clock }), recorder: recorder.last, lookAtRecorder: recorder.look },
    excluding: { ...ingest.excluded, replace: ingest.exclude },
    jobs,
    backupHold: upkeep.hold,
    backups: upkeep.backups,
    refetch: createRefetch(ground, data, recording, home),
    seal: async () => {
      await store.seal();
      return store.stats();
    },
    panel,
  });
  keep(listeners.open({ app, streams }));
  await startLocalServer({ app, path: join(config.dataFolder, "hub.sock") }).then(
    (local) => ground.onClose(local.close),
    (error: unknown) => log.warning("no socket file for programs on this machine", { why: describeError(error) }),
  );

  await connectHome(ground, data, recording, home);
  offerImport(ground, data, recording, home);
  if (supervisor) {
    const announced = openIntegrationToken(database);
    const port = Number(new URL(listeners.url).port);
    keep(
      startSupervisorPart({
        ...supervisor,
        announcement: () => ({ port, token: announced.secret(), server_id: serverId, api: 1 }),
        connectedSince: home.connectedSince,
        lastCall: () => announced.token()?.lastUsed ?? undefined,
        http: createHttp({ clock }),
        clock,
        log: log.for("supervisor"),
        status,
      }),
    );
  }

  // Standard output is for the person who started the hub; the log goes to standard error, with secrets hidden. Of an
  // app both are Home Assistant's log, where no code belongs: there the sidebar signs in.
  const way = supervisor
    ? `Open it in Home Assistant's sidebar. Programs use ${listeners.url}`
    : `Open ${listeners.url}#setup=${database.setupCodes.create("admin")}`;
  process.stdout.write(`HA Ingestor is ready. ${way}\n`);
  if (dropReplaced(systemDisk, folder)) log.info("started from a restored backup; what it replaced was removed");
  const running = opening.move();
  return { close: () => running.disposeAsync() };
}

runUntilSignal(start);
