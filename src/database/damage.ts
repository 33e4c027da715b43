import { chmodSync, existsSync, readdirSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Sqlite from "better-sqlite3";
import { Failure } from "../domain/failure.ts";

/** What the file holds is not what was written; nothing is wrong with the disk's answers. */
export class DamagedFile extends Error {}

/** Why an error means that the file is damaged; undefined: it means something else, and the file must stay. */
export function damageIn(error: unknown): string | undefined {
  if (error instanceof Failure && !(error.cause instanceof DamagedFile)) return undefined;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code = "" } = at as { code?: string };
    const isSqlite = /^SQLITE_(CORRUPT|NOTADB|ERROR|FORMAT|MISMATCH|CONSTRAINT)/.test(code);
    // Values that are no JSON any more, or of another shape.
    if (at instanceof DamagedFile || at instanceof SyntaxError || at instanceof TypeError || isSqlite)
      return at.message;
  }
  return undefined;
}

/** @throws DamagedFile where SQLite finds something wrong with it */
export function checkFile(file: string): void {
  // An empty file is a new database to SQLite; app.db never begins as one.
  if (statSync(file).size === 0) throw new DamagedFile("it is empty");
  chmodSync(file, 0o600);
  const sqlite = new Sqlite(file);
  try {
    const found = sqlite.pragma("quick_check(1)", { simple: true });
    if (found !== "ok") throw new DamagedFile(String(found));
  } finally {
    sqlite.close();
  }
}

/** What belongs to a file of SQLite's. */
const PARTS = ["-wal", "-shm", "-journal", ""];

/** Moves it out of the way with what belongs to it, and deletes nothing; answers its new name. */
export function setFileAside(file: string): string {
  let target = `${file}.quarantine`;
  for (let i = 2; existsSync(target); i++) target = `${file}.${i}.quarantine`;
  for (const part of PARTS) if (existsSync(file + part)) renameSync(file + part, target + part);
  return basename(target);
}

export type FileSetAside = {
  readonly file: string;
  /** With what belongs to it. */
  readonly bytes: number;
};

/** What stands beside a file under the names that `setFileAside` gives. */
export function listFilesSetAside(file: string): readonly FileSetAside[] {
  const [folder, name] = [dirname(file), basename(file)];
  const isAside = (other: string) =>
    other.startsWith(`${name}.`) && /^(\.\d+)?\.quarantine$/.test(other.slice(name.length));
  return readdirSync(folder)
    .filter(isAside)
    .sort()
    .map((aside) => ({
      file: aside,
      bytes: PARTS.reduce((sum, part) => {
        const found = statSync(join(folder, aside + part), { throwIfNoEntry: false });
        return sum + (found?.size ?? 0);
      }, 0),
    }));
}
