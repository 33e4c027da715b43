import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTestClock, type TestClock } from "../../../tests/support/test-clock.ts";
import type { Context } from "../../domain/data/reading.ts";
import type { Row } from "../core/recorder/recorder.ts";
import type { StateChange } from "../core/state/state.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../simulator.ts";

const HOUR = 3_600_000;

type Told = { change: StateChange | undefined; event: [string, object, Context] | undefined };

/** A home with a held clock, two days old, that then lives for some hours; everything that happens live is kept. */
async function live(hours: number, options: SimulatorOptions = {}) {
  const clock = createTestClock();
  const sim = await startSimulator({ seed: "test", clock, history: { days: 2 }, ...options });
  const told: Told[] = [];
  sim.core.bus.onChange((change) => told.push({ change, event: undefined }));
  sim.core.bus.onEvent((...event) => told.push({ change: undefined, event }));
  for (let i = 0; i < hours * 60; i++) clock.advance(HOUR / 60);
  return {
    sim,
    clock,
    told,
    get changes() {
      return told.flatMap(({ change }) => (change ? [change] : []));
    },
    [Symbol.asyncDispose]: () => sim.close(),
  };
}
const rowsOf = (sim: Simulator, entityId: string): Row[] =>
  sim.core.recorder.between(entityId, 0, Number.POSITIVE_INFINITY);
const everything = (sim: Simulator) =>
  [...sim.core.states.all()].map(({ entityId }) => [entityId, rowsOf(sim, entityId)] as const);

let day: Awaited<ReturnType<typeof live>>;
before(async () => {
  day = await live(24);
});
after(() => day.sim.close());

test("the same seed and start make the same past and the same day, contexts included; another seed does not", async () => {
  const half = { history: { days: 0.5 } };
  await using once = await live(6, half);
  await using again = await live(6, half);
  await using other = await live(6, { ...half, seed: "other" });
  assert.ok(once.told.length > 2000);
  assert.deepEqual(everything(again.sim), everything(once.sim));
  assert.deepEqual(again.told, once.told);
  assert.notDeepEqual(other.told, once.told);
  const ids = (sim: Simulator) => sim.core.registries.entities.list().map(({ id }) => id);
  assert.equal(ids(other.sim).filter((id) => ids(once.sim).includes(id)).length, 0);
});

test("the home has the kinds and the number of entities that a lived-in home has", () => {
  const domains = new Set([...day.sim.core.states.all()].map(({ entityId }) => entityId.split(".")[0]));
  const wanted =
    "light switch climate binary_sensor sensor media_player cover weather sun zone person device_tracker automation script update camera lock vacuum input_boolean input_select";
  assert.deepEqual(
    wanted.split(" ").filter((domain) => !domains.has(domain)),
    [],
  );
  const count = day.sim.core.states.size();
  assert.ok(count >= 110 && count <= 140, String(count));
  assert.deepEqual(
    [...day.sim.core.states.all()].filter(({ state }) => state === "unknown"),
    [],
  );
});

test("meters never fall, and every number is one", () => {
  for (const { entityId, attributes } of day.sim.core.states.all()) {
    if (attributes.state_class === undefined) continue;
    const values = rowsOf(day.sim, entityId)
      .filter(({ state }) => state !== "unavailable")
      .map(({ state }) => Number(state));
    assert.ok(values.every(Number.isFinite), entityId);
    // Energy of today starts again at midnight.
    if (attributes.state_class !== "total_increasing" || entityId.endsWith("energy_today")) continue;
    assert.ok(values.length > 10, entityId);
    assert.ok(
      values.every((value, i) => i === 0 || value >= (values[i - 1] as number)),
      entityId,
    );
    assert.ok((values.at(-1) as number) > (values[0] as number), entityId);
  }
});

test("rooms stay warm, it is colder outside, and the sun makes power by day alone", () => {
  const numbers = (id: string) =>
    rowsOf(day.sim, id)
      .map(({ state }) => Number(state))
      .filter(Number.isFinite);
  for (const room of ["living_room", "bedroom", "office"]) {
    const warmth = numbers(`sensor.${room}_climate_sensor_temperature`);
    assert.ok(
      Math.min(...warmth) > 14 && Math.max(...warmth) < 26,
      `${room} ${Math.min(...warmth)} ${Math.max(...warmth)}`,
    );
  }
  assert.ok(Math.max(...numbers("sensor.outside_climate_sensor_temperature")) < 18);
  const sunny = rowsOf(day.sim, "sensor.solar_inverter_power").filter(({ state }) => Number(state) > 50);
  assert.ok(sunny.length > 50);
  for (const { updated } of sunny) {
    const hour = new Date(updated / 1000).getUTCHours();
    assert.ok(hour >= 7 && hour <= 16, String(hour));
  }
});

test("people sleep, leave and come home; zones and trackers agree with them", () => {
  for (const person of ["robin", "kim"]) {
    const states = rowsOf(day.sim, `person.${person}`).map(({ state }) => state);
    for (const where of ["home", "not_home", "Work"]) assert.ok(states.includes(where), `${person} is never ${where}`);
    const tracker = rowsOf(day.sim, `device_tracker.${person}_s_phone`).map(({ state }) => state);
    assert.deepEqual(tracker, states);
  }
  const zone = rowsOf(day.sim, "zone.home").map(({ state }) => state);
  assert.ok(zone.includes("0") && zone.includes("2"));
});

