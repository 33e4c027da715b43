import { microsToRfc3339 } from "../../../src/domain/time/time.ts";
import type { Grown } from "../../workload/grown.ts";
import { contextId } from "./fill.ts";
import { openReplica } from "./replica.ts";

const PER_COMMIT = 1000;

/** The recorder's tables with what is grown, in a file; rows a second that were written. */
export function growReplica(file: string, grown: Grown, until: number): number {
  const replica = openReplica(file);
  let rows = 0;
  const began = performance.now();
  for (const { series, time, state, attributes } of grown.rows(until)) {
    const text = microsToRfc3339(time).replace("Z", "+00:00");
    replica.record({
      entity_id: grown.entities[series] as string,
      new_state: { state, attributes, last_changed: text, last_updated: text },
      time_fired: text,
      context: { id: contextId(Math.floor(time / 1000), rows), parent_id: null, user_id: null },
    });
    if (++rows % PER_COMMIT === 0) replica.commit();
  }
  replica.commit();
  const seconds = (performance.now() - began) / 1000;
  replica.close();
  return rows / seconds;
}
