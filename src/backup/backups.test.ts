import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { everythingIn } from "../../tests/support/data/everything-in.ts";
import { type BackedUpHome, event, openBackedUpHome, readings, series } from "../../tests/support/disk/backups.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { systemClock } from "../platform/time/clock.ts";
import { listBackups, restoreBackup, verifyBackup } from "./offline.ts";

const root = mkdtempSync(join(tmpdir(), "backups-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = () => join(root, `${++folders}`);

async function filled(home: BackedUpHome, months = 3): Promise<void> {
  await home.store.append(series([1, 2, 3]));
  for (let month = 0; month < months; month++)
    for (let at = 0; at < 500; at += 50) await home.store.append(readings(at, 50, month));
  await home.store.append([event(1), event(2)]);
  await home.store.maintained();
}

test("a backup made while readings come in restores to an equal store and app.db", async () => {
  const folder = newFolder();
  const home = await openBackedUpHome(folder);
  await filled(home);
  home.database.settings.set("kept", { as: "it was" });
  const { secret } = home.database.tokens.create("kept", "read");
  const { id } = home.backups.make();
  let at = 500;
  while (home.backups.underWay()) {
    await home.store.append(readings(at, 5));
    at += 5;
  }
  await home.backups.idle();
  const listed = await home.backups.list();
  const about = listed.backups[0]?.about;
  assert.deepEqual([listed.backups.length, listed.backups[0]?.id, about?.by], [1, id, "user"]);
  assert.ok(about && about.readings >= 1_500 && about.readings <= 1_000 + at);
  assert.equal(about.events, 2);
  const verified = await verifyBackup({ folder: home.folder, id, clock: systemClock });
  assert.deepEqual([verified.problems, verified.readings], [[], about.readings]);
  const before = await everythingIn(home.store);
  await home.close();

  const into = join(newFolder(), "home");
  const restored = await restoreBackup({ folder: home.folder, id, into, clock: systemClock });
  assert.deepEqual([restored.replaced, restored.readings], [null, about.readings]);
  const again = await openBackedUpHome(join(into, ".."));
  const found = await everythingIn(again.store);
  assert.equal(found.readings.length, about.readings);
  const names = new Set(found.readings);
  assert.deepEqual(
    before.readings.filter((row) => names.has(row)),
    found.readings,
  );
  assert.deepEqual(found.events, before.events);
  assert.deepEqual(again.store.damages(), []);
  assert.deepEqual(again.database.settings.get("kept"), { as: "it was" });
  assert.equal(again.database.tokens.check(secret)?.name, "kept");
  await again.close();
});

test("what an earlier backup holds is not copied again, and removing that one leaves the others whole", async () => {
  const home = await openBackedUpHome(newFolder());
  await filled(home);
  await home.store.seal();
  const first = await home.make();
  await home.store.append(readings(600, 20));
  const second = await home.make();
  const { backups } = await home.backups.list();
  const [newer, older] = backups.map(({ about }) => about);
  assert.ok(newer && older && older.copied === older.bytes);
  const shared = (await home.backups.find(second))?.fileList.filter(({ path }) => path.endsWith(".blk")) ?? [];
  assert.ok(shared.length >= 3);
  const sharedBytes = shared.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(newer.copied <= newer.bytes - sharedBytes, `${newer.copied} of ${newer.bytes}, ${sharedBytes} shared`);
  for (const { path } of shared) {
    const [a, b] = [first, second].map((id) => statSync(join(home.folder, id, path)));
    assert.equal(a?.ino, b?.ino, path);
  }
  await home.backups.remove(first);
  assert.deepEqual(readdirSync(home.folder), [second]);
  assert.equal((await verifyBackup({ folder: home.folder, id: second, clock: systemClock })).ok, true);
  await home.close();
});

test("a file that changed and kept its size is copied again", async () => {
  const home = await openBackedUpHome(newFolder());
  const made = [];
  for (const note of ["one", "two"]) {
    home.database.settings.set("note", note);
    const id = await home.make();
    made.push((await home.backups.find(id))?.fileList.find(({ path }) => path === "app.db"));
    assert.equal((await verifyBackup({ folder: home.folder, id, clock: systemClock })).ok, true);
  }
  assert.equal(made[0]?.bytes, made[1]?.bytes);
  assert.notEqual(made[0]?.sha256, made[1]?.sha256);
  await home.close();
});

test("nobody but the owner can read a backup", async () => {
  const home = await openBackedUpHome(newFolder());
  await filled(home, 1);
  const id = await home.make();
  const walk = (path: string): void => {
    const { mode } = statSync(path);
    assert.equal(mode & 0o077, 0, path);
    if (statSync(path).isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
  };
  walk(home.folder);
  assert.ok(existsSync(join(home.folder, id, "manifest.json")));
  await home.close();
});

test("any damage of a backup is found by verify and refused by restore, each file by its name", async () => {
  const home = await openBackedUpHome(newFolder());
  await filled(home);
  const id = await home.make();
  const files = (await home.backups.find(id))?.fileList ?? [];
  await home.close();
  const into = join(newFolder(), "home");
  const backup = join(home.folder, id);
  const verify = () => verifyBackup({ folder: home.folder, id, clock: systemClock });
  for (const { path } of files) {
    const whole = readFileSync(join(backup, path));
    const flipped = Buffer.from(whole);
    const at = Math.floor(whole.length / 2);
    flipped[at] = (flipped[at] as number) ^ 4;
    for (const bytes of [flipped, whole.subarray(0, -1), Buffer.concat([whole, Buffer.alloc(1)])]) {
      writeFileSync(join(backup, path), bytes);
      const { ok, problems } = await verify();
      assert.deepEqual([ok, problems[0]?.code, problems[0]?.file], [false, "file_damaged", path]);
      if (bytes.length <= whole.length)
        await assert.rejects(restoreBackup({ folder: home.folder, id, into, clock: systemClock }), {
          code: "backup_damaged",
        });
      assert.ok(!existsSync(into));
    }
    rmSync(join(backup, path));
    assert.deepEqual((await verify()).problems[0]?.code, "file_missing");
    writeFileSync(join(backup, path), whole);
  }
  assert.deepEqual((await verify()).problems, []);
  const manifest = readFileSync(join(backup, "manifest.json"));
  for (const at of [0, 50, 120, manifest.length - 5]) {
    const bytes = Buffer.from(manifest);
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(join(backup, "manifest.json"), bytes);
    await assert.rejects(verify(), { code: "backup_damaged" });
    assert.equal(listBackups(home.folder)[0]?.failure?.code, "backup_damaged");
  }
});

test("a failing backup is told by the status with what to do, leaves nothing behind, and is forgotten by the next good one", async () => {
  const home = await openBackedUpHome(newFolder(), { backups: { reserve: Number.MAX_SAFE_INTEGER } });
  await filled(home, 1);
  await home.make();
  const part = home.board.get("backups");
  assert.equal(part?.state, "degraded");
  assert.match(part?.why ?? "", /needs .* MB/);
  assert.match(part?.fix ?? "", /HA_INGESTOR_BACKUPS/);
  assert.deepEqual(readdirSync(home.folder), []);
  assert.equal(home.backups.lastFailure()?.code, "backup_no_space");
  await home.close();
});

test("one thing at a time: a second backup is refused while one is under way", async () => {
  const home = await openBackedUpHome(newFolder());
  await filled(home, 1);
  home.backups.make();
  assert.throws(() => home.backups.make(), { code: "action_unavailable" });
  assert.throws(() => home.backups.store.begin(), { code: "action_unavailable" });
  await home.backups.idle();
  home.backups.store.begin();
  await home.backups.idle();
  const last = home.backups.store.last();
  assert.deepEqual([last?.ok, last?.readings, last?.events], [true, 500, 2]);
  await home.close();
});

test("by the schedule backups are made at their time, and the oldest of those alone are removed", async () => {
  const clock = createTestClock();
  const home = await openBackedUpHome(newFolder(), { backups: { clock } });
  await filled(home, 1);
  assert.deepEqual([home.backups.schedule.isProposed, home.board.get("backups")?.state], [true, "off"]);
  const byHand = await home.make();
  home.backups.schedule.set({ on: true, at: "03:40", keep: { daily: 2, weekly: 0, monthly: 0 } });
  assert.equal(home.board.get("backups")?.state, "ok");
  for (let day = 0; day < 4; day++) {
    clock.advance(24 * 3_600_000);
    do await home.backups.idle();
    while (home.backups.underWay());
    // Removal follows the backup in a turn of its own.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await home.backups.idle();
  }
  const { backups } = await home.backups.list();
  assert.deepEqual(
    backups.map(({ about }) => about?.by),
    ["schedule", "schedule", "user"],
  );
  assert.equal(backups.at(-1)?.id, byHand);
  await home.close();
});

test("a clock that stands before what is recorded makes and removes nothing", async () => {
  const clock = createTestClock(0);
  const home = await openBackedUpHome(newFolder(), { backups: { clock } });
  await filled(home, 1);
  home.backups.schedule.set({ on: true, at: "03:40", keep: { daily: 1, weekly: 0, monthly: 0 } });
  clock.advance(24 * 3_600_000);
  await home.backups.idle();
  assert.deepEqual((await home.backups.list()).backups, []);
  assert.match(home.board.get("backups")?.why ?? "", /clock/);
  await home.close();
});
