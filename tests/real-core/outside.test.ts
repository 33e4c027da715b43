import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createHomeForecasts } from "../../src/hass/forecasts/forecasts.ts";
import { coreUnavailable, freePort } from "../support/core/core.ts";
import { coreFlows } from "../support/core/core-flows.ts";
import { type Home, openHome } from "../support/core/recorded-home.ts";
import { eventually } from "../support/eventually.ts";
import { type Hub, startHub } from "../support/hub/hub.ts";
import { openWire, type WireClient } from "../support/hub/wire-client.ts";
import { type Gateway, openGateway } from "../support/outside/gateway.ts";
import { priceEntities } from "../support/outside/price-entities.ts";

/**
 * What a real Core knows of the world outside is read from there by the hub, and what the hub knows of it is an entity
 * in that Core.
 */
const skip = await coreUnavailable();
const DOMAIN = "ha_ingestor";
const COMPONENT = join(import.meta.dirname, "../../custom_components/ha_ingestor");
const HOUR = 3_600_000;

let home: Home;
let hub: Hub;
let gateway: Gateway;
let wire: WireClient;
/** The beginning of this hour, in ms: what is said of prices is said of the hours around it. */
let hour: number;
let zone: string;

before(async () => {
  if (skip) return;
  gateway = await openGateway();
  home = await openHome({ name: "outside", customComponents: [COMPONENT] });
  wire = await openWire(home.core);
  zone = (await home.control.call<{ time_zone: string }>("get_config")).time_zone;
  hour = Math.floor(Date.now() / HOUR) * HOUR;
  const port = await freePort();
  hub = await startHub({
    haUrl: home.core.url,
    haToken: home.core.token,
    port,
    env: { HA_INGESTOR_GATEWAY: gateway.url },
  });
});
after(async () => {
  wire?.close();
  await hub?.stop();
  await home?.control.close();
  await home?.core.stop();
  await gateway?.close();
});

/** Of the two hours that are told; the next one may begin while the test runs. */
const priceNow = () => (Date.now() < hour + HOUR ? 0.25 : -0.05);
const setState = (entityId: string, state: string, attributes: object) =>
  home.control.rest("POST", `/api/states/${entityId}`, { state, attributes });
/** Resolves when the hub has the state that Core has now. */
const recorded = async (entityId: string) => {
  const { state } = await home.control.rest<{ state: string }>("GET", `/api/states/${entityId}`);
  await eventually(60, async () =>
    assert.equal((await hub.json<{ state: string }>(`api/v1/states/${entityId}`)).state, state),
  );
};
async function add(id: string, kind: string, provider: string, settings: object): Promise<void> {
  const answer = await hub.post("api/v1/sources", { id, kind, name: id, providers: [{ provider, settings }] });
  assert.equal(answer.status, 201, await answer.text());
  await refreshed(id);
}
async function refreshed(id: string): Promise<Source> {
  const answer = await hub.post(`api/v1/sources/${id}/refresh`, {});
  assert.equal(answer.status, 200);
  return hub.json<Source>(`api/v1/sources/${id}`);
}
const toldOf = ({ values }: Rates, quantity: string) => {
  const found = values.find((one) => one.quantity === quantity);
  return found && [found.value, found.unit];
};

test("prices are read in every shape in which integrations publish them", { skip }, async () => {
  const shapes = priceEntities({ hour, zone });
  for (const { id, state, attributes } of shapes) await setState(`sensor.${id}`, state, attributes);
  await recorded(`sensor.${shapes.at(-1)?.id}`);
  for (const { id, unit } of shapes) {
    await add(id, "pricing", "entity", { entity: `sensor.${id}` });
    const source = await hub.json<Source>(`api/v1/sources/${id}`);
    assert.deepEqual([source.state, source.in_use, source.why], ["ok", "entity", undefined], id);
    assert.deepEqual(toldOf(await hub.json<Rates>(`api/v1/pricing?source=${id}`), "price"), [priceNow(), unit], id);
    const { slots, unit: said, provider } = await hub.json<Slots>(`api/v1/pricing/slots?source=${id}`);
    assert.deepEqual([said, provider], [unit, "entity"], id);
    assert.deepEqual(
      slots.map(({ from, to, value }) => [Date.parse(from) - hour, Date.parse(to) - hour, value]),
      [
        [0, HOUR, 0.25],
        [HOUR, 2 * HOUR, -0.05],
      ],
      id,
    );
  }
});

