import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertAllThere,
  assertStatisticsTrue,
  causes,
  openSeveralWays,
  recordsBy,
} from "../../../tests/support/data/several-ways.ts";
import { Failure } from "../../domain/failure.ts";
import { ALL_TIME } from "../../domain/time/time.ts";

test("a paused link rests and says so, an interruption with the cause of its own; a resumed one fills what it missed", async (t) => {
  let kept: unknown;
  const pauses = {
    get: () => kept,
    set: (value: unknown) => {
      kept = value;
    },
  };
  const home = await openSeveralWays(t, { more: { pauses } });
  const { sim, ways, hub } = home;
  await recordsBy(home, "primary");
  await hub.until(() => home.of("further-1").connects === 1);
  const load = sim.load.start({ rate: 200, entities: 10 });
  await hub.until(() => load.made > 50);
  hub.link.act("pause");
  hub.link.act("pause");
  await hub.until(() => hub.partOf("recording").state === "degraded");
  assert.deepEqual([hub.part().state, hub.link.paused, hub.link.connected], ["off", true, false]);
  for (const part of ["home_assistant", "recording", "registries", "gap_filling"]) {
    const { state, why, fix } = hub.partOf(part);
    assert.equal(state, part === "recording" ? "degraded" : "off", part);
    assert.match(why ?? "", /paused/i, part);
    assert.match(fix ?? "", /Resume/, part);
  }
  const seen = ways.map((way) => way.seen.connections);
  const made = load.made;
  await hub.until(() => load.made > made + 100);
  await hub.pass(300);
  assert.deepEqual(
    ways.map((way) => way.seen.connections),
    seen,
    "nobody is called while it is paused",
  );
  assert.throws(
    () => hub.link.act("restart"),
    (error) => error instanceof Failure && error.code === "action_unavailable",
  );
  assert.deepEqual(kept, { paused: true, connections: [] });
  hub.link.act("resume");
  await recordsBy(home, "primary");
  for (const part of ["home_assistant", "registries", "gap_filling"])
    await hub.until(() => hub.partOf(part).state === "ok");
  await load.stop();
  await assertAllThere(home);
  await hub.until(() => hub.partOf("recording").state === "ok");
  assert.deepEqual(causes(home), ["paused"]);
});

test("a pause while nothing is connected begins a hole of its own", async (t) => {
  const home = await openSeveralWays(t, { ways: 1 });
  const { ways, hub } = home;
  await recordsBy(home, "primary");
  home.sim.core.states.set("sensor.x", "1", {});
  await hub.until(async () => (await hub.states("sensor.x")).length === 1);
  ways[0]?.cut();
  await hub.until(() => home.of("primary").failures > 1);
  hub.link.act("pause");
  await hub.until(() => hub.partOf("recording").state === "degraded");
  ways[0]?.mend();
  hub.link.act("resume");
  await recordsBy(home, "primary");
  await hub.until(() => causes(home).length === 2);
  assert.deepEqual(causes(home), ["disconnected", "paused"]);
  const [before, after] = hub.store.gaps(ALL_TIME).filter(({ kind }) => kind === "events");
  assert.equal(before?.to, after?.from);
});

test("a pause outlives the hub, of the link and of a connection whose address is still the same", async (t) => {
  const paused = {
    paused: false,
    connections: [
      { id: "primary", url: "" },
      { id: "further-1", url: "http://old" },
    ],
  };
  const home = await openSeveralWays(t, {
    before: ({ configs }) => {
      (paused.connections[0] as { url: string }).url = configs[0]?.url as string;
    },
    more: { pauses: { get: () => paused, set: () => {} } },
  });
  await recordsBy(home, "further-1");
  assert.deepEqual([home.of("primary").paused, home.of("primary").attempts], [true, 0]);
  assert.equal(home.of("further-1").paused, false);

  const whole = await openSeveralWays(t, {
    more: { pauses: { get: () => ({ paused: true, connections: [] }), set: () => {} } },
  });
  await whole.hub.pass(60);
  assert.deepEqual([whole.hub.part().state, whole.ways[0]?.seen.connections], ["off", 0]);
  whole.hub.link.act("resume");
  await recordsBy(whole, "primary");
});

test("a paused connection is left for the next, and a resumed one is returned to", async (t) => {
  const home = await openSeveralWays(t);
  const { hub, of } = home;
  await recordsBy(home, "primary");
  assert.equal(hub.link.actOn("primary", "pause")?.paused, true);
  await recordsBy(home, "further-1");
  await hub.until(() => hub.part().state === "ok");
  const { attempts } = of("primary");
  // Less than from one ping to the next: sockets do not go in step with the test's clock.
  await hub.pass(25);
  assert.equal(of("primary").attempts, attempts, "a paused one is not probed");
  assert.throws(() => hub.link.actOn("primary", "restart"), /paused/);
  hub.link.actOn("primary", "resume");
  await recordsBy(home, "primary");
  assert.equal(of("primary").failures, 0);
  assert.deepEqual(causes(home), ["switched", "switched"]);
  hub.link.actOn("further-1", "pause");
  hub.link.actOn("primary", "pause");
  await hub.until(() => hub.partOf("recording").state === "degraded");
  assert.match(hub.part().why ?? "", /Every connection is paused/);
  hub.link.actOn("further-1", "resume");
  await recordsBy(home, "further-1");
  assert.deepEqual(causes(home), ["switched", "switched", "paused"]);
  assert.equal(hub.link.actOn("nowhere", "pause"), undefined);
});

test("a restart connects anew at once, of the link, of the active connection, and tries one that rests", async (t) => {
  const home = await openSeveralWays(t);
  const { ways, hub, of } = home;
  await recordsBy(home, "primary");
  await hub.until(() => of("further-1").attempts === 1);
  hub.link.act("restart");
  await hub.until(() => of("primary").connects === 2);
  await recordsBy(home, "primary");
  hub.link.actOn("primary", "restart");
  await hub.until(() => of("primary").connects === 3);
  await recordsBy(home, "primary");
  assert.deepEqual([of("primary").failures, causes(home)], [0, ["switched", "switched"]]);

  ways[0]?.cut();
  await recordsBy(home, "further-1");
  await hub.pass(120);
  const { attempts } = of("primary");
  ways[0]?.mend();
  hub.link.actOn("primary", "restart");
  await hub.until(() => of("primary").attempts === attempts + 1);
  await recordsBy(home, "primary");
  assertStatisticsTrue(home);
});
