import { Failure } from "../../domain/failure.ts";
import { type Micros, microsToRfc3339, type Window } from "../../domain/time/time.ts";

type Call = (command: { type: string; [key: string]: unknown }) => Promise<unknown>;

const MINUTE: Micros = 60 * 1_000_000;
/** How much time is asked for at once: it follows the number of entries, so that no answer outgrows a frame. */
const FIRST_STEP: Micros = 5 * MINUTE;
const SHORTEST_STEP: Micros = MINUTE;
const LONGEST_STEP: Micros = 6 * 60 * MINUTE;
const FEW_ENTRIES = 2_000;
const MANY_ENTRIES = 10_000;
/** The logbook is read backwards from the end of a hole, this far at most: reading it is work for Home Assistant. */
const MOST_ENTRIES = 100_000;
const MOST_TIME: Micros = 7 * 24 * 60 * MINUTE;

/**
 * Names of entities that nobody here knows and that changed within a window: those that came and went meanwhile. History
 * answers by names alone, but the logbook answers without. It leaves out measured sensors, counters, and what never had
 * more than one state. Empty where Home Assistant has no logbook.
 */
export async function strangersIn(
  window: Window,
  { call, isKnown }: { call: Call; isKnown: (entityId: string) => boolean },
): Promise<string[]> {
  const strangers = new Set<string>();
  const earliest = Math.max(window.from, window.to - MOST_TIME);
  let step = FIRST_STEP;
  let read = 0;
  for (let to = window.to; to > earliest && read < MOST_ENTRIES; ) {
    const from = Math.max(earliest, to - step);
    const entries = await entriesOf(call, { from, to });
    if (!entries) break;
    for (const id of entries) if (!isKnown(id)) strangers.add(id);
    read += entries.length;
    if (entries.length < FEW_ENTRIES) step = Math.min(LONGEST_STEP, step * 4);
    else if (entries.length > MANY_ENTRIES) step = Math.max(SHORTEST_STEP, Math.floor(step / 4));
    to = from;
  }
  return [...strangers];
}

/** The entity of each change; undefined: there is no logbook to ask. */
async function entriesOf(call: Call, { from, to }: Window): Promise<string[] | undefined> {
  const answer = await call({
    type: "logbook/get_events",
    // Home Assistant leaves out entries at exactly the start and the end.
    start_time: microsToRfc3339(from - 1),
    end_time: microsToRfc3339(to),
  }).catch((error: unknown) => {
    if (error instanceof Failure && error.code === "command_refused") return undefined;
    throw error;
  });
  if (!Array.isArray(answer)) return undefined;
  // Entries of events, too, may name an entity; only a change of a state has one.
  return answer.flatMap((entry: { entity_id?: unknown; state?: unknown }) =>
    typeof entry?.entity_id === "string" && typeof entry.state === "string" ? entry.entity_id : [],
  );
}
