import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames, openSimulatedHome, type SimulatedHome } from "../../support/home/simulated-home.ts";
import { type Fault, judge, skip, withoutPaths } from "../runner/fault.ts";

const RATE = 1_000;
const ENTITIES = 50;

/** Once to the very end of the disk, and once stopping before the reserve. */
export const fullDisk: readonly Fault[] = [
  fillingUp({
    name: "disk full, then freed",
    how: `data folder on a disk of 8 MB, filled to its end while ${RATE} changes/s come in; freed; killed and started again`,
    diskBytes: 8 * 1024 * 1024,
    reserveMb: 0,
    says: /ENOSPC/,
  }),
  fillingUp({
    name: "disk nearly full, then freed",
    how: `data folder on a disk of 40 MB of which 16 MB are to stay free, filled to 4 MB while ${RATE} changes/s come in; freed; killed and started again`,
    diskBytes: 40 * 1024 * 1024,
    reserveMb: 16,
    says: /kept free/,
  }),
];

function fillingUp(form: { name: string; how: string; diskBytes: number; reserveMb: number; says: RegExp }): Fault {
  const { name, how, diskBytes, reserveMb, says } = form;
  return {
    id: "R4",
    name,
    how,
    home: "simulated",
    runs: "always",
    run: async (row, { folder: makeFolder }) => {
      const folder = makeFolder();
      using _disk = mountTmpfs(folder, diskBytes);
      const env = { HA_INGESTOR_RESERVE_MB: String(reserveMb) };
      await using home = await openSimulatedHome({ hub: { dataDir: folder, env } });
      const { sim } = home;
      const follower = await home.reader.follow();
      const load = sim.load.start({ rate: RATE, entities: ENTITIES, mix: "mixed" });
      await eventually(10, () => assert.ok(load.made > RATE));

      const free = () => statfsSync(folder).bavail * statfsSync(folder).bsize;
      const ballast = join(folder, "ballast");
      fillUp(ballast, free() - (reserveMb * 1_000_000) / 4);
      await eventually(30, async () => assert.equal((await home.part("recording"))?.state, "degraded"));
      const { why, fix } = (await home.part("recording")) ?? {};
      assert.match(why ?? "", says);
      assert.ok(fix, "the status says what to do");
      // Long enough that every client and the hub itself have tried to write again.
      const made = load.made;
      await eventually(30, () => assert.ok(load.made > made + 3 * RATE));
      const whileFull = follower.changes().length;
      await held(home, follower.changes());
      if (reserveMb > 0) assert.ok(free() > (reserveMb * 1_000_000) / 8, "recording leaves the last of the disk alone");
      row.notes.push(`status: ${withoutPaths(why)}`);

      rmSync(ballast);
      await eventually(30, async () => assert.equal((await home.part("recording"))?.state, "ok"));
      await load.stop();
      await home.caughtUp();
      row.notes.push(`${whileFull} heard live before space returned, ${follower.changes().length} in the end`);
      assert.equal(follower.lost(), 0);
      await home.stopHub("kill");
      await home.startHub();
      await home.filled();
      await home.caughtUp();
      assert.equal((await home.part("store"))?.state, "ok", "no torn record");
      const gaps = await home.reader.gaps(...ALL);
      row.gaps = gaps.length;
      judge(row, sim.load.emitted.list(), await home.reader.history(loadNames(ENTITIES), ...ALL));
      assert.deepEqual(
        gaps.filter(({ kind }) => kind === "states"),
        [],
      );
    },
  };
}

/** What has been heard live can be asked for, also while the disk is full. */
async function held(home: SimulatedHome, heard: readonly { entityId: string; time: number; state: string | null }[]) {
  const rows = await home.reader.history(loadNames(ENTITIES), ...ALL);
  const keys = new Set(rows.map(({ entityId, time, state }) => `${entityId}|${time}|${state}`));
  const load = heard.filter(({ entityId }) => entityId.startsWith("sensor.load_"));
  assert.deepEqual(
    load.filter(({ entityId, time, state }) => !keys.has(`${entityId}|${time}|${state}`)).slice(0, 5),
    [],
    "nothing is published that a query cannot find",
  );
}

/** So many bytes and a little more, or until there is no room. */
function fillUp(file: string, bytes: number): void {
  const block = Buffer.alloc(64 * 1024, 1);
  try {
    for (let at = 0; at < bytes + block.length; at += block.length) writeFileSync(file, block, { flag: "a" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

function mountTmpfs(folder: string, bytes: number): Disposable {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "none", folder], { stdio: "pipe" });
  } catch (error) {
    skip(`a small disk cannot be mounted here (it needs root): ${String(error).split("\n")[1] ?? error}`);
  }
  return { [Symbol.dispose]: () => void execFileSync("umount", ["-l", folder]) };
}
