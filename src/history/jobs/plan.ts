import type { Position, SeriesId } from "../../domain/data/reading.ts";
import type { Truth } from "../../domain/outside/score.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Cursor, Order } from "../../store/store.ts";
import type { EventSearch } from "../range/search.ts";
import type { Resolution } from "../statistics/resolutions.ts";
import type { StatisticsFunction } from "../statistics/shapes.ts";
import type { Knowledge } from "../statistics/values/kinds.ts";

/** What the worker is asked: all that it needs, as data. */
export type PointsPlan = {
  readonly kind: "points";
  readonly window: Window;
  readonly order: Order;
  readonly limit: number;
  readonly mostBytes: number;
  readonly attributes: boolean;
  readonly times: "rfc3339" | "us";
  readonly form: "points" | "columns";
  /** JSON; absent: none were asked for. */
  readonly annotations: string | undefined;
  /** Of each series at most so many, chosen (range/sample.ts); absent: every reading. */
  readonly mostPoints: number | undefined;
  /** Of what comes later nothing is known. */
  readonly until: Micros;
  /** In the order asked for; `gaps` is JSON, `holes` what they and open holes cover. */
  readonly series: readonly {
    readonly id: SeriesId;
    readonly entityId: string;
    readonly knowledge: Knowledge | null;
    readonly gaps: string;
    /** JSON; absent: no rule dropped any of its readings. */
    readonly thinned?: string;
    readonly holes: readonly Window[];
  }[];
  readonly start: { readonly index: number; readonly after: Cursor | null };
};

export type EventsPlan = {
  readonly kind: "events";
  readonly window: Window;
  readonly order: Order;
  readonly limit: number;
  readonly mostBytes: number;
  readonly types: readonly string[] | undefined;
  /** Absent: every event. */
  readonly search: EventSearch | undefined;
  readonly after: Cursor | null;
  /** JSON. */
  readonly gaps: string;
};

/** One event by its position; the answer is empty where there is none. */
export type EventPlan = { readonly kind: "event"; readonly position: Position };

/** Whether anything stands at a position; the answer is empty where not. */
export type HoldsPlan = { readonly kind: "holds"; readonly position: Position };

/** What came after a position, as server-sent events. */
export type ReplayPlan = {
  readonly kind: "replay";
  readonly after: Position;
  /** Whose changes and gaps are wanted, with the names they have now. */
  readonly series: ReadonlyMap<SeriesId, string>;
  readonly changes: boolean;
  /** false: no events; a list: only of these types. */
  readonly events: boolean | readonly string[];
  readonly gaps: boolean;
};

/** What caused what around a context; the answer is empty where the context is not found. */
export type TracePlan = {
  readonly kind: "trace";
  readonly asked: string;
  readonly window: Window;
  /** The window was not asked for: it may grow towards a cause from before it. */
  readonly mayWiden: boolean;
  readonly depth: number;
  readonly limit: number;
  /** Every series with the name it has now. */
  readonly series: ReadonlyMap<SeriesId, string>;
};

/** What series amount to, bucket by bucket. */
export type StatisticsPlan = {
  readonly kind: "statistics";
  /** Of whole buckets. */
  readonly window: Window;
  readonly resolution: Resolution;
  readonly timeZone: string;
  /** Of what comes later nothing is known. */
  readonly until: Micros;
  /** Absent: those that say something of a series. */
  readonly functions: readonly StatisticsFunction[] | undefined;
  readonly form: "buckets" | "columns";
  readonly times: "rfc3339" | "us";
  readonly limit: number;
  readonly mostBytes: number;
  /** `gaps` is JSON, `holes` what they and open holes cover; `knowledge` is null where the present says nothing. */
  readonly series: readonly {
    readonly id: SeriesId;
    readonly entityId: string;
    readonly knowledge: Knowledge | null;
    readonly gaps: string;
    readonly holes: readonly Window[];
  }[];
  readonly start: { readonly index: number; readonly at: Micros | null };
};

/** What series were at a moment. */
export type AtPlan = {
  readonly kind: "at";
  readonly time: Micros;
  readonly attributes: boolean;
  /** `gap` is JSON: the hole that the moment lies in. */
  readonly series: readonly { readonly id: SeriesId; readonly entityId: string; readonly gap: string | null }[];
};

/** How far the forecasts that were made in a time were from what came. */
export type ScorePlan = {
  readonly kind: "score";
  readonly window: Window;
  readonly forecast: SeriesId;
  readonly came: SeriesId;
  readonly truth: Truth;
  /** Of what came, and of the forecasts; null: they are the same. */
  readonly unit: { readonly from: string; readonly to: string } | null;
  readonly until: Micros;
};

export type Plan =
  | ScorePlan
  | AtPlan
  | StatisticsPlan
  | PointsPlan
  | EventsPlan
  | EventPlan
  | HoldsPlan
  | ReplayPlan
  | TracePlan;
