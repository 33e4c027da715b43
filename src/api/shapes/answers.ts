import type { TypedResponse } from "hono";
import type {
  Context as DomainContext,
  GapCause,
  HomeEvent,
  Origin,
  Position,
  SeriesId,
  Stored,
  Gap as StoredGap,
} from "../../domain/reading.ts";
import type { PartState, PartStatus } from "../../domain/status.ts";
import { microsToRfc3339 } from "../../domain/time.ts";

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

export type PartShape = {
  readonly part: string;
  readonly state: PartState;
  readonly since: Time;
  readonly why?: string;
  readonly fix?: string;
  readonly figures?: NonNullable<PartStatus["figures"]>;
};

export const contextShape = (context: DomainContext | null): ContextShape | null =>
  context && { id: context.id, parent_id: context.parentId, user_id: context.userId };

export const gapShape = (gap: Stored<StoredGap>, entityId: string | null): GapShape => ({
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

export const partShape = ({ since, ...part }: PartStatus): PartShape => ({ ...part, since: microsToRfc3339(since) });

const JSON_HEADERS = { "content-type": "application/json", "cache-control": "no-store" };

/** An answer whose JSON is already text; the type says what it holds. */
export const jsonText = <T>(text: string): Response & TypedResponse<T, 200, "json"> =>
  new Response(text, { headers: JSON_HEADERS }) as Response & TypedResponse<T, 200, "json">;

export const json = <T>(value: T): Response & TypedResponse<T, 200, "json"> => jsonText<T>(JSON.stringify(value));