test("a price that is a state alone, and carbon intensity, are those of their entities", { skip }, async () => {
  await setState("input_number.tariff", "27.48", { unit_of_measurement: "ct/kWh" });
  await setState("sensor.co2", "302.4", { unit_of_measurement: "gCO2eq/kWh" });
  await setState("sensor.fossil", "42.2", { unit_of_measurement: "%" });
  await recorded("sensor.fossil");
  await add("state", "pricing", "entity", { entity: "input_number.tariff" });
  assert.deepEqual(toldOf(await hub.json<Rates>("api/v1/pricing?source=state"), "price"), [0.2748, "EUR/kWh"]);
  await add("carbon", "carbon", "entity", { intensity: "sensor.co2", fossil_share: "sensor.fossil" });
  const carbon = await hub.json<Rates>("api/v1/carbon");
  assert.deepEqual(toldOf(carbon, "intensity"), [302.4, "g/kWh"]);
  assert.deepEqual(toldOf(carbon, "fossil_share"), [42.2, "%"]);
  // What changes in Core is what is told.
  await setState("sensor.co2", "87", { unit_of_measurement: "gCO2eq/kWh" });
  await recorded("sensor.co2");
  await refreshed("carbon");
  assert.deepEqual(toldOf(await hub.json<Rates>("api/v1/carbon"), "intensity"), [87, "g/kWh"]);
});

test("Core's own forecasts are had by the action that answers them, and what it refuses says why", {
  skip,
}, async () => {
  const forecasts = createHomeForecasts({
    connected: () => true,
    call: ({ type, ...fields }) => home.control.call(type, fields),
  });
  const north = "weather.demo_weather_north";
  for (const kind of ["hourly", "daily", "twice_daily"] as const) {
    const own = await home.control.action<Record<string, { forecast: CoreRow[] }>>("weather.get_forecasts", {
      entity_id: north,
      type: kind,
    });
    const told = await forecasts(north, kind);
    assert.equal(told.length, 7);
    assert.deepEqual(
      told.map(({ values, condition, isDaytime }) => ({
        temperature: values.temperature,
        templow: values.templow,
        precipitation: values.precipitation,
        condition,
        ...(isDaytime === null ? {} : { is_daytime: isDaytime }),
      })),
      own[north]?.forecast.map(({ temperature, templow, precipitation, condition, is_daytime }) => ({
        ...{ temperature, templow, precipitation, condition },
        ...(is_daytime === undefined ? {} : { is_daytime }),
      })),
    );
  }
  // The one in the south has days alone.
  await assert.rejects(forecasts("weather.demo_weather_south", "hourly"), /does not support (the hourly|'hourly')/);
  await assert.rejects(forecasts("weather.nowhere", "daily"), /did not match any entities/);
});

test("a weather entity is the weather of the home, with hours and days in our units", { skip }, async () => {
  const { proposed } = await hub.json<{ proposed: Proposed[] }>("api/v1/sources");
  assert.deepEqual(
    proposed.find(({ kind }) => kind === "weather")?.providers,
    // Of the demo's two it is the one with hours as well as days.
    [{ provider: "home_assistant", settings: { entity: "weather.demo_weather_north" } }],
  );
  await recorded("weather.demo_weather_north");
  await add("north", "weather", "home_assistant", { entity: "weather.demo_weather_north" });
  const { values } = await hub.json<Now>("api/v1/weather?source=north");
  const told = Object.fromEntries(
    Object.entries(values).map(([quantity, { value, unit }]) => [quantity, [value, unit]]),
  );
  assert.deepEqual(told, {
    // −12 °F, 987 inHg, 4.8 mph (7.72 km/h as Core shows it).
    temperature: [-24.4, "°C"],
    humidity: [54, "%"],
    pressure: [33423.66, "hPa"],
    wind_speed: [2.1444, "m/s"],
    condition: ["rainy", null],
  });
  const { days, slots } = await hub.json<Forecast>("api/v1/weather/forecast?source=north");
  assert.deepEqual(
    days.map(({ values: day }) => [
      day.temperature_high,
      day.temperature_low,
      day.day_precipitation,
      day.day_condition,
    ]),
    [
      [-23.3, -26.1, 2, "snowy"],
      [-25, -25.6, 1, "partlycloudy"],
      [-27.8, -30, 0, "sunny"],
      [-30.6, -30.6, 0.1, "sunny"],
      [-28.3, -28.9, 4, "snowy"],
      [-25.6, -28.3, 0.3, "sunny"],
      [-22.8, -24.4, 0, "sunny"],
    ],
  );
  assert.deepEqual(
    days.map(({ values: day }) => day.day_precipitation_probability),
    [60, 25, 70, 90, 40, 0, 0],
  );
  // Its hours begin at four in the afternoon: those that are over are not told.
  const hours = [-23.3, -25, -27.8, -30.6, -28.3, -25.6, -22.8];
  assert.deepEqual(
    slots.map(({ values: slot }) => slot.temperature),
    slots.length === 0 ? [] : hours.slice(-slots.length),
  );
  for (const { from, to } of slots) assert.equal(Date.parse(to) - Date.parse(from), HOUR);

  await add("south", "weather", "home_assistant", { entity: "weather.demo_weather_south" });
  const south = await hub.json<Now>("api/v1/weather?source=south");
  assert.deepEqual(
    ["temperature", "humidity", "pressure", "wind_speed", "condition"].map((name) => south.values[name]?.value),
    [21.6, 92, 1099, 0.5, "sunny"],
  );
  const forecast = await hub.json<Forecast>("api/v1/weather/forecast?source=south");
  assert.deepEqual([forecast.slots, forecast.days.length], [[], 7]);
  await add("nowhere", "weather", "home_assistant", { entity: "weather.nowhere" });
  const nowhere = await hub.json<Source>("api/v1/sources/nowhere");
  assert.equal(nowhere.state, "broken");
  assert.match(nowhere.why ?? "", /no entity weather\.nowhere/);
});

