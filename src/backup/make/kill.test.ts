import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openBackedUpHome, readings, series } from "../../../tests/support/backups.ts";
import { everythingIn } from "../../../tests/support/everything-in.ts";
import { systemClock } from "../../platform/clock.ts";
import { verifyBackup } from "../check/verify.ts";
import { systemDisk } from "../folder/disk.ts";
import { openShelf, tidy } from "../folder/shelf.ts";
import { settleRestore } from "../restore/swap.ts";

/** SIGKILL before each single step on the disk, in a process of its own: what is left is nothing or all of it. */

const root = mkdtempSync(join(tmpdir(), "killed-"));
after(() => rmSync(root, { recursive: true }));
const RUN = join(import.meta.dirname, "../../../tests/support/killed-backup.ts");
const home = join(root, "home");
const folder = join(root, "backups");
let first = "";
let counted = 0;
let all: unknown;

before(async () => {
  const opened = await openBackedUpHome(root);
  await opened.store.append(series([1, 2, 3]));
  for (let at = 0; at < 300; at += 50) await opened.store.append(readings(at, 50));
  first = await opened.make();
  await opened.store.append(readings(300, 50));
  await opened.store.maintained();
  counted = opened.store.stats().readings;
  all = await everythingIn(opened.store);
  await opened.close();
});

/** Runs until it is not killed any more; `look` sees what each kill left. */
async function killEverywhere(args: readonly string[], reset: () => void, look: (step: number) => Promise<void>) {
  for (let step = 1; ; step++) {
    reset();
    const { signal, status, stderr } = spawnSync(process.execPath, [RUN, String(step), ...args], { encoding: "utf8" });
    if (signal !== "SIGKILL") {
      assert.equal(status, 0, stderr);
      await look(step);
      return step - 1;
    }
    await look(step);
  }
}

test("a backup killed at every step leaves the earlier ones whole, and none of its own or a whole one", async (t) => {
  const kept = join(root, "kept");
  cpSync(folder, kept, { recursive: true });
  const id = "2026-11-26T03-40-00Z";
  const reset = () => {
    rmSync(folder, { recursive: true });
    cpSync(kept, folder, { recursive: true });
  };
  let whole = 0;
  const steps = await killEverywhere(["make", folder, home, id], reset, async () => {
    const ids = openShelf(systemDisk, folder).backups.map((backup) => backup.id);
    assert.ok(ids.includes(first));
    if (ids.includes(id)) {
      whole++;
      const { ok, readings: found } = await verifyBackup(systemDisk, { folder, id, clock: systemClock });
      assert.deepEqual([ok, found], [true, counted]);
    }
    tidy(systemDisk, folder);
    assert.deepEqual(readdirSync(folder).sort(), [...ids].sort());
  });
  assert.ok(steps > 50 && whole > 0, `${steps} steps`);
  t.diagnostic(`${steps} kills; ${whole} of them with a whole backup`);
});

test("a removal killed at every step leaves the others whole", async (t) => {
  const kept = join(root, "kept-for-removal");
  const second = openShelf(systemDisk, folder).backups[0]?.id as string;
  cpSync(folder, kept, { recursive: true });
  // As on a disk without links: what both hold lies with the first alone.
  for (const { path } of openShelf(systemDisk, kept).find(first).files) {
    const same = openShelf(systemDisk, kept)
      .find(second)
      .files.some((file) => file.path === path);
    if (same && path !== "app.db") rmSync(join(kept, second, path), { force: true });
  }
  const reset = () => {
    rmSync(folder, { recursive: true });
    cpSync(kept, folder, { recursive: true });
  };
  const steps = await killEverywhere(["remove", folder, home, first], reset, async () => {
    const { ok, problems } = await verifyBackup(systemDisk, { folder, id: second, clock: systemClock });
    assert.deepEqual([ok, problems], [true, []]);
  });
  assert.ok(steps > 3, `${steps} steps`);
  t.diagnostic(`${steps} kills`);
});

test("a restore killed at every step leaves the old data or the restored ones, whole", async (t) => {
  const kept = join(root, "kept-home");
  cpSync(home, kept, { recursive: true });
  const beside = () => readdirSync(root).filter((name) => name.startsWith("home"));
  const reset = () => {
    for (const name of beside()) rmSync(join(root, name), { recursive: true });
    cpSync(kept, home, { recursive: true });
  };
  const id = openShelf(systemDisk, folder).backups.at(-1)?.id as string;
  const outcomes = { old: 0, restored: 0 };
  const steps = await killEverywhere(["restore", folder, home, id], reset, async (step) => {
    settleRestore(systemDisk, home);
    const restored = existsSync(join(home, "restored.json"));
    outcomes[restored ? "restored" : "old"]++;
    assert.deepEqual(
      beside().filter((name) => !["home", "home.before-restore"].includes(name)),
      [],
    );
    assert.equal(existsSync(`${home}.before-restore`), restored);
    if (step % 10 !== 0 && !restored) return;
    const opened = await openBackedUpHome(root);
    assert.deepEqual(opened.store.damages(), []);
    if (!restored) assert.deepEqual(await everythingIn(opened.store), all);
    await opened.close();
  });
  assert.ok(outcomes.restored > 0 && outcomes.old > 20);
  t.diagnostic(`${steps} kills: ${outcomes.old} left the old data, ${outcomes.restored} the restored`);
});
