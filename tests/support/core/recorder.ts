import type { ControlClient } from "./control-client.ts";

/** A row of Core's recorder, as its history answers it. Times are microseconds since the epoch. */
export type RecordedRow = {
  entityId: string;
  /** null: a removal. */
  state: string | null;
  /** Without those that Core does not record. */
  attributes: Record<string, unknown>;
  changed: number;
  updated: number;
};

type WireRow = { s: string | null; a?: Record<string, unknown>; lu: number; lc?: number };

const ENTITIES_AT_ONCE = 50;

/** Waits until Core's recorder has written everything that happened before the call. */
export async function recorderCaughtUp(control: ControlClient): Promise<void> {
  // The recorder is one queue: once it holds a change made now, it holds everything before.
  const marker = `sensor.recorder_mark_${process.pid}`;
  const state = `${Math.random()}`;
  const start = isoOf(Date.now() * 1000 - 1_000_000);
  await control.rest("POST", `/api/states/${marker}`, { state });
  for (;;) {
    const held = await history(control, { start_time: start, entity_ids: [marker] });
    if (held[marker]?.some((row) => row.s === state)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Everything that Core's history answers for these entities between two times (both left out). */
export async function readRecorder(
  control: ControlClient,
  entityIds: readonly string[],
  from: number,
  to: number,
): Promise<RecordedRow[]> {
  const rows: RecordedRow[] = [];
  for (let at = 0; at < entityIds.length; at += ENTITIES_AT_ONCE) {
    const entity_ids = entityIds.slice(at, at + ENTITIES_AT_ONCE);
    const held = await history(control, { start_time: isoOf(from), end_time: isoOf(to), entity_ids });
    for (const [entityId, some] of Object.entries(held)) for (const row of some) rows.push(recordedRow(entityId, row));
  }
  // Core compares its own floats, which have more digits than microseconds.
  return rows.filter(({ updated }) => updated > from && updated < to);
}

function history(control: ControlClient, query: Record<string, unknown>): Promise<Record<string, WireRow[]>> {
  const exact = { significant_changes_only: false, include_start_time_state: false, minimal_response: false };
  return control.call("history/history_during_period", { ...exact, ...query });
}

function recordedRow(entityId: string, row: WireRow): RecordedRow {
  const updated = microsOfSeconds(row.lu);
  const changed = row.lc === undefined ? updated : microsOfSeconds(row.lc);
  return { entityId, state: row.s, attributes: row.a ?? {}, changed, updated };
}

/** As Python makes a datetime of a float: the fraction apart, rounded half to even. */
function microsOfSeconds(seconds: number): number {
  const whole = Math.floor(seconds);
  const exact = (seconds - whole) * 1e6;
  const below = Math.floor(exact);
  const up = exact - below > 0.5 || (exact - below === 0.5 && below % 2 === 1);
  return whole * 1_000_000 + below + (up ? 1 : 0);
}

export function isoOf(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros - seconds * 1e6).padStart(6, "0")}Z`;
}
