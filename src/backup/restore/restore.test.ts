import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { crc32 } from "node:zlib";
import Sqlite from "better-sqlite3";
import { everythingIn } from "../../../tests/support/data/everything-in.ts";
import { openBackedUpHome, readings, series } from "../../../tests/support/disk/backups.ts";
import type { Failure } from "../../domain/failure.ts";
import { systemClock } from "../../platform/time/clock.ts";
import { systemDisk } from "../folder/disk.ts";
import { encodeManifest, type Manifest } from "../folder/manifest.ts";
import { restoreBackup, verifyStore } from "../offline.ts";
import { dropReplaced, settleRestore } from "./swap.ts";

const root = mkdtempSync(join(tmpdir(), "restore-"));
after(() => rmSync(root, { recursive: true }));
const made = join(root, "made");
const folder = join(made, "backups");
const clock = systemClock;
let id = "";
let positions: readonly number[] = [];

before(async () => {
  const home = await openBackedUpHome(made);
  home.database.home.bind({ simulated: false, ids: ["a", "b"] });
  await home.store.append(series([1, 2, 3]));
  await home.store.append(readings(0, 200));
  id = await home.make();
  positions = await home.store.append(readings(200, 50));
  await home.close();
});

const refusal = (code: string) => (error: Failure) => {
  assert.equal(error.code, code);
  assert.ok(error.fix, "it says what to do");
  return true;
};

test("a restore keeps what was there aside until the hub has started, and gives out no position again", async () => {
  const there = join(root, "over");
  cpSync(join(made, "home"), join(there, "home"), { recursive: true });
  const into = join(there, "home");
  const { replaced } = await restoreBackup({ folder, id, into, clock });
  assert.equal(replaced, `${into}.before-restore`);
  // Restored once more before any start: what stands aside is still the data that the hub ran with.
  await restoreBackup({ folder, id, into, clock });
  assert.ok(!existsSync(`${into}.discarded`));
  assert.ok(!existsSync(join(replaced, "restored.json")));
  settleRestore(systemDisk, into);

  for (let start = 0; start < 2; start++) {
    // The first one stores nothing: the floor holds for the second, too.
    const again = await openBackedUpHome(there);
    assert.equal((await everythingIn(again.store)).readings.length, 200);
    if (start === 1) {
      const [position] = await again.store.append(readings(900, 1));
      assert.ok((position as number) > Math.max(...positions));
    }
    await again.close();
  }
  assert.equal(dropReplaced(systemDisk, into), true);
  assert.ok(!existsSync(replaced));
  assert.equal(dropReplaced(systemDisk, into), false);
});

test("a restore is refused while a hub has the store open, and changes nothing", async () => {
  const there = join(root, "running");
  const running = await openBackedUpHome(there);
  await running.store.append(series([1]));
  await assert.rejects(restoreBackup({ folder, id, into: running.home, clock }), refusal("store_in_use"));
  await assert.rejects(verifyStore({ home: running.home, clock }), refusal("store_in_use"));
  assert.ok(!existsSync(`${running.home}.restoring`));
  await running.close();
  assert.equal((await verifyStore({ home: running.home, clock })).ok, true);
});

test("a backup of another home is refused, and taken by an empty folder", async () => {
  const there = join(root, "other");
  const other = await openBackedUpHome(there);
  other.database.home.bind({ simulated: false, ids: ["x", "y"] });
  await other.close();
  const before = readFileSync(join(other.home, "app.db"));
  await assert.rejects(restoreBackup({ folder, id, into: other.home, clock }), refusal("another_home"));
  assert.deepEqual(readFileSync(join(other.home, "app.db")), before);
  const { readings: found } = await restoreBackup({ folder, id, into: join(root, "empty/home"), clock });
  assert.equal(found, 200);
});

test("what a newer hub made is refused with what to do: the backup's form, app.db, the store", async () => {
  const copy = join(root, "newer");
  const into = join(root, "newer-home");
  const manifest = (): Manifest => JSON.parse(readFileSync(join(folder, id, "manifest.json"), "utf8")).manifest;
  const change = (path: string, by: (file: string) => void, more: object = {}) => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(folder, copy, { recursive: true });
    const file = join(copy, id, path);
    by(file);
    const bytes = readFileSync(file);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const files = manifest().files.map((one) => (one.path === path ? { path, bytes: bytes.length, sha256 } : one));
    writeFileSync(join(copy, id, "manifest.json"), encodeManifest({ ...manifest(), files, ...more } as Manifest));
  };
  const restore = () => restoreBackup({ folder: copy, id, into, clock });

  change("app.db", () => {}, { format: 2 });
  await assert.rejects(restore(), refusal("backup_too_new"));
  change("app.db", (file) => {
    const sqlite = new Sqlite(file);
    for (let i = 0; i < 50; i++)
      sqlite.exec(`insert into __drizzle_migrations (hash, created_at) values ('later ${i}', 99999)`);
    sqlite.close();
  });
  await assert.rejects(restore(), refusal("database_too_new"));
  const tail = manifest().files.find(({ path }) => path.endsWith(".log"))?.path as string;
  change(tail, (file) => {
    const bytes = readFileSync(file);
    for (const at of [0, 64]) {
      bytes.writeUInt16LE(99, at + 8);
      bytes.writeUInt32LE(crc32(bytes.subarray(at, at + 60)), at + 60);
    }
    writeFileSync(file, bytes);
  });
  await assert.rejects(restore(), refusal("store_too_new"));
  assert.ok(!existsSync(into) && !existsSync(`${into}.restoring`));
});

test("no backup by that name is said with where it was looked for", async () => {
  await assert.rejects(
    restoreBackup({ folder, id: "2020-01-01T00-00-00Z", into: join(root, "no"), clock }),
    (error: Failure) => refusal("backup_unknown")(error) && error.message.includes(folder),
  );
});
