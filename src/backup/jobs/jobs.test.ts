import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type BackedUpHome, event, openBackedUpHome, readings, series } from "../../../tests/support/disk/backups.ts";
import { eventually } from "../../../tests/support/eventually.ts";
import type { UnderWay } from "./turns.ts";

const root = mkdtempSync(join(tmpdir(), "backup-jobs-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

/** Enough for a backup, or a check of it, to be seen on its way. */
async function filled(): Promise<BackedUpHome & { readonly root: string }> {
  const own = join(root, `${++folders}`);
  const home = await openBackedUpHome(own);
  await home.store.append(series([1, 2, 3]));
  for (let at = 0; at < 40_000; at += 1_000) await home.store.append(readings(at, 1_000));
  await home.store.append([event(1)]);
  const values = { mean: 1, min: null, max: null, sum: null, state: null, lastReset: null };
  for (const start of [0, 1, 1])
    await home.store.append([{ kind: "statistic", statistic: { series: 2, period: "hour", start, ...values } }]);
  await home.store.maintained();
  return { ...home, root: own };
}

/** Looks between all that the event loop has to do: a step that is under way is not missed. */
async function seen(home: BackedUpHome, phase: UnderWay["phase"]): Promise<void> {
  while (home.backups.underWay()?.phase !== phase) await new Promise((resolve) => setImmediate(resolve));
}

test("a backup is a job with its progress in bytes, and says in the end what it made", async () => {
  const home = await filled();
  const { id, job } = home.backups.make();
  await home.backups.idle();
  await eventually(20, () => assert.equal(home.jobs.get(job)?.state, "done"));
  const { progress, outcome, actions } = home.jobs.get(job) ?? {};
  const { backups } = await home.backups.list();
  assert.deepEqual([backups[0]?.id, outcome?.backup, outcome?.readings, actions], [id, id, 40_000, []]);
  assert.deepEqual([progress?.unit, progress?.done], ["bytes", progress?.total]);
  assert.deepEqual(home.jobs.startable(), ["backup", "store_verification"]);
  await home.close();
});

test("a backup that is cancelled leaves nothing behind, is no failure, and can be taken up again", async () => {
  const home = await filled();
  for (const phase of ["starting", "copying"]) {
    const { job } = home.backups.make();
    await seen(home, phase);
    assert.equal(home.jobs.act(job, "cancel")?.state, "cancelled");
    await home.backups.idle();
    assert.deepEqual(existsSync(home.folder) ? readdirSync(home.folder) : [], [], phase);
    assert.deepEqual([home.backups.underWay(), home.backups.lastFailure()], [undefined, undefined]);
    assert.equal(home.board.get("backups")?.state, "off");
    await eventually(20, () => {
      if (home.jobs.get(job)?.state === "cancelled") home.jobs.act(job, "resume");
      assert.equal(home.jobs.get(job)?.state, "done");
    });
    const { backups } = await home.backups.list();
    assert.deepEqual([backups.length, backups[0]?.about?.by], [1, "user"]);
    await home.backups.remove(backups[0]?.id ?? "");
  }
  await home.close();
});

test("a backup asked for as a job while the store is checked is refused by its job, and is no failed backup", async () => {
  const home = await filled();
  home.backups.store.begin();
  const job = home.jobs.start("backup");
  await home.backups.idle();
  await eventually(20, () => assert.equal(home.jobs.get(job.id)?.state, "failed"));
  assert.match(String(home.jobs.get(job.id)?.why), /under way/);
  assert.deepEqual([home.backups.lastFailure(), home.board.get("backups")?.state], [undefined, "off"]);
  assert.equal(home.backups.store.last()?.ok, true);
  await home.close();
});

test("a check that is cancelled leaves no result and no files, of a backup and of the store", async () => {
  const home = await filled();
  const id = await home.make();
  const temporary = join(home.root, "tmp");
  mkdirSync(temporary);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  try {
    for (const phase of ["checking", "reading"]) {
      const { job } = home.backups.verify(id);
      await seen(home, phase);
      home.jobs.act(job, "cancel");
      await home.backups.idle();
      assert.deepEqual(readdirSync(temporary), [], phase);
      assert.equal((await home.backups.list()).backups[0]?.verified, undefined, phase);
    }
    const { job } = home.backups.store.begin();
    await seen(home, "reading");
    home.jobs.act(job, "cancel");
    await home.backups.idle();
    assert.deepEqual([home.backups.store.last(), home.store.damages()], [undefined, []]);
    assert.equal(home.backups.lastFailure(), undefined);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  const { job } = home.backups.verify(id);
  await home.backups.idle();
  await eventually(20, () => assert.equal(home.jobs.get(job)?.state, "done"));
  // Of two with one start the later counts.
  assert.equal((await home.backups.list()).backups[0]?.verified?.statistics, 2);
  assert.deepEqual(home.jobs.get(job)?.outcome, { backup: id, ok: true, problems: 0, readings: 40_000 });
  assert.equal(home.jobs.get(job)?.progress.done, 100);
  await home.close();
});

test("what a stop of the hub broke off is told, and begins anew only when it is resumed", async () => {
  const home = await filled();
  const { job } = home.backups.make();
  const kept = structuredClone(home.database.settings.get("jobs"));
  await eventually(20, () => assert.equal(home.jobs.get(job)?.state, "done"));
  const [made] = (await home.backups.list()).backups;
  home.database.settings.set("jobs", kept);
  await home.backups.close();
  await home.store.close();
  home.database.close();

  const again = await openBackedUpHome(home.root);
  await again.backups.idle();
  await eventually(20, () => assert.equal(again.jobs.get(job)?.state, "failed"));
  assert.match(again.jobs.get(job)?.why ?? "", /stopped meanwhile/);
  assert.deepEqual([again.backups.lastFailure(), existsSync(join(home.folder, made?.id ?? ""))], [undefined, true]);
  again.jobs.act(job, "resume");
  await eventually(20, () => assert.equal(again.jobs.get(job)?.state, "done"));
  assert.equal((await again.backups.list()).backups.length, 2);
  await again.close();
});
