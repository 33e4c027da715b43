import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createApi } from "./api/app.ts";
import { startListeners } from "./api/listeners/listeners.ts";
import { startLocalServer } from "./api/listeners/local-server.ts";
import { figuresOf } from "./api/ports/figures.ts";
import { createSeriesBook } from "./api/ports/series-book.ts";
import { createBackups } from "./backup/backups.ts";
import { systemDisk } from "./backup/folder/disk.ts";
import { createBackupHold } from "./backup/hold.ts";
import { dropReplaced, settleRestore } from "./backup/restore/swap.ts";
import { readConfig } from "./config/config.ts";
import { openIntegrationToken } from "./database/access/integration-token.ts";
import { keptTime } from "./database/home/kept-time.ts";
import { keptServerId } from "./database/home/server-id.ts";
import { openSetupMark } from "./database/home/setup-mark.ts";
import { openDatabase } from "./database/open.ts";
import { isTimeZone, knownTimeZone } from "./domain/calendar.ts";
import { describeError, Failure } from "./domain/failure.ts";
import { type HomeFacts, REGISTRY_KINDS } from "./domain/home.ts";
import { currentIdentity } from "./domain/series.ts";
import { ALL_TIME, type Micros } from "./domain/time.ts";
import { createExchange } from "./exchange/exchange.ts";
import { checkHome, knownHome } from "./hass/binding.ts";
import { rowKey } from "./hass/fill/fill.ts";
import { readHoles } from "./hass/fill/holes.ts";
import { damagedHoles } from "./hass/fill/refetch.ts";
import { createRecorderLook } from "./hass/fill/unrecorded.ts";
import { IMPORT, importJob } from "./hass/import/import.ts";
import { importPart } from "./hass/import/told.ts";
import { type Link, startLink } from "./hass/link.ts";
import type { Call } from "./hass/session/session.ts";
import { createUsers } from "./hass/users.ts";
import { createHeld } from "./history/held.ts";
import { createHistory } from "./history/history.ts";
import { createPresent } from "./history/present.ts";
import { createIngest } from "./ingest/ingest.ts";
import { createStoredFeed } from "./live/stored.ts";
import { createLiveBus } from "./live/topics.ts";
import { systemClock as clock } from "./platform/clock.ts";
import { roomAt } from "./platform/disk.ts";
import { createHttp } from "./platform/http.ts";
import { createJobs } from "./platform/jobs/jobs.ts";
import { createLog } from "./platform/log.ts";
import { createMask } from "./platform/mask.ts";
import { runUntilSignal } from "./platform/run.ts";
import { createStatusBoard } from "./platform/status-board.ts";
import { startWorker } from "./platform/worker.ts";
import { createPublished } from "./published/published.ts";
import { createRetention } from "./retention/retention.ts";
import { startSimulator } from "./simulator/simulator.ts";
import { LOG_WINDOW_BYTES, openStore } from "./store/open.ts";
import { createSpace } from "./store/space.ts";
import { createStoreStatus } from "./store/status.ts";
import { startIntegrationPart } from "./supervisor/integration/integration.ts";
import { startSupervisorPart } from "./supervisor/supervisor.ts";

const bundled = !import.meta.url.endsWith("/src/main.ts");
const packageFile = new URL(bundled ? "./package.json" : "../package.json", import.meta.url);
const panel = fileURLToPath(new URL(bundled ? "./ui/" : "../dist/ui/", import.meta.url));
const shipped = fileURLToPath(new URL(`${bundled ? "." : ".."}/custom_components/ha_ingestor/`, import.meta.url));
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };

/** Changes a second past which the past waits. */
const BUSY = 1_000;

