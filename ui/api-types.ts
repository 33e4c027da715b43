import type { ServiceAction } from "./api-admin-types.ts";
import type { Job } from "./api-storage-types.ts";

/** The JSON of docs/api.md and docs/wire.md. Times are RFC 3339 in UTC with microseconds, so texts sort as times do. */
export type Time = string;

export type PartState = "starting" | "ok" | "degraded" | "broken" | "off";
export type Origin = "live" | "filled" | "imported" | "late" | "corrected";
export type Attributes = { readonly [name: string]: unknown };
export type Context = { readonly id: string; readonly parent_id: string | null; readonly user_id: string | null };

export type ProblemBody = {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly fix?: string;
  readonly request_id?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
};

export type Info = {
  readonly name: string;
  readonly version: string;
  readonly api: { readonly min: number; readonly max: number };
  readonly home: {
    readonly name: string | null;
    readonly simulated: boolean | null;
    readonly home_assistant_version: string | null;
    readonly time_zone: string | null;
  };
  readonly started: Time;
  readonly store_engine: string | null;
};

export type Part = {
  readonly part: string;
  readonly state: PartState;
  readonly since: Time;
  readonly why?: string;
  readonly fix?: string;
  readonly figures?: { readonly [name: string]: number | string | boolean | null };
  /** What may be done with it; absent: nothing. */
  readonly actions?: readonly ServiceAction[];
};

/** What was taken over from Home Assistant. */
export type Home = {
  readonly name: string;
  readonly home_assistant_version: string;
  readonly country: string | null;
  readonly language: string | null;
  readonly time_zone: string;
  readonly currency: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly elevation: number | null;
  readonly unit_system: { readonly [quantity: string]: string };
};
export type Status = {
  readonly state: "ok" | "starting" | "degraded" | "broken";
  readonly parts: readonly Part[];
  readonly rates: { readonly changes_per_second: number; readonly events_per_second: number };
  readonly totals: {
    readonly changes: number;
    readonly events: number;
    readonly gaps: number;
    readonly series: number;
    readonly bytes: number;
  };
  readonly recorded_since: Time | null;
  readonly last_change: Time | null;
};

export type State = {
  readonly entity_id: string;
  readonly series: number;
  /** null: removed from Home Assistant. */
  readonly state: string | null;
  readonly attributes: Attributes;
  readonly time: Time;
  readonly changed: Time;
  readonly origin: Origin;
  readonly context: Context | null;
  readonly time_is_arrival: boolean;
  readonly flaws: readonly string[];
  readonly position: number;
  readonly name: string | null;
  readonly device_id: string | null;
  readonly area_id: string | null;
  readonly floor_id: string | null;
  readonly labels: readonly string[];
  readonly integration: string | null;
  readonly category: string | null;
};

export type Change = {
  readonly entity_id: string;
  readonly series: number;
  readonly position: number;
  readonly state: string | null;
  readonly attributes: Attributes;
  readonly time: Time;
  readonly changed: Time;
  readonly origin: Origin;
  readonly context: Context | null;
  readonly time_is_arrival: boolean;
  readonly flaws: readonly string[];
  readonly previous: { readonly state: string | null; readonly time: Time } | null;
};

/** What a chart and a list need of a reading that came by the live stream. */
export type Arrived = Pick<Change, "time" | "state" | "position">;

export type HomeEvent = {
  readonly id: number;
  readonly type: string;
  readonly time: Time;
  readonly data: Attributes;
  readonly context: Context | null;
  readonly origin: Origin;
};

export type Gap = {
  readonly id: number;
  readonly kind: "states" | "events";
  readonly entity_id: string | null;
  readonly series: number | null;
  readonly from: Time;
  readonly to: Time;
  readonly cause: string;
};

/** A note at a time; no entities: it concerns everything. */
export type Annotation = {
  readonly id: string;
  readonly from: Time;
  readonly to: Time | null;
  readonly text: string;
  readonly entities: readonly { readonly entity_id: string; readonly series: number }[];
  readonly tags: readonly string[];
  readonly created: Time;
  readonly created_by: string;
};

