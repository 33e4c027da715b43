import type { PastItem } from "../../domain/data/past.ts";
import type { Change } from "../../domain/home/home.ts";
import { type Micros, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import { createPace, ENTITIES_AT_ONCE, type Pace, recordedChanges } from "../fill/history.ts";
import { heldRemovals, rowKey } from "../fill/rows.ts";
import type { Call } from "../session/session.ts";

export const DAY: Micros = 86_400_000_000;
/** Nobody's recorder goes back further. */
const MOST_DAYS = 16_384;
const STORED_AT_ONCE = 500;

export type HeldRows = ReadonlySet<string> & { readonly rolledUp?: Window };

type Needs = {
  readonly call: Call;
  /** `rolledUp`: of this time readings were let go by choice; what was there would count twice. */
  readonly heldRows: (entityId: string, window: Window) => Promise<HeldRows>;
  readonly store: (items: readonly PastItem[]) => Promise<void>;
};

/**
 * The beginning of the UTC day in which the recorder's states begin, found by asking for the state at moments further
 * and further back; undefined: it holds none.
 */
export async function oldestDay(call: Call, names: readonly string[], until: Micros): Promise<Micros | undefined> {
  const startOf = (days: number) => Math.floor(until / DAY) * DAY - days * DAY;
  const knows = async (moment: Micros): Promise<boolean> => {
    for (let at = 0; at < names.length; at += ENTITIES_AT_ONCE) {
      const answer = await call({
        type: "history/history_during_period",
        start_time: microsToRfc3339(moment - 1),
        end_time: microsToRfc3339(moment),
        entity_ids: names.slice(at, at + ENTITIES_AT_ONCE),
        include_start_time_state: true,
        significant_changes_only: false,
        minimal_response: true,
        no_attributes: true,
      });
      if (typeof answer === "object" && answer !== null && Object.keys(answer).length > 0) return true;
    }
    return false;
  };
  if (!(await knows(until))) return undefined;
  if (!(await knows(startOf(0)))) return startOf(0);
  let known = 0;
  let unknown = 1;
  while (unknown < MOST_DAYS && (await knows(startOf(unknown)))) {
    known = unknown;
    unknown *= 2;
  }
  // Of the days between, the first whose beginning knows nothing of what came before it.
  while (unknown - known > 1) {
    const middle = Math.floor((known + unknown) / 2);
    if (await knows(startOf(middle))) known = middle;
    else unknown = middle;
  }
  return startOf(unknown);
}

/** Imports one day, or a part of one, for all entities. Answers how many rows there were, and when the first was. */
export function createStatesImport(needs: Needs) {
  const { call, heldRows, store } = needs;
  /** By group, of which some are busy and some are not. */
  const paces = new Map<string, Pace>();

  const missing = async (entityId: string, rows: readonly Change[]): Promise<Change[]> => {
    const times = rows.map(({ time }) => time);
    const window = { from: Math.min(...times), to: Math.max(...times) + 1 };
    const held = await heldRows(entityId, window);
    const isHeldRemoval = held.size === 0 ? () => false : heldRemovals(held, rows);
    const seen = new Set(held);
    const { rolledUp } = held;
    return rows.filter((row) => {
      if (rolledUp && row.time >= rolledUp.from && row.time <= rolledUp.to) return false;
      const key = rowKey(row.time, row.state);
      if (seen.has(key) || isHeldRemoval(row)) return false;
      seen.add(key);
      return true;
    });
  };

  return async (
    names: readonly string[],
    window: Window,
  ): Promise<{ readonly found: number; readonly first: Micros | undefined }> => {
    let found = 0;
    let first: Micros | undefined;
    const group = names[0] ?? "";
    const pace = paces.get(group) ?? createPace();
    paces.set(group, pace);
    for await (const piece of recordedChanges(call, names, window, pace)) {
      const items: PastItem[] = [];
      for (const [entityId, all] of piece) {
        const rows = all.filter(({ time }) => time >= window.from && time < window.to);
        if (rows.length === 0) continue;
        found += rows.length;
        for (const { time } of rows) first = Math.min(first ?? time, time);
        for (const change of await missing(entityId, rows))
          items.push({ kind: "change", change: { ...change, origin: "imported" } });
      }
      // As they came about, so that what belongs together lies together on the disk.
      items.sort((a, b) => timeOf(a) - timeOf(b));
      for (let at = 0; at < items.length; at += STORED_AT_ONCE) await store(items.slice(at, at + STORED_AT_ONCE));
    }
    return { found, first };
  };
}

const timeOf = (item: PastItem): Micros => (item.kind === "change" ? item.change.time : item.statistic.start);