test("motion in the dark hallway lights its lamp: automation, call and change share a context, whose parent is the motion's", () => {
  const motions = day.changes.filter(({ entityId }) => entityId === "binary_sensor.hallway_motion_sensor_motion");
  const lights = day.changes.filter(
    ({ entityId, before, after }) =>
      entityId === "light.hallway_light" && before?.state === "off" && after?.state === "on",
  );
  const events = day.told.flatMap(({ event }) => (event ? [event] : []));
  const byMotion = lights.filter(({ context }) => motions.some((motion) => motion.context.id === context.parentId));
  assert.ok(byMotion.length > 3, `${byMotion.length} times`);
  for (const { context } of byMotion) {
    const types = events.filter(([, , by]) => by.id === context.id).map(([type]) => type);
    assert.ok(types.includes("automation_triggered") && types.includes("call_service"), types.join());
    assert.equal(context.userId, null);
  }
});

test("people switch lamps by hand as themselves, and a wall switch knows nobody", () => {
  const users = new Set(
    ["robin", "kim"].map((person) => day.sim.core.states.get(`person.${person}`)?.attributes.user_id),
  );
  const lamps = day.changes.filter(
    ({ entityId, before, after }) =>
      ["light.floor_lamp", "light.kitchen_ceiling"].includes(entityId) && before?.state !== after?.state,
  );
  assert.ok(lamps.some(({ context }) => users.has(context.userId)));
  assert.ok(lamps.some(({ context }) => context.userId === null));
});

test("a device drops off now and then, with all its entities, and comes back", () => {
  const gone = everything(day.sim).filter(([, rows]) => rows.some(({ state }) => state === "unavailable"));
  assert.ok(gone.length >= 2, `${gone.length} entities`);
  for (const [entityId, rows] of gone) {
    const at = rows.findIndex(({ state }) => state === "unavailable");
    const back = rows.slice(at + 1).some(({ state }) => state !== "unavailable");
    assert.ok(back || day.sim.core.states.get(entityId)?.state === "unavailable", entityId);
  }
});

test("the past ends where the present begins, and times only go forward", () => {
  for (const [entityId, rows] of everything(day.sim))
    assert.ok(
      rows.every(
        ({ updated, changed }, i) => changed <= updated && (i === 0 || updated > (rows[i - 1] as Row).updated),
      ),
      entityId,
    );
});

test("at ten times the speed an hour of the home fits into six minutes of the clock, stamped with the clock's time", async () => {
  const start = createTestClock();
  await using slow = await live(1, { history: { days: 0 } });
  await using fast = await live(0.1, { speed: 10, history: { days: 0 } });
  const sequence = (changes: readonly StateChange[]) =>
    changes.map(({ entityId, after }) => `${entityId} ${after?.state}`);
  assert.deepEqual(sequence(fast.changes), sequence(slow.changes));
  for (const { time } of fast.changes) assert.ok(time > start.now() && time <= fast.clock.now(), String(time));
});

test("a service call changes the home for good: the light stays, the cover moves there, the thermostat heats", async () => {
  await using home = await live(0, { history: { days: 0 } });
  const { sim, clock } = home;
  const call = (service: string, entity_id: string, data = {}) =>
    post(sim, `/api/services/${service.replace(".", "/")}`, { entity_id, ...data });
  const state = (id: string) => sim.core.states.get(id);
  await call("cover.set_cover_position", "cover.living_room_blind", { position: 30 });
  assert.match(state("cover.living_room_blind")?.state ?? "", /opening|closing/);
  await call("climate.set_temperature", "climate.office_thermostat", { temperature: 24 });
  await call("switch.turn_off", "switch.fridge");
  wait(clock, 10);
  assert.equal(state("cover.living_room_blind")?.attributes.current_position, 30);
  assert.equal(state("climate.office_thermostat")?.attributes.hvac_action, "heating");
  assert.equal(state("sensor.fridge_power")?.state, "0.0");
});

test("an automation that is switched off does nothing", async () => {
  await using home = await live(0, { history: { days: 0 } });
  const { sim, clock } = home;
  await post(sim, "/api/services/automation/turn_off", { entity_id: "automation.hallway_light_on_motion" });
  wait(clock, 240);
  const lamp = home.changes.filter(
    ({ entityId, after }) => entityId === "light.hallway_light" && after?.state === "on",
  );
  const motion = home.changes.filter(({ entityId }) => entityId === "binary_sensor.hallway_motion_sensor_motion");
  assert.ok(motion.length > 5);
  const byIt = lamp.filter(({ context }) => motion.some((one) => one.context.id === context.parentId));
  assert.deepEqual(byIt, []);
});

function wait(clock: TestClock, minutes: number): void {
  for (let i = 0; i < minutes; i++) clock.advance(HOUR / 60);
}

async function post(sim: Simulator, path: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${sim.token}` };
  const response = await fetch(`${sim.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(response.status, 200, await response.text());
}