export type Area = { readonly area_id: string; readonly name: string };
export type Device = { readonly device_id: string; readonly name: string | null };

export type Identity = {
  readonly from: Time;
  readonly entity_id: string;
  readonly holds_name: boolean;
  readonly registry_id: string | null;
  readonly name: string | null;
  readonly device_id: string | null;
  readonly area_id: string | null;
  readonly floor_id: string | null;
  readonly labels: readonly string[];
  readonly integration: string | null;
  readonly category: string | null;
};

export type Entity = {
  readonly entity_id: string;
  readonly series: number;
  readonly registry_id: string | null;
  readonly name: string | null;
  readonly domain: string;
  readonly device_id: string | null;
  readonly area_id: string | null;
  readonly floor_id: string | null;
  readonly labels: readonly string[];
  readonly integration: string | null;
  readonly category: string | null;
  readonly holds_name: boolean;
  readonly state: string | null;
  readonly time: Time | null;
  readonly identities?: readonly Identity[];
};

/** With `times=us`: microseconds since the epoch, and the state text; null is a removal. */
export type Point = readonly [time: number, state: string | null];

export type History = {
  readonly from: number | Time;
  readonly to: number | Time;
  readonly series: readonly {
    readonly entity_id: string;
    readonly series: number;
    readonly points: readonly Point[];
    /** Retention let go of the readings between. */
    readonly rolled_up?: { readonly from: Time; readonly to: Time };
    readonly gaps: readonly Gap[];
  }[];
  readonly next_cursor: string | null;
};

/** What a series amounts to in a part of a window. Numbers are null where there was none. */
export type StatisticsBucket = {
  readonly from: Time;
  readonly to: Time;
  /** The share of it that is known; null where it was imported. */
  readonly completeness: number | null;
  readonly source: "readings" | "rollups" | "imported";
  readonly mean?: number | null;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly count?: number | null;
  readonly states?: { readonly [state: string]: { readonly seconds: number; readonly entered: number } };
};
export type StatisticsSeries = {
  readonly entity_id: string;
  readonly series: number;
  readonly kind: "numeric" | "text" | "none";
  readonly unit: string | null;
  readonly buckets: readonly StatisticsBucket[];
  readonly gaps: readonly Gap[];
};
export type Statistics = {
  readonly from: Time;
  readonly to: Time;
  readonly resolution: string;
  readonly series: readonly StatisticsSeries[];
  readonly next_cursor: string | null;
};

/** How a source of the outside world is doing, on the live stream. */
export type SourceNow = {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly state: Part["state"];
  readonly why?: string;
  readonly fix?: string;
  readonly in_use: string | null;
  readonly last_success: Time | null;
  readonly waits_for?: string;
  readonly removed?: true;
};

/** What the hub sends on `api/v1/live`. */
export type LiveFrame =
  | { readonly type: "auth_required" }
  | {
      readonly type: "hello";
      readonly version: string;
      readonly schema: { readonly min: number; readonly max: number };
      readonly time: Time;
    }
  | { readonly type: "snapshot"; readonly position: number; readonly states: readonly State[] }
  | { readonly type: "changes"; readonly changes: readonly Change[] }
  | { readonly type: "events"; readonly events: readonly HomeEvent[] }
  | { readonly type: "gaps"; readonly gaps: readonly Gap[] }
  | { readonly type: "status"; readonly parts: readonly Part[] }
  | { readonly type: "jobs"; readonly jobs: readonly Job[] }
  | { readonly type: "sources"; readonly sources: readonly SourceNow[] }
  | { readonly type: "lost"; readonly count: number }
  | { readonly type: "pong" }
  | { readonly type: "error"; readonly code: string; readonly detail: string };

export type LiveTopic = "changes" | "events" | "gaps" | "status" | "jobs" | "sources";

export type Subscription = {
  readonly topics: readonly LiveTopic[];
  readonly entities?: readonly string[];
  readonly domains?: readonly string[];
  readonly areas?: readonly string[];
  readonly snapshot: boolean;
};
