import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { openSimulatedHome } from "../support/home/simulated-home.ts";
import { type Frame, openLive } from "../support/hub/live-client.ts";

const TOO_OLD_S = 2 * 3600;
const NAME = "outside.weather_temperature";

type State = {
  readonly entity_id: string;
  readonly state: string | null;
  readonly attributes: Record<string, unknown>;
};
type Told = {
  readonly id: string;
  readonly state: string;
  readonly last_success: string | null;
  readonly removed?: true;
};
type Source = { readonly state: string; readonly why?: string; readonly in_use: string | null };

/** A gateway on this machine, and behind it a provider that answers what it is told to. */
async function openGateway() {
  const asked: string[] = [];
  let answer = { status: 500, text: "" };
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    measured: (celsius: number, ageSeconds: number) => {
      const time = Math.floor(Date.now() / 1000) - ageSeconds;
      const current = { time, interval: 900, temperature_2m: celsius };
      const text = JSON.stringify({ utc_offset_seconds: 0, current_units: { temperature_2m: "°C" }, current });
      answer = { status: 200, text };
    },
    breaks: () => {
      answer = { status: 503, text: "down for maintenance" };
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

test("what a provider behind a gateway tells is a state, history and live; when it breaks its value goes, and nothing is made up", async () => {
  await using gateway = await openGateway();
  await using home = await openSimulatedHome({ hub: { env: { HA_INGESTOR_GATEWAY: gateway.url } } });
  const { hub } = home;
  await home.caughtUp();
  assert.equal(gateway.asked.length, 0, "nobody is asked before somebody says yes");

  gateway.measured(7.5, 60);
  const live = await openLive(hub.url, { authorization: `Bearer ${hub.token}` });
  live.send({ type: "subscribe", topics: ["changes"], entities: [NAME], snapshot: false });
  const added = await hub.post("api/v1/sources", {
    id: "weather",
    kind: "weather",
    name: "Weather",
    providers: [{ provider: "open_meteo", settings: { latitude: 52.5, longitude: 13.4 } }],
  });
  assert.equal(added.status, 201, await added.text());
  const stateOf = () => hub.json<State>(`api/v1/states/${NAME}`);
  await eventually(20, async () => assert.equal((await stateOf()).state, "7.5"));
  assert.match(gateway.asked[0] ?? "", /^\/api\.open-meteo\.com\/v1\/forecast\?latitude=52\.5/);
  const { attributes } = await stateOf();
  assert.equal(attributes.unit_of_measurement, "°C");
  assert.equal(attributes.provider, "open_meteo");

  gateway.measured(8.25, 30);
  assert.equal((await hub.post("api/v1/sources/weather/refresh", {})).status, 200);
  await eventually(20, async () => assert.equal((await stateOf()).state, "8.25"));

  gateway.breaks();
  await hub.post("api/v1/sources/weather/refresh", {});
  const broken = await hub.json<Source>("api/v1/sources/weather");
  assert.equal(broken.state, "degraded");
  assert.match(broken.why ?? "", /503/);
  assert.equal((await home.part("source weather"))?.state, "degraded");
  assert.equal((await stateOf()).state, "8.25", "what is not too old holds");
  const raw = await hub.json<{ answers: { status: number; text: string }[] }>("api/v1/sources/weather/raw");
  assert.deepEqual([raw.answers[0]?.status, raw.answers[0]?.text], [503, "down for maintenance"]);

  const removed = await hub.request("api/v1/sources/weather", { method: "DELETE" });
  assert.equal(removed.status, 204);
  gateway.measured(3.5, TOO_OLD_S - 6);
  const again = {
    id: "roof",
    kind: "weather",
    name: "Roof",
    providers: [{ provider: "open_meteo", settings: { latitude: 52.5, longitude: 13.4 } }],
  };
  assert.equal((await hub.post("api/v1/sources", again)).status, 201);
  const roof = "outside.roof_temperature";
  await eventually(20, async () => assert.equal((await hub.json<State>(`api/v1/states/${roof}`)).state, "3.5"));
  gateway.breaks();
  await eventually(20, async () => assert.equal((await hub.json<State>(`api/v1/states/${roof}`)).state, "unavailable"));
  const history = await hub.json<{ series: { points: [string, string | null][] }[] }>(`api/v1/history/${roof}`);
  const points = history.series[0]?.points ?? [];
  assert.deepEqual(
    points.map(([, state]) => state),
    ["3.5", "unavailable"],
  );
  assert.equal(Date.parse(points[1]?.[0] ?? "") - Date.parse(points[0]?.[0] ?? ""), TOO_OLD_S * 1000);

  const heard = live.frames.flatMap(({ changes }) => (changes as State[] | undefined) ?? []);
  assert.deepEqual(
    heard.map(({ state }) => state),
    ["7.5", "8.25", null],
  );
  await live.close();

  await home.stopHub("kill");
  const before = gateway.asked.length;
  await home.startHub();
  await home.filled();
  assert.equal((await home.hub.json<State>(`api/v1/states/${roof}`)).state, "unavailable");
  assert.equal((await home.hub.json<Source>("api/v1/sources/roof")).in_use, null);
  assert.ok(gateway.asked.length - before <= 1, "a hub that starts goes on in the rhythm");
});

test("two clients hear how a source does; it is read again soon after a calendar of Home Assistant has changed", async () => {
  await using home = await openSimulatedHome({ before: (sim) => sim.core.states.set("calendar.family", "off", {}) });
  const { hub, sim } = home;
  await home.caughtUp();
  const clients = [1, 2].map(async () => {
    const client = await openLive(hub.url, { authorization: `Bearer ${hub.token}` });
    client.send({ type: "subscribe", topics: ["sources"] });
    await client.until(({ type }) => type === "sources");
    return client;
  });
  const [first, second] = await Promise.all([clients[0], clients[1]]);
  if (!first || !second) return assert.fail("two were opened");
  const added = await hub.post("api/v1/sources", {
    id: "plans",
    kind: "calendar",
    name: "Plans",
    providers: [{ provider: "home_assistant", settings: {} }],
  });
  assert.equal(added.status, 201, await added.text());
  const toldOf = ({ type, sources }: Frame) =>
    type === "sources" ? ((sources as Told[])[0] as Told | undefined) : undefined;
  const isGood = (frame: Frame) => toldOf(frame)?.state === "ok";
  const before = toldOf(await first.until(isGood))?.last_success ?? "";
  assert.equal(toldOf(await second.until(isGood))?.last_success, before);

  // Its rhythm is a quarter of an hour: what comes now comes of the change.
  sim.core.states.set("calendar.family", "on", { message: "Dentist" });
  const isLater = (frame: Frame) => (toldOf(frame)?.last_success ?? "") > before;
  for (const client of [first, second]) await client.until(isLater);

  assert.equal((await hub.request("api/v1/sources/plans", { method: "DELETE" })).status, 204);
  for (const client of [first, second]) {
    const gone = toldOf(await client.until((frame) => toldOf(frame)?.state === "off"));
    assert.equal(gone?.removed, true);
    await client.close();
  }
});

test("a price that never changes has no cheapest hour: the window is at once, the plan says so, and so does the entity", async () => {
  await using home = await openSimulatedHome();
  const { hub } = home;
  await home.caughtUp();
  const added = await hub.post("api/v1/sources", {
    id: "tariff",
    kind: "pricing",
    name: "Tariff",
    providers: [{ provider: "fixed", settings: { price: 0.3, currency: "EUR" } }],
  });
  assert.equal(added.status, 201, await added.text());
  type Found = { alike: boolean; now: boolean; total: number };
  const found = await eventually(20, () =>
    hub.json<Found>("api/v1/energy/window?minutes=120&watts=2000&source=tariff"),
  );
  assert.deepEqual([found.alike, found.now, found.total], [true, true, 1.2]);
  const plan = await hub.json<{ alike: boolean; slots: { level: string }[] }>("api/v1/energy/plan");
  assert.equal(plan.alike, true);
  assert.ok(plan.slots.every(({ level }) => level === "usual"));
  type Entry = { key: string; available: boolean; why?: string; value?: unknown };
  const { published } = await hub.json<{ published: Entry[] }>("api/v1/published");
  for (const key of ["cheapest_hour", "cheapest_3_hours"]) {
    const entry = published.find((one) => one.key === key);
    assert.deepEqual([entry?.available, entry?.value], [false, undefined], key);
    assert.match(entry?.why ?? "", /same all day/, key);
  }
});
