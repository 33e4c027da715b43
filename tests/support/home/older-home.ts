import { join } from "node:path";
import Database from "better-sqlite3";
import type { ControlClient } from "../core/control-client.ts";
import type { Core } from "../core/core.ts";

/** A state in the recorder's past, times in seconds with microseconds. */
export type PastState = {
  readonly entityId: string;
  /** null: a removal. */
  readonly state: string | null;
  readonly attributes: object;
  readonly updated: number;
  /** Absent: it changed then. */
  readonly changed?: number;
};

/** Writes states into the recorder of a Core that is shut down, as if it had run then. */
export function writePast(core: Core, states: readonly PastState[]): void {
  const db = new Database(join(core.runDir, "config/home-assistant_v2.db"));
  try {
    const version = db.prepare("select max(schema_version) version from schema_changes").get() as { version: number };
    if (version.version !== 53) throw new Error(`the recorder has another schema: ${version.version}`);
    const metaOf = db.prepare("select metadata_id id from states_meta where entity_id = ?");
    const addMeta = db.prepare("insert into states_meta(entity_id) values(?)");
    const addAttributes = db.prepare("insert into state_attributes(hash, shared_attrs) values(0, ?)");
    const addState = db.prepare(
      "insert into states(state, last_updated_ts, last_changed_ts, old_state_id, attributes_id, origin_idx, metadata_id) values(?, ?, ?, ?, ?, 0, ?)",
    );
    const attributes = new Map<string, number | bigint>();
    const last = new Map<string, number | bigint>();
    db.transaction(() => {
      for (const { entityId, state, attributes: own, updated, changed } of states) {
        const known = metaOf.get(entityId) as { id: number } | undefined;
        const meta = known?.id ?? addMeta.run(entityId).lastInsertRowid;
        const text = JSON.stringify(own);
        const attributesId = attributes.get(text) ?? addAttributes.run(text).lastInsertRowid;
        attributes.set(text, attributesId);
        const { lastInsertRowid } = addState.run(
          state,
          updated,
          changed ?? null,
          last.get(entityId) ?? null,
          attributesId,
          meta,
        );
        last.set(entityId, lastInsertRowid);
      }
      const oldest = states.reduce((least, { updated }) => Math.min(least, updated), Number.POSITIVE_INFINITY) - 60;
      db.prepare(
        `insert into recorder_runs(start, "end", closed_incorrect, created) values(datetime(?, 'unixepoch'), datetime('now'), 0, datetime('now'))`,
      ).run(oldest);
    })();
  } finally {
    db.close();
  }
}

export type PastStatistic = { start: string; mean?: number; min?: number; max?: number; sum?: number; state?: number };

/** Has Core take over statistics, and waits until it answers with all of them. */
export async function importStatistics(
  control: ControlClient,
  statisticId: string,
  kind: "mean" | "sum",
  rows: readonly PastStatistic[],
): Promise<void> {
  const metadata = {
    statistic_id: statisticId,
    source: statisticId.includes(":") ? statisticId.split(":")[0] : "recorder",
    name: null,
    unit_of_measurement: kind === "sum" ? "kWh" : "°C",
    unit_class: kind === "sum" ? "energy" : "temperature",
    has_sum: kind === "sum",
    mean_type: kind === "sum" ? 0 : 1,
  };
  for (let at = 0; at < rows.length; at += 2_000)
    await control.call("recorder/import_statistics", { metadata, stats: rows.slice(at, at + 2_000) });
  for (;;) {
    const { length } = await hourlyStatistics(control, statisticId);
    if (length >= rows.length) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export type CoreStatistic = { readonly [key: string]: number | null };

export async function hourlyStatistics(control: ControlClient, id: string): Promise<readonly CoreStatistic[]> {
  const answer = await control.call<{ [id: string]: CoreStatistic[] }>("recorder/statistics_during_period", {
    start_time: "2015-01-01T00:00:00+00:00",
    statistic_ids: [id],
    period: "hour",
    types: ["mean", "min", "max", "sum", "state", "last_reset"],
  });
  return answer[id] ?? [];
}
