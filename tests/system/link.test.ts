import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { ALL, loadNames, openSimulatedHome, type SimulatedHome, tally } from "../support/home/simulated-home.ts";
import type { HubGap } from "../support/hub/hub-reader.ts";

const statesGaps = async (home: SimulatedHome): Promise<HubGap[]> =>
  (await home.reader.gaps(...ALL)).filter((gap) => gap.kind === "states");
const eventsGaps = async (home: SimulatedHome): Promise<HubGap[]> =>
  (await home.reader.gaps(...ALL)).filter((gap) => gap.kind === "events");
const rowsOf = async (home: SimulatedHome, ...entities: string[]) => home.reader.history(entities, ...ALL);
/** Writes a state in the simulated home as a program with a token would. */
const write = (home: SimulatedHome, entityId: string, state: string, attributes = {}) =>
  home.sim.core.states.set(entityId, state, attributes);

test("a frame larger than any that Home Assistant sends costs the connection, and nothing that was in it", async () => {
  await using home = await openSimulatedHome();
  home.sim.faults.sendRaw(`{"type":"x","padding":"${"x".repeat(65 * 1024 * 1024)}"}`);
  write(home, "sensor.good", "after");
  await home.filled();
  await home.caughtUp();
  assert.equal((await rowsOf(home, "sensor.good")).length, 1);
});

test("an entity that was removed while the hub was away gets one removal, after all that it did before", async () => {
  const secret = "sensor.unrecorded";
  await using home = await openSimulatedHome({
    before: (sim) => {
      sim.core.recorder.excluded.add(secret);
      for (const entity of ["sensor.goes", "sensor.restless", secret]) sim.core.states.set(entity, "0", {});
    },
  });
  const { sim } = home;
  const lamp = sim.core.registries.entities.list().find(({ entity_id }) => entity_id.startsWith("light."))
    ?.entity_id as string;
  // Known to the hub as removed, and back for a moment while it is away.
  sim.core.states.remove("sensor.restless");
  await home.caughtUp();
  await home.stopHub("kill");
  const stopped = sim.core.now();
  for (const state of ["1", "2", "3"])
    for (const entity of ["sensor.goes", lamp, "sensor.restless", secret]) write(home, entity, state);
  sim.core.states.remove("sensor.goes");
  sim.core.states.remove("sensor.restless");
  sim.core.states.remove(secret);
  sim.faults.remove(lamp);
  const gone = sim.core.now();
  await home.startHub();
  await home.filled();
  await home.caughtUp();
  const removed = await home.reader.get<{ states: { entity_id: string; time_is_arrival: boolean }[] }>(
    "api/v1/states?removed=true",
  );
  const isArrival = (entity: string) => removed.states.find((state) => state.entity_id === entity)?.time_is_arrival;
  for (const entity of ["sensor.goes", lamp, "sensor.restless"]) {
    const rows = (await rowsOf(home, entity)).filter((row) => row.time > stopped);
    assert.deepEqual(
      rows.map((row) => row.state),
      ["1", "2", "3", null],
      entity,
    );
    assert.ok((rows.at(-1)?.time ?? 0) < gone, `${entity} was removed when Home Assistant's history says`);
    assert.equal(isArrival(entity), false, entity);
  }
  // What history does not know was removed when the hub found out.
  const rows = (await rowsOf(home, secret)).filter((row) => row.time > stopped);
  assert.deepEqual(
    rows.map((row) => row.state),
    [null],
  );
  assert.ok((rows[0]?.time ?? 0) > gone);
  assert.equal(isArrival(secret), true);
  assert.deepEqual(
    (await statesGaps(home)).map(({ entityId, cause }) => [entityId, cause]),
    [[secret, "not_recorded"]],
  );
});

test("removals that were heard and are in history too are there once", async () => {
  await using home = await openSimulatedHome();
  const { sim } = home;
  const toggle = (times: number) => {
    for (let i = 0; i < times; i++) {
      write(home, "sensor.toggle", "here");
      sim.core.states.remove("sensor.toggle");
    }
  };
  toggle(3);
  write(home, "sensor.toggle", "heard");
  await home.caughtUp();
  await home.stopHub("kill");
  toggle(2);
  write(home, "sensor.toggle", "back");
  await home.startHub();
  await home.filled();
  assert.deepEqual(
    (await rowsOf(home, "sensor.toggle")).map((row) => row.state),
    ["here", null, "here", null, "here", null, "heard", "here", null, "here", null, "back"],
  );
});

test("a rename and a swap of two names while the hub is away: every history stays with its entity", async () => {
  await using home = await openSimulatedHome();
  const { sim } = home;
  const lamps = sim.core.registries.entities.list().filter(({ entity_id }) => entity_id.startsWith("light."));
  const [old, a, b] = lamps.slice(0, 3).map(({ entity_id }) => entity_id) as [string, string, string];
  const seriesOf = async (entity: string) =>
    (await home.reader.get<{ series: number }>(`api/v1/entities/${encodeURIComponent(entity)}`)).series;
  const [oldSeries, aSeries, bSeries] = [await seriesOf(old), await seriesOf(a), await seriesOf(b)];
  await home.stopHub("kill");
  sim.faults.rename(old, "light.renamed");
  sim.faults.swap(a, b);
  sim.core.owned.find("light.renamed")?.write("on", { of: old });
  sim.core.owned.find(b)?.write("on", { of: a });
  sim.core.owned.find(a)?.write("off", { of: b });
  await home.startHub();
  await home.filled();
  await home.caughtUp();
  assert.deepEqual(
    [await seriesOf("light.renamed"), await seriesOf(b), await seriesOf(a)],
    [oldSeries, aSeries, bSeries],
  );
  for (const [name, was] of [
    ["light.renamed", old],
    [b, a],
    [a, b],
  ] as const) {
    const rows = await rowsOf(home, name);
    assert.equal(rows.at(-1)?.attributes.of, was, name);
    assert.equal(rows.filter((row) => row.state === null).length, 0, `${name} was never removed`);
  }
});

