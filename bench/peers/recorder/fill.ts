import { createMixed } from "../../workload/mixed.ts";
import type { Replica } from "./replica.ts";

/** A recorder keeps ten days by default: an empty database would fit its indexes into a few pages. */
const DAYS = 10;
const PER_COMMIT = 1000;
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Writes the days before now of a home with as many entities, oldest first. */
export function fillWithPast(replica: Replica, rows: number, entities: number): void {
  const next = createMixed(entities, 2);
  const end = Date.now();
  const step = (DAYS * 86_400_000) / rows;
  for (let i = 0; i < rows; i++) {
    const millis = Math.floor(end - (rows - i) * step);
    const time = `${new Date(millis).toISOString().slice(0, -1)}000+00:00`;
    const { entityId: entity_id, state, attributes } = next();
    replica.record({
      entity_id,
      new_state: { state, attributes, last_changed: time, last_updated: time },
      time_fired: time,
      context: { id: contextId(millis, i), parent_id: null, user_id: null },
    });
    if (i % PER_COMMIT === PER_COMMIT - 1) replica.commit();
  }
  replica.commit();
}

/** A ULID: the time in ten digits, then sixteen without order. */
export function contextId(millis: number, number: number): string {
  let time = "";
  for (let rest = millis, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = DIGITS[rest % 32] + time;
  let spread = Math.imul(number + 1, 2654435761) >>> 0;
  let tail = "";
  for (let i = 0; i < 16; i++) {
    spread = (Math.imul(spread, 1664525) + 1013904223) >>> 0;
    tail += DIGITS[spread >>> 27];
  }
  return time + tail;
}
