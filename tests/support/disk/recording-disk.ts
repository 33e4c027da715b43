import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type Disk, systemDisk } from "../../../src/backup/folder/disk.ts";
import type { Step } from "./journal.ts";

/** A disk that tells what is changed below a folder, as the shim tells it of a whole program. */
export function recordingDisk(folder: string): { readonly disk: Disk; readonly steps: readonly Step[] } {
  const steps: Step[] = [];
  const open = new Map<number, { readonly path: string; at: number }>();
  const own = (path: unknown) => relative(folder, String(path));
  const removed = (path: string): void => {
    if (!existsSync(path)) return;
    const isFolder = lstatSync(path).isDirectory();
    if (isFolder) for (const name of readdirSync(path)) removed(join(path, name));
    steps.push({ what: isFolder ? "rmdir" : "unlink", path: own(path) });
  };
  const disk = {
    ...systemDisk,
    mkdirSync: (path: string, options: object) => {
      const names = own(path).split("/");
      for (const i of names.keys()) {
        const above = names.slice(0, i + 1).join("/");
        if (!existsSync(join(folder, above))) steps.push({ what: "mkdir", path: above });
      }
      return systemDisk.mkdirSync(path, options);
    },
    openSync: (path: string, flags: string, mode?: number) => {
      const isNew = flags !== "r" && !existsSync(path);
      const file = systemDisk.openSync(path, flags, mode);
      open.set(file, { path: own(path), at: 0 });
      if (isNew) steps.push({ what: "create", path: own(path) });
      return file;
    },
    closeSync: (file: number) => {
      open.delete(file);
      systemDisk.closeSync(file);
    },
    writeSync: (file: number, bytes: Buffer, from = 0) => {
      const written = systemDisk.writeSync(file, bytes, from);
      const known = open.get(file);
      if (!known) return written;
      steps.push({
        what: "write",
        path: known.path,
        at: known.at,
        bytes: Buffer.from(bytes.subarray(from, from + written)),
      });
      known.at += written;
      return written;
    },
    fsyncSync: (file: number) => {
      systemDisk.fsyncSync(file);
      const known = open.get(file);
      if (known) steps.push({ what: "sync", path: known.path });
    },
    renameSync: (from: string, to: string) => {
      systemDisk.renameSync(from, to);
      steps.push({ what: "rename", path: own(from), to: own(to) });
    },
    linkSync: (from: string, to: string) => {
      systemDisk.linkSync(from, to);
      steps.push({ what: "link", path: own(from), to: own(to) });
    },
    rmSync: (path: string, options: object) => {
      removed(path);
      systemDisk.rmSync(path, options);
    },
  };
  return { disk: disk as unknown as Disk, steps };
}
