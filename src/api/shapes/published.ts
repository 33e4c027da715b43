import type { Firing, PublishedEntry } from "../../domain/published.ts";
import { microsToRfc3339 } from "../../domain/time.ts";
import type { Facts, Published as Port } from "../ports/ports.ts";
import type { Time } from "./answers.ts";

/** The versions of this API that the hub speaks. */
export const API_VERSIONS = { min: 1, max: 1 } as const;

/** The oldest version of the integration (custom_components/) that can work with this hub. */
export const INTEGRATION_MIN = "0.1.0";

export type FiringShape = {
  readonly key: string;
  readonly id: number;
  readonly event_type: string;
  readonly time: Time;
  readonly attributes: { readonly [name: string]: unknown };
};

export type EntryShape = {
  readonly key: string;
  readonly platform: PublishedEntry["platform"];
  readonly translation_key: string;
  readonly device_class?: string;
  readonly state_class?: string;
  readonly unit?: string;
  readonly suggested_unit?: string;
  readonly precision?: number;
  readonly category?: "diagnostic";
  readonly enabled?: false;
  readonly value?: string | number | boolean | null;
  readonly attributes?: { readonly [name: string]: unknown };
  readonly available: boolean;
  readonly why?: string;
  readonly event_types?: readonly string[];
  readonly recent?: readonly FiringShape[];
};

export type Published = {
  readonly server_id: string;
  readonly version: string;
  readonly api: { readonly min: number; readonly max: number };
  readonly integration_min: string;
  readonly published: readonly EntryShape[];
};

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
