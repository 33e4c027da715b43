import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { startTestLink, type TestLink } from "../../tests/support/home/test-link.ts";
import { ALL_TIME, microsFromRfc3339 } from "../domain/time/time.ts";
import type { FullEntity } from "../simulator/registry/entities.ts";
import { type Simulator, startSimulator } from "../simulator/simulator.ts";

const COMMIT_MS = 50;

async function open(
  t: TestContext,
  before?: (sim: Simulator) => void,
  onRegistries?: (sim: Simulator) => void,
): Promise<{ sim: Simulator; hub: TestLink }> {
  const sim = await startSimulator({ seed: "link", commitMs: COMMIT_MS, history: { days: 0 } });
  before?.(sim);
  const hub = startTestLink(sim, { onRegistries: () => onRegistries?.(sim) });
  t.after(async () => {
    await hub[Symbol.asyncDispose]();
    await sim.close();
  });
  return { sim, hub };
}
const isLive = (hub: TestLink) => () => hub.part().state === "ok" && hub.part().why === undefined;
const has = (hub: TestLink, entityId: string, state: string | null) => async () =>
  (await hub.states(entityId)).at(-1)?.state === state;
const statesOf = async (hub: TestLink, entityId: string) => (await hub.states(entityId)).map(({ state }) => state);

test("a connection that is open on one side alone is found within 35 seconds, and what it kept back is filled", async (t) => {
  const { sim, hub } = await open(t);
  await hub.until(isLive(hub));
  sim.core.states.set("sensor.x", "1", {});
  await hub.until(has(hub, "sensor.x", "1"));
  sim.faults.freeze();
  for (const state of ["2", "3"]) sim.core.states.set("sensor.x", state, {});
  await hub.pass(36);
  assert.ok(
    hub.lines.some((line) => /half-open/.test(line)),
    "the silence was noticed",
  );
  await hub.until(isLive(hub));
  await hub.until(has(hub, "sensor.x", "3"));
  assert.deepEqual(await statesOf(hub, "sensor.x"), ["1", "2", "3"]);
  assert.deepEqual(
    hub.store.gaps(ALL_TIME).map(({ kind, cause }) => [kind, cause]),
    [["events", "disconnected"]],
  );
});

test("a connection that answers is asked every 20 seconds and otherwise left alone", async (t) => {
  const { sim, hub } = await open(t);
  await hub.until(isLive(hub));
  for (let minutes = 0; minutes < 30; minutes++) {
    hub.clock.advance(20_000);
    const asked = sim.counters().messagesIn;
    await hub.until(() => sim.counters().messagesIn > asked || minutes === 0);
    await hub.pass(2);
  }
  assert.equal(hub.part().figures?.reconnects, 0);
});

test("a refused token is tried at most once a minute; the status says what to do, and a good one heals it", async (t) => {
  const { sim, hub } = await open(t, (home) => home.faults.refuseToken(true));
  const tries = () =>
    hub.lines
      .filter((line) => line.includes("refused the access token"))
      .map((line) => microsFromRfc3339(line.split(" ")[0] as string) as number);
  await hub.until(() => tries().length === 1);
  assert.equal(hub.part().state, "broken");
  assert.match(hub.part().why ?? "", /refused the access token/);
  assert.match(hub.part().fix ?? "", /HA_TOKEN/);
  await hub.pass(600);
  assert.ok(tries().length >= 2, `${tries().length} tries in ten minutes`);
  for (const [i, at] of tries().entries())
    if (i > 0) assert.ok(at - (tries()[i - 1] as number) >= 60_000_000, "a minute between two tries");
  assert.equal(hub.lines.join("").includes(sim.token), false, "the token is in no line of the log");
  sim.faults.refuseToken(false);
  await hub.pass(301);
  await hub.until(isLive(hub));
  assert.ok((await hub.states("sun.sun")).length > 0);
});

test("an address where nobody is is tried every few seconds, and the log is told every few minutes", async (t) => {
  const { sim, hub } = await open(t);
  await hub.until(isLive(hub));
  await sim.faults.unlisten();
  const told = (level: string) =>
    hub.lines.filter((line) => line.includes("unreachable") && line.split(" ")[1] === level).length;
  await hub.pass(1_200);
  const tries = told("warning") + told("debug");
  assert.ok(tries >= 75 && tries <= 180, `${tries} tries in twenty minutes`);
  assert.ok(told("warning") >= 3 && told("warning") <= 5, `${told("warning")} warnings in twenty minutes`);
  assert.equal(hub.part().state, "degraded");
  assert.match(hub.part().fix ?? "", /HA_URL/);
  await sim.faults.listen();
  await hub.pass(16);
  await hub.until(isLive(hub));
});

