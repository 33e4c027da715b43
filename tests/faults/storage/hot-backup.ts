import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames } from "../../support/home/simulated-home.ts";
import { startSimulatorProcess } from "../../support/home/simulator-process.ts";
import { type Hub, startHub } from "../../support/hub/hub.ts";
import { readHub } from "../../support/hub/hub-reader.ts";
import { hotBackup, restore } from "../../support/supervisor/lifecycle.ts";
import { type Fault, judge } from "../runner/fault.ts";

/** The app's own hooks, run as the Supervisor runs them around its copy. */
const HOOK = join(import.meta.dirname, "../../../addon/rootfs/usr/bin/ha-ingestor-backup");
const RATE = 2_000;
const ENTITIES = 200;
/** What a block keeps of a reading: neither its own position nor a context that links nothing. */
const COLUMNS = ["entity_id", "series", "time", "changed", "state", "attributes", "flaws"];

export const backupAtFullLoad: Fault = {
  id: "R24",
  name: "Home Assistant's backup at full load",
  how: `3 (long: 10) hot backups between the app's own hooks while ${RATE} changes/s come in; each is restored, compared with the hub it was made of, and connected`,
  home: "simulated",
  runs: "table",
  run: async (row, { long, folder }) => {
    await using home = await startSimulatorProcess("--seed", "backup", "--history-days", "0", "--commit-ms", "300");
    const link = { haUrl: home.url, haToken: home.token, env: { HA_INGESTOR_SETTLE_SECONDS: "0.5,1" } };
    const hub = await startHub({ ...link, dataDir: folder() });
    const backups: { archive: string; heard: number }[] = [];
    try {
      const witness = await readHub(hub).follow();
      // What was before a hub ever listened is nobody's loss.
      await eventually(30, async () => {
        const { totals } = await hub.json<{ totals: { changes: number } }>("api/v1/status");
        assert.ok(totals.changes > 0);
      });
      await home.startLoad({ rate: RATE, entities: ENTITIES, mix: "mixed" });
      for (let i = 0; i < (long ? 10 : 3); i++) {
        const before = witness.changes().length;
        await eventually(60, () => assert.ok(witness.changes().length > before + 2 * RATE));
        const heard = witness.changes().length;
        const archive = join(folder(), "backup.tar");
        await hotBackup({
          dataDir: hub.dataDir,
          archive,
          pre: [HOOK, "begin"],
          post: [HOOK, "end"],
          env: { HA_INGESTOR_DATA: hub.dataDir },
          exclude: ["hub.sock", "*.db-shm"],
        });
        backups.push({ archive, heard });
      }
      const recorded = new Set(await exportOf(hub));
      let readings = 0;
      for (const { archive, heard } of backups) {
        const dataDir = folder();
        await restore(archive, dataDir);
        // Without a home to fill from: what it then holds was in the backup.
        const alone = await startHub({ dataDir, haUrl: "http://127.0.0.1:9", haToken: home.token });
        const restored = await exportOf(alone).finally(() => alone.stop());
        assert.equal(new Set(restored).size, restored.length, "nothing is there twice");
        assert.deepEqual(
          restored.filter((line) => !recorded.has(line)),
          [],
          "nothing else than what was recorded",
        );
        const held = new Set(restored.map(keyOf));
        assert.deepEqual(
          witness
            .changes()
            .slice(0, heard)
            .filter(({ entityId }) => entityId.startsWith("sensor.load_"))
            .filter(({ entityId, time, state }) => !held.has(`${entityId}|${time}|${state}`)),
          [],
          "what was heard live before the backup began",
        );
        readings += restored.length;
      }
      row.notes.push(
        `${backups.length} backups, each with all that was heard live before it and nothing that was not recorded; ${readings} readings in them`,
      );
      await home.stopLoad();
    } finally {
      await hub.stop();
    }
    const last = backups.at(-1);
    const dataDir = folder();
    await restore(last?.archive ?? "", dataDir);
    const again = await startHub({ ...link, dataDir });
    try {
      await eventually(60, () => assert.match(again.logText(), /what was missed is filled/));
      const reader = readHub(again);
      judge(row, await home.emitted(), await reader.history(loadNames(ENTITIES), ...ALL));
      row.gaps = (await reader.gaps(...ALL)).filter(({ kind }) => kind === "states").length;
      assert.equal(row.gaps, 0);
      row.notes.push("restored and connected again: what happened since is filled");
    } finally {
      await again.stop();
    }
  },
};

/** Everything of the load's entities, a line each. */
async function exportOf(hub: Hub): Promise<string[]> {
  const columns = COLUMNS.map((column) => `&column=${column}`).join("");
  const answer = await hub.get(`api/v1/export?entity=sensor.load_*&times=us${columns}`);
  const lines = (await answer.text()).trimEnd().split("\n");
  assert.equal((JSON.parse(lines.at(-1) as string) as { kind: string }).kind, "end");
  return lines.filter((line) => line.startsWith('{"kind":"reading"'));
}

function keyOf(line: string): string {
  const {
    entity_id: entityId,
    time,
    state,
  } = JSON.parse(line) as { entity_id: string; time: number; state: string | null };
  return `${entityId}|${time}|${state}`;
}
