import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { noSocket } from "../../../../tests/support/outside/asked.ts";
import { createTestClock } from "../../../../tests/support/test-clock.ts";
import { openDatabase } from "../../../database/open.ts";
import { createCalendar } from "../../../domain/time/calendar.ts";
import { silentLog } from "../../../platform/told/log.ts";
import { createMask } from "../../../platform/told/mask.ts";
import { createStatusBoard } from "../../../platform/told/status-board.ts";
import { PROVIDERS } from "../../../sources/providers.ts";
import { createSources } from "../../../sources/registry.ts";

const NOON = Date.parse("2026-11-26T12:20:00Z");
const folder = mkdtempSync(join(tmpdir(), "rates-"));
const clock = createTestClock(NOON * 1000);
const database = openDatabase({ folder, clock, log: silentLog });
/** Twelve hours of quarter hours from noon on. */
const quarters = Array.from({ length: 48 }, (_, index) => NOON / 1000 - 1200 + index * 900);
const answers: Record<string, string> = {
  "api.energy-charts.info": JSON.stringify({
    unix_seconds: quarters,
    price: quarters.map((_, index) => 100 - index * 5),
    unit: "EUR / MWh",
  }),
  "api.carbonintensity.org.uk": JSON.stringify({
    data: [0, 1].map((index) => ({
      from: `2026-11-26T12:${index ? "30" : "00"}Z`,
      to: `2026-11-26T${index ? "13:00" : "12:30"}Z`,
      intensity: { forecast: 150 + index, actual: null },
    })),
  }),
};
const sources = createSources({
  providers: PROVIDERS,
  book: database.sources,
  http: async ({ url }) => ({ status: 200, headers: {}, text: answers[new URL(url).host] ?? "" }),
  socket: noSocket,
  userAgent: "HA-Ingestor/test (+https://example.org)",
  mask: createMask(),
  status: createStatusBoard({ clock }),
  place: () => ({
    known: true,
    place: {
      ...{ latitude: 52.5, longitude: 13.4, elevation: 30, currency: "EUR", country: null, language: "en" },
      calendar: createCalendar("Europe/Berlin"),
    },
  }),
  entity: () => undefined,
  calendars: async () => [],
  forecasts: async () => [],
  homeEntities: () => [],
  record: async () => {},
  latest: () => undefined,
  clock,
  random: () => 0,
  log: silentLog,
});
const hub = startTestHub({ sources });
after(async () => {
  await hub.close();
  await sources.close();
  database.close();
  rmSync(folder, { recursive: true });
});
/** Of a problem, of values and of slots: what an answer does not have is undefined. */
type Body = {
  readonly code: string;
  readonly fix: string;
  readonly source: string;
  readonly provider: string;
  readonly attribution: string;
  readonly quantity: string;
  readonly issued: string;
  readonly waits_for: string;
  readonly values: readonly { quantity: string; value: number; unit: string; time: string }[];
  readonly slots: readonly { from: string; to: string; value: number }[];
};
const ask = async (path: string) => {
  const answer = await hub.ask(`/api/v1${path}`);
  return { status: answer.status, body: (await answer.json()) as Body };
};
const add = async (id: string, kind: "pricing" | "carbon", provider: string, settings: object) => {
  await sources.add({ id, kind, name: id, enabled: true, providers: [{ provider, settings: { ...settings } }] });
  await sources.refresh(id);
};

test("without a source it is said that there is none, and what to do", async () => {
  for (const path of ["/pricing", "/pricing/slots", "/carbon", "/carbon/forecast"]) {
    const { status, body } = await ask(path);
    assert.equal(status, 409, path);
    assert.equal(body.code, "no_rate");
    assert.match(body.fix, /Add a source/);
  }
});

test("a source that knows the market alone says the market's price, and does not pass it off as the home's", async () => {
  await add("market", "pricing", "energy_charts", { zone: "DE-LU" });
  const { body } = await ask("/pricing");
  assert.equal(body.provider, "energy_charts");
  assert.match(body.attribution, /energy-charts/);
  assert.deepEqual(
    body.values.map((one) => [one.quantity, one.value, one.unit, one.time]),
    [["market_price", 0.095, "EUR/kWh", "2026-11-26T12:15:00.000000Z"]],
  );
  const slots = (await ask("/pricing/slots")).body;
  assert.equal(slots.quantity, "market_price");
  assert.equal((await ask("/pricing/slots?quantity=price")).body.code, "no_rate");
});

test("slots are told whole, or of a window; a negative price and a zero are told like others", async () => {
  const whole = (await ask("/pricing/slots?source=market")).body;
  assert.equal(whole.slots.length, 48);
  assert.deepEqual(whole.slots[20], {
    from: "2026-11-26T17:00:00.000000Z",
    to: "2026-11-26T17:15:00.000000Z",
    value: 0,
  });
  assert.equal(whole.slots[21]?.value, -0.005);
  assert.match(whole.waits_for, /tomorrow/);
  const { slots } = (await ask("/pricing/slots?from=2026-11-26T17:10:00Z&to=2026-11-26T17:30:00Z")).body;
  assert.deepEqual(
    slots.map(({ value }) => value),
    [0, -0.005],
  );
});

test("with a tariff the home's price comes first, and the market's is kept beside it", async () => {
  await add("tariff", "pricing", "energy_charts", { zone: "DE-LU", vat: 19, fees: 0.2 });
  const { body } = await ask("/pricing/slots?source=tariff");
  assert.equal(body.quantity, "price");
  // (0.095 × 1.19) + 0.2
  assert.equal(body.slots[1]?.value, 0.31305);
  assert.equal((await ask("/pricing/slots?source=tariff&quantity=market_price")).body.slots[1]?.value, 0.095);
});

test("carbon intensity now, and to come", async () => {
  await add("grid", "carbon", "uk_carbon_intensity", {});
  const { body } = await ask("/carbon");
  assert.deepEqual(
    [body.source, body.values[0]?.quantity, body.values[0]?.value, body.values[0]?.unit],
    ["grid", "intensity", 150, "g/kWh"],
  );
  const forecast = (await ask("/carbon/forecast")).body;
  assert.deepEqual(
    forecast.slots.map(({ value }) => value),
    [150, 151],
  );
  assert.equal(forecast.issued, "2026-11-26T12:20:00.000000Z");
});

test("a source that is not there, or of another kind, is not found; wrong input says what is wrong", async () => {
  assert.equal((await ask("/pricing?source=grid")).status, 404);
  assert.equal((await ask("/carbon?source=none")).status, 404);
  for (const query of [
    "quantity=temperature",
    "from=yesterday",
    "x=1",
    "from=2026-11-27T00:00:00Z&to=2026-11-26T00:00:00Z",
  ])
    assert.equal((await ask(`/pricing/slots?${query}`)).status, 400, query);
});
