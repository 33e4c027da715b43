import { parentPort } from "node:worker_threads";
import { describeError, Failure } from "../../domain/failure.ts";
import { giveWay } from "../../platform/give-way.ts";
import { systemClock } from "../../platform/time/clock.ts";
import { openView } from "../../store/open.ts";
import { cancelled } from "../check/problem.ts";
import { readBack } from "../check/read-back.ts";
import { verifyBackup } from "../check/verify.ts";
import { systemDisk } from "../folder/disk.ts";
import { findBackup, keepVerified, listBackups } from "../folder/list.ts";
import { removeBackup, tidy } from "../folder/shelf.ts";
import { beginBackup, finishBackup } from "../make/make.ts";
import type { FromWorker, Stop, ToWorker } from "./job.ts";

giveWay("upkeep");

/** Entry of the worker of backups: copying, checking and removing block, so they do it here. */

const say = (message: FromWorker): void => parentPort?.postMessage(message);

/** Often enough for a bar to move. */
const TOLD_EVERY = 1 / 200;

function teller(check: () => void): (phase: string, done: number, total: number) => void {
  let told = { phase: "", share: 0 };
  return (phase, done, total) => {
    check();
    const share = total === 0 ? 1 : done / total;
    if (phase === told.phase && share - told.share < TOLD_EVERY && share < 1) return;
    told = { phase, share };
    say({ kind: "progress", phase, done, total });
  };
}

parentPort?.on("message", async (job: ToWorker) => {
  try {
    say({ kind: "answer", answer: await run(job) });
  } catch (error) {
    const { code, fix } = error instanceof Failure ? error : { code: "backup_failed", fix: undefined };
    say({ kind: "failed", code, message: describeError(error), fix: fix ?? null });
  }
});

const checkOf = (stop: Stop) => () => {
  if (Atomics.load(stop, 0) === 1) throw cancelled();
};

async function run(job: ToWorker): Promise<unknown> {
  const check = checkOf(job.stop);
  const tell = teller(check);
  check();
  switch (job.kind) {
    case "list":
      return { freeBytes: freeBytes(job.folder), backups: listBackups(systemDisk, job.folder) };
    case "find":
      return findBackup(systemDisk, job.folder, job.id);
    case "begin":
      await beginBackup(systemDisk, job);
      check();
      return null;
    case "finish":
      return finishBackup(systemDisk, job, (done, total) => tell("copying", done, total));
    case "verify": {
      const verified = await verifyBackup(systemDisk, { ...job, clock: systemClock, onProgress: tell });
      check();
      keepVerified(systemDisk, job.folder, job.id, { ...verified, time: job.now });
      return verified;
    }
    case "read": {
      const reader = openView(job.view);
      let done = 0;
      try {
        return await readBack(reader, job.series, (rows) => {
          done += rows;
          tell("reading", Math.min(done, job.expected), job.expected);
        });
      } finally {
        await reader.close();
      }
    }
    case "remove":
      for (const id of job.ids) removeBackup(systemDisk, job.folder, id);
      return null;
    case "tidy":
      return tidy(systemDisk, job.folder);
  }
}

/** null: the folder is not there yet. */
function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = systemDisk.statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
