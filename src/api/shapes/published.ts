import * as v from "valibot";
import type { Firing, PublishedEntry } from "../../domain/published.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Facts, Published as Port } from "../ports/ports.ts";
import { attributesSchema, countSchema, type Shape, timeSchema } from "./answers.ts";

/** The versions of this API that the hub speaks. */
export const API_VERSIONS = { min: 1, max: 1 } as const;

/** The oldest version of the integration (custom_components/) that can work with this hub. */
export const INTEGRATION_MIN = "0.1.0";

export const apiVersionsSchema = v.pipe(
  v.object({ min: countSchema, max: countSchema }),
  v.description("The versions of this API that the hub speaks."),
);

const firingSchema = v.pipe(
  v.object({
    key: v.string(),
    id: countSchema,
    event_type: v.string(),
    time: timeSchema,
    attributes: attributesSchema,
  }),
  v.title("Firing"),
);
export type FiringShape = Shape<typeof firingSchema>;

const text = v.exactOptional(v.string());
const entrySchema = v.pipe(
  v.object({
    key: v.string(),
    platform: v.picklist(["sensor", "binary_sensor", "event"]),
    translation_key: v.string(),
    placeholders: v.exactOptional(
      v.pipe(v.record(v.string(), v.string()), v.description("What stands in the translated name.")),
    ),
    device_class: text,
    state_class: text,
    unit: text,
    suggested_unit: text,
    precision: v.exactOptional(v.number()),
    category: v.exactOptional(v.literal("diagnostic")),
    enabled: v.exactOptional(v.literal(false)),
    value: v.exactOptional(v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
    attributes: v.exactOptional(attributesSchema),
    available: v.boolean(),
    why: text,
    event_types: v.exactOptional(v.array(v.string())),
    recent: v.exactOptional(v.array(firingSchema)),
  }),
  v.title("PublishedEntry"),
);
export type EntryShape = Shape<typeof entrySchema>;

export const publishedSchema = v.pipe(
  v.object({
    server_id: v.string(),
    version: v.string(),
    api: apiVersionsSchema,
    integration_min: v.string(),
    published: v.array(entrySchema),
  }),
  v.title("Published"),
);
export type Published = Shape<typeof publishedSchema>;

export const firingShape = ({ key, id, eventType, time, attributes }: Firing): FiringShape => ({
  key,
  id,
  event_type: eventType,
  time: microsToRfc3339(time),
  attributes,
});

/** Fields that are undefined fall out of the JSON. */
export const entryShape = (entry: PublishedEntry): EntryShape =>
  ({
    key: entry.key,
    platform: entry.platform,
    translation_key: entry.translationKey,
    placeholders: entry.placeholders,
    device_class: entry.deviceClass,
    state_class: entry.stateClass,
    unit: entry.unit,
    suggested_unit: entry.suggestedUnit,
    precision: entry.precision,
    category: entry.category,
    enabled: entry.enabled,
    value: entry.value,
    attributes: entry.attributes,
    available: entry.available,
    why: entry.why,
    event_types: entry.eventTypes,
    recent: entry.recent?.map(firingShape),
  }) as EntryShape;

export const publishedShape = ({ facts, published }: { facts: Facts; published: Port }): Published => ({
  server_id: facts.serverId,
  version: facts.version,
  api: API_VERSIONS,
  integration_min: INTEGRATION_MIN,
  published: published().map(entryShape),
});
