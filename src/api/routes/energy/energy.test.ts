import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { testEnergyNeeds } from "../../../../tests/support/hub/test-energy.ts";
import { identity, reading, startTestHub, type TestHub } from "../../../../tests/support/hub/test-hub.ts";
import { type EnergyMeters, NO_METERS } from "../../../domain/home/energy.ts";
import { createCalendar } from "../../../domain/time/calendar.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import { createEnergy } from "../../../energy/energy.ts";
import { NO_PRICE } from "../../../energy/meters/choice.ts";
import type { Entry } from "../../../store/store.ts";
import type { Problem } from "../../errors.ts";
import type { AlwaysOnShape } from "../../shapes/outside/energy/always-on.ts";
import type { MetersShape } from "../../shapes/outside/energy/meters.ts";
import type { EnergyNowShape } from "../../shapes/outside/energy/now.ts";
import type { DaysShape } from "../../shapes/outside/energy/past.ts";
import type { ProfileShape } from "../../shapes/outside/energy/profile.ts";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const ZONE = "Europe/Berlin";
const calendar = createCalendar(ZONE);
const at = (text: string): number => Date.parse(text) * 1000;
/** Ten local days; on the third of them clocks are put back. */
const FROM = calendar.startOf("day", at("2026-10-23T12:00:00Z"));
const TO = calendar.startOf("day", at("2026-11-02T12:00:00Z"));
const STEP = 5 * MINUTE;
/** In the second night nothing was heard for so long. */
const GAP = { from: at("2026-10-24T00:00:00Z"), to: at("2026-10-24T03:00:00Z") };
const PRICE = 0.25;

const hourOf = (time: number) => Math.floor(calendar.clockAt(time) / HOUR);
const dayOf = (time: number) => Math.round((calendar.startOf("day", time) - FROM) / (24 * HOUR));
/** Watts of the house; each day's least hour is from three to four o'clock, and every day a little other. */
const house = (time: number) => 200 + dayOf(time) + (hourOf(time) === 3 ? 0 : 10 * hourOf(time) + 100);
const fridge = (time: number) => (hourOf(time) === 3 ? 50 : 80);
const kettle = (time: number) => (hourOf(time) === 7 ? 2000 : 20);

let dashboard: EnergyMeters | undefined;
let priced = { from: 0, to: TO + 365 * 24 * HOUR };
const energy = createEnergy(
  testEnergyNeeds(() => hub, {
    timeZone: ZONE,
    dashboard: () => dashboard,
    price: () => ({
      ...{ source: "tariff", quantity: "price", unit: "EUR/kWh", series: undefined },
      slots: [{ ...priced, value: PRICE }],
    }),
  }),
);
const hub: TestHub = startTestHub({ energy });
after(() => hub.close());

before(async () => {
  const sensor = (unit: string, device_class: string, state_class: string) => ({
    ...{ unit_of_measurement: unit, device_class, state_class, friendly_name: "A meter" },
  });
  const watts = sensor("W", "power", "measurement");
  const kwh = sensor("kWh", "energy", "total_increasing");
  const wh = sensor("Wh", "energy", "total");
  const [mains, mainsKwh, fridgeWh, kettleWatts, outside] = [1, 2, 3, 4, 5] as const;
  for (const [id, name] of [
    [mains, "sensor.mains"],
    [mainsKwh, "sensor.mains_counter"],
    [fridgeWh, "sensor.cold"],
    [kettleWatts, "sensor.hot"],
    [outside, "sensor.garden"],
  ] as const)
    await hub.addSeries(id, identity(name, { from: FROM }));
  const counted = { mains: 1000, fridge: 0 };
  const rows: Entry[] = [];
  const row = (series: number, time: number, value: number, attributes: object) =>
    rows.push({
      kind: "reading",
      reading: reading(series, String(Math.round(value * 1e9) / 1e9), {
        time,
        changed: time,
        attributes: { ...attributes },
      }),
    });
  for (let time = FROM; time <= TO; time += STEP) {
    if (time < GAP.from || time >= GAP.to) {
      row(mains, time, house(time), watts);
      row(mainsKwh, time, counted.mains, kwh);
      row(fridgeWh, time, counted.fridge, wh);
      row(kettleWatts, time, kettle(time), watts);
    }
    counted.mains += (house(time) * 5) / 60 / 1000;
    counted.fridge += (fridge(time) * 5) / 60;
  }
  row(outside, TO, 7, sensor("°C", "temperature", "measurement"));
  await hub.store.append(rows);
  await hub.recordGaps([{ kind: "states", series: null, ...GAP, cause: "disconnected" }]);
});