test("what cannot be filled is a gap: where history is unknown, for every entity that changed and for no other", async () => {
  const changed = loadNames(5);
  await using home = await openSimulatedHome({
    before: (sim) => {
      for (const entity of [...changed, "sensor.quiet"]) sim.core.states.set(entity, "start", {});
      sim.faults.withoutHistory(true);
    },
  });
  await home.stopHub("kill");
  await home.sim.load.start({ asFastAsPossible: true, count: 50, entities: 5 }).done;
  await home.startHub();
  await home.filled();
  const gaps = (await statesGaps(home)).filter((gap) => /load|quiet/.test(gap.entityId ?? ""));
  assert.deepEqual(
    gaps.map((gap) => [gap.entityId, gap.cause]).sort(),
    changed.map((entity) => [entity, "no_history"]),
  );
  await assertLostLiesInGaps(home, gaps);
});

test("what the recorder leaves out is a gap of those entities alone; a second interruption forgets none of them", async () => {
  const names = loadNames(10);
  await using home = await openSimulatedHome({
    before: (sim) => {
      for (const entity of names) sim.core.states.set(entity, "start", {});
    },
    // So long that the second kill comes before the first hole is done with.
    hub: { env: { HA_INGESTOR_SETTLE_SECONDS: "2" } },
  });
  const { sim } = home;
  const burst = () => sim.load.start({ asFastAsPossible: true, count: 100, entities: 10, unrecorded: 5 }).done;
  await home.stopHub("kill");
  await burst();
  await home.startHub();
  await home.caughtUp();
  assert.deepEqual(await statesGaps(home), [], "not settled yet");
  await home.stopHub("kill");
  await burst();
  await home.startHub();
  await home.filled();
  const gaps = (await statesGaps(home)).filter((gap) => gap.entityId?.includes("load"));
  assert.deepEqual(
    [...new Set(gaps.map((gap) => `${gap.entityId} ${gap.cause}`))].sort(),
    names.slice(0, 5).map((e) => `${e} not_recorded`),
  );
  await assertLostLiesInGaps(home, gaps);
  const lost = await lostOf(home);
  assert.deepEqual(
    gaps.filter(
      (gap) => !lost.some((one) => one.entityId === gap.entityId && gap.from < one.updated && one.updated < gap.to),
    ),
    [],
    "no gap is empty",
  );
  assert.equal((await eventsGaps(home)).length, 2);
});

test("a filling that is interrupted half-way is done again, and nothing is lost or there twice", async () => {
  await using home = await openSimulatedHome({
    before: (sim) => {
      for (const entity of loadNames(200)) sim.core.states.set(entity, "start", {});
    },
  });
  const { sim } = home;
  await home.stopHub("kill");
  await sim.load.start({ asFastAsPossible: true, count: 5_000 }).done;
  sim.faults.pauseHistory();
  await home.startHub();
  await eventually(10, async () => assert.match((await home.part("home_assistant"))?.why ?? "", /is being filled/));
  const live = sim.load.start({ rate: 500 });
  await eventually(10, () => assert.ok(live.made > 200));
  await home.stopHub("kill");
  sim.faults.resumeHistory();
  await home.startHub();
  await home.filled();
  await live.stop();
  await home.caughtUp();
  const result = tally(
    sim.load.emitted.list(),
    (await rowsOf(home, ...loadNames(200))).filter((row) => row.state !== "start"),
  );
  assert.deepEqual([result.missing, result.extra, result.twice, result.altered], [[], [], [], []]);
  assert.deepEqual(await statesGaps(home), []);
  await assertTiled(await eventsGaps(home));
});

/** Everything that was made and is not held. */
async function lostOf(home: SimulatedHome) {
  const names = [...new Set(home.sim.load.emitted.list().map(({ entityId }) => entityId))];
  const rows = (await rowsOf(home, ...names)).filter((row) => row.state !== "start");
  const result = tally(home.sim.load.emitted.list(), rows);
  assert.deepEqual([result.extra, result.twice, result.altered], [[], [], []]);
  return result.missing;
}

async function assertLostLiesInGaps(home: SimulatedHome, gaps: readonly HubGap[]): Promise<void> {
  const lost = await lostOf(home);
  assert.ok(lost.length > 0, "the test lost something");
  const outside = lost.filter(
    ({ entityId, updated }) => !gaps.some((gap) => gap.entityId === entityId && gap.from < updated && updated < gap.to),
  );
  assert.deepEqual(outside, []);
}

/** Holes lie behind each other. */
function assertTiled(gaps: readonly HubGap[]): void {
  const sorted = [...gaps].sort((a, b) => a.from - b.from);
  for (let i = 1; i < sorted.length; i++)
    assert.ok((sorted[i] as HubGap).from >= (sorted[i - 1] as HubGap).to, "two gaps in events overlap");
}
