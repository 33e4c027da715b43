import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startTestHub } from "../../../tests/support/hub/test-hub.ts";
import { noSocket } from "../../../tests/support/outside/asked.ts";
import { plain } from "../../../tests/support/outside/told.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { openDatabase } from "../../database/open.ts";
import type { Reading } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import { ALL_TIME, type Micros, microsFromRfc3339 } from "../../domain/time/time.ts";
import { createHeld } from "../../history/held.ts";
import { createHistory } from "../../history/history.ts";
import type { StatisticsAnswer } from "../../history/statistics/shapes.ts";
import { createIngest } from "../../ingest/ingest.ts";
import type { HttpAnswer } from "../../platform/http/http.ts";
import type { ReadSocket } from "../../platform/socket.ts";
import { silentLog } from "../../platform/told/log.ts";
import { createMask } from "../../platform/told/mask.ts";
import { createStatusBoard } from "../../platform/told/status-board.ts";
import { startWorker } from "../../platform/worker.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { type ReadFile, readFileHere } from "../files/file-reader.ts";
import { PROVIDERS } from "../providers.ts";
import { createSources } from "../registry.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (text: string): Micros => microsFromRfc3339(text) as Micros;
const root = mkdtempSync(join(tmpdir(), "meters-"));
after(() => rmSync(root, { recursive: true }));

/** Sources over a real ingest, a store in memory and a clock that the test moves. */
function start(given: {
  readonly now: string;
  readonly zone: string;
  readonly http?: (url: URL) => Partial<HttpAnswer>;
  readonly socket?: ReadSocket;
  readonly readFile?: ReadFile;
}) {
  const clock = createTestClock(at(given.now));
  const database = openDatabase({ folder: mkdtempSync(join(root, "db-")), clock, log: silentLog });
  const store = createMemoryStore();
  const status = createStatusBoard({ clock });
  const keyOf = (time: number, state: string | null) => `${time} ${state}`;
  const held = createHeld({ store, keyOf });
  const history = createHistory({ store, startWorker: () => startWorker("history/worker"), clock, log: silentLog });
  const ingest = createIngest({
    append: store.append,
    series: store.series().values(),
    latest: store.latest,
    heldIn: held.heldIn,
    readingsAt: held.readingsAt,
    correct: store.correct,
    isHeld: async () => false,
    around: held.around,
    publish: { changes: () => {}, events: () => {}, gaps: () => {} },
    keepExclusions: { get: () => undefined, set: () => {} },
    keepThinning: { get: () => undefined, set: () => {} },
    ...{ clock, status, log: silentLog },
  });
  let asked = 0;
  const sources = createSources({
    providers: PROVIDERS,
    book: database.sources,
    http: async ({ url }) => {
      asked++;
      return { status: 200, headers: {}, text: "", ...given.http?.(new URL(url)) };
    },
    socket: given.socket ?? noSocket,
    readFile: given.readFile ?? readFileHere,
    userAgent: "HA-Ingestor/test (+https://example.org)",
    mask: createMask(),
    place: () => ({
      known: true,
      place: {
        ...{ latitude: 48, longitude: 16, elevation: 100, currency: "EUR", country: "AT", language: "en" },
        calendar: createCalendar(given.zone),
      },
    }),
    entity: () => undefined,
    calendars: async () => [],
    forecasts: async () => [],
    homeEntities: () => [],
    record: ingest.recordOutside,
    latest: (entityId) => {
      const series = ingest.holder(entityId);
      return series === undefined ? undefined : store.latest(series);
    },
    random: () => 0,
    ...{ clock, status, log: silentLog },
  });
  after(async () => {
    await sources.close();
    await ingest.close();
    await history.close();
    await store.close();
    database.close();
  });
  const settle = async () => {
    for (let i = 0; i < 30; i++) await setImmediate();
  };
  const rows = async (quantity: string): Promise<Reading[]> => {
    const series = ingest.holder(`outside.meter_${quantity}`);
    if (series === undefined) return [];
    const view = store.view();
    const all: Reading[] = [];
    const query = { series, window: ALL_TIME, order: "oldest_first", limit: 10_000, attributes: true } as const;
    for await (const page of store.reader(view).readings(query)) all.push(...page);
    store.release(view);
    return all;
  };
  return {
    ...{ clock, sources, settle, rows, store },
    count: () => asked,
    gaps: () => store.gaps(ALL_TIME),
    pass: async (ms: number, step = 10 * MINUTE) => {
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(step, left));
        for (let i = 0; i < 8; i++) await setImmediate();
      }
      await settle();
    },
    add: async (provider: string, settings: object) => {
      const providers = [{ provider, settings: { ...settings } }];
      await sources.add({ id: "meter", kind: "smart_meter", name: "Meter", enabled: true, providers });
      await settle();
    },
    /** A day of a series, as statistics have it. */
    day: async (quantity: string, day: string, timeZone = given.zone) => {
      const entityId = `outside.meter_${quantity}`;
      const from = createCalendar(timeZone).startOf("day", at(`${day}T12:00:00Z`));
      const to = createCalendar(timeZone).nextAfter("day", from);
      const series = [{ id: ingest.holder(entityId) as number, entityId }];
      const answer = await history.statistics({
        ...{ series, from, to, timeZone, resolution: "1d", functions: ["sum", "count"] },
      });
      const { series: found } = JSON.parse(await new Response(answer).text()) as StatisticsAnswer;
      const [bucket] = found[0]?.buckets ?? [];
      return { sum: Number(Number(bucket?.sum ?? 0).toFixed(6)), count: bucket?.count ?? 0 };
    },
  };
}

