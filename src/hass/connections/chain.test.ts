import assert from "node:assert/strict";
import { test } from "node:test";
import {
  activeOf,
  assertAllThere,
  assertStatisticsTrue,
  causes,
  openSeveralWays,
  recordsBy,
} from "../../../tests/support/data/several-ways.ts";
import { startTestLink } from "../../../tests/support/home/test-link.ts";
import type { HomeFingerprint } from "../../domain/home/home.ts";
import { startSimulator } from "../../simulator/simulator.ts";
import { checkHome } from "../binding.ts";
import type { ConnectionConfig } from "./connection.ts";

test("when the first fails the next goes on at once; when it works again it is returned to, and nothing is lost", async (t) => {
  const home = await openSeveralWays(t);
  const { sim, ways, hub, of } = home;
  await recordsBy(home, "primary");
  const load = sim.load.start({ rate: 300, entities: 20 });
  await hub.until(() => load.made > 100);
  ways[0]?.cut();
  await recordsBy(home, "further-1");
  assert.equal(hub.part().state, "degraded");
  assert.match(hub.part().why ?? "", /Connected by Way 2, because Way 1 does not work: .+/);
  assert.ok((hub.part().fix ?? "").length > 10);
  assert.deepEqual([of("primary").breaker, of("further-1").consecutiveFailures], ["open", 0]);
  await hub.until(() => of("primary").failures === 3);
  assert.equal(of("primary").consecutiveFailures, 3);
  assert.equal(of("primary").lastFailure?.code, "unreachable");
  assert.ok((of("primary").nextAttempt ?? 0) > hub.clock.now());
  const before = load.made;
  await hub.until(() => load.made > before + 100);

  const { failures } = of("primary");
  ways[0]?.mend();
  await recordsBy(home, "primary");
  await hub.until(() => hub.part().state === "ok");
  assert.deepEqual([of("primary").breaker, of("primary").consecutiveFailures], ["closed", 0]);
  assert.equal(of("primary").failures, failures);
  await hub.until(() => load.made > before + 200);
  await load.stop();
  const count = await assertAllThere(home);
  assert.deepEqual(causes(home), ["disconnected", "switched"]);
  assertStatisticsTrue(home);
  t.diagnostic(`${count} changes: 0 missing, 0 extra`);
});

test("a preferred connection that answers once and not again is not returned to", async (t) => {
  const home = await openSeveralWays(t);
  const { ways, hub, of } = home;
  await recordsBy(home, "primary");
  ways[0]?.cut();
  await recordsBy(home, "further-1");
  ways[0]?.mend();
  await hub.until(() => of("primary").breaker === "half_open" && of("primary").consecutiveFailures === 0);
  ways[0]?.cut();
  await hub.pass(14);
  await hub.until(() => of("primary").breaker === "open");
  assert.deepEqual([activeOf(home), causes(home)], ["further-1", ["disconnected"]]);
  assertStatisticsTrue(home);
});

test("a polite restart that comes straight back is no failure, and nobody is changed over for it", async (t) => {
  const home = await openSeveralWays(t);
  const { sim, hub, of } = home;
  await recordsBy(home, "primary");
  await hub.until(() => of("further-1").connects === 1);
  sim.faults.drop("close");
  await hub.until(() => of("primary").connects === 2);
  await recordsBy(home, "primary");
  assert.deepEqual([of("primary").failures, of("primary").consecutiveFailures], [0, 0]);
  assert.equal(of("further-1").attempts, 1, "looked at once, at the beginning");
  assertStatisticsTrue(home);
});

test("a refused token is tried at most once a minute, asked for or not, and the next connection records", async (t) => {
  const home = await openSeveralWays(t, {
    before: ({ configs }) => {
      configs[0] = { ...(configs[0] as ConnectionConfig), token: "not-the-token-of-this-home" };
    },
  });
  const { ways, hub, of } = home;
  await recordsBy(home, "further-1");
  for (let second = 0; second < 600; second++) {
    if (second % 7 === 0) hub.link.actOn("primary", "restart");
    await hub.pass(1);
  }
  // By their number alone: the server's sockets and the hub's clock do not go in step.
  const tries = ways[0]?.seen.refused ?? 0;
  assert.ok(tries >= 5 && tries <= 11, `${tries} tries in ten minutes`);
  assert.deepEqual([of("primary").breaker, of("primary").lastFailure?.code], ["open", "auth_invalid"]);
  assert.match(of("primary").lastFailure?.fix ?? "", /access token/);
  assert.equal(activeOf(home), "further-1");
  assert.deepEqual(causes(home), []);
  assert.equal(of("primary").connects, 0);
  assertStatisticsTrue(home);
});

