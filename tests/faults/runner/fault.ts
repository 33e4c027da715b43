import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emitted } from "../../../src/simulator/load/witness.ts";
import { type Home, HUB_EVENTS, openHome } from "../../support/core/recorded-home.ts";
import { type Tally, tally } from "../../support/home/simulated-home.ts";
import type { HubRow } from "../../support/hub/hub-reader.ts";

/** One fault of the table: a real run, judged by what witnesses outside the hub have seen. */
export type Fault = {
  /** Its number in the table of faults, `R1` to `R26`. */
  readonly id: string;
  readonly name: string;
  readonly how: string;
  /** Which Home Assistant the hub is connected to. */
  readonly home: "simulated" | "Core";
  /** When it runs: in every run and with the tests; in every run; with `--long` alone. */
  readonly runs: "always" | "table" | "long";
  /** Its long form does little but wait: it runs beside the others. */
  readonly waits?: true;
  run(row: Row, form: Form): Promise<void>;
};

export type Form = {
  readonly long: boolean;
  /** Among the tests: as short as still tells something. */
  readonly quick: boolean;
  /** A real Home Assistant that all faults of a run share. */
  core(): Promise<Home>;
  /** A folder of its own, gone when the run ends. */
  folder(): string;
};

/** What a run says. What was said before it failed is shown, too. */
export type Row = {
  /** Changes (or what else is said) that a witness outside the hub saw being made. */
  emitted?: number;
  lost?: number;
  duplicated?: number;
  /** Holes that the hub itself names. */
  gaps?: number;
  /** Times and figures; printed, never asserted. */
  readonly notes: string[];
};

/** Thrown where a machine or the product lacks what a fault needs. */
export class Skipped extends Error {}

export function skip(reason: string): never {
  throw new Skipped(reason);
}

/** The table names no folders of the machine that it was made on. */
export const withoutPaths = (text = ""): string => text.replace(/,? '[^']*'/g, "");

/** Counts what the load made against what the hub answers, and fails unless both are the same. */
export function judge(row: Row, emitted: readonly Emitted[], rows: readonly HubRow[]): Tally {
  const result = tally(emitted, rows);
  const { missing, extra, twice, altered } = result;
  row.emitted = (row.emitted ?? 0) + emitted.length;
  row.lost = (row.lost ?? 0) + missing.length;
  row.duplicated = (row.duplicated ?? 0) + twice.length;
  assert.deepEqual(
    [missing, extra, twice, altered].map((list) => list.slice(0, 5)),
    [[], [], [], []],
    "missing, extra, twice, altered",
  );
  return result;
}

/** What the faults of one run share; `close` ends it. */
export function openForm(size: { long: boolean; quick: boolean }): Form & { close(): Promise<void> } {
  let home: Promise<Home> | undefined;
  const folders: string[] = [];
  return {
    ...size,
    core: () => {
      home ??= openHome({ name: "faults", journal: true }, [...HUB_EVENTS, "entity_registry_updated"]);
      return home;
    },
    folder: () => {
      const folder = mkdtempSync(join(tmpdir(), "fault-"));
      folders.push(folder);
      return folder;
    },
    close: async () => {
      await (await home?.catch(() => undefined))?.close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}
