import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { coreUnavailable } from "../support/core/core.ts";
import { startLoad, waitForLoad } from "../support/core/load.ts";
import { type Home, hubHas, openHome, seriesOf } from "../support/core/recorded-home.ts";
import { readRecorder, recorderCaughtUp } from "../support/core/recorder.ts";
import { compare, problemsOf } from "../support/data/compare.ts";
import { eventually } from "../support/eventually.ts";
import { type CutProxy, startCutProxy } from "../support/home/cut-proxy.ts";
import { startTestLink } from "../support/home/test-link.ts";
import { type Hub, startHub } from "../support/hub/hub.ts";
import { readHub } from "../support/hub/hub-reader.ts";
import { openWire } from "../support/hub/wire-client.ts";
import { type Supervisor, startSupervisor } from "../support/supervisor/supervisor.ts";

/** One real Core by three ways: the Supervisor's proxy, an address that is cut, and its own. */
const skip = await coreUnavailable();
const CHANGES = 100_000;
/** Rest, probe, fifteen seconds, probe, change over, on a busy machine. */
const RETURNS_WITHIN = 60;

let folder: string;
let supervisor: Supervisor;
let throughSupervisor: CutProxy;
let byAddress: CutProxy;
let home: Home;
let hub: Hub;

before(async () => {
  if (skip) return;
  supervisor = await startSupervisor();
  home = await openHome({ name: "connections", env: supervisor.coreEnv });
  supervisor.attachCore(home.core);
  throughSupervisor = await startCutProxy(supervisor.url);
  byAddress = await startCutProxy(home.core.url);
  const { url, token } = home.core;
  folder = mkdtempSync(join(tmpdir(), "connections-"));
  const options = join(folder, "options.json");
  writeFileSync(options, JSON.stringify({ connections: [{ name: "Its own address", url, token }] }));
  hub = await startHub({
    haUrl: byAddress.url,
    haToken: token,
    env: { ...supervisor.hubEnv, HA_INGESTOR_SUPERVISOR_URL: throughSupervisor.url, HA_INGESTOR_OPTIONS: options },
  });
});
after(async () => {
  await hub?.stop();
  await throughSupervisor?.[Symbol.asyncDispose]();
  await byAddress?.[Symbol.asyncDispose]();
  await home?.close();
  await supervisor?.close();
  if (folder) rmSync(folder, { recursive: true });
});

type Connection = {
  id: string;
  active: boolean;
  breaker: string;
  consecutive_failures: number;
  attempts: number;
  connects: number;
  failures: number;
  last_failure?: { code: string };
};
const connections = async (): Promise<Connection[]> =>
  (await hub.json<{ connections: Connection[] }>("api/v1/connections")).connections;
const of = async (id: string) => (await connections()).find((one) => one.id === id) as Connection;
const recordsBy = (id: string) =>
  eventually(RETURNS_WITHIN, async () => {
    assert.equal((await connections()).find(({ active }) => active)?.id, id);
    const { parts } = await hub.json<{ parts: { part: string; why?: string }[] }>("api/v1/status");
    assert.doesNotMatch(parts.find(({ part }) => part === "home_assistant")?.why ?? "", /filled/);
  });
const act = async (path: string) => assert.equal((await hub.post(`api/v1/${path}`, {})).status, 200, path);

