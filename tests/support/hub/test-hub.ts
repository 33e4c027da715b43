import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAmending } from "../../../src/amending/amending.ts";
import { type ApiNeeds, createApi } from "../../../src/api/app.ts";
import { createSeriesBook } from "../../../src/api/ports/series-book.ts";
import { createBackups } from "../../../src/backup/backups.ts";
import { openDatabase } from "../../../src/database/open.ts";
import type { Gap, HomeEvent, Reading, SeriesId, Stored } from "../../../src/domain/data/reading.ts";
import { currentIdentity, type Identity, type Series } from "../../../src/domain/data/series.ts";
import { Failure } from "../../../src/domain/failure.ts";
import type { Scope } from "../../../src/domain/scope.ts";
import { createCalendar } from "../../../src/domain/time/calendar.ts";
import { createEnergy } from "../../../src/energy/energy.ts";
import { createMeterBook } from "../../../src/energy/meters/book.ts";
import { createExchange } from "../../../src/exchange/exchange.ts";
import { rowKey } from "../../../src/hass/fill/fill.ts";
import { createHeld } from "../../../src/history/held.ts";
import { createHistory } from "../../../src/history/history.ts";
import { createLiveBus, type LiveChange } from "../../../src/live/topics.ts";
import { createJobs } from "../../../src/platform/jobs/jobs.ts";
import { createLog } from "../../../src/platform/told/log.ts";
import { createMask } from "../../../src/platform/told/mask.ts";
import { createStatusBoard } from "../../../src/platform/told/status-board.ts";
import { startWorker } from "../../../src/platform/worker.ts";
import { createRetention } from "../../../src/retention/retention.ts";
import { PROVIDERS } from "../../../src/sources/providers.ts";
import { createSources } from "../../../src/sources/registry.ts";
import { createSports } from "../../../src/sources/sports/sports.ts";
import { createMemoryStore } from "../../../src/store/memory/memory.ts";
import { noSocket } from "../outside/asked.ts";
import { createTestClock, TEST_TIME } from "../test-clock.ts";

/** The API over a memory store and a database of its own, without Home Assistant: what a test of the API needs. */
export type TestHub = ReturnType<typeof startTestHub>;

export const TEST_SERVER_ID = "0123456789abcdef0123456789abcdef";

export const identity = (entityId: string, more: Partial<Identity> = {}): Identity => ({
  from: TEST_TIME,
  entityId,
  holdsName: true,
  registryId: null,
  name: null,
  deviceId: null,
  areaId: null,
  floorId: null,
  labels: [],
  integration: null,
  category: null,
  ...more,
});

export const reading = (series: SeriesId, state: string | null, more: Partial<Reading> = {}): Reading => ({
  series,
  time: TEST_TIME,
  changed: TEST_TIME,
  state,
  attributes: {},
  context: null,
  origin: "live",
  timeIsArrival: false,
  flaws: [],
  ...more,
});

