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
const COLUMNS = ["entity_id", "series", "position", "time", "changed", "state", "attributes", "context", "flaws"];

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
    const backups: { archive: string; position: number }[] = [];
    try {
      const witness = await readHub(hub).follow();
      await home.startLoad({ rate: RATE, entities: ENTITIES, mix: "mixed" });
      for (let i = 0; i < (long ? 10 : 3); i++) {
        const before = witness.changes().length;
        await eventually(60, () => assert.ok(witness.changes().length > before + 2 * RATE));
        const position = witness.changes().at(-1)?.position ?? 0;
        const archive = join(folder(), "backup.tar");
        await hotBackup({
          dataDir: hub.dataDir,
          archive,
          pre: [HOOK, "begin"],
          post: [HOOK, "end"],
          env: { HA_INGESTOR_DATA: hub.dataDir },
          exclude: ["hub.sock", "*.db-shm"],
        });
        backups.push({ archive, position });
      }
      const recorded = await exportOf(hub);
      let behind = 0;
      for (const { archive, position } of backups) {
        const dataDir = folder();
        await restore(archive, dataDir);
        // Without a home to fill from: what it then holds was in the backup.
        const alone = await startHub({ dataDir, haUrl: "http://127.0.0.1:9", haToken: home.token });
        const restored = await exportOf(alone).finally(() => alone.stop());
        const held = recorded.filter((one) => one.position <= position);
        assert.ok(held.length > 0);
        assert.deepEqual(
          restored.slice(0, held.length).map(({ line }) => line),
          held.map(({ line }) => line),
          "what was recorded before the backup began",
        );
        assert.deepEqual(
          restored.map(({ line }) => line),
          recorded.slice(0, restored.length).map(({ line }) => line),
          "and nothing else than what was recorded while it was made",
        );
        behind += restored.length - held.length;
      }
      row.notes.push(
        `${backups.length} backups, each equal to what was recorded; ${behind} readings more, made meanwhile`,
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

type Exported = { readonly position: number; readonly line: string };

/** Everything of the load's entities, in the order in which it was recorded. */
async function exportOf(hub: Hub): Promise<Exported[]> {
  const columns = COLUMNS.map((column) => `&column=${column}`).join("");
  const answer = await hub.get(`api/v1/export?entity=sensor.load_*${columns}`);
  const lines = (await answer.text()).trimEnd().split("\n");
  assert.equal((JSON.parse(lines.at(-1) as string) as { kind: string }).kind, "end");
  return lines
    .filter((line) => line.startsWith('{"kind":"reading"'))
    .map((line) => ({ line, position: (JSON.parse(line) as { position: number }).position }))
    .sort((a, b) => a.position - b.position);
}
