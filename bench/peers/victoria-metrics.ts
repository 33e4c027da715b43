import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../tests/support/core/core.ts";
import { eventually } from "../../tests/support/eventually.ts";
import type { Recording } from "../measure/stored.ts";

const run = promisify(execFile);
const PACKAGE = "victoria-metrics";
const FOLDER = join(import.meta.dirname, "../../.cache/victoria-metrics");
const VERSION = join(FOLDER, "version");
const PROGRAM = join(FOLDER, "usr/bin/victoria-metrics");

/** Unpacks Debian's package into the cache where it is not there yet, without root; why it cannot be had, or false. */
export async function victoriaMetricsUnavailable(): Promise<string | false> {
  if (existsSync(PROGRAM)) return false;
  try {
    mkdirSync(FOLDER, { recursive: true });
    await run("apt-get", ["download", PACKAGE], { cwd: FOLDER });
    const file = readdirSync(FOLDER).find((name) => name.endsWith(".deb"));
    if (!file) return "apt-get brought no package";
    await run("dpkg-deb", ["-x", file, "."], { cwd: FOLDER });
    writeFileSync(VERSION, decodeURIComponent(file.split("_")[1] ?? ""));
    rmSync(join(FOLDER, file));
    return existsSync(PROGRAM) ? false : `the package ${PACKAGE} holds no program`;
  } catch (error) {
    return `no VictoriaMetrics: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
  }
}

const LINES = 5000;
const FLUSH_SECONDS = 120;

export type VictoriaFigures = {
  readonly version: string;
  readonly samples: number;
  readonly dataBytes: number;
  readonly indexBytes: number;
};

/** Stores the numbers of a recording at milliseconds, has them flushed and merged, and asks what they take. */
export async function victoriaSide(folder: string, recording: Recording): Promise<VictoriaFigures> {
  const port = await freePort();
  const options = [`-storageDataPath=${folder}`, `-httpListenAddr=127.0.0.1:${port}`, "-retentionPeriod=100y"];
  const child = spawn(PROGRAM, options, { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const text = async (path: string, body?: string): Promise<string> => {
    const response = await fetch(`${url}${path}`, body === undefined ? {} : { method: "POST", body });
    if (!response.ok)
      throw new Error(`VictoriaMetrics answers ${response.status} to ${path}: ${await response.text()}`);
    return response.text();
  };
  try {
    await eventually(30, async () => void (await text("/health")));
    let lines: string[] = [];
    const flush = async () => {
      await text("/write?precision=ms", lines.join("\n"));
      lines = [];
    };
    for (const { entityId, rows } of recording.series)
      for (const { time, state } of rows) {
        lines.push(`state,entity_id=${entityId} value=${state} ${Math.floor(time / 1000)}`);
        if (lines.length === LINES) await flush();
      }
    await flush();
    await text("/internal/force_flush");
    await text("/internal/force_merge");
    const expected = recording.series.reduce((sum, { rows }) => sum + rows.length, 0);
    let figures: VictoriaFigures | undefined;
    await eventually(FLUSH_SECONDS, async () => {
      const found = figuresOf(await text("/metrics"));
      if (found.samples !== expected || found.merging)
        throw new Error(`VictoriaMetrics holds ${found.samples} of ${expected} samples`);
      figures = found;
    });
    return figures as unknown as VictoriaFigures;
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

function figuresOf(metrics: string): VictoriaFigures & { readonly merging: boolean } {
  const sum = (name: string, type: RegExp): number =>
    metrics
      .split("\n")
      .filter((line) => line.startsWith(`${name}{`) && type.test(line))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" "))), 0);
  return {
    version: existsSync(VERSION) ? readFileSync(VERSION, "utf8") : "of an unknown version",
    samples: sum("vm_rows", /type="storage\//),
    dataBytes: sum("vm_data_size_bytes", /type="storage\//),
    indexBytes: sum("vm_data_size_bytes", /type="indexdb/),
    merging: sum("vm_active_merges", /type="storage\//) > 0,
  };
}