/** Opens everything in order; the answer closes it in reverse. */
async function start(): Promise<{ close(): Promise<void> }> {
  const { config, problems, secrets } = readConfig(process.env);
  const mask = createMask();
  for (const secret of secrets) mask.learn(secret);
  const log = createLog({ clock, mask, level: config.logLevel });
  const status = createStatusBoard({ clock });
  for (const { option, why, fix } of problems) {
    status.set(`option ${option}`, { state: "broken", why: `${why}.`, fix });
    log.error(why, { fix });
  }
  await using opening = new AsyncDisposableStack();
  const keep = <Part extends { close(): unknown }>(part: Part): Part =>
    opening.adopt(part, async (it) => void (await it.close()));

  let link: Link | undefined;
  const callHome: Call = (command) =>
    link?.call(command) ?? Promise.reject(new Failure("not_connected", "Home Assistant is not connected yet"));
  const { supervisor } = config;
  const listeners = keep(
    await startListeners({
      host: config.host,
      port: config.port,
      ingress: supervisor && {
        port: supervisor.ingressPort,
        supervisorAddress: supervisor.address,
        users: createUsers({ call: callHome, clock }),
      },
      panel,
      clock,
      log: log.for("api"),
    }),
  );

  const { simulated } = config;
  const folder = join(config.dataFolder, simulated ? "simulated" : "home");
  settleRestore(systemDisk, folder);
  const database = keep(openDatabase({ folder, clock, log: log.for("database") }));
  const timeZone = () => knownTimeZone(database.settings.get("time_zone"));
  if (database.damage)
    status.set("app_db", {
      state: "degraded",
      why: `app.db could not be read (${database.damage.why}) and was set aside as ${database.damage.file}. Settings and tokens are new; what was recorded is whole.`,
      fix: "Put a backup back, which brings the settings of then; or go on, make new tokens, and restart the hub.",
    });
  const storeStatus = createStoreStatus({ status });
  const room = () => roomAt(folder);
  const space = createSpace({ room, reserve: config.reserveBytes, clock });
  const store = keep(
    await openStore({
      kind: "embedded",
      folder: join(folder, "store"),
      clock,
      log: log.for("store"),
      timeZone,
      onTrouble: storeStatus.onTrouble,
      space,
    }),
  );
  storeStatus.watch(store);

  const held = createHeld({ store, keyOf: rowKey });
  const live = createLiveBus((error) => log.error("a live listener failed", { error }));
  status.onChange((part) => live.publish("status", [part]));
  const jobs = createJobs({
    clock,
    log: log.for("jobs"),
    book: { get: () => database.settings.get("jobs"), set: (kept) => database.settings.set("jobs", kept) },
    onChange: (job) => {
      live.publish("job", [job]);
      if (job.kind === IMPORT) status.set("import", importPart(job));
    },
  });
  const feed = createStoredFeed({ bus: live, series: store.series, clock });
  const ingest = createIngest({
    append: store.append,
    series: store.series().values(),
    latest: store.latest,
    isHeld: (series, time, state) =>
      held.rows(series, { from: time, to: time + 1 }).then((rows) => rows.has(rowKey(time, state))),
    publish: feed.publish,
    around: held.around,
    keepExclusions: {
      get: () => database.settings.get("exclusions"),
      set: (kept) => database.settings.set("exclusions", kept),
    },
    keepThinning: {
      get: () => database.settings.get("thinning"),
      set: (kept) => database.settings.set("thinning", kept),
    },
    clock,
    log: log.for("ingest"),
    status,
  });
  opening.defer(ingest.close);
  const present = createPresent(store, ingest.excluded, ingest.thinned);

  const readOpenHoles = () => readHoles(database.settings.get("open_holes"));
  const readable = {
    ...store,
    gaps: present.gaps,
    // What is found damaged while it is read is told at once.
    noteDamages: (found: Parameters<typeof store.noteDamages>[0]) => {
      store.noteDamages(found);
      storeStatus.tell();
    },
  };
  const history = keep(
    createHistory({
      store: readable,
      startWorker: () => startWorker("history/worker"),
      openHoles: readOpenHoles,
      thinned: ingest.thinned.spans,
      clock,
      log: log.for("history"),
    }),
  );
  const exchange = keep(
    createExchange({
      store: readable,
      startWorker: () => startWorker("exchange/worker"),
      clock,
      log: log.for("exchange"),
    }),
  );

  const published = keep(
    createPublished({
      clock,
      bus: live,
      parts: status.all,
      connected: () => link?.connected ?? false,
      perMinute: feed.perMinute,
      series: store.series,
      latest: present.states.get,
      gaps: store.gaps,
      stats: store.stats,
      openHoles: readOpenHoles,
    }),
  );

  const recorder = createRecorderLook({
    call: callHome,
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
        call: callHome,
        settings: database.settings,
        log: log.for("integration"),
        status,
      }),
    );

  let home: HomeFacts | undefined;
  let homeSince: Micros | undefined;
  const retention = keep(
    createRetention({
      store,
      settings: database.settings,
      startWorker: () => startWorker("retention/worker"),
      room,
      logLimit: LOG_WINDOW_BYTES,
      timeZone: () => home?.timeZone,
      jobs,
      isHeld: () => status.get("backup")?.figures?.under_way === true,
      clock,
      log: log.for("retention"),
      status,
    }),
  );
  const backups = keep(
    createBackups({
      folder: join(config.backupFolder, simulated ? "simulated" : "home"),
      home: folder,
      store,
      settings: database.settings,
      timeZone: () => home?.timeZone,
      version,
      reserve: config.reserveBytes,
      simulated,
      startWorker: () => startWorker("backup/jobs/worker"),
      clock,
      log: log.for("backup"),
      status,
    }),
  );

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
      home: () => home,
    },
    readiness: () => ({ ready: true }),
    parts: status.all,
    published: published.list,
    states: present.states,
    series: createSeriesBook(store.series),
    position: () => store.stats().position,
    windowStart: store.windowStart,
    gaps: present.gaps,
    history,
    // Kept, so that days are the home's before Home Assistant has been heard.
    timeZone,
    exchange,
    registries: database.registry,
    figures: () => figuresOf(store, feed.perSecond()),
    thinning: { list: ingest.thinned.list, replace: ingest.thin, dropped: () => ingest.thinned.dropped },
    retention,
    disk: space,
    connections: {
      list: () => ({ paused: link?.paused ?? false, connections: link?.connections() ?? [] }),
      act: (id, action) => link?.actOn(id, action),
    },
    services: {
      home_assistant: (action) => link?.act(action),
      ...(integration ? { integration: integration.act } : {}),
    },
    setup: { ...openSetupMark({ ...database, clock }), recorder: recorder.last, lookAtRecorder: recorder.look },
    excluding: { ...ingest.excluded, replace: ingest.exclude },
    jobs,
    backupHold: keep(createBackupHold({ store, database, clock, log: log.for("backup"), status })),
    backups,
    refetch: () => {
      const names = [...store.series().values()].map(currentIdentity).filter(({ holdsName }) => holdsName);
      const holes = damagedHoles(store.gaps(ALL_TIME), clock.now(), (series) => {
        const own =
          series === null ? names : [store.series().get(series)].flatMap((it) => (it ? currentIdentity(it) : []));
        return own.filter(({ holdsName }) => holdsName).map(({ entityId }) => entityId);
      });
      if (holes.length > 0) {
        database.settings.set("open_holes", [...readOpenHoles(), ...holes]);
        link?.act("restart");
      }
      return { holes: holes.length, entities: new Set(holes.flatMap(({ absent }) => absent)).size };
    },
    seal: async () => {
      await store.seal();
      return store.stats();
    },
    panel,
  });
  keep(listeners.open({ app, streams }));

  await startLocalServer({ app, path: join(config.dataFolder, "hub.sock") }).then(
    (local) => opening.defer(local.close),
    (error: unknown) => log.warning("no socket file for programs on this machine", { why: describeError(error) }),
  );

  const { seed, speed } = config.simulator;
  const demo = simulated
    ? keep(await startSimulator({ seed: String(seed), speed, clock, log: log.for("simulator") }))
    : undefined;
  link = keep(
    startLink({
      connections: demo
        ? [{ id: "simulated", name: "Simulated home", url: demo.url, token: demo.token }]
        : config.connections,
      clock,
      log: log.for("hass"),
      status,
      eventTypes: config.eventTypes,
      settleMs: config.settleMs,
      record: ingest.record,
      holdings: held.byName(ingest.holder),
      heard: await held.newest(),
      holes: {
        get: readOpenHoles,
        set: (holes) => database.settings.set("open_holes", holes),
      },
      home: {
        check: (seen) => checkHome(knownHome(database.home.get(), store.series().values(), seen), seen, folder),
        bind: database.home.bind,
      },
      pauses: {
        get: () => database.settings.get("paused_link"),
        set: (paused) => database.settings.set("paused_link", paused),
      },
      onFacts: (facts) => {
        home = facts;
        if (isTimeZone(facts.timeZone)) database.settings.set("time_zone", facts.timeZone);
        homeSince = clock.now();
      },
      onRegistries: (registries) => {
        for (const kind of REGISTRY_KINDS) database.registry.replaceAll(kind, registries.records(kind), clock.now());
      },
      onRest: ingest.rest,
    }),
  );

  // Closed before what its work uses.
  opening.defer(jobs.close);
  jobs.register(
    importJob({
      call: callHome,
      clock,
      busy: () => {
        if (!link?.settled) return "Home Assistant is not connected, or what was missed is being filled.";
        return feed.perSecond().changes > BUSY ? "So much changes now that recording comes first." : undefined;
      },
      recorded: () =>
        held
          .byName(ingest.holder)
          .entities()
          .map(({ entityId }) => entityId),
      isExcluded: (entityId) => ingest.excluded.matches(entityId, ingest.holder(entityId)),
      heldRows: held.byName(ingest.holder).rows,
      heldStatistics: async (entityId, window) => {
        const series = ingest.holder(entityId);
        return series === undefined ? new Map() : held.statistics(series, window);
      },
      store: ingest.recordPast,
      began: keptTime(database.settings, "recording_began"),
      settleMs: 2 * Math.max(...config.settleMs),
    }),
  );
  const imported = jobs.last(IMPORT);
  if (imported) status.set("import", importPart(imported));
  else if (config.imports && database.settings.get("recording_began") === undefined) jobs.start(IMPORT);

  if (supervisor) {
    const announced = openIntegrationToken(database);
    const port = Number(new URL(listeners.url).port);
    keep(
      startSupervisorPart({
        ...supervisor,
        announcement: () => ({ port, token: announced.secret(), server_id: serverId, api: 1 }),
        connectedSince: () => (link?.connected ? homeSince : undefined),
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