const OCTOPUS = { api_key: "sk_live_0123456789", mpan: "1000000000000", serial: "22L0000001" };

test("half hours come a day late, land in the past, and the day's sum follows; silence makes nothing up", async () => {
  const HALF = 30 * MINUTE * 1000;
  /** A day's half hours are out at eight in the morning of the next; one of the 26th only a day after that. */
  const lateOne = at("2026-11-26T07:00:00Z");
  let silent = false;
  const hub = start({
    now: "2026-11-26T06:00:00Z",
    zone: "Europe/London",
    http: ({ searchParams }) => {
      const [from, to] = ["period_from", "period_to"].map((name) => at(searchParams.get(name) ?? ""));
      const now = hub.clock.now();
      const out = createCalendar("UTC").startOf("day", now - 8 * HOUR * 1000);
      const results = [];
      for (let time = Math.ceil((from as number) / HALF) * HALF; time < Math.min(to as number, out); time += HALF) {
        if (silent || (time === lateOne && now < at("2026-11-28T08:00:00Z"))) continue;
        const [start, end] = [time, time + HALF].map(plain);
        results.push({ consumption: 0.25, interval_start: start, interval_end: end });
      }
      return { text: JSON.stringify({ next: null, results }) };
    },
  });
  await hub.add("octopus_consumption", OCTOPUS);
  await hub.settle();
  // It is 6:00: the last day that is out is the 24th, and the week before comes with it.
  const first = await hub.rows("import_interval");
  assert.equal(plain(first[0]?.time ?? 0), "2026-11-19T06:00:00Z");
  assert.equal(plain(first.at(-1)?.time ?? 0), "2026-11-24T23:30:00Z");
  assert.ok(first.every(({ origin }) => origin === "imported"));
  assert.equal(first[0]?.attributes.until, "2026-11-19T06:30:00.000000Z");
  assert.deepEqual(await hub.day("import_interval", "2026-11-24"), { sum: 12, count: 48 });

  await hub.pass(DAY);
  // 27th, 6:00: the 25th is out since the 26th at eight.
  assert.equal(plain((await hub.rows("import_interval")).at(-1)?.time ?? 0), "2026-11-25T23:30:00Z");
  await hub.pass(4 * HOUR + 3 * HOUR);
  assert.deepEqual(await hub.day("import_interval", "2026-11-26"), { sum: 11.75, count: 47 });
  await hub.pass(DAY);
  assert.deepEqual(await hub.day("import_interval", "2026-11-26"), { sum: 12, count: 48 });
  const late = (await hub.rows("import_interval")).find(({ time }) => time === lateOne);
  assert.equal(late?.origin, "late");
  // What was used before the source was set up, and was told after that.
  const early = (await hub.rows("import_interval")).find(({ time }) => time === lateOne - 8 * HALF);
  assert.equal(early?.origin, "imported");

  silent = true;
  await hub.pass(10 * DAY, HOUR);
  const [present] = hub.sources.present("meter");
  assert.equal(present?.value, null);
  assert.match(present?.why ?? "", /older than 96 h/);
  silent = false;
  await hub.pass(DAY, HOUR);
  const all = await hub.rows("import_interval");
  const times = all.map(({ time }) => time);
  assert.deepEqual(
    times,
    [...new Set(times)].sort((a, b) => a - b),
    "each half hour once, in its place",
  );
  assert.ok(
    all.every(({ state }) => state === "0.25"),
    "nothing is unavailable, or said anew",
  );
  assert.deepEqual(hub.gaps(), []);
  // Also those of the days of silence came.
  assert.equal(times.length, Math.round(((times.at(-1) as number) - (times[0] as number)) / HALF) + 1);
});

const telegram = (time: string, kWh: string, watts = "00.500") =>
  `/ABC5\\METER\r\n\r\n0-0:1.0.0(${time})\r\n0-0:96.1.1(4530303334)\r\n1-0:1.8.0(${kWh}*kWh)\r\n1-0:1.7.0(${watts}*kW)\r\n` +
  `0-1:24.1.0(003)\r\n0-1:24.2.1(261126110000W)(00123.456*m3)\r\n!FFFF\r\n`;

