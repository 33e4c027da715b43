import * as v from "valibot";
import type { Micros } from "../../domain/time/time.ts";
import { MOST_DEPTH, MOST_LIMIT, MOST_TRACE } from "../../history/history.ts";
import { refuse } from "../errors.ts";
import { many, one, text, time, truth, wellFormed, wholeNumber, wholeNumberText } from "./schemas.ts";

export const order = v.picklist(["oldest_first", "newest_first"], "is neither oldest_first nor newest_first");
export const times = v.picklist(["rfc3339", "us"], "is neither rfc3339 nor us");
const form = v.picklist(["points", "columns"], "is neither points nor columns");
const kind = v.picklist(["states", "events"], "is neither states nor events");
const MOST_ENTITIES = 500;

export const entityNames = v.pipe(
  v.array(text, "is not a list"),
  v.minLength(1, "is empty"),
  v.maxLength(MOST_ENTITIES, `names more than ${MOST_ENTITIES} entities`),
);

export const page = {
  from: one(time),
  to: one(time),
  limit: one(wholeNumberText(1, MOST_LIMIT)),
  cursor: one(v.string()),
  order: one(order),
};

/** Of each series, chosen among its readings. */
const LEAST_POINTS = 10;
const MOST_CHOSEN = 10_000;

export const historyParameters = v.strictObject({
  ...page,
  attributes: one(truth),
  annotations: one(truth),
  times: one(times),
  max_points: one(wholeNumberText(LEAST_POINTS, MOST_CHOSEN)),
});

export const historyQuestion = v.strictObject({
  entities: entityNames,
  from: v.optional(time),
  to: v.optional(time),
  limit: v.optional(wholeNumber(1, MOST_LIMIT)),
  cursor: v.optional(v.string("is not a text")),
  order: v.optional(order),
  attributes: v.optional(v.boolean("is neither true nor false")),
  annotations: v.optional(v.boolean("is neither true nor false")),
  times: v.optional(times),
  form: v.optional(form),
  max_points: v.optional(wholeNumber(LEAST_POINTS, MOST_CHOSEN)),
});

const MOST_AT_ONCE = 5000;

export const atQuestion = v.strictObject({
  entities: v.optional(
    v.pipe(
      v.array(text, "is not a list"),
      v.maxLength(MOST_AT_ONCE, `names more than ${MOST_AT_ONCE} entities`),
      v.description("Absent: all that Home Assistant has now."),
    ),
  ),
  time,
  attributes: v.optional(v.boolean("is neither true nor false")),
});

const searched = v.pipe(v.string("is not a text"), v.maxLength(1000, "is longer than 1000 characters"), wellFormed);

export const eventsQuestion = v.strictObject({
  types: v.optional(v.pipe(v.array(text, "is not a list"), v.minLength(1, "is empty"), v.maxLength(100))),
  text: v.optional(v.pipe(searched, v.description("Every word must stand in the type or the data, in whatever case."))),
  entities: v.optional(v.pipe(entityNames, v.description("At least one must stand in the data, by any of its names."))),
  user: v.optional(v.pipe(text, v.description("Home Assistant's id of who did it."))),
  context: v.optional(v.pipe(text, v.description("The context's id, or its parent's."))),
  from: v.optional(time),
  to: v.optional(time),
  order: v.optional(order),
  limit: v.optional(wholeNumber(1, MOST_LIMIT)),
  cursor: v.optional(v.string("is not a text")),
});

export const eventsParameters = v.strictObject({ type: many, ...page });

export const traceParameters = v.strictObject({
  from: one(time),
  to: one(time),
  depth: one(wholeNumberText(1, MOST_DEPTH)),
  limit: one(wholeNumberText(1, MOST_TRACE)),
});

export const annotationsParameters = v.strictObject({ entity: one(text), from: one(time), to: one(time) });

export const gapsParameters = v.strictObject({
  entity: one(text),
  from: one(time),
  to: one(time),
  kind: one(kind),
});

/** A window that ends before it begins is a mistake, not an empty answer. */
export function checkWindow(asked: { from?: Micros | undefined; to?: Micros | undefined }, now: Micros): void {
  const { from, to = now } = asked;
  if (from === undefined || from < to) return;
  const message = asked.to === undefined ? "is not before now, where the window ends" : "is not before to";
  throw refuse("invalid_request", `from: ${message}`, { errors: [{ path: "from", message }] });
}
