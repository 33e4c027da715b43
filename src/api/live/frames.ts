import * as v from "valibot";
import { many, one, text, truth } from "../input/schemas.ts";

/** What a client may send (docs/wire.md). */

export const TOPICS = ["changes", "events", "gaps", "status", "published", "jobs", "sources"] as const;
export type TopicName = (typeof TOPICS)[number];

/** The schema versions of the stream that this hub speaks. */
export const WIRE_SCHEMA = { min: 1, max: 1 } as const;

/** The topics whose entries have a position, and how the parts are. */
const STREAM_TOPICS = ["changes", "events", "gaps", "status"] as const;

/** The filters of `subscribe` as parameters of an address. */
export const streamParameters = v.strictObject({
  topics: v.optional(
    v.pipe(
      v.array(v.picklist(STREAM_TOPICS, `is none of ${STREAM_TOPICS.join(", ")}`)),
      v.maxLength(STREAM_TOPICS.length, "names a topic more than once"),
    ),
    ["changes"],
  ),
  entities: many,
  domains: many,
  areas: many,
  event_types: many,
  snapshot: one(truth),
  last_event_id: one(text),
});

const texts = v.optional(v.pipe(v.array(text), v.maxLength(1_000, "has more than 1,000 entries")));

const subscribe = v.strictObject({
  type: v.literal("subscribe"),
  topics: v.optional(
    v.pipe(
      v.array(v.picklist(TOPICS, `is none of ${TOPICS.join(", ")}`)),
      v.minLength(1, "is empty"),
      v.maxLength(TOPICS.length, "names a topic more than once"),
    ),
    ["changes"],
  ),
  entities: texts,
  domains: texts,
  areas: texts,
  event_types: texts,
  snapshot: v.optional(v.boolean("is neither true nor false"), true),
});

export const clientFrame = v.variant(
  "type",
  [
    v.strictObject({ type: v.literal("auth"), token: v.string("is not a text") }),
    subscribe,
    v.strictObject({ type: v.literal("ping") }),
  ],
  "is none of auth, subscribe, ping",
);

export type ClientFrame = v.InferOutput<typeof clientFrame>;
export type Subscribe = v.InferOutput<typeof subscribe>;
