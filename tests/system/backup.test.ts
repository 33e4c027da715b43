import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Hub, startHub } from "../support/hub/hub.ts";
import { hotBackup, restore, watchdogFindsWell } from "../support/supervisor/lifecycle.ts";

/** The app's own hooks, run as the Supervisor runs them around its copy, under the simulated home. */
const HOOK = join(import.meta.dirname, "../../addon/rootfs/usr/bin/ha-ingestor-backup");
const folder = mkdtempSync(join(tmpdir(), "backup-"));
after(() => rmSync(folder, { recursive: true }));
const fast = { HA_INGESTOR_SIMULATOR_SPEED: "600" };

type Change = [time: string, state: string | null];
/** Every entity's changes up to a time. */
async function historyOf(hub: Hub, entities: readonly string[], to: string): Promise<Record<string, Change[]>> {
  const found: Record<string, Change[]> = {};
  const answer = await hub.post("api/v1/history/query", { entities, from: "2026-01-01T00:00:00Z", to, limit: 100_000 });
  const { series, next_cursor } = (await answer.json()) as {
    series: { entity_id: string; points: Change[] }[];
    next_cursor: string | null;
  };
  assert.equal(next_cursor, null);
  for (const { entity_id, points } of series) found[entity_id] = points;
  return found;
}

test("a backup made while the home is busy holds everything up to its beginning, and the hub starts from it", async () => {
  const hub = await startHub({ dataDir: join(folder, "data"), env: fast });
  const entities = await eventually(30, async () => {
    const { states } = await hub.json<{ states: { entity_id: string }[] }>("api/v1/states");
    const { totals } = await hub.json<{ totals: { changes: number } }>("api/v1/status");
    assert.ok(states.length > 50 && totals.changes > 1_000);
    return states.map(({ entity_id }) => entity_id);
  });
  const asked = new Date().toISOString();
  const before = await historyOf(hub, entities, asked);
  assert.ok(Object.values(before).flat().length > 1_000);
  const archive = join(folder, "backup.tar");
  await hotBackup({
    dataDir: hub.dataDir,
    archive,
    pre: [HOOK, "begin"],
    post: [HOOK, "end"],
    env: { HA_INGESTOR_DATA: hub.dataDir },
    exclude: ["hub.sock", "*.db-shm"],
  });
  const { parts } = await hub.json<{ parts: { part: string; state: string; figures?: object }[] }>("api/v1/status");
  const told = parts.find(({ part }) => part === "backup");
  assert.deepEqual([told?.state, Object.keys(told?.figures ?? {})], ["ok", ["under_way", "last_lasted_seconds"]]);
  const { token } = hub;
  await hub.kill();

  await restore(archive, join(folder, "restored"));
  assert.ok(!existsSync(join(folder, "restored/hub.sock")));
  const again = await startHub({ dataDir: join(folder, "restored"), env: fast });
  assert.deepEqual(await historyOf(again, entities, asked), before);
  const store = (await again.json<{ parts: { part: string; state: string }[] }>("api/v1/status")).parts.find(
    ({ part }) => part === "store",
  );
  assert.equal(store?.state, "ok");
  const kept = await fetch(new URL("api/v1/info", again.url), { headers: { authorization: `Bearer ${token}` } });
  assert.equal(kept.status, 200, "tokens are in the backup");
  assert.equal(await again.stop(), 0);
});

test("hooks never fail a backup: without a hub, and with one that knows of none, they end well", async () => {
  const run = (dataDir: string) =>
    hotBackup({
      dataDir,
      archive: join(folder, "other.tar"),
      pre: [HOOK, "begin"],
      post: [HOOK, "end"],
      env: { HA_INGESTOR_DATA: dataDir },
    });
  await run(mkdtempSync(join(folder, "empty-")));
  const hub = await startHub();
  await run(hub.dataDir);
  await run(hub.dataDir);
  assert.equal(await watchdogFindsWell(new URL("health", hub.url).href), true);
  assert.equal(await hub.stop(), 0);
  assert.equal(await watchdogFindsWell(new URL("health", hub.url).href), false);
});
