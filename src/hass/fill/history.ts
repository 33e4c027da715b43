import type { Change } from "../../domain/home.ts";
import { type Micros, microsFromSeconds, microsToRfc3339, type Window } from "../../domain/time.ts";

type Call = (command: { type: string; [key: string]: unknown }) => Promise<unknown>;

/** Home Assistant answers a day of fifty entities well; more at once makes it slow for everybody. */
const ENTITIES_AT_ONCE = 50;
const AT_ONCE: Micros = 24 * 3600 * 1_000_000;

type Row = { s?: unknown; a?: unknown; lc?: unknown; lu?: unknown };

/**
 * What Home Assistant's recorder holds of some entities in a window, a piece at a time. Rows carry the attributes as
 * far as it kept them, and no contexts.
 */
export async function* recordedChanges(
  call: Call,
  entityIds: readonly string[],
  window: Window,
): AsyncGenerator<Map<string, Change[]>> {
  for (let i = 0; i < entityIds.length; i += ENTITIES_AT_ONCE) {
    const entity_ids = entityIds.slice(i, i + ENTITIES_AT_ONCE);
    for (let from = window.from; from < window.to; from += AT_ONCE) {
      const to = Math.min(window.to, from + AT_ONCE);
      const answer = await call({
        type: "history/history_during_period",
        start_time: microsToRfc3339(from),
        end_time: microsToRfc3339(to),
        entity_ids,
        // Otherwise attribute changes and repeated values are left out, and a made-up row opens every series.
        significant_changes_only: false,
        include_start_time_state: false,
        minimal_response: false,
        no_attributes: false,
      });
      yield readAnswer(answer);
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
  return {
    entityId,
    state: row.s,
    attributes: typeof row.a === "object" && row.a !== null ? (row.a as Change["attributes"]) : {},
    time,
    changed: typeof row.lc === "number" ? microsFromSeconds(row.lc) : time,
    context: null,
    origin: "filled",
    timeIsArrival: false,
  };
}
