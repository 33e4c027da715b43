import type { Attributes } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { StateChange } from "../state/state.ts";
import { createRecordedAttributes } from "./unrecorded.ts";

/** A row of Home Assistant's `states` table. `state` null: the entity was removed then. */
export type Row = {
  readonly state: string | null;
  readonly attributes: Attributes;
  readonly updated: Micros;
  readonly changed: Micros;
};

/**
 * Home Assistant's recorder, in memory: a ring of the latest rows in columns, each entity's rows linked backwards.
 * A rename takes the rows along unless the new name has rows already (as in Core).
 */
export type Recorder = {
  record(change: StateChange): void;
  rename(from: string, to: string): void;
  /** Rows from `from` to `to` (both exclusive) that are committed, oldest first. */
  between(entityId: string, from: Micros, to: Micros): Row[];
  /** The latest committed row before `time`. */
  before(entityId: string, time: Micros): Row | undefined;
  knows(entityId: string): boolean;
  /** Of every entity that has rows, those that are gone too. */
  names(): Iterable<string>;
  /** The oldest row there is. */
  oldest(): Micros | undefined;
  excluded: Set<string>;
  stats(): { rows: number; dropped: number };
};

export const RECORDER_ROWS = 2_000_000;
const FIRST_ROWS = 1 << 16;

export function createRecorder(needs: {
  now: () => Micros;
  commitMs: number;
  rows?: number;
  /** True where an integration stands behind the entity: Home Assistant then leaves out more of its attributes. */
  isOwned: (entityId: string) => boolean;
}): Recorder {
  const { now, commitMs, rows: most = RECORDER_ROWS, isOwned } = needs;
  const recordedAttributes = createRecordedAttributes();
  let room = Math.min(FIRST_ROWS, most);
  let updated = new Float64Array(room);
  let changed = new Float64Array(room);
  // Serial numbers (rows ever recorded) of the entity's row before; 0: none.
  let previous = new Float64Array(room);
  const states: (string | null)[] = [];
  const attributes: Attributes[] = [];
  const latest = new Map<string, number>();
  const excluded = new Set<string>();
  let written = 0;

  const grow = () => {
    room = Math.min(most, room * 2);
    const wider = (old: Float64Array) => {
      const next = new Float64Array(room);
      next.set(old);
      return next;
    };
    updated = wider(updated);
    changed = wider(changed);
    previous = wider(previous);
  };
  const slotOf = (serial: number) => (serial - 1) % most;
  const held = (serial: number) => serial > 0 && serial > written - most;
  const rowAt = (serial: number): Row => {
    const slot = slotOf(serial);
    return {
      state: states[slot] as string | null,
      attributes: attributes[slot] as Attributes,
      updated: updated[slot] as number,
      changed: changed[slot] as number,
    };
  };
  const committed = () => now() - commitMs * 1000;

  return {
    excluded,
    record({ entityId, before, after, time }) {
      if (excluded.has(entityId)) return;
      // A removal of a name that was never recorded (or has just been renamed) leaves no row.
      if (after === null && !latest.has(entityId)) return;
      written++;
      if (written > room && room < most) grow();
      const slot = slotOf(written);
      updated[slot] = after ? after.updated : time;
      changed[slot] = after ? after.changed : time;
      previous[slot] = latest.get(entityId) ?? 0;
      states[slot] = after ? after.state : null;
      // Equal attributes share one object, so a numeric sensor costs no memory for them.
      attributes[slot] =
        after === null
          ? {}
          : before?.attributes === after.attributes && held(previous[slot] as number)
            ? (attributes[slotOf(previous[slot] as number)] as Attributes)
            : recordedAttributes(entityId, after.attributes, isOwned(entityId));
      latest.set(entityId, written);
    },
    rename(from, to) {
      const serial = latest.get(from);
      if (serial === undefined || latest.has(to)) return;
      latest.delete(from);
      latest.set(to, serial);
    },
    between(entityId, from, to) {
      const end = Math.min(to, committed());
      const found: Row[] = [];
      for (let serial = latest.get(entityId) ?? 0; held(serial); serial = previous[slotOf(serial)] as number) {
        const row = rowAt(serial);
        if (row.updated <= from) break;
        if (row.updated < end) found.push(row);
      }
      return found.reverse();
    },
    before(entityId, time) {
      const end = Math.min(time, committed());
      for (let serial = latest.get(entityId) ?? 0; held(serial); serial = previous[slotOf(serial)] as number) {
        const row = rowAt(serial);
        if (row.updated < end) return row;
      }
      return undefined;
    },
    knows: (entityId) => latest.has(entityId),
    names: () => latest.keys(),
    oldest: () => (written === 0 ? undefined : (updated[slotOf(Math.max(1, written - most + 1))] as number)),
    stats: () => ({ rows: Math.min(written, most), dropped: Math.max(0, written - most) }),
  };
}
