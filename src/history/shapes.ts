import type { Context, Gap, GapCause, HomeEvent, Origin, Position, SeriesId, Stored } from "../domain/reading.ts";
import { microsToRfc3339 } from "../domain/time.ts";

/** What answers look like on the wire (docs/api.md); made here because the worker makes the bytes. */

/** RFC 3339, UTC, microseconds. */
export type Time = string;

export type ContextShape = { readonly id: string; readonly parent_id: string | null; readonly user_id: string | null };

export type GapShape = {
  readonly id: Position;
  readonly kind: "states" | "events";
  readonly entity_id: string | null;
  readonly series: SeriesId | null;
  readonly from: Time;
  readonly to: Time;
  readonly cause: GapCause;
};

export type EventShape = {
  readonly id: Position;
  readonly type: string;
  readonly time: Time;
  readonly data: { readonly [name: string]: unknown };
  readonly context: ContextShape | null;
  readonly origin: Origin;
};

export type Point = readonly [
  time: Time | number,
  state: string | null,
  attributes?: { readonly [name: string]: unknown },
];

export type SeriesPoints = {
  readonly entity_id: string;
  readonly series: SeriesId;
  /** With the form `points`. */
  readonly points?: readonly Point[];
  /** With the form `columns`. */
  readonly times?: readonly (Time | number)[];
  readonly states?: readonly (string | null)[];
  readonly attributes?: readonly { readonly [name: string]: unknown }[];
  readonly gaps: readonly GapShape[];
};

export type HistoryAnswer = {
  readonly from: Time;
  readonly to: Time;
  readonly order: "oldest_first" | "newest_first";
  readonly series: readonly SeriesPoints[];
  readonly next_cursor: string | null;
};

export type EventsAnswer = {
  readonly events: readonly EventShape[];
  readonly next_cursor: string | null;
  readonly gaps: readonly GapShape[];
};

export const contextShape = (context: Context | null): ContextShape | null =>
  context && { id: context.id, parent_id: context.parentId, user_id: context.userId };

export const gapShape = (gap: Stored<Gap>, entityId: string | null): GapShape => ({
  id: gap.position,
  kind: gap.kind,
  entity_id: entityId,
  series: gap.series,
  from: microsToRfc3339(gap.from),
  to: microsToRfc3339(gap.to),
  cause: gap.cause,
});

export const eventShape = (event: Stored<HomeEvent>): EventShape => ({
  id: event.position,
  type: event.type,
  time: microsToRfc3339(event.time),
  data: event.data,
  context: contextShape(event.context),
  origin: event.origin,
});