test("who answers, and not as Home Assistant does, is tried ever more slowly, up to every five minutes", async (t) => {
  let tries = 0;
  const server = createServer((_, response) => void response.writeHead(404).end()).on("upgrade", (_, socket) => {
    tries++;
    socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const hub = startTestLink({ url: `http://127.0.0.1:${port}`, token: "a-token-of-twenty-characters" });
  t.after(async () => {
    await hub[Symbol.asyncDispose]();
    server.close();
  });
  await hub.until(() => tries === 1);
  await hub.pass(1_200);
  assert.ok(tries >= 9 && tries <= 22, `${tries} tries in twenty minutes`);
  assert.match(hub.part().fix ?? "", /check the address and its path/);
});

test("an entity that came, changed and went while nobody listened is filled, and is not there any more", async (t) => {
  const guest = "light.guest";
  const { sim, hub } = await open(t);
  await hub.until(isLive(hub));
  await sim.faults.unlisten();
  await hub.until(() => !hub.link.connected);
  for (const state of ["on", "off"]) sim.core.states.set(guest, state, {});
  sim.core.states.remove(guest);
  sim.core.states.set("light.once", "on", {});
  sim.core.states.remove("light.once");
  await sim.faults.listen();
  await hub.until(has(hub, guest, null));
  assert.deepEqual(await statesOf(hub, guest), ["on", "off", null]);
  assert.deepEqual(await statesOf(hub, "light.once"), [], "the logbook tells no first state");
  assert.deepEqual(
    hub.store.gaps(ALL_TIME).map(({ kind }) => kind),
    ["events"],
  );
});

test("live changes wait half a minute for history at most; what comes later lands before them in time", async (t) => {
  const secret = "sensor.unrecorded";
  const { sim, hub } = await open(t, (home) => home.core.recorder.excluded.add(secret));
  const { states } = sim.core;
  for (const entity of ["sensor.x", secret]) states.set(entity, "0", {});
  await hub.until(isLive(hub));
  sim.faults.pauseHistory();
  await sim.faults.unlisten();
  await hub.until(() => !hub.link.connected);
  for (const state of ["1", "2", "3"]) for (const entity of ["sensor.x", secret]) states.set(entity, state, {});
  await sim.faults.listen();
  await hub.until(() => hub.link.connected);
  states.set("sensor.x", "4", {});
  states.remove(secret);
  states.set(secret, "4", {});
  await hub.pass(20);
  assert.deepEqual(await statesOf(hub, "sensor.x"), ["0"], "they wait");
  await hub.pass(15);
  await hub.until(has(hub, "sensor.x", "4"));
  assert.deepEqual(await statesOf(hub, "sensor.x"), ["0", "3", "4"], "the present state first, then what came since");
  sim.faults.resumeHistory();
  await hub.until(isLive(hub));
  const rows = await hub.states("sensor.x");
  assert.deepEqual(
    rows.map(({ state }) => state),
    ["0", "1", "2", "3", "4"],
  );
  assert.deepEqual(
    rows.map(({ time }) => time),
    rows.map(({ time }) => time).sort((a, b) => a - b),
  );
  assert.deepEqual(await statesOf(hub, secret), ["0", "3", null, "4"]);
  const gaps = hub.store.gaps(ALL_TIME).filter(({ kind }) => kind === "states");
  const [zero, three] = await hub.states(secret);
  assert.deepEqual(
    gaps.map(({ from, to, cause }) => [to, cause, from >= (zero?.time ?? 0)]),
    [[three?.time, "not_recorded", true]],
  );
});

test("while Home Assistant starts, what is missing is not gone and history is not called unknown", async (t) => {
  const { sim, hub } = await open(t);
  await hub.until(isLive(hub));
  const present = [...sim.core.states.all()].map(({ entityId }) => entityId);
  sim.faults.withoutHistory(true);
  sim.core.boot.begin();
  sim.core.states.clear();
  sim.faults.drop("close");
  await hub.until(() => !hub.link.connected);
  await hub.until(() => hub.link.connected);
  await hub.pass(120);
  for (const entity of present) assert.notEqual((await statesOf(hub, entity)).at(-1), null, entity);
  sim.core.boot.populate();
  sim.faults.withoutHistory(false);
  sim.core.boot.finish();
  await hub.until(isLive(hub));
  assert.deepEqual(
    hub.store.gaps(ALL_TIME).filter(({ kind }) => kind === "states"),
    [],
  );
});

test("the hub's own entities are left out, also those that are made while the hub is connecting", async (t) => {
  const shown: string[] = [];
  const show = (sim: Simulator, entityId: string) => {
    const entry = sim.core.registries.entities.list()[0] as FullEntity;
    const ids = { id: `id-${entityId}`, unique_id: entityId, entity_id: entityId };
    sim.core.registries.entities.add({ ...entry, ...ids, platform: "ha_ingestor" });
    sim.core.states.set(entityId, "1", {});
    shown.push(entityId);
  };
  // The registries are read, the states are not yet.
  const { sim, hub } = await open(t, undefined, (home) => shown.length === 0 && show(home, "sensor.made_meanwhile"));
  await hub.until(isLive(hub));
  show(sim, "sensor.made_later");
  sim.core.states.set("sensor.made_meanwhile", "2", {});
  sim.core.states.set("sensor.mark", "1", {});
  await hub.until(has(hub, "sensor.mark", "1"));
  assert.equal(shown.length, 2);
  for (const entityId of shown) assert.deepEqual(await hub.states(entityId), [], entityId);
});