const ask = async <T>(path: string, init: { method?: string; body?: unknown; status?: number } = {}): Promise<T> => {
  const { method = "GET", body, status = 200 } = init;
  const answer = await hub.ask(`/api/v1/energy/${path}`, {
    method,
    scope: "admin",
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return JSON.parse(text) as T;
};
const span = `from=${microsToRfc3339(FROM)}&to=${microsToRfc3339(TO)}`;
const near = (found: number | null | undefined, expected: number, what: string, within = 1e-6) =>
  assert.ok(
    Math.abs((found ?? Number.NaN) - expected) <= within * Math.max(1, Math.abs(expected)),
    `${what}: ${found} ${expected}`,
  );

const CHOICE = {
  grid: [{ imported: "sensor.mains_counter", power: [{ entity_id: "sensor.mains" }] }],
  devices: [
    { energy: "sensor.cold", name: "Refrigerator" },
    { power: "sensor.hot", name: null, within: "sensor.cold" },
  ],
};

test("without a dashboard nothing is used before it is chosen, and what may be is proposed by what it tells of itself", async () => {
  const meters = await ask<MetersShape>("meters");
  assert.deepEqual([meters.from, meters.dashboard, meters.choice], [null, "not_set_up", null]);
  assert.match(String(meters.fix), /choose/);
  assert.deepEqual(
    meters.candidates.map(({ entity_id, quantity, used_as }) => [entity_id, quantity, ...used_as]),
    [
      ["sensor.cold", "energy"],
      ["sensor.hot", "power"],
      ["sensor.mains", "power"],
      ["sensor.mains_counter", "energy"],
    ],
  );
  for (const path of ["days", "profile", "always-on", "effects"]) {
    const problem = await ask<Problem>(path, { status: 409 });
    assert.deepEqual([problem.code, problem.detail], ["no_meters", "The energy dashboard is not set up"]);
  }
});

test("a choice with a fault changes nothing, and says what is wrong where", async () => {
  const body = {
    grid: [{ imported: "sensor.mains_counter", exported: "sensor.garden" }],
    devices: [{ energy: "sensor.no" }],
  };
  const problem = await ask<Problem>("meters", { method: "PUT", body, status: 400 });
  assert.equal(problem.code, "invalid_request");
  assert.deepEqual(
    problem.errors?.map(({ path }) => path),
    ["grid[0].exported", "devices[0].energy"],
  );
  assert.match(String(problem.errors?.[0]?.message), /°C/);
  assert.match(String(problem.fix), /candidates/);
  assert.equal((await ask<MetersShape>("meters")).choice, null);
});

test("chosen meters are the home's: by day as counted by hand", async () => {
  const told = await ask<MetersShape>("meters", { method: "PUT", body: CHOICE });
  assert.equal(told.from, "chosen");
  assert.deepEqual(
    told.whole_house.map(({ role, of, meter, unit, why }) => [role, of, meter, unit, why]),
    [
      ["grid.imported", 0, "sensor.mains_counter", "kWh", undefined],
      ["grid.power", 0, "sensor.mains", "W", undefined],
    ],
  );
  assert.deepEqual(
    told.circuits.map(({ meter, name }) => [meter, name]),
    [
      ["sensor.cold", "Refrigerator"],
      ["sensor.hot", null],
    ],
  );
  assert.deepEqual(told.candidates.find(({ entity_id }) => entity_id === "sensor.hot")?.used_as, ["devices[1].power"]);
  const { house: days, imported, devices } = await ask<DaysShape>(`days?${span}`);
  assert.equal(days.length, 10);
  assert.deepEqual(days, imported);
  for (const [i, day] of days.entries()) {
    let [kwh, cold] = [0, 0];
    for (let time = at(day.from); time < at(day.to); time += STEP) {
      // What is counted in the last five minutes is told with the next day's first reading, as that counter tells it.
      kwh += (house(time - STEP) * 5) / 60 / 1000;
      cold += (fridge(time - STEP) * 5) / 60 / 1000;
    }
    if (i === 0)
      [kwh, cold] = [kwh - (house(FROM - STEP) * 5) / 60 / 1000, cold - (fridge(FROM - STEP) * 5) / 60 / 1000];
    near(day.kwh, kwh, day.from);
    near(day.cost, kwh * PRICE, day.from);
    near(devices[0]?.days[i]?.kwh, cold, `cold ${day.from}`);
  }
  assert.deepEqual([devices[1]?.meter, devices[1]?.days, devices[1]?.why !== undefined], ["sensor.hot", [], true]);
});

test("the daily profile equals a count by the local clock, with the gap left out and the doubled hour counted twice", async () => {
  const { house: found, imported, exported, solar, ...profile } = await ask<ProfileShape>(`profile?${span}`);
  assert.deepEqual([profile.time_zone, profile.slot_minutes, profile.days_in_window], [ZONE, 60, 10]);
  assert.deepEqual([found.by, found.meters], ["power", ["sensor.mains"]]);
  const hours = new Map<number, Map<number, { sum: number; known: number; all: number }>>();
  for (let time = FROM; time < TO; time += STEP) {
    const days = hours.get(hourOf(time)) ?? new Map();
    hours.set(hourOf(time), days);
    const own = days.get(dayOf(time)) ?? { sum: 0, known: 0, all: 0 };
    days.set(dayOf(time), own);
    own.all++;
    if (time >= GAP.from && time < GAP.to) continue;
    own.known++;
    own.sum += house(time);
  }
  assert.equal(found.slots.length, 24);
  for (const [hour, slot] of found.slots.entries()) {
    const days = [...(hours.get(hour)?.values() ?? [])];
    const total = (of: "sum" | "known" | "all") => days.reduce((sum, day) => sum + day[of], 0);
    const means = days.filter(({ known, all }) => known * 2 >= all).map(({ sum, known }) => sum / known);
    assert.equal(slot.at, `${String(hour).padStart(2, "0")}:00`);
    near(slot.mean, total("sum") / total("known"), `mean ${hour}`);
    near(slot.least, Math.min(...means), `least ${hour}`);
    near(slot.most, Math.max(...means), `most ${hour}`);
    near(slot.known, total("known") / total("all"), `known ${hour}`);
    assert.equal(slot.days, means.length);
  }
  near(found.known, 1 - 3 / (10 * 24 + 1), "known");
  // By the counter: of the gap nothing, and not of the quarter in which it told what it had counted meanwhile.
  assert.equal(imported.by, "energy");
  near(imported.known, 1 - (3 + 0.25 + 0.25) / (10 * 24 + 1), "known by the counter");
  assert.match(String(exported.why), /goes to the grid/);
  assert.deepEqual([solar.by, solar.mean, solar.slots[0]?.mean], [null, null, null]);
  const weekend = await ask<ProfileShape>(`profile?${span}&days=weekend&slot=15`);
  assert.deepEqual([weekend.days_in_window, weekend.house.slots.length, weekend.house.slots[1]?.at], [4, 96, "00:15"]);
});

test("always-on power is the median of the days' least hours, with what it costs and what devices are of it", async () => {
  const found = await ask<AlwaysOnShape>(`always-on?${span}`);
  // The second day has a gap of three hours, and 21 that are known; its least hour is elsewhere.
  const least = Array.from({ length: 10 }, (_, day) => 200 + day);
  least[1] = 301;
  const sorted = least.sort((a, b) => a - b);
  const median = ((sorted[4] as number) + (sorted[5] as number)) / 2;
  near(found.house.watts, median, "house");
  assert.deepEqual([found.house.days, found.house.by, found.house.precise_to], [10, "power", null]);
  near(found.house.kwh_per_year, median * 8.76, "kWh");
  near(found.house.cost_per_year, median * 8.76 * PRICE, "cost");
  near(found.price_mean, PRICE, "price");
  const [cold, hot] = found.devices;
  assert.deepEqual([cold?.name, cold?.by, hot?.meter, hot?.watts], ["Refrigerator", "energy", "sensor.hot", 20]);
  // Its counter tells of each hour five minutes later.
  near(cold?.watts, 50 + (30 * 5) / 60, "refrigerator");
  // One of them is within the other.
  assert.deepEqual([found.explained.devices, found.explained.of], [1, 1]);
  near(found.explained.share, (cold?.watts ?? 0) / median, "share");
  const short = await ask<AlwaysOnShape>(
    `always-on?from=${microsToRfc3339(TO - 5 * 24 * HOUR)}&to=${microsToRfc3339(TO)}`,
  );
  assert.deepEqual([short.house.watts, short.house.days, short.explained.share], [null, 5, null]);
  assert.match(String(short.house.why), /7 days/);
});

test("the dashboard wins where it is set up, unless the user says otherwise; a choice that is dropped is gone", async () => {
  dashboard = {
    ...NO_METERS,
    grid: [{ imported: "sensor.mains_counter", exported: null, power: [], price: NO_PRICE, exportPrice: NO_PRICE }],
    devices: [{ energy: "sensor.mains_counter", power: null, name: "All", within: null }],
  };
  const told = await ask<MetersShape>("meters");
  assert.deepEqual(
    [told.from, told.dashboard, told.choice?.grid[0]?.imported],
    ["dashboard", "set_up", "sensor.mains_counter"],
  );
  assert.match(String(told.circuits[0]?.why), /whole house/);
  const byCounter = await ask<AlwaysOnShape>(`always-on?${span}`);
  assert.equal(byCounter.house.by, "energy");
  assert.deepEqual([byCounter.devices[0]?.watts, byCounter.explained.of], [null, 0]);
  const body = { ...CHOICE, instead_of_dashboard: true };
  assert.equal((await ask<MetersShape>("meters", { method: "PUT", body })).from, "chosen");
  const dropped = await ask<MetersShape>("meters", { method: "DELETE" });
  assert.deepEqual([dropped.from, dropped.choice], ["dashboard", null]);
  const refused = await hub.ask("/api/v1/energy/meters", { method: "DELETE", scope: "write" });
  assert.equal(refused.status, 403);
});

test("a price that says nothing of this moment is named all the same: of other times it may be asked", async () => {
  const whole = priced;
  const { price } = await ask<EnergyNowShape>("now");
  assert.deepEqual([price.source, price.unit, price.value], ["tariff", "EUR/kWh", PRICE]);
  priced = { from: 0, to: HOUR };
  const { price: silent } = await ask<EnergyNowShape>("now");
  assert.deepEqual([silent.source, silent.unit, silent.value], ["tariff", "EUR/kWh", null]);
  assert.match(silent.why ?? "", /tariff says nothing of this time/);
  priced = whole;
});