test("a meter is heard in the rhythm that is set; gone for five minutes it is absent, and a gap once it is back", async () => {
  let gone = false;
  let heard = 0;
  const hub = start({
    now: "2026-11-26T11:30:00Z",
    zone: "Europe/Vienna",
    socket: async ({ host, port, enough }) => {
      heard++;
      if (gone) throw new Failure("unreachable", `${host}:${port} cannot be reached`, { retry: true });
      const local = new Date(hub.clock.now() / 1000 + HOUR).toISOString().replace(/\D/g, "").slice(2, 14);
      const bytes = Buffer.from(telegram(`${local}W`, `001000.${String(100 + heard)}`));
      assert.ok(enough(bytes));
      return bytes;
    },
  });
  await hub.add("dsmr", { address: "192.168.1.20:2001", every: 60 });
  await hub.pass(10 * MINUTE, 5_000);
  assert.ok(heard >= 9 && heard <= 11, String(heard));
  const before = await hub.rows("import_energy");
  assert.equal(before.length, heard);
  assert.equal(before[0]?.state, "1000.101");
  assert.equal(before[0]?.attributes.unit_of_measurement, "kWh");
  assert.equal(before[0]?.attributes.state_class, "total_increasing");
  // The hour's gas is one reading, and still the present.
  assert.deepEqual(
    (await hub.rows("gas")).map(({ time, state }) => [plain(time), state]),
    [["2026-11-26T10:00:00Z", "123.456"]],
  );
  const presentOf = (quantity: string) => hub.sources.present("meter").find((one) => one.quantity === quantity)?.value;
  assert.deepEqual([presentOf("power"), presentOf("gas")], [500, 123.456]);

  gone = true;
  await hub.pass(4 * MINUTE, 5_000);
  assert.equal(presentOf("power"), 500);
  assert.equal(hub.sources.get("meter")?.state, "degraded");
  await hub.pass(10 * MINUTE, 5_000);
  assert.equal(presentOf("power"), null);
  assert.equal(hub.sources.get("meter")?.state, "broken");
  assert.equal((await hub.rows("power")).at(-1)?.state, "unavailable");
  gone = false;
  await hub.pass(40 * MINUTE, 10_000);
  assert.equal(presentOf("power"), 500);
  assert.ok(hub.gaps().some(({ cause }) => cause === "source_silent"));
  const raw = JSON.stringify(hub.sources.raw("meter"));
  assert.match(raw, /not kept/);
  assert.doesNotMatch(raw, /4530303334/);
});

const CSV =
  "Zeit;Verbrauch (kWh)\n25.11.2026 00:00;0,1\n25.11.2026 00:15;0,2\n25.11.2026 00:30;\n26.11.2026 00:00;0,4\n30.11.2026 00:00;9\n";

