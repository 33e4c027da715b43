import assert from "node:assert/strict";
import { test } from "node:test";
import { openWire, type WireClient } from "../../../tests/support/hub/wire-client.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { Failure } from "../../domain/failure.ts";
import { microsFromSeconds } from "../../domain/time/time.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../simulator.ts";

const quiet = (options: SimulatorOptions = {}) =>
  startSimulator({ home: { entities: 1 }, history: { days: 0 }, commitMs: 0, ...options });
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function listen(sim: Simulator): Promise<{ wire: WireClient; changes: () => Heard[] }> {
  const wire = await openWire(sim);
  await wire.call("supported_features", { features: { coalesce_messages: 1 } });
  const { id } = await wire.call("subscribe_entities");
  return {
    wire,
    changes: () =>
      wire
        .events(id)
        .flatMap(heard)
        .filter(({ entity }) => entity.startsWith("sensor.load_")),
  };
}
type Heard = { entity: string; state: string | undefined; updated: number | undefined };

function heard(event: Record<string, Record<string, Record<string, never>>>): Heard[] {
  const { a = {}, c = {}, r = [] } = event as { a?: object; c?: object; r?: string[] };
  const part = (entity: string, plus: { s?: string; lc?: number; lu?: number }): Heard => {
    const seconds = plus.lu ?? plus.lc;
    return { entity, state: plus.s, updated: seconds === undefined ? undefined : microsFromSeconds(seconds) };
  };
  return [
    ...Object.entries(a).map(([entity, state]) => part(entity, state)),
    ...Object.entries(c).map(([entity, state]) => part(entity, state["+"])),
    ...r.map((entity) => part(entity, {})),
  ];
}

test("a load at a rate makes exactly so many changes in a time, however late its timers run", async () => {
  const clock = createTestClock();
  await using sim = await quiet({ clock });
  const run = sim.load.start({ rate: 1000, entities: 7 });
  await turn();
  for (const [ms, made] of [
    [5, 5],
    [95, 100],
    [900, 1000],
    [10, 1010],
  ] as const) {
    clock.advance(ms);
    // A late timer has more to make up for than one slice holds.
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(run.made, made);
  }
  void run.stop();
  clock.advance(10);
  await run.done;
  assert.equal(sim.load.running, false);
});

test("a client is sent every change once, in order, with the time that the witness has", async () => {
  await using sim = await quiet();
  const { wire, changes } = await listen(sim);
  await sim.load.start({ asFastAsPossible: true, count: 20_000, entities: 50 }).done;
  await wire.drained();
  const witnessed = sim.load.emitted.list();
  assert.equal(witnessed.length, 20_000);
  assert.deepEqual(
    changes(),
    witnessed.map(({ entityId, state, updated }) => ({ entity: entityId, state, updated })),
  );
  assert.deepEqual(
    witnessed.map(({ seq }) => seq),
    Array.from({ length: 20_000 }, (_, i) => i),
  );
  wire.close();
});

test("history has what the witness has, but for entities kept out of the recorder", async () => {
  await using sim = await quiet();
  await sim.load.start({ asFastAsPossible: true, count: 900, entities: 9, unrecorded: 2, mix: "mixed" }).done;
  const witnessed = sim.load.emitted.list();
  for (let i = 0; i < 9; i++) {
    const entity = `sensor.load_${i}`;
    const expected = witnessed
      .filter(({ entityId }) => entityId === entity)
      .map(({ state, updated }) => ({ state, updated }));
    const rows = sim.core.recorder.between(entity, 0, Number.POSITIVE_INFINITY);
    assert.deepEqual(
      rows.map(({ state, updated }) => ({ state, updated })),
      i < 2 ? [] : expected,
      entity,
    );
  }
});

test("the mixed load has every kind of change", async () => {
  await using sim = await quiet();
  const kinds = new Set<string>();
  sim.core.bus.onChange(({ entityId, before, after }) => {
    if (!entityId.startsWith("sensor.load_")) return;
    if (!after) return void kinds.add("removal");
    if (!before) return void kinds.add("addition");
    if (before.state === after.state) kinds.add(after.changed === after.updated ? "forced" : "attributes only");
    if (Object.keys(before.attributes).some((name) => !(name in after.attributes))) kinds.add("vanished attribute");
    if (after.context.userId) kinds.add("user");
    if (after.context.parentId) kinds.add("parent");
    if (after.state.length === 255) kinds.add("255 characters");
    if (Buffer.byteLength(after.state) > after.state.length) kinds.add("not ASCII");
    if (after.state === "") kinds.add("empty");
  });
  await sim.load.start({ asFastAsPossible: true, count: 200, entities: 4, mix: "mixed" }).done;
  assert.deepEqual(
    [...kinds].sort(),
    "255 characters,addition,attributes only,empty,forced,not ASCII,parent,removal,user,vanished attribute".split(","),
  );
});

test("a load waits while Home Assistant is down, and its witness then has no changes of that time", async () => {
  const clock = createTestClock();
  await using sim = await quiet({ clock });
  const run = sim.load.start({ rate: 1000, entities: 3 });
  await turn();
  clock.advance(100);
  sim.core.stop();
  clock.advance(60_000);
  assert.equal(run.made, 100);
  sim.core.boot.begin();
  sim.core.boot.populate();
  sim.core.boot.finish();
  clock.advance(100);
  for (let i = 0; i < 3; i++) await turn();
  assert.ok(run.made > 150 && run.made <= 205, String(run.made));
  void run.stop();
  clock.advance(10);
  await run.done;
});

test("two loads at once, or a load without a pace, are refused", async () => {
  await using sim = await quiet();
  const refused = (options: object) => assert.throws(() => sim.load.start(options), Failure);
  refused({});
  refused({ rate: 5, asFastAsPossible: true });
  sim.load.start({ rate: 1 });
  refused({ rate: 1 });
});