test("a game that Team Tracker tells is followed: its scores, what happens in it, and who has won", {
  skip,
}, async () => {
  const id = "sensor.team_tracker_ala";
  const told = async (state: string, more: object) => {
    await setState(id, state, {
      ...{ sport_path: "football", league_path: "college-football", event_name: "ALA @ TEX", quarter: 4 },
      ...{ team_abbr: "ALA", team_long_name: "Alabama", team_id: "333", team_homeaway: "away" },
      ...{ opponent_abbr: "TEX", opponent_long_name: "Texas", opponent_id: "251", opponent_homeaway: "home" },
      ...{ opponent_score: "16", date: `${new Date(hour).toISOString().slice(0, 16)}Z` },
      event_url: "https://www.espn.com/college-football/game?gameId=401403868",
      ...more,
    });
    await eventually(60, async () => {
      const { state: known, attributes } = await hub.json<State>(`api/v1/states/${id}`);
      assert.deepEqual([known, attributes.clock], [state, (more as { clock: string }).clock]);
    });
  };
  const status = async () => {
    const now = await hub.json<TeamNow>("api/v1/sports/status/ala");
    return [now.status, now.score, now.opponent_score, now.leads, now.won, now.side];
  };
  await told("IN", { team_score: "10", clock: "9:12 - 4th" });
  await add("college", "sports", "team_tracker", { entities: [id] });
  assert.deepEqual(await status(), ["playing", 10, 16, false, null, "away"]);
  await told("IN", { team_score: "17", clock: "4:15 - 4th" });
  await refreshed("college");
  assert.deepEqual(await status(), ["playing", 17, 16, true, null, "away"]);
  await told("POST", { team_score: "17", clock: "Final", team_winner: true, opponent_winner: false });
  await refreshed("college");
  assert.deepEqual(await status(), ["final", 17, 16, true, true, "away"]);
  await eventually(30, async () => {
    const { events } = await hub.json<{ events: { data: Record<string, unknown> }[] }>(
      "api/v1/events?type=ha_ingestor_game&order=oldest_first",
    );
    assert.deepEqual(
      events
        .map(({ data }) => [data.event, data.delta ?? data.leader ?? data.winner])
        .filter(([event]) => event !== "started"),
      [
        ["scored", 7],
        ["lead_changed", "away"],
        ["final", "away"],
      ],
    );
  });
});

