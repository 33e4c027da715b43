import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createCalendar } from "../../src/domain/time/calendar.ts";
import { openControlClient } from "../support/core/control-client.ts";
import { coreUnavailable } from "../support/core/core.ts";
import { type Home, openHome } from "../support/core/recorded-home.ts";
import { eventually } from "../support/eventually.ts";
import { type PastState, writePast } from "../support/home/older-home.ts";
import { type Hub, startHub } from "../support/hub/hub.ts";

const skip = await coreUnavailable();

/** A past of so many hours that ends with a whole one: a meter, a roof, and two things that are switched. */
const HOURS = 30;
const BASE = 200;
const SOLAR = 500;
const KETTLE = 2_000;
const LIGHT = 60;
/** Seconds of each hour in which each is on. */
const KETTLE_ON = [600, 900] as const;
const LIGHT_ON = [2_000, 3_000] as const;
const PRICE = 0.3;

const isOn = ([from, to]: readonly [number, number], second: number) => second % 3600 >= from && second % 3600 < to;
const houseAt = (second: number) =>
  BASE + (isOn(KETTLE_ON, second) ? KETTLE : 0) + (isOn(LIGHT_ON, second) ? LIGHT : 0);
const gridAt = (second: number) => houseAt(second) - SOLAR;

let home: Home;
let hub: Hub;
/** Seconds since the epoch. */
let start: number;
let zone: string;

before(async () => {
  if (skip) return;
  home = await openHome({ name: "energy" });
  zone = (await home.control.call<{ time_zone: string }>("get_config")).time_zone;
  const now = Math.floor(Date.now() / 1000);
  start = now - (now % 3600) - HOURS * 3600;
  await home.control.close();
  await home.core.shutDown();
  writePast(home.core, pastOf());
  await home.core.start();
  home.control = await openControlClient({ url: home.core.url, token: home.core.token });
  // States set by hand are gone with a restart; their past is not.
  for (const { entityId, state, attributes } of new Map(pastOf().map((one) => [one.entityId, one])).values())
    await home.control.rest("POST", `/api/states/${entityId}`, { state, attributes });
  hub = await startHub({
    haUrl: home.core.url,
    haToken: home.core.token,
    env: { HA_INGESTOR_IMPORT: "on" },
  });
  await eventually(120, async () => {
    const { jobs } = await hub.json<{ jobs: { kind: string; state: string }[] }>("api/v1/jobs");
    assert.equal(jobs.find(({ kind }) => kind === "import")?.state, "done");
  });
});
after(async () => {
  await hub?.stop();
  await home?.control.close();
  await home?.core.stop();
});

function pastOf(): PastState[] {
  const rows: PastState[] = [];
  const sensor = (name: string, deviceClass: string, unit: string, at: number, value: number) => {
    const stateClass = deviceClass === "energy" ? "total_increasing" : "measurement";
    rows.push({
      entityId: `sensor.${name}`,
      state: String(Math.round(value * 1e6) / 1e6),
      attributes: { device_class: deviceClass, unit_of_measurement: unit, state_class: stateClass },
      updated: start + at,
    });
  };
  const counted = { from_grid: 0, to_grid: 0, roof: 0, kettle_energy: 0 };
  for (let at = 0; at <= HOURS * 3600; at += 30) {
    // In kW and Wh here and there: units are converted.
    sensor("grid_power", "power", "kW", at, gridAt(at) / 1000);
    sensor("roof_power", "power", "W", at, SOLAR);
    sensor("from_grid", "energy", "kWh", at, counted.from_grid / 1000);
    sensor("to_grid", "energy", "kWh", at, counted.to_grid / 1000);
    sensor("roof", "energy", "Wh", at, counted.roof);
    sensor("kettle_energy", "energy", "kWh", at, counted.kettle_energy / 1000);
    const hours = 30 / 3600;
    counted.from_grid += Math.max(0, gridAt(at)) * hours;
    counted.to_grid += Math.max(0, -gridAt(at)) * hours;
    counted.roof += SOLAR * hours;
    counted.kettle_energy += (isOn(KETTLE_ON, at) ? KETTLE : 0) * hours;
    for (const [entityId, on] of [
      ["switch.kettle", KETTLE_ON],
      ["light.hall", LIGHT_ON],
    ] as const) {
      const is = isOn(on, at);
      if (at === 0 || is !== isOn(on, at - 30))
        rows.push({ entityId, state: is ? "on" : "off", attributes: {}, updated: start + at });
    }
  }
  return rows.sort((a, b) => a.updated - b.updated);
}

