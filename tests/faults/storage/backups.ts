import assert from "node:assert/strict";
import { join } from "node:path";
import { restoreBackup } from "../../../src/backup/offline.ts";
import { systemClock } from "../../../src/platform/time/clock.ts";
import { createRandom } from "../../support/data/random.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames, openSimulatedHome, type SimulatedHome } from "../../support/home/simulated-home.ts";
import { type Fault, judge } from "../runner/fault.ts";

const RATE = 300;
const ENTITIES = 50;
const LATEST_KILL_MS = 800;

type Listed = {
  under_way: object | null;
  last_failure: { why: string } | null;
  backups: { id: string; state: string; readings: number; verified: { ok: boolean; readings: number } | null }[];
};

export const killedBackups: Fault = {
  id: "R2",
  name: "kill -9 during backups, then restored",
  how: `SIGKILL at 3 random moments (long: 30) of a backup at ${RATE} changes/s; each backup left is read back; the last one is put back and the hub goes on from it`,
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    const random = createRandom(2);
    const data = form.folder();
    await using home = await openSimulatedHome({ hub: { dataDir: data } });
    const { sim } = home;
    const load = sim.load.start({ rate: RATE, entities: ENTITIES, mix: "mixed" });
    await eventually(20, () => assert.ok(load.made > RATE));
    const kills = form.long ? 30 : 3;
    for (let i = 0; i < kills; i++) {
      await home.hub.post("api/v1/backups", {});
      await new Promise((resolve) => setTimeout(resolve, random() * LATEST_KILL_MS));
      await home.stopHub("kill");
      await home.startHub();
      await eventually(30, async () => assert.equal((await list(home)).under_way, null));
    }
    const left = await list(home);
    const made = (await (await home.hub.post("api/v1/backups", {})).json()) as { id: string };
    await idle(home);
    await load.stop();
    for (const { id } of (await list(home)).backups) {
      await home.hub.post(`api/v1/backups/${id}/verify`, {});
      await idle(home);
    }
    const { backups, last_failure } = await list(home);
    assert.equal(last_failure, null);
    for (const { id, state, readings, verified } of backups)
      assert.deepEqual([state, verified?.ok, verified?.readings], ["whole", true, readings], id);
    assert.equal(backups[0]?.id, made.id);
    await home.caughtUp();

    await home.stopHub("term");
    const folder = join(data, "backups/home");
    const into = join(data, "home");
    const { readings } = await restoreBackup({ folder, id: made.id, into, clock: systemClock });
    await home.startHub();
    await home.filled();
    await home.caughtUp();
    assert.equal((await home.part("store"))?.state, "ok");
    const gaps = await home.reader.gaps(...ALL);
    row.gaps = gaps.length;
    judge(row, sim.load.emitted.list(), await home.reader.history(loadNames(ENTITIES), ...ALL));
    row.notes.push(
      `${kills} kills left ${left.backups.length} backups, each whole; restored ${readings} readings, the rest filled from history`,
    );
  },
};

const list = (home: SimulatedHome): Promise<Listed> => home.hub.json<Listed>("api/v1/backups");

async function idle(home: SimulatedHome): Promise<void> {
  await eventually(60, async () => assert.equal((await list(home)).under_way, null));
}
