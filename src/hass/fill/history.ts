import type { Change } from "../../domain/home/home.ts";
import { type Micros, microsFromSeconds, microsToRfc3339, type Window } from "../../domain/time/time.ts";

type Call = (command: { type: string; [key: string]: unknown }) => Promise<unknown>;

/** More entities at once make Home Assistant slow for everybody. */
export const ENTITIES_AT_ONCE = 50;
const MINUTE: Micros = 60 * 1_000_000;
/** How much time is asked for at once: it follows the number of rows, so that no answer outgrows a frame. */
const FIRST_STEP: Micros = 10 * MINUTE;
const SHORTEST_STEP: Micros = MINUTE / 6;
const LONGEST_STEP: Micros = 24 * 60 * MINUTE;
const FEW_ROWS = 2_000;
const MANY_ROWS = 20_000;

/** How much time is asked for at once; whoever asks often keeps it from one time to the next. */
export type Pace = { step: Micros };
export const createPace = (): Pace => ({ step: FIRST_STEP });

type Row = { s?: unknown; a?: unknown; lc?: unknown; lu?: unknown };

/**
 * What Home Assistant's recorder holds of some entities in a window, a piece at a time, oldest first for each entity.
 * Rows carry the attributes as far as it kept them, and no contexts.
 */
export async function* recordedChanges(
  call: Call,
  entityIds: readonly string[],
  window: Window,
  pace = createPace(),
): AsyncGenerator<Map<string, Change[]>> {
  for (let i = 0; i < entityIds.length; i += ENTITIES_AT_ONCE) {
    const entity_ids = entityIds.slice(i, i + ENTITIES_AT_ONCE);
    for (let from = window.from; from < window.to; ) {
      const to = Math.min(window.to, from + pace.step);
      const answer = await call({
        type: "history/history_during_period",
        // Home Assistant leaves out rows at exactly the start and the end.
        start_time: microsToRfc3339(from - 1),
        end_time: microsToRfc3339(to),
        entity_ids,
        // Otherwise attribute changes and repeated values are left out, and a made-up row opens every series.
        significant_changes_only: false,
        include_start_time_state: false,
        minimal_response: false,
        no_attributes: false,
      });
      const piece = readAnswer(answer);
      let rows = 0;
      for (const changes of piece.values()) rows += changes.length;
      if (rows > 0) yield piece;
      if (rows < FEW_ROWS) pace.step = Math.min(LONGEST_STEP, pace.step * 4);
      else if (rows > MANY_ROWS) pace.step = Math.max(SHORTEST_STEP, Math.floor(pace.step / 4));
      from = to;
    }
  }
}

function readAnswer(answer: unknown): Map<string, Change[]> {
  const changes = new Map<string, Change[]>();
  if (typeof answer !== "object" || answer === null) return changes;
  for (const [entityId, rows] of Object.entries(answer as { [entityId: string]: unknown })) {
    if (!Array.isArray(rows)) continue;
    changes.set(
      entityId,
      rows.flatMap((row) => {
        const change = readRow(entityId, row as Row);
        return change ? [change] : [];
      }),
    );
  }
  return changes;
}

function readRow(entityId: string, row: Row): Change | undefined {
  // A null state is a removal; here it has its time.
  if ((typeof row?.s !== "string" && row?.s !== null) || typeof row.lu !== "number") return undefined;
  const time = microsFromSeconds(row.lu);
  const changed = typeof row.lc === "number" ? microsFromSeconds(row.lc) : time;
  if (!Number.isSafeInteger(time) || !Number.isSafeInteger(changed)) return undefined;
  return {
    entityId,
    state: row.s,
    attributes: typeof row.a === "object" && row.a !== null ? (row.a as Change["attributes"]) : {},
    time,
    changed,
    context: null,
    origin: "filled",
    timeIsArrival: false,
  };
}
