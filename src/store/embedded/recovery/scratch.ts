import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { baseOf } from "../segments/header.ts";

/** A file of a store that lies somewhere; `path` is where it belongs below the store's folder. */
export type PlacedFile = { readonly path: string; readonly at: string };

/**
 * A folder that looks like a store made of these files, which stay untouched: opening a store may cut its newest
 * segment and move files aside, so that segment is copied and the others are links.
 */
export function makeScratch(files: readonly PlacedFile[]): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "ha-ingestor-verify-"));
  const bases = files.map(({ path }) => (path.startsWith("tail/") ? (baseOf(path.slice(5)) ?? -1) : -1));
  const newest = Math.max(-1, ...bases);
  for (const [i, { path, at }] of files.entries()) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    const isFixed = /\.(log|idx|blk|quarantine)$/.test(path) && (bases[i] === -1 || bases[i] !== newest);
    if (isFixed) symlinkSync(at, target);
    else writeFileSync(target, readFileSync(at));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
