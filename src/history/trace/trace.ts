import * as v from "valibot";
import { microsToRfc3339, type Window } from "../../domain/time/time.ts";
import { contextOf } from "../../store/shared/query.ts";
import type { LogEntry, ViewReader } from "../../store/store.ts";
import { createByteWriter } from "../encode/bytes.ts";
import { BREATH } from "../encode/replay.ts";
import type { TracePlan } from "../jobs/plan.ts";
import { attributesSchema, countSchema, type Shape, timeSchema } from "../shapes.ts";
import { createLinks, type Linked, widened } from "./links.ts";

export const traceSchema = v.pipe(
  v.object({
    context: v.string(),
    from: timeSchema,
    to: timeSchema,
    contexts: v.pipe(
      v.array(
        v.object({
          id: v.string(),
          parent_id: v.nullable(v.string()),
          user_id: v.nullable(v.string()),
          relation: v.picklist(["asked", "cause", "effect"]),
          depth: v.pipe(countSchema, v.description("Steps from the asked one.")),
        }),
      ),
      v.description("The asked one, its causes from near to far, then its effects from near to far."),
    ),
    entries: v.pipe(
      v.array(
        v.union([
          v.object({
            kind: v.literal("change"),
            position: countSchema,
            time: timeSchema,
            context_id: v.string(),
            entity_id: v.string(),
            series: countSchema,
            state: v.nullable(v.string()),
          }),
          v.object({
            kind: v.literal("event"),
            position: countSchema,
            time: timeSchema,
            context_id: v.string(),
            type: v.string(),
            data: attributesSchema,
          }),
        ]),
      ),
      v.description("What was recorded under these contexts, in the order of time."),
    ),
    complete: v.pipe(v.boolean(), v.description("False: there is more than depth and limit let through.")),
  }),
  v.title("Trace"),
);
export type TraceAnswer = Shape<typeof traceSchema>;
type TraceEntry = TraceAnswer["entries"][number];

/** So many entries are held to be put in order. */
const MOST_HELD = 20_000;
/** Contexts in one answer at most. */
const MOST_CONTEXTS = 1_000;
/** How often a window grows towards a cause from before it. */
const MOST_WIDENINGS = 5;

/** Looks through the time twice: for what is linked, then for what was recorded under it. Nothing found: nothing said. */
export async function* encodeTrace(reader: ViewReader, plan: TracePlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { asked, depth, limit } = plan;
  let { window } = plan;
  let found = yield* findLinked(reader, plan, window);
  for (let again = 0; plan.mayWiden && again < MOST_WIDENINGS; again++) {
    const causes = [...found.linked].flatMap(([id, { relation }]) => (relation === "cause" ? [id] : []));
    const wider = widened(window, causes, asked);
    if (!wider) break;
    window = wider;
    found = yield* findLinked(reader, plan, window);
  }
  const users = new Map<string, string | null>();
  const parents = new Map<string, string | null>();
  const entries: TraceEntry[] = [];
  let complete = found.complete;
  for await (const page of reader.linked(window)) {
    for (const entry of page) {
      const context = contextOf(entry);
      if (!context || !found.linked.has(context.id)) continue;
      users.set(context.id, users.get(context.id) ?? context.userId);
      parents.set(context.id, parents.get(context.id) ?? context.parentId);
      const shape = entryShape(entry, context.id, plan.series);
      if (!shape) continue;
      if (entries.length < MOST_HELD) entries.push(shape);
      else complete = false;
    }
    yield BREATH;
  }
  entries.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.position - b.position));
  if (entries.length > limit) complete = false;
  entries.length = Math.min(entries.length, limit);
  if (entries.length === 0 && found.linked.size === 1) return;
  const contexts = [...found.linked].map(([id, { relation, depth: steps, parentId }]: [string, Linked]) => ({
    id,
    parent_id: parents.get(id) ?? parentId,
    user_id: users.get(id) ?? null,
    relation,
    depth: steps,
  }));
  const answer: TraceAnswer = {
    context: asked,
    from: microsToRfc3339(window.from),
    to: microsToRfc3339(window.to),
    contexts,
    entries,
    complete,
  };
  const out = createByteWriter(4096);
  out.json(JSON.stringify(answer));
  yield out.take();

  async function* findLinked(from: ViewReader, { asked: id }: TracePlan, within: Window) {
    const links = createLinks();
    for await (const page of from.linked(within)) {
      for (const entry of page) {
        const context = contextOf(entry);
        if (context) links.add(context);
      }
      yield BREATH;
    }
    return links.around(id, depth, MOST_CONTEXTS);
  }
}

function entryShape(entry: LogEntry, contextId: string, names: TracePlan["series"]): TraceEntry | undefined {
  if (entry.kind === "event") {
    const { position, time, type, data } = entry.event;
    return { kind: "event", position, time: microsToRfc3339(time), context_id: contextId, type, data };
  }
  if (entry.kind !== "reading") return undefined;
  const { position, time, series, state } = entry.reading;
  const name = names.get(series);
  if (name === undefined) return undefined;
  return {
    kind: "change",
    position,
    time: microsToRfc3339(time),
    context_id: contextId,
    entity_id: name,
    series,
    state,
  };
}