test("a connection that leads to another home is never recorded from, and says so", async (t) => {
  const other = await startSimulator({ seed: "another", history: { days: 0 } });
  t.after(() => other.close());
  other.core.states.set("sensor.of_another_home", "1", {});
  let known: HomeFingerprint | undefined;
  const home = await openSeveralWays(t, {
    ways: 3,
    before: ({ configs }) => {
      for (const i of [0, 2]) configs[i] = { ...(configs[i] as ConnectionConfig), url: other.url, token: other.token };
      known = undefined;
    },
    more: {
      home: {
        check: (seen) => checkHome(known, seen, "data"),
        bind: (seen) => {
          known = seen;
        },
      },
    },
  });
  const { sim, hub, of } = home;
  // The store is another's: the first connection is not its home.
  await hub.until(() => hub.link.connected);
  assert.equal(activeOf(home), "primary", "an empty store takes the home that answers first");
  await hub.until(() => of("further-1").lastFailure?.code === "another_home");
  await hub.until(() => of("further-2").connects === 1);
  assert.deepEqual([of("further-1").breaker, of("further-2").breaker], ["open", "closed"]);
  assert.match(of("further-1").lastFailure?.fix ?? "", /folder/);
  await other.faults.unlisten();
  await hub.pass(70);
  await hub.until(() => of("further-1").failures > 1 && of("primary").failures > 1);
  await hub.pass(120);
  assert.equal(hub.link.connected, false);
  await hub.until(() => hub.part().state === "degraded");
  for (const { entityId } of sim.core.states.all())
    if (!other.core.states.get(entityId)) assert.deepEqual(await hub.states(entityId), [], entityId);
});

test("when none works the status names each with its reason and what to do; the first that works again records", async (t) => {
  const home = await openSeveralWays(t, {
    before: ({ configs }) => {
      configs[0] = { ...(configs[0] as ConnectionConfig), token: "not-the-token-of-this-home" };
    },
  });
  const { ways, hub, of } = home;
  await recordsBy(home, "further-1");
  ways[1]?.cut();
  await hub.until(() => of("further-1").consecutiveFailures > 1);
  const { state, why, fix } = hub.part();
  assert.equal(state, "degraded");
  assert.match(why ?? "", /None of 2 connections works\. Way 1: .*access token.* Way 2: .*does not answer/);
  assert.match(fix ?? "", /new long-lived access token.*Check that Home Assistant is running/);
  assert.equal(hub.part().figures?.connection, null);
  ways[1]?.mend();
  await hub.pass(300);
  await recordsBy(home, "further-1");
  assertStatisticsTrue(home);
});

test("after a time in which nothing worked the preferred connection is tried first, and nobody has to be returned from", async (t) => {
  for (const seconds of [3, 60]) {
    const home = await openSeveralWays(t, { ways: 3 });
    const { ways, hub, of } = home;
    await recordsBy(home, "primary");
    await hub.until(() => of("further-2").connects === 1);
    for (const way of ways) way.cut();
    await hub.until(() => of("further-2").failures > 0);
    await hub.pass(seconds);
    // Not between the turns of two.
    await hub.until(() => hub.link.connections().every(({ breaker }) => breaker === "open"));
    for (const way of ways) way.mend();
    await hub.until(() => hub.link.connected);
    assert.equal(activeOf(home), "primary", `after ${seconds} s`);
    assert.ok(of("further-2").failures >= of("primary").failures / 2, "the others had their turns");
    assertStatisticsTrue(home);
  }
});

test("a silent connection is left within 35 seconds for the next one", async (t) => {
  const home = await openSeveralWays(t);
  const { sim, hub, of } = home;
  await recordsBy(home, "primary");
  await hub.until(() => of("further-1").connects === 1);
  sim.faults.freeze();
  await hub.pass(36);
  await recordsBy(home, "further-1");
  assert.deepEqual([of("primary").failures, of("primary").lastFailure?.code], [1, "connection_lost"]);
  assertStatisticsTrue(home);
});

test("without any connection the hub says what to configure", async (t) => {
  const hub = startTestLink([]);
  t.after(() => hub[Symbol.asyncDispose]());
  await hub.until(() => hub.part().state === "off");
  assert.match(hub.part().fix ?? "", /HA_URL/);
  assert.deepEqual(hub.link.connections(), []);
  assert.equal(hub.partOf("recording").state, "starting", "nobody paused it");
});
