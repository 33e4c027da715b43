import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { everythingIn } from "../../../tests/support/data/everything-in.ts";
import { openBackedUpHome, readings, series } from "../../../tests/support/disk/backups.ts";
import { Died, dyingDisk } from "../../../tests/support/disk/dying-disk.ts";
import { systemClock } from "../../platform/time/clock.ts";
import type { StoreSnapshot } from "../../store/store.ts";
import { verifyBackup } from "../check/verify.ts";
import { type Disk, systemDisk } from "../folder/disk.ts";
import { openShelf, removeBackup, tidy } from "../folder/shelf.ts";
import { restoreBackup } from "../restore/restore.ts";
import { settleRestore } from "../restore/swap.ts";
import { beginBackup, finishBackup } from "./make.ts";

/** Killed before each single step on the disk: what is left is nothing or all of it. */

const root = mkdtempSync(join(tmpdir(), "killed-"));
after(() => rmSync(root, { recursive: true }));
const home = join(root, "home");
const folder = join(root, "backups");
const second = "2090-11-26T03-40-00Z";
let first = "";
let snapshot: StoreSnapshot;
let all: unknown;

before(async () => {
  const opened = await openBackedUpHome(root);
  await opened.store.append(series([1, 2, 3]));
  for (let at = 0; at < 300; at += 50) await opened.store.append(readings(at, 50));
  first = await opened.make();
  await opened.store.append(readings(300, 50));
  await opened.store.maintained();
  snapshot = await opened.store.snapshot();
  all = await everythingIn(opened.store);
  await opened.close();
});

/** Until it comes through; `look` sees what each kill left. */
async function killEverywhere(needs: {
  run: (disk: Disk) => Promise<unknown>;
  reset: () => void;
  look: (step: number) => Promise<void>;
}): Promise<number> {
  for (let step = 1; ; step++) {
    needs.reset();
    const { disk, died } = dyingDisk(step);
    await needs.run(disk).catch((error) => {
      if (!died()) throw error;
      assert.ok(error instanceof Died || /killed/.test(String(error)), String(error));
    });
    await needs.look(step);
    if (!died()) return step - 1;
  }
}

const resetting = (place: string): (() => void) => {
  const kept = mkdtempSync(join(root, "kept-"));
  cpSync(place, kept, { recursive: true });
  return () => {
    for (const name of readdirSync(root))
      if (join(root, name).startsWith(place)) rmSync(join(root, name), { recursive: true });
    cpSync(kept, place, { recursive: true });
  };
};

test("a backup killed at every step leaves the earlier ones whole, and none of its own or a whole one", async (t) => {
  let whole = 0;
  const steps = await killEverywhere({
    reset: resetting(folder),
    run: async (disk) => {
      await beginBackup(disk, { folder, id: second, home });
      const { files, release, ...counts } = snapshot;
      const about = { ...counts, made: "2090-11-26T03:40:00Z", by: "user", hub: "test", simulated: false } as const;
      finishBackup(disk, { folder, id: second, home, files, reserve: 0, about: { ...about, damaged: [] } });
    },
    look: async () => {
      const ids = openShelf(systemDisk, folder).backups.map((backup) => backup.id);
      assert.ok(ids.includes(first));
      if (ids.includes(second)) {
        whole++;
        const { ok, readings: found } = await verifyBackup(systemDisk, { folder, id: second, clock: systemClock });
        assert.deepEqual([ok, found], [true, 350]);
      }
      tidy(systemDisk, folder);
      assert.deepEqual(readdirSync(folder).sort(), [...ids].sort());
    },
  });
  assert.ok(steps > 20 && whole > 0, `${steps} steps`);
  t.diagnostic(`${steps} kills; a whole backup after ${whole} of them`);
});

test("a removal killed at every step leaves the others whole", async (t) => {
  // As on a disk without links: what both hold lies with the first alone.
  const shelf = openShelf(systemDisk, folder);
  const shared = shelf
    .find(first)
    .files.filter(({ sha256 }) => shelf.find(second).files.some((file) => file.sha256 === sha256));
  assert.ok(shared.length > 0);
  for (const { path } of shared) rmSync(join(folder, second, path));
  const steps = await killEverywhere({
    reset: resetting(folder),
    run: async (disk) => removeBackup(disk, folder, first),
    look: async () => {
      const { problems } = await verifyBackup(systemDisk, { folder, id: second, clock: systemClock });
      assert.deepEqual(problems, []);
    },
  });
  assert.deepEqual(readdirSync(folder), [second]);
  assert.ok(steps > 3, `${steps} steps`);
  t.diagnostic(`${steps} kills`);
});

test("a restore killed at every step leaves the old data or the restored ones, whole", async (t) => {
  const outcomes = { old: 0, restored: 0 };
  const beside = () => readdirSync(root).filter((name) => name.startsWith("home"));
  const steps = await killEverywhere({
    reset: resetting(home),
    run: (disk) => restoreBackup(disk, { folder, id: second, into: home, clock: systemClock }),
    look: async (step) => {
      settleRestore(systemDisk, home);
      const restored = existsSync(join(home, "restored.json"));
      outcomes[restored ? "restored" : "old"]++;
      const kept = restored ? ["home", "home.before-restore"] : ["home"];
      assert.deepEqual(beside().sort(), kept);
      if (step % 10 !== 0 && !restored) return;
      const opened = await openBackedUpHome(root);
      assert.deepEqual(opened.store.damages(), []);
      assert.deepEqual(await everythingIn(opened.store), all);
      await opened.close();
    },
  });
  assert.ok(outcomes.restored > 0 && outcomes.old > 20, `${steps} steps`);
  t.diagnostic(`${steps} kills: the old data after ${outcomes.old} of them, the restored after ${outcomes.restored}`);
});