const near = (found: number | null | undefined, expected: number, within = 1e-6) =>
  assert.ok(Math.abs((found ?? Number.NaN) - expected) <= within, `${found} is not ${expected}`);
const span = () => `from=${iso(start)}&to=${iso(start + HOURS * 3600)}`;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

/** By day as counted by hand. */
function checkDays(found: Days, checkPrice: (day: Day) => void): void {
  const calendar = createCalendar(zone);
  const days = new Map<number, { house: number; imported: number; kettle: number }>();
  for (let at = 0; at < HOURS * 3600; at += 30) {
    const day = calendar.startOf("day", (start + at) * 1e6);
    const own = days.get(day) ?? { house: 0, imported: 0, kettle: 0 };
    days.set(day, own);
    own.house += (houseAt(at) * 30) / 3.6e6;
    own.imported += (Math.max(0, gridAt(at)) * 30) / 3.6e6;
    own.kettle += ((isOn(KETTLE_ON, at) ? KETTLE : 0) * 30) / 3.6e6;
  }
  const expected = [...days.values()];
  const check = (list: readonly Day[] | undefined, of: (day: (typeof expected)[number]) => number) => {
    assert.equal(list?.length, expected.length);
    for (const [i, day] of (list ?? []).entries()) {
      // The last half minute before a day's end is counted by the first reading of the next.
      near(day.kwh, of(expected[i] as (typeof expected)[number]), 0.02);
      checkPrice(day);
    }
  };
  check(found.imported, ({ imported }) => imported);
  check(found.house, ({ house }) => house);
  const [kettle] = found.devices;
  assert.deepEqual([kettle?.meter, kettle?.name, kettle?.why], ["sensor.kettle_energy", "Kettle", undefined]);
  check(kettle?.days, ({ kettle }) => kettle);
}

const CHOSEN = {
  grid: [{ imported: "sensor.from_grid", exported: "sensor.to_grid", power: [{ entity_id: "sensor.grid_power" }] }],
  solar: [{ energy: "sensor.roof", power: [{ entity_id: "sensor.roof_power" }] }],
  devices: [{ energy: "sensor.kettle_energy", name: "Kettle" }],
};

test("without an energy dashboard in Core nothing is used, and what tells of itself is proposed", {
  skip,
}, async () => {
  const told = await eventually(60, async () => {
    const meters = await hub.json<Meters>("api/v1/energy/meters");
    assert.equal(meters.dashboard, "not_set_up");
    return meters;
  });
  assert.deepEqual([told.from, told.choice], [null, null]);
  assert.equal((await hub.get("api/v1/energy/days")).status, 409);
  const ours = new Set(pastOf().map(({ entityId }) => entityId));
  assert.deepEqual(
    told.candidates
      .filter(({ entity_id }) => ours.has(entity_id))
      .map((one) => [one.entity_id, one.quantity, one.unit]),
    [
      ["sensor.from_grid", "energy", "kWh"],
      ["sensor.grid_power", "power", "kW"],
      ["sensor.kettle_energy", "energy", "kWh"],
      ["sensor.roof", "energy", "Wh"],
      ["sensor.roof_power", "power", "W"],
      ["sensor.to_grid", "energy", "kWh"],
    ],
  );
});

test("chosen meters are the house, by day and by the time of day as counted by hand", { skip }, async () => {
  const wrong = await hub.request("api/v1/energy/meters", {
    method: "PUT",
    body: { grid: [{ imported: "light.hall" }] },
  });
  assert.equal(wrong.status, 400);
  const chosen = await hub.request("api/v1/energy/meters", { method: "PUT", body: CHOSEN });
  const told = (await chosen.json()) as Meters;
  assert.deepEqual([chosen.status, told.from, told.whole_house.length, told.circuits.length], [200, "chosen", 5, 1]);
  assert.deepEqual(
    told.whole_house.filter(({ why }) => why !== undefined),
    [],
  );
  const { power } = await hub.json<Now>("api/v1/energy/now");
  const last = HOURS * 3600;
  assert.deepEqual(power, { house: houseAt(last), grid: gridAt(last), solar: SOLAR, battery: null });
  const found = await hub.json<Days>(`api/v1/energy/days?${span()}`);
  checkDays(found, (day) => assert.equal(day.cost, null));
  const profile = await hub.json<Profile>(`api/v1/energy/profile?${span()}`);
  assert.equal(profile.house.by, "power");
  // Every hour is like every other, and each reading holds for half a minute.
  const readings = Array.from({ length: 120 }, (_, i) => houseAt(i * 30));
  const mean = readings.reduce((sum, watts) => sum + watts, 0) / readings.length;
  const known = profile.house.slots.filter((slot) => slot.known > 0);
  assert.equal(known.length, 24);
  for (const slot of known) near(slot.mean, mean, 1e-3);
  near(profile.house.known, 1, 1e-6);
  for (const slot of profile.solar.slots) near(slot.mean, SOLAR, 1e-3);
  const { house } = await hub.json<AlwaysOn>("api/v1/energy/always-on");
  assert.equal(house.watts, null);
  assert.match(String(house.why), /7 days/);
});