test("what the hub knows of the world outside is in Core as entities, and unavailable when its source is off", {
  skip,
}, async () => {
  const current = { time: hour / 1000, interval: 3600, us_aqi: 45, european_aqi: 21, us_aqi_pm2_5: 45 };
  gateway.answer("air-quality-api.open-meteo.com", 200, {
    utc_offset_seconds: 0,
    current_units: { us_aqi: "USAQI", european_aqi: "EAQI", us_aqi_pm2_5: "USAQI" },
    current,
  });
  await add("air", "air_quality", "open_meteo", {});
  const made = await hub.post("api/v1/tokens", { name: "Core", scope: "read" });
  const { token } = (await made.json()) as { token: string };
  const flows = coreFlows(home.core, () => wire, DOMAIN);
  const { flow_id: flow } = await flows.start();
  const done = await flows.submit(flow, { host: "127.0.0.1", port: Number(new URL(hub.url).port), token });
  assert.equal(done.type, "create_entry", JSON.stringify(done));

  const entityOf = async (key: string) => {
    const all =
      await wire.result<{ entity_id: string; unique_id: string; platform: string }[]>("config/entity_registry/list");
    return all.find(({ platform, unique_id }) => platform === DOMAIN && unique_id.endsWith(`_${key}`))?.entity_id;
  };
  const stateOf = async (key: string) => {
    const id = await entityOf(key);
    assert.ok(id, key);
    return home.control.rest<{ state: string; attributes: Record<string, unknown> }>("GET", `/api/states/${id}`);
  };
  const shown = async (key: string) => {
    const { state, attributes } = await stateOf(key);
    return [state, attributes.unit_of_measurement, attributes.device_class, attributes.state_class];
  };
  await eventually(60, async () =>
    assert.deepEqual(await shown("outside_nord_pool_price"), [String(priceNow()), "EUR/kWh", undefined, "measurement"]),
  );
  assert.deepEqual(await shown("outside_octopus_energy_price"), [
    String(priceNow()),
    "GBP/kWh",
    undefined,
    "measurement",
  ]);
  assert.deepEqual(await shown("outside_carbon_intensity"), ["87", "g/kWh", undefined, "measurement"]);
  const game = await stateOf("outside_college_ala_status");
  assert.deepEqual([game.state, game.attributes.score, game.attributes.opponent_score], ["final", 17, 16]);
  assert.deepEqual(await shown("outside_air_us_aqi"), ["45", undefined, "aqi", "measurement"]);
  assert.deepEqual(await shown("outside_air_european_aqi"), ["21", undefined, "aqi", "measurement"]);
  const { attributes } = await stateOf("outside_nord_pool_price");
  assert.deepEqual(
    [attributes.source, attributes.provider, attributes.friendly_name],
    ["nord_pool", "entity", "HA Ingestor nord_pool price"],
  );
  // The hub's own entities are none of the home's.
  const id = await entityOf("outside_nord_pool_price");
  assert.equal((await hub.get(`api/v1/states/${id}`)).status, 404);

  assert.equal((await hub.post("api/v1/sources/nord_pool/disable", {})).status, 200);
  await eventually(30, async () => assert.equal((await shown("outside_nord_pool_price"))[0], "unavailable"));
  assert.equal((await hub.post("api/v1/sources/nord_pool/enable", {})).status, 200);
  await eventually(30, async () => assert.equal((await shown("outside_nord_pool_price"))[0], String(priceNow())));

  // One that was removed is absent at once, and gone where Core asks for the whole list again.
  assert.equal((await hub.request("api/v1/sources/air", { method: "DELETE" })).status, 204);
  await eventually(30, async () => assert.equal((await shown("outside_air_us_aqi"))[0], "unavailable"));
  const [entry] = await flows.entries();
  await home.control.rest("POST", `/api/config/config_entries/entry/${entry?.entry_id}/reload`);
  await eventually(60, async () => {
    assert.equal(await entityOf("outside_air_us_aqi"), undefined);
    assert.equal((await shown("outside_nord_pool_price"))[0], String(priceNow()));
  });
});

type Source = { state: string; in_use: string | null; why?: string };
type Proposed = { kind: string; name: string; providers: { provider: string; settings: object }[] };
type State = { state: string; attributes: Record<string, unknown> };
type TeamNow = Record<"status" | "score" | "opponent_score" | "leads" | "won" | "side", unknown>;
type Rates = { values: { quantity: string; value: number | null; unit: string | null }[] };
type Slots = { unit: string; provider: string; slots: { from: string; to: string; value: number }[] };
type Now = { values: Record<string, { value: number | string | null; unit: string | null }> };
type Row = { from: string; to: string; values: Record<string, number | string> };
type Forecast = { slots: Row[]; days: Row[] };
type CoreRow = {
  temperature: number;
  templow?: number;
  precipitation?: number;
  condition: string;
  is_daytime?: boolean;
};