test("a file is looked at, confirmed and taken in once, however often it comes; what it holds is in the past", async () => {
  const hub = start({ now: "2026-11-26T12:00:00Z", zone: "Europe/Vienna" });
  await hub.add("meter_csv", {});
  assert.equal(hub.sources.get("meter")?.state, "ok");
  assert.match(hub.sources.get("meter")?.waitsFor ?? "", /handed in/);
  const api = startTestHub({ sources: hub.sources });
  after(() => api.close());
  const send = async (
    query: string,
    body: string | Uint8Array<ArrayBuffer> = CSV,
    id = "meter",
    scope: "admin" | "write" = "admin",
  ) => {
    const answer = await api.ask(`/api/v1/sources/${id}/file${query}`, { method: "POST", body, scope });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & { code?: string } };
  };
  // Nobody has said yet how it is meant.
  const unset = await send("");
  assert.deepEqual([unset.status, unset.body.code], [422, "unreadable_file"]);
  assert.match(String(unset.body.fix), /preview/);
  const preview = await send("?preview=true");
  assert.equal(preview.status, 200);
  const { proposed, ...told } = preview.body;
  assert.deepEqual(told, {
    provider: "meter_csv",
    preview: true,
    readings: 3,
    from: "2026-11-24T23:00:00.000000Z",
    to: "2026-11-25T23:15:00.000000Z",
    sums: [
      {
        ...{
          quantity: "import_interval",
          name: "Energy from the grid by interval",
          unit: "kWh",
          readings: 3,
          sum: 0.7,
        },
        ...{ from: "2026-11-24T23:00:00.000000Z", to: "2026-11-25T23:15:00.000000Z" },
      },
    ],
    left_out: [
      { why: "Without a value", count: 1, where: "line 4" },
      { why: "Of a time that is still to come", count: 1 },
    ],
    notes: ["Times are taken as those of Europe/Vienna."],
    columns: ["Zeit", "Verbrauch (kWh)"],
    rows: CSV.trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(";")),
  });
  assert.deepEqual(await hub.rows("import_interval"), [], "a preview stores nothing");

  const saved = { provider: "meter_csv", settings: proposed as Record<string, unknown> };
  await hub.sources.replace("meter", {
    ...{ id: "meter", kind: "smart_meter", name: "Meter", enabled: true, providers: [saved] },
  });
  await hub.settle();
  for (let i = 0; i < 3; i++) assert.equal((await send("")).status, 200);
  const rows = await hub.rows("import_interval");
  assert.deepEqual(
    rows.map(({ time, state, origin }) => [plain(time), state, origin]),
    [
      ["2026-11-24T23:00:00Z", "0.1", "imported"],
      ["2026-11-24T23:15:00Z", "0.2", "imported"],
      ["2026-11-25T23:00:00Z", "0.4", "imported"],
    ],
  );
  // A day later, what is of before the source is imported, and what is of after it is late.
  hub.clock.advance(5 * DAY);
  await send("", CSV.replace("26.11.2026 00:00;0,4", "25.11.2026 00:45;0,3"));
  const later = await hub.rows("import_interval");
  assert.deepEqual(
    later.map(({ state, origin }) => [state, origin]),
    [
      ["0.1", "imported"],
      ["0.2", "imported"],
      ["0.3", "imported"],
      ["0.4", "imported"],
      ["9", "late"],
    ],
  );
  assert.deepEqual(await hub.day("import_interval", "2026-11-25"), { sum: 0.6, count: 3 });
  // The company says something else of a quarter of an hour, twice.
  const corrected = CSV.replace(";0,2", ";0,7");
  for (let i = 0; i < 2; i++) await send("", corrected);
  assert.deepEqual(await hub.day("import_interval", "2026-11-25"), { sum: 1.1, count: 3 });
  const quarter = (await hub.rows("import_interval")).find(({ state }) => state === "0.7");
  assert.deepEqual([quarter?.origin, quarter?.attributes.instead_of], ["corrected", "0.2"]);

  for (const [what, given, status, code] of [
    ["of no source", await send("", CSV, "nobody"), 404, "not_found"],
    ["without a body", await send("", ""), 400, "invalid_request"],
    ["of another form", await send("", "<html></html>"), 422, "unreadable_file"],
    ["too large", await send("", new Uint8Array(17 * 1024 * 1024)), 413, "payload_too_large"],
    ["with a wrong question", await send("?preview=perhaps"), 400, "invalid_request"],
    ["by who may only write", await send("", CSV, "meter", "write"), 403, "forbidden"],
  ] as const)
    assert.deepEqual([given.status, given.body.code], [status, code], what);
});

test("of several providers that read files one is named; a source without one, or switched off, says so", async () => {
  let isFree: Promise<void> = Promise.resolve();
  const readFile: ReadFile = async (...file) => {
    await isFree;
    return readFileHere(...file);
  };
  const hub = start({ now: "2026-11-26T12:00:00Z", zone: "Europe/Vienna", readFile });
  const config = (providers: readonly string[], enabled = true) => ({
    ...{ id: "meter", kind: "smart_meter" as const, name: "Meter", enabled },
    providers: providers.map((provider) => ({ provider, settings: {} })),
  });
  await hub.sources.add(config(["green_button", "meter_csv"]));
  const bytes = Buffer.from(CSV);
  await assert.rejects(hub.sources.importFile("meter", bytes, { preview: true }), {
    code: "action_unavailable",
    fix: /green_button, meter_csv/,
  });
  const told = await hub.sources.importFile("meter", bytes, { preview: true, provider: "meter_csv" });
  assert.equal(told?.readings, 3);
  await assert.rejects(hub.sources.importFile("meter", bytes, { preview: true, provider: "green_button" }), {
    code: "unreadable_file",
    message: /no whole XML/,
  });
  // Whoever changes the source while a file of it is read wins.
  let free = () => {};
  isFree = new Promise((resolve) => {
    free = resolve;
  });
  const during = assert.rejects(hub.sources.importFile("meter", bytes, { preview: true, provider: "meter_csv" }), {
    code: "action_unavailable",
    message: /changed meanwhile/,
  });
  await hub.sources.replace("meter", config(["meter_csv"], false));
  free();
  await during;
  await assert.rejects(hub.sources.importFile("meter", bytes, { preview: true }), { code: "action_unavailable" });
  await hub.sources.remove("meter");
  assert.equal(await hub.sources.importFile("meter", bytes, { preview: true }), undefined);
  await hub.sources.add({ ...config([]), providers: [{ provider: "dsmr", settings: { address: "192.168.1.2:23" } }] });
  await assert.rejects(hub.sources.importFile("meter", bytes, { preview: true }), { code: "action_unavailable" });
});