test("cut, the next goes on; back, it is returned to; paused, it rests: 0 missing, 0 extra of what Core made", {
  skip,
}, async (t) => {
  const { control } = home;
  const reader = readHub(hub);
  await recordsBy("supervisor");
  await eventually(20, async () => {
    for (const one of await connections()) assert.equal(one.connects, 1, `${one.id} was looked at`);
  });
  const from = await home.mark();
  await hubHas(reader, from);
  const mix = { number: 6, attributes: 2, forced: 1, user: 1, text: 1 };
  const load = await startLoad(control, { count: CHANGES, rate: 200, entities: 50, prefix: "ways", seed: 3, mix });

  throughSupervisor.cut();
  await recordsBy("primary");
  byAddress.cut();
  await recordsBy("further-1");
  const broken = [await of("supervisor"), await of("primary")];
  for (const { breaker, consecutive_failures } of broken)
    assert.ok(["open", "half_open"].includes(breaker) && consecutive_failures > 0);
  throughSupervisor.mend();
  await recordsBy("supervisor");
  await act("connections/supervisor/pause");
  await recordsBy("further-1");
  await act("services/home_assistant/pause");
  const paused = await hub.json<{ parts: { part: string; state: string }[] }>("api/v1/status");
  assert.equal(paused.parts.find(({ part }) => part === "home_assistant")?.state, "off");
  await home.mark();
  await act("services/home_assistant/resume");
  await recordsBy("further-1");
  await act("connections/supervisor/resume");
  await recordsBy("supervisor");
  await control.action("ingestor_load.stop", { run: load.run });
  await waitForLoad(control, load.run);
  const end = await home.mark();
  await hubHas(reader, end);
  await recorderCaughtUp(control);

  const sent = control.changes().filter(({ updated }) => updated > from.time && updated <= end.time);
  const names = [...new Set(sent.map(({ entityId }) => entityId))];
  const recorded = await readRecorder(control, names, from.time, end.time + 1);
  await eventually(60, async () => {
    const rows = await reader.history(await seriesOf(reader), from.time + 1, end.time + 1);
    const findings = compare({ sent, rows, recorded });
    assert.deepEqual(problemsOf(findings), []);
    assert.deepEqual(findings.lost, []);
    t.diagnostic(`${findings.matched} changes: 0 missing, 0 extra`);
  });
  const gaps = await reader.gaps(from.time, end.time);
  assert.deepEqual(
    gaps.filter(({ kind }) => kind === "states"),
    [],
  );
  const causes = gaps.sort((a, b) => a.from - b.from).map(({ cause }) => cause);
  assert.deepEqual(causes, ["disconnected", "disconnected", "switched", "switched", "paused", "switched"]);

  const [first, second] = [await of("supervisor"), await of("primary")];
  assert.equal(second.attempts, byAddress.seen.connections);
  assert.equal(second.connects, byAddress.seen.accepted);
  // The Supervisor's own REST comes by the same address.
  assert.equal(first.connects, throughSupervisor.seen.accepted);
  assert.equal(first.consecutive_failures, 0);
});

test("Core stops and starts: it is found again by whichever way is up first, and recorded by the preferred one in the end", {
  skip,
}, async () => {
  byAddress.mend();
  await home.core.shutDown();
  await home.core.start();
  await home.control.connected(2);
  await hubHas(readHub(hub), await home.mark());
  await recordsBy("supervisor");
  assert.equal(hub.logText().includes(home.core.token), false);
});

test("a revoked token is tried at most once a minute, as seen from Core's side, while another connection records", {
  skip,
}, async (t) => {
  const { core, control } = home;
  const wire = await openWire(core);
  const client_name = "a hub of its own";
  const token = await wire.result<string>("auth/long_lived_access_token", { client_name, lifespan: 1 });
  await using way = await startCutProxy(core.url);
  await using linked = startTestLink([
    { id: "primary", name: "Revoked", url: way.url, token },
    { id: "further-1", name: "Good", url: core.url, token: core.token },
  ]);
  const [revoked, good] = [() => linked.link.connections()[0], () => linked.link.connections()[1]];
  await eventually(20, () => assert.equal(revoked()?.active, true));
  const refusals = () => core.logText().split("Login attempt or request with invalid authentication").length - 1;
  const before = refusals();
  const tokens = await wire.result<{ id: string; client_name: string }[]>("auth/refresh_tokens");
  const { id } = tokens.find((one) => one.client_name === client_name) as { id: string };
  await wire.result("auth/delete_refresh_token", { refresh_token_id: id });
  wire.close();

  const began = linked.clock.ticks();
  const tries: number[] = [];
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let second = 0; second < 900; second++) {
    const seen = way.seen.refused;
    linked.clock.advance(1_000);
    await pause(3);
    // The hub's clock stands while Core thinks.
    await eventually(20, () => {
      if (linked.link.connections().some((one) => one.breaker === "half_open")) throw new Error("an attempt is made");
    });
    for (let i = seen; i < way.seen.refused; i++) tries.push(Math.round((linked.clock.ticks() - began) / 1000));
  }
  assert.ok(tries.length >= 4, `tried ${tries.length} times in fifteen minutes`);
  for (const [i, at] of tries.entries())
    if (i > 0) assert.ok(at - (tries[i - 1] as number) >= 59, `tried at ${tries.join(", ")} s`);
  // Core answers first and then looks up the caller's name for its log; it may find the caller gone and log nothing.
  const logged = refusals() - before;
  assert.ok(logged > 0 && logged <= way.seen.refused, `Core logged ${logged} of ${way.seen.refused}`);
  assert.equal(revoked()?.lastFailure?.code, "auth_invalid");
  await eventually(20, () => {
    linked.clock.advance(100);
    assert.equal(good()?.active, true);
  });
  const state = `${Math.round(began)}`;
  await control.rest("POST", "/api/states/sensor.after_revocation", { state });
  await eventually(10, async () => assert.equal((await linked.states("sensor.after_revocation")).at(-1)?.state, state));
  assert.equal(linked.lines.join("").includes(token), false);
  t.diagnostic(`tried at ${tries.join(", ")} s; Core logged ${logged} of ${way.seen.refused}`);
});