test("the meters saved in Core's energy dashboard are the house", { skip }, async () => {
  await home.control.call("energy/save_prefs", {
    energy_sources: [
      {
        type: "grid",
        stat_energy_from: "sensor.from_grid",
        stat_energy_to: "sensor.to_grid",
        stat_cost: null,
        entity_energy_price: null,
        number_energy_price: PRICE,
        stat_compensation: null,
        entity_energy_price_export: null,
        number_energy_price_export: null,
        cost_adjustment_day: 0,
        power_config: { stat_rate: "sensor.grid_power" },
      },
      {
        type: "solar",
        stat_energy_from: "sensor.roof",
        stat_rate: "sensor.roof_power",
        config_entry_solar_forecast: null,
      },
    ],
    device_consumption: [{ stat_consumption: "sensor.kettle_energy", name: "Kettle" }],
  });
  await eventually(60, async () => {
    const meters = await hub.json<Meters>("api/v1/energy/meters");
    assert.deepEqual([meters.from, meters.dashboard], ["dashboard", "set_up"]);
  });
  const {
    power,
    price,
    cost_per_hour: cost,
  } = await eventually(30, async () => {
    const now = await hub.json<Now>("api/v1/energy/now");
    assert.equal(now.power.why, undefined);
    return now;
  });
  const last = HOURS * 3600;
  assert.deepEqual(power, { house: houseAt(last), grid: gridAt(last), solar: SOLAR, battery: null });
  assert.deepEqual([price.source, price.value], [null, PRICE]);
  // It feeds in now.
  assert.equal(cost, null);
});

test("energy, cost and devices by day equal what was counted by hand", { skip }, async () => {
  const found = await hub.json<Days>(`api/v1/energy/days?${span()}`);
  checkDays(found, (day) => {
    near(day.cost, day.kwh * PRICE);
    near(day.priced_kwh, day.kwh);
  });
});

test("what switching each thing does to the house is what it takes", { skip }, async () => {
  const { effects, noise } = await hub.json<Effects>(`api/v1/energy/effects?${span()}`);
  const of = (id: string) => effects.find(({ entity_id }) => entity_id === id);
  near(of("switch.kettle")?.watts, KETTLE, 0.01);
  near(of("light.hall")?.watts, LIGHT, 0.01);
  for (const id of ["switch.kettle", "light.hall"]) {
    const effect = of(id);
    assert.ok((effect?.used ?? 0) >= 2 * HOURS - 4 && (effect?.confidence ?? 0) > 0.9, JSON.stringify(effect));
  }
  near(noise, 0, 0.01);
});

type Now = {
  power: { house: number | null; why?: string };
  price: { source: string | null; value: number | null };
  cost_per_hour: number | null;
};
type Meters = {
  from: "dashboard" | "chosen" | null;
  dashboard: string;
  choice: unknown;
  whole_house: { why?: string }[];
  circuits: unknown[];
  candidates: { entity_id: string; quantity: string; unit: string }[];
};
type Slots = { by: string | null; known: number; slots: { mean: number | null; known: number }[] };
type Profile = { house: Slots; solar: Slots };
type AlwaysOn = { house: { watts: number | null; why?: string } };
type Day = { kwh: number; cost: number | null; priced_kwh: number };
type Days = {
  imported: Day[];
  house: Day[];
  devices: { meter: string; name: string | null; why?: string; days: Day[] }[];
};
type Effects = {
  noise: number;
  effects: { entity_id: string; watts: number; used: number; confidence: number }[];
};
