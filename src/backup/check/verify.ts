import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lookAtDatabase } from "../../database/copy.ts";
import { describeError } from "../../domain/failure.ts";
import { ALL_TIME } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import { silentLog } from "../../platform/told/log.ts";
import { openStoreCopy } from "../../store/open.ts";
import type { Damage } from "../../store/store.ts";
import { type Disk, readThrough } from "../folder/disk.ts";
import { bytesOf, type Manifest } from "../folder/manifest.ts";
import { openShelf } from "../folder/shelf.ts";
import { DATABASE, STORE } from "../make/make.ts";
import { isCancelled, type OnProgress, type Problem, type Verified } from "./problem.ts";
import { readBack } from "./read-back.ts";

type Placed = { readonly path: string; readonly at: string };

const OTHER_BACKUP = "Use another backup, and check the disk that this one is on.";

/**
 * Every file against its checksum, then everything in it read back and counted, without a change to the backup.
 *
 * @throws Failure `backup_unknown`, `backup_damaged`, `backup_too_new`
 */
export async function verifyBackup(
  disk: Disk,
  needs: { folder: string; id: string; clock: Clock; onProgress?: OnProgress | undefined },
): Promise<Verified> {
  const { folder, id, clock, onProgress = () => {} } = needs;
  const manifest = openShelf(disk, folder).find(id);
  const { placed, problems } = checkFiles(disk, folder, manifest, onProgress);
  const found = await readPlaced(placed, manifest.readings, { clock, onProgress });
  problems.push(...found.problems);
  const broken = problems.length > 0 || manifest.damaged.length > 0;
  for (const what of ["readings", "events", "gaps"] as const)
    if (found.counts && found.counts[what] !== manifest[what] && !(broken && found.counts[what] < manifest[what]))
      problems.push({
        code: "count_differs",
        file: null,
        why: `${found.counts[what]} ${what} can be read, and it was made with ${manifest[what]}`,
        fix: OTHER_BACKUP,
      });
  const { readings = 0, events = 0, gaps = 0, statistics = 0 } = found.counts ?? {};
  return {
    ok: problems.length === 0,
    problems,
    readings,
    events,
    gaps,
    statistics,
    files: manifest.files.length,
    bytes: bytesOf(manifest),
  };
}

function checkFiles(disk: Disk, folder: string, manifest: Manifest, onProgress: OnProgress) {
  const shelf = openShelf(disk, folder);
  const total = bytesOf(manifest);
  const problems: Problem[] = [];
  const placed: Placed[] = [];
  let done = 0;
  for (const file of manifest.files) {
    const at = shelf.locate(manifest.id, file);
    const onBytes = (bytes: number) => {
      done += bytes;
      onProgress("checking", done, total);
    };
    const problem = at === undefined ? missing(file.path) : check(disk, file, at, onBytes);
    if (problem) problems.push(problem);
    if (at !== undefined) placed.push({ path: file.path, at });
  }
  return { placed, problems };
}

function check(
  disk: Disk,
  file: Manifest["files"][number],
  at: string,
  onBytes: (bytes: number) => void,
): Problem | undefined {
  const bad = (why: string): Problem => ({ code: "file_damaged", file: file.path, why, fix: OTHER_BACKUP });
  try {
    const { size } = disk.statSync(at);
    if (size !== file.bytes) return bad(`${file.path} has ${size} bytes instead of ${file.bytes}`);
    const sha256 = readThrough(disk, { from: at, bytes: file.bytes, onBytes });
    return sha256 === file.sha256 ? undefined : bad(`${file.path} is not as it was written`);
  } catch (error) {
    if (isCancelled(error)) throw error;
    return bad(`${file.path} cannot be read: ${describeError(error)}`);
  }
}

const missing = (path: string): Problem => ({
  code: "file_missing",
  file: path,
  why: `${path} is gone`,
  fix: OTHER_BACKUP,
});

/** Opens these files as app.db and as a store, which stay as they are, and reads all of it. */
export async function readPlaced(
  placed: readonly Placed[],
  expected: number,
  { clock, onProgress }: { clock: Clock; onProgress: OnProgress },
): Promise<{
  problems: readonly Problem[];
  counts?: { readings: number; events: number; gaps: number; statistics: number };
}> {
  const problems: Problem[] = [];
  const database = placed.find(({ path }) => path === DATABASE);
  if (database) problems.push(...lookAt(database.at));
  const prefix = `${STORE}/`;
  const files = placed
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path, at }) => ({ path: path.slice(prefix.length), at }));
  try {
    const store = await openStoreCopy({ files, clock, log: silentLog });
    try {
      // What opening it finds damaged is recorded as gaps, which are none of the copy's own.
      const gaps = store.gaps(ALL_TIME).length - store.stats().appended.gaps;
      const view = store.view();
      const reader = store.reader(view);
      let done = 0;
      const { readings, events, statistics } = await readBack(reader, [...store.series().keys()], (rows) => {
        done += rows;
        onProgress("reading", Math.min(done, expected), expected);
      });
      await reader.close();
      store.release(view);
      problems.push(...store.damages().map(damageProblem));
      return { problems, counts: { readings, events, gaps, statistics } };
    } finally {
      await store.close();
    }
  } catch (error) {
    if (isCancelled(error)) throw error;
    problems.push({
      code: "store_unreadable",
      file: null,
      why: `The store in it cannot be opened: ${describeError(error)}`,
      fix: OTHER_BACKUP,
    });
    return { problems };
  }
}

export const damageProblem = ({ file, offset, length, why }: Damage): Problem => ({
  code: "store_damaged",
  file,
  why: `${length} bytes of ${file} at ${offset} cannot be read (${why})`,
  fix: "What was lost is listed as gaps; everything else can be read. An older backup may still hold it.",
});

/** SQLite wants to write beside what it reads, so a copy is looked at. */
function lookAt(file: string): readonly Problem[] {
  const folder = mkdtempSync(join(tmpdir(), "ha-ingestor-verify-"));
  const bad = (why: string): Problem => ({ code: "app_db_damaged", file: DATABASE, why, fix: OTHER_BACKUP });
  try {
    for (const part of ["", "-wal"])
      if (existsSync(file + part)) copyFileSync(file + part, join(folder, DATABASE + part));
    return lookAtDatabase(join(folder, DATABASE)).wrong.map(bad);
  } catch (error) {
    return [bad(describeError(error))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
