import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../../tests/support/eventually.ts";
import { openWire } from "../../../tests/support/hub/wire-client.ts";
import type { Log } from "../../platform/told/log.ts";
import { type SimulatorOptions, startSimulator } from "../simulator.ts";
import { startControl } from "./control.ts";

const start = (options: SimulatorOptions = {}) => startSimulator({ history: { days: 0 }, commitMs: 0, ...options });
const LIGHT = "light.floor_lamp";

test("connections are ended politely with 1000, or without a word", async () => {
  await using sim = await start();
  const polite = await openWire(sim);
  sim.faults.drop("close");
  assert.equal(await polite.closed, 1000);
  const abrupt = await openWire(sim);
  sim.faults.drop("abort");
  assert.equal(await abrupt.closed, 1006);
});

test("a half-open connection answers nothing and stays open, while a new one works", async () => {
  await using sim = await start();
  const wire = await openWire(sim);
  sim.faults.freeze();
  let answered = false;
  wire.call("ping").then(
    () => (answered = true),
    () => {},
  );
  const next = await openWire(sim);
  await next.drained();
  sim.core.states.set("sensor.a", "1", {});
  await next.drained();
  assert.equal(answered, false);
  assert.equal(sim.counters().clients, 2);
  assert.equal(wire.frames.length, 2);
});

test("a restart closes with 1000, is unreachable, then shows the states of its start and says that it runs", async () => {
  await using sim = await start();
  const wire = await openWire(sim);
  sim.core.states.set("sensor.by_rest", "1", {});
  const before = sim.core.states.get(LIGHT);
  const restarting = sim.faults.restart({ downMs: 50, bootMs: 400 });
  assert.equal(await wire.closed, 1000);
  await assert.rejects(openWire(sim));
  const early = await eventually(5, () => openWire(sim));
  const first = await early.result<{ state: string }>("get_config");
  const events = await early.call("subscribe_events");
  await restarting;
  await early.drained();
  const told = early.events(events.id).map(({ event_type }) => event_type);
  assert.equal(first.state, "NOT_RUNNING");
  assert.deepEqual(
    [told.indexOf("state_changed") >= 0, told.includes("homeassistant_start"), told.at(-1)],
    [true, true, "homeassistant_started"],
  );
  assert.equal(sim.core.state(), "RUNNING");
  assert.equal(sim.core.states.get("sensor.by_rest"), undefined);
  const after = sim.core.states.get(LIGHT);
  assert.ok(before && after && after.changed > before.changed && after.state === before.state);
});

test("a refused token is told so and closed, for REST too, until it is taken again", async () => {
  await using sim = await start();
  sim.faults.refuseToken(true);
  await assert.rejects(openWire(sim), /auth_invalid|not let in/);
  const status = async () =>
    (await fetch(`${sim.url}/api/`, { headers: { authorization: `Bearer ${sim.token}` } })).status;
  assert.equal(await status(), 401);
  sim.faults.refuseToken(false);
  assert.equal(await status(), 200);
  (await openWire(sim)).close();
});

test("a raw frame arrives as it is", async () => {
  await using sim = await start();
  const wire = await openWire(sim);
  sim.faults.sendRaw('{"id":99,"type":"odd"}');
  await wire.until(() => wire.frames.at(-1)?.includes("odd") ?? false);
});

test("history waits while it is paused, and is unknown where the component is missing", async () => {
  await using sim = await start();
  const wire = await openWire(sim);
  const ask = () =>
    wire.call("history/history_during_period", { start_time: "2026-01-01T00:00:00Z", entity_ids: [LIGHT] });
  sim.faults.pauseHistory();
  let answered = false;
  const paused = ask().then((answer) => {
    answered = true;
    return answer;
  });
  await wire.drained();
  assert.equal(answered, false);
  sim.faults.resumeHistory();
  assert.equal((await paused).success, true);
  sim.faults.withoutHistory(true);
  assert.equal((await ask()).error.code, "unknown_command");
  assert.equal((await wire.result<{ components: string[] }>("get_config")).components.includes("history"), false);
});

test("entities are renamed, swapped, added and removed, and the home goes on under the new names", async () => {
  await using sim = await start();
  const { registries, states, recorder } = sim.core;
  const idOf = (entity: string) => registries.entities.get(entity)?.id;
  const [lamp, desk] = [idOf(LIGHT), idOf("light.desk_lamp")];
  sim.faults.swap(LIGHT, "light.desk_lamp");
  assert.deepEqual([idOf(LIGHT), idOf("light.desk_lamp")], [desk, lamp]);
  sim.faults.rename(LIGHT, "light.work");
  assert.equal(states.get(LIGHT), undefined);
  assert.equal(states.get("light.work")?.attributes.friendly_name, "Desk lamp");
  assert.equal(recorder.knows(LIGHT), false);
  const headers = { authorization: `Bearer ${sim.token}` };
  const body = JSON.stringify({ entity_id: "light.work" });
  await fetch(`${sim.url}/api/services/light/turn_on`, { method: "POST", headers, body });
  assert.equal(states.get("light.work")?.state, "on");
  sim.faults.add("sensor.new", "5", { unit_of_measurement: "W" });
  assert.equal(states.get("sensor.new")?.state, "5");
  sim.faults.remove("light.work");
  assert.deepEqual([states.get("light.work"), idOf("light.work")], [undefined, undefined]);
  assert.throws(() => sim.faults.rename("light.work", "light.other"), /not in the entity registry/);
});

test("a client that does not read is cut with a line in the log, and the others are not", async () => {
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  const log: Log = { debug: write, info: write, warning: write, error: write, for: () => log };
  await using sim = await start({ log });
  const [slow, quick] = [await openWire(sim), await openWire(sim)];
  for (const wire of [slow, quick]) {
    await wire.call("supported_features", { features: { coalesce_messages: 1 } });
    await wire.call("subscribe_entities");
  }
  slow.pause();
  // In parts that the other client can follow: only whoever reads nothing falls behind.
  for (let i = 0; i < 40 && sim.counters().cuts === 0; i++) {
    await sim.load.start({ flood: true, count: 2000, entities: 100 }).done;
    await quick.drained();
  }
  assert.match(lines.join("\n"), /unable to keep up with pending messages. Reached 4096/);
  slow.resume();
  assert.equal(await slow.closed, 1000);
  await quick.drained();
  assert.equal(sim.counters().cuts, 1);
});

test("the control takes faults and load by HTTP, from whoever has the token alone", async () => {
  await using sim = await start();
  const control = await startControl(sim, 0);
  const ask = async (method: string, path: string, body?: object, token = sim.token) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${control.url}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as { made: number; message: string; fix: string } };
  };
  assert.equal((await ask("GET", "/counters", undefined, "wrong")).status, 401);
  assert.equal((await ask("POST", "/load/start", { asFastAsPossible: true, count: 100 })).status, 200);
  await eventually(5, async () => assert.equal((await ask("GET", "/counters")).body.made, 100));
  assert.equal(((await ask("GET", "/emitted?from=90")).body as unknown as object[]).length, 10);
  assert.equal((await ask("POST", "/faults/rename", { entity_id: LIGHT, new_entity_id: "light.other" })).status, 200);
  assert.ok(sim.core.states.get("light.other"));
  const wrong = await ask("POST", "/faults/rename", { entity_id: LIGHT });
  assert.deepEqual([wrong.status, wrong.body.message], [400, "new_entity_id is missing"]);
  const unknown = await ask("POST", "/faults/explode");
  assert.equal(unknown.status, 404);
  assert.match(unknown.body.fix, /faults\/restart/);
  await control.close();
});
