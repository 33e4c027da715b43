#!/usr/bin/env node
/** The `ha-ingestor` command: composition of src/cli/ with the work on files that needs no hub. */
import { readFileSync } from "node:fs";
import { listBackups, restoreBackup, verifyBackup, verifyStore } from "./backup/offline.ts";
import { runCli } from "./cli/run.ts";
import { systemClock as clock } from "./platform/time/clock.ts";

const bundled = !import.meta.url.endsWith("/src/cli.ts");
const packageFile = new URL(bundled ? "./package.json" : "../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };

const stopped = new AbortController();
process.once("SIGINT", () => stopped.abort());
process.once("SIGTERM", () => stopped.abort());
// Whoever reads along has seen enough (`| head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await runCli({
  words: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  clock,
  version,
  signal: stopped.signal,
  offline: {
    verifyStore: (home, onProgress) => verifyStore({ home, clock, onProgress }),
    verifyBackup: (folder, id, onProgress) => verifyBackup({ folder, id, clock, onProgress }),
    listBackups: (folder) =>
      listBackups(folder).map(({ id, manifest, failure }) => ({
        id,
        made: manifest?.made ?? null,
        readings: manifest?.readings ?? null,
        bytes: manifest ? manifest.files.reduce((sum, { bytes }) => sum + bytes, 0) : null,
        why: failure?.message ?? null,
      })),
    restore: (needs) => restoreBackup({ ...needs, clock }),
  },
});
