import type { Context, TypedResponse } from "hono";
import * as v from "valibot";
import { PART_STATES, type PartStatus, SERVICE_ACTIONS } from "../../domain/status.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Answer } from "../../history/history.ts";
import { type Shape, timeSchema } from "../../history/shapes.ts";
import type { ApiEnv } from "../env.ts";
import { endingWith } from "./stream.ts";

export {
  type AnnotationShape,
  type AtAnswer,
  annotationSchema,
  atSchema,
  attributesSchema,
  type ChangeShape,
  type ContextShape,
  changeSchema,
  changeShape,
  contextSchema,
  contextShape,
  countSchema,
  type EventShape,
  type EventsAnswer,
  eventSchema,
  eventShape,
  eventsSchema,
  type GapShape,
  gapSchema,
  gapShape,
  type HistoryAnswer,
  historySchema,
  originSchema,
  type ReadingShape,
  readingSchema,
  readingShape,
  type Shape,
  type Time,
  timeSchema,
} from "../../history/shapes.ts";

export const partSchema = v.pipe(
  v.object({
    part: v.string(),
    state: v.picklist(PART_STATES),
    since: timeSchema,
    why: v.exactOptional(v.string()),
    fix: v.exactOptional(v.string()),
    figures: v.exactOptional(v.record(v.string(), v.union([v.number(), v.string(), v.boolean(), v.null()]))),
    actions: v.exactOptional(
      v.pipe(v.array(v.picklist(SERVICE_ACTIONS)), v.description("What may be done to it now.")),
    ),
  }),
  v.title("Part"),
  v.description("How one part of the hub is doing; fix says how to mend what is wrong."),
);
export type PartShape = Shape<typeof partSchema>;

export const partShape = ({ since, ...part }: PartStatus): PartShape => ({ ...part, since: microsToRfc3339(since) });

/** On every answer; `content-type` and the rest of an answer come on top. */
export const commonHeaders = (c: Context<ApiEnv>): Record<string, string> => ({
  "x-request-id": c.get("requestId"),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  ...c.get("limits"),
});

/** All headers at once, as a plain object: changing an answer's headers later costs more than making the answer. */
const jsonHeaders = (c: Context<ApiEnv>): Record<string, string> => {
  c.set("headersComplete", true);
  return { "content-type": "application/json", "cache-control": "no-store", ...commonHeaders(c) };
};

type Json<T> = Response & TypedResponse<T, 200, "json">;

/** An answer whose JSON is already text; the type says what it holds. */
export const jsonText = <T>(c: Context<ApiEnv>, text: string): Json<T> =>
  new Response(text, { headers: jsonHeaders(c) }) as Json<T>;

export const json = <T>(c: Context<ApiEnv>, value: T): Json<T> => jsonText<T>(c, JSON.stringify(value));

/** For bytes that history's worker made. */
export function jsonBytes<T>(c: Context<ApiEnv>, answer: Answer): Json<T> {
  const headers = jsonHeaders(c);
  if (answer instanceof Uint8Array) headers["content-length"] = String(answer.byteLength);
  const body = answer instanceof Uint8Array ? answer : cutWhereItFails(c, answer);
  return new Response(body, { headers }) as Json<T>;
}

/** For a file that is made as it is taken. */
export function download(c: Context<ApiEnv>, answer: Answer, headers: Readonly<Record<string, string>>): Response {
  c.set("headersComplete", true);
  const body = answer instanceof Uint8Array ? answer : cutWhereItFails(c, answer);
  return new Response(body, { headers: { "cache-control": "no-store", ...commonHeaders(c), ...headers } });
}

/** An answer that fails half-way must not look complete: the connection is cut, so that the client notices. */
const cutWhereItFails = (c: Context<ApiEnv>, answer: Exclude<Answer, Uint8Array>) =>
  endingWith(answer, (failure) => failure && c.env?.incoming?.socket.destroy());
