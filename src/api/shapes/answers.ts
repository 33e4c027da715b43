import type { TypedResponse } from "hono";
import type { PartState, PartStatus } from "../../domain/status.ts";
import { microsToRfc3339 } from "../../domain/time.ts";
import type { Time } from "../../history/shapes.ts";

export {
  type ContextShape,
  contextShape,
  type EventShape,
  type EventsAnswer,
  eventShape,
  type GapShape,
  gapShape,
  type HistoryAnswer,
  type Time,
} from "../../history/shapes.ts";

export type PartShape = {
  readonly part: string;
  readonly state: PartState;
  readonly since: Time;
  readonly why?: string;
  readonly fix?: string;
  readonly figures?: NonNullable<PartStatus["figures"]>;
};

export const partShape = ({ since, ...part }: PartStatus): PartShape => ({ ...part, since: microsToRfc3339(since) });

const JSON_HEADERS = { "content-type": "application/json", "cache-control": "no-store" };

/** An answer whose JSON is already text; the type says what it holds. */
export const jsonText = <T>(text: string): Response & TypedResponse<T, 200, "json"> =>
  new Response(text, { headers: JSON_HEADERS }) as Response & TypedResponse<T, 200, "json">;

export const json = <T>(value: T): Response & TypedResponse<T, 200, "json"> => jsonText<T>(JSON.stringify(value));
