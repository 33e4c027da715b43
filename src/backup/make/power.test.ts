import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRandom } from "../../../tests/support/data/random.ts";
import { openBackedUpHome, readings, series } from "../../../tests/support/disk/backups.ts";
import { createCutDisk, type Loss, readTree, type Step, writeTree } from "../../../tests/support/disk/journal.ts";
import { recordingDisk } from "../../../tests/support/disk/recording-disk.ts";
import { systemClock } from "../../platform/time/clock.ts";
import type { StoreSnapshot } from "../../store/store.ts";
import { verifyBackup } from "../check/verify.ts";
import { systemDisk } from "../folder/disk.ts";
import { openShelf, removeBackup, tidy } from "../folder/shelf.ts";
import { beginBackup, finishBackup } from "./make.ts";

/** The power goes after any step, and of what was not synced then a part is lost. */

const root = mkdtempSync(join(tmpdir(), "power-"));
after(() => rmSync(root, { recursive: true }));
const home = join(root, "home");
const second = "2090-11-26T03-40-00Z";
let first = "";
let snapshot: StoreSnapshot;

before(async () => {
  const opened = await openBackedUpHome(root);
  await opened.store.append(series([1, 2, 3]));
  for (let at = 0; at < 300; at += 50) await opened.store.append(readings(at, 50));
  first = await opened.make();
  await opened.store.append(readings(300, 50));
  await opened.store.seal();
  snapshot = await opened.store.snapshot();
  await opened.close();
});

const LOSSES: readonly Loss[] = ["everything", "contents", "names", "some", "some"];

/** After each step of what was recorded, by each loss: `look` at what is left of the folder of backups. */
async function cutEverywhere(needs: {
  there: ReadonlyMap<string, Buffer | "folder">;
  steps: readonly Step[];
  look: (folder: string, cut: { step: number; loss: Loss }) => Promise<void>;
}): Promise<number> {
  const random = createRandom(17);
  const playing = createCutDisk(needs.there);
  const left = join(root, "left");
  let cuts = 0;
  for (const [step, one] of needs.steps.entries()) {
    playing.take(one);
    for (const loss of LOSSES) {
      writeTree(left, playing.after(loss, random));
      await needs.look(join(left, "backups"), { step, loss });
      rmSync(left, { recursive: true });
      cuts++;
    }
  }
  return cuts;
}

const isWhole = async (folder: string, id: string): Promise<void> => {
  const { ok, problems } = await verifyBackup(systemDisk, { folder, id, clock: systemClock });
  assert.deepEqual([ok, problems], [true, []], id);
};

test("a power loss at any moment of a backup leaves the earlier one whole, and none of its own or a whole one", async (t) => {
  const disk = join(root, "disk");
  cpSync(join(root, "backups"), join(disk, "backups"), { recursive: true });
  const folder = join(disk, "backups");
  const there = readTree(disk);
  const recorded = recordingDisk(disk);
  await beginBackup(recorded.disk, { folder, id: second, home });
  const { files, release, ...counts } = snapshot;
  const about = { ...counts, made: "2090-11-26T03:40:00Z", by: "user", hub: "test", simulated: false } as const;
  finishBackup(recorded.disk, { folder, id: second, home, files, reserve: 0, about: { ...about, damaged: [] } });
  // What SQLite copies for itself goes before anything counts.
  const steps = recorded.steps.filter(({ path }) => !path.endsWith("app.db.copy"));
  let found = 0;
  const cuts = await cutEverywhere({
    there,
    steps,
    look: async (left, { step, loss }) => {
      const ids = openShelf(systemDisk, left).backups.map(({ id }) => id);
      assert.ok(ids.includes(first));
      if (ids.includes(second)) {
        found++;
        await isWhole(left, second);
      }
      if (step === steps.length - 1) assert.ok(ids.includes(second), `${loss} lost after it was made`);
      tidy(systemDisk, left);
      assert.deepEqual(readdirSync(left).sort(), [...ids].sort());
    },
  });
  assert.ok(found >= LOSSES.length);
  t.diagnostic(`${cuts} cuts after ${steps.length} steps; a whole backup after ${found} of them`);
});

test("a power loss at any moment of a removal leaves the other backup whole", async (t) => {
  const disk = join(root, "disk");
  const folder = join(disk, "backups");
  // As on a disk without links: what both hold lies with the first alone.
  const shelf = openShelf(systemDisk, folder);
  const sums = new Set(shelf.find(second).files.map(({ sha256 }) => sha256));
  const shared = shelf.find(first).files.filter(({ sha256 }) => sums.has(sha256));
  assert.ok(shared.length > 0);
  for (const { path } of shared) rmSync(join(folder, second, path));
  const there = readTree(disk);
  const recorded = recordingDisk(disk);
  removeBackup(recorded.disk, folder, first);
  const cuts = await cutEverywhere({ there, steps: recorded.steps, look: (left) => isWhole(left, second) });
  t.diagnostic(`${cuts} cuts after ${recorded.steps.length} steps`);
});