export function startTestHub(more: Partial<ApiNeeds> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "hub-"));
  const clock = createTestClock();
  const lines: string[] = [];
  const log = createLog({ clock, mask: createMask(), level: "debug", write: (line) => void lines.push(line) });
  const store = createMemoryStore();
  const bus = createLiveBus((error) => log.error("A listener failed", { error }));
  const board = createStatusBoard({ clock });
  board.onChange((status) => bus.publish("status", [status]));
  const database = openDatabase({ folder, clock, log });
  const jobs = createJobs({
    clock,
    log,
    book: { get: () => database.settings.get("jobs"), set: (kept) => database.settings.set("jobs", kept) },
    onChange: (job) => bus.publish("job", [job]),
  });
  const series = createSeriesBook(store.series);
  const history = createHistory({ store, startWorker: () => startWorker("history/worker"), clock, log });
  const exchange = createExchange({
    store,
    unitOfStatistics: () => null,
    startWorker: () => startWorker("exchange/worker"),
    clock,
    log,
  });
  const retention = createRetention({
    store,
    settings: database.settings,
    startWorker: () => startWorker("retention/worker"),
    room: async () => ({ total: 100e9, free: 50e9 }),
    logLimit: 0,
    timeZone: () => "UTC",
    jobs,
    isHeld: () => false,
    clock,
    log,
    status: board,
  });
  const backups = createBackups({
    folder: join(folder, "backups"),
    home: folder,
    store,
    settings: database.settings,
    timeZone: () => undefined,
    isSettled: () => true,
    version: "0.0.0-test",
    simulated: false,
    startWorker: () => startWorker("backup/jobs/worker"),
    jobs,
    clock,
    log,
    // The board tells what a test puts on it.
    status: createStatusBoard({ clock }),
    reserve: 0,
  });
  const none = { why: "Nothing is set up in a test", fix: "Hand in an energy of its own." };
  const energy = createEnergy({
    clock,
    timeZone: () => "UTC",
    meters: createMeterBook({
      dashboard: () => none,
      kept: {
        get: () => database.settings.get("energy_meters"),
        set: (choice) => database.settings.set("energy_meters", choice),
        remove: () => database.settings.remove("energy_meters"),
      },
      recorded: () => [],
      named: () => undefined,
      onChange: () => {},
    }),
    rate: () => none,
    named: () => undefined,
    latest: () => undefined,
    statistics: () => Promise.reject(new Error("nothing asks for them")),
    readings: () => Promise.reject(new Error("nothing asks for them")),
    switchable: () => [],
  });
  const amending = createAmending({
    store,
    readingsAt: createHeld({ store, keyOf: rowKey }).readingsAt,
    settings: database.settings,
    backups: { list: async () => [], make: async () => "none", remove: async () => {} },
    publish: { changes: () => {}, gaps: (gaps) => bus.publish("gap", gaps) },
    busy: () => undefined,
    jobs,
    clock,
    log,
  });
  const mask = createMask();
  const sources = createSources({
    providers: PROVIDERS,
    book: database.sources,
    http: async () => {
      throw new Failure("unreachable", "There is no network in a test", { retry: true });
    },
    socket: noSocket,
    userAgent: "HA-Ingestor/test (+https://example.org)",
    mask,
    status: createStatusBoard({ clock }),
    place: () => ({
      known: false,
      place: {
        ...{ latitude: null, longitude: null, elevation: null, currency: null, country: null, language: null },
        calendar: createCalendar("UTC"),
      },
    }),
    entity: () => undefined,
    calendars: async () => [],
    forecasts: async () => [],
    homeEntities: () => [],
    record: async () => {},
    latest: () => undefined,
    clock,
    random: () => 0.5,
    log,
  });
  sources.onChange((source) => bus.publish("source", [source]));
  const api = createApi({
    energy,
    clock,
    log,
    facts: {
      version: "0.0.0-test",
      serverId: TEST_SERVER_ID,
      started: TEST_TIME,
      storeEngine: "memory",
      simulated: false,
      home: () => undefined,
    },
    credentials: database,
    usage: database.usage,
    annotations: database.annotations,
    readiness: () => ({ ready: true }),
    parts: board.all,
    published: () => [],
    connections: { list: () => ({ paused: false, connections: [] }), act: () => undefined },
    services: {},
    setup: {
      finished: () => undefined,
      finish: () => {},
      recorder: () => ({ kind: "not_asked" }),
      lookAtRecorder: async () => {},
    },
    excluding: { list: () => [], has: () => false, replace: async () => {} },
    thinning: { list: () => [], dropped: () => 0, replace: async () => {} },
    sources,
    sports: createSports({
      sources,
      ask: sources.askOf("sports", "espn"),
      book: database.games,
      stored: async () => [],
      clock,
    }),
    retention,
    amending,
    disk: {
      reserve: 500_000_000,
      stoppedSince: () => undefined,
      quarantined: async () => [
        ...database.quarantined().map((one) => ({ ...one, kind: "settings" as const, month: null })),
        ...(await store.quarantined()),
      ],
    },
    states: { get: store.latest, all: store.allLatest },
    series,
    position: () => store.stats().position,
    windowStart: store.windowStart,
    bus,
    gaps: store.gaps,
    jobs,
    backupHold: { begin: async () => ({ until: clock.now(), problems: [] }), end: () => false },
    backups,
    refetch: () => ({ holes: 0, entities: 0 }),
    seal: async () => {
      await store.seal();
      return store.stats();
    },
    history,
    timeZone: () => "Europe/Berlin",
    exchange,
    registries: database.registry,
    figures: () => ({
      changesPerSecond: 1.5,
      eventsPerSecond: 0,
      totals: { changes: store.stats().readings, events: 0, gaps: 0, series: 0, bytes: 0 },
      recordedSince: store.stats().oldest,
      lastChange: store.stats().newest,
    }),
    ...more,
  });
  const secrets = new Map<Scope, string>();
  const tokenOf = (scope: Scope): string => {
    const secret = secrets.get(scope) ?? database.tokens.create(`a ${scope} test`, scope).secret;
    secrets.set(scope, secret);
    return secret;
  };
  return {
    ...api,
    clock,
    log,
    history,
    exchange,
    jobs,
    retention,
    lines,
    store,
    bus,
    board,
    database,
    folder,
    tokenOf,
    /** Asks as the holder of a token. */
    ask: (path: string, init: RequestInit & { scope?: Scope } = {}): Promise<Response> => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${tokenOf(init.scope ?? "read")}`);
      return Promise.resolve(api.app.request(path, { ...init, headers }));
    },
    addSeries: (id: SeriesId, named: Identity) => store.append([{ kind: "series", series: id, identity: named }]),
    /** Stores, then publishes, as ingest does. */
    record: async (readings: readonly Reading[]): Promise<LiveChange[]> => {
      const before = readings.map(({ series: id }) => store.latest(id));
      const positions = await store.append(readings.map((one) => ({ kind: "reading", reading: one })));
      const changes = readings.map((one, i) => ({
        series: store.series().get(one.series) as Series,
        reading: { ...one, position: positions[i] as number },
        previous: before[i],
      }));
      bus.publish("change", changes);
      return changes;
    },
    recordEvents: async (events: readonly HomeEvent[]): Promise<Stored<HomeEvent>[]> => {
      const positions = await store.append(events.map((event) => ({ kind: "event", event })));
      const stored = events.map((event, i) => ({ ...event, position: positions[i] as number }));
      bus.publish("event", stored);
      return stored;
    },
    recordGaps: async (gaps: readonly Gap[]): Promise<Stored<Gap>[]> => {
      const positions = await store.append(gaps.map((gap) => ({ kind: "gap", gap })));
      const stored = gaps.map((gap, i) => ({ ...gap, position: positions[i] as number }));
      bus.publish("gap", stored);
      return stored;
    },
    nameOf: (id: SeriesId) => currentIdentity(store.series().get(id) as Series).entityId,
    close: async () => {
      await sources.close();
      api.streams.close();
      await backups.close();
      await history.close();
      await exchange.close();
      await retention.close();
      database.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
