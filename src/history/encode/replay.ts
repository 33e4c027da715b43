import type { Position, Reading, SeriesId, Stored } from "../../domain/data/reading.ts";
import { ALL_TIME } from "../../domain/time/time.ts";
import type { LogEntry, ViewReader } from "../../store/store.ts";
import type { HoldsPlan, ReplayPlan } from "../jobs/plan.ts";
import { changeShape, eventShape, gapShape } from "../shapes.ts";
import { createByteWriter } from "./bytes.ts";

const CHUNK_BYTES = 256 * 1024;
const SEND_BYTES = CHUNK_BYTES - 32 * 1024;

/** Nothing for the client: other jobs get their turn, and a job that nobody wants any more ends. */
export const BREATH = new Uint8Array(0);

/** One server-sent event (HTML standard, 9.2). JSON holds no line breaks, so its data is one line. */
export const sseText = (event: string, json: string, id?: Position): string =>
  `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`;

/** What came after a position, entry by entry in the order of the log. */
export async function* encodeReplay(reader: ViewReader, plan: ReplayPlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const out = createByteWriter(CHUNK_BYTES);
  const previous = createPrevious(reader);
  for await (const page of reader.log({ after: plan.after, attributes: plan.changes })) {
    for (const entry of page) {
      const text = await textOf(entry, plan, previous);
      if (text !== undefined) out.json(text);
      if (out.length < SEND_BYTES) continue;
      yield out.take();
    }
    yield BREATH;
  }
  if (out.length > 0) yield out.take();
}

export async function* encodeHolds(reader: ViewReader, plan: HoldsPlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (await reader.holds(plan.position)) yield new Uint8Array([1]);
}

async function textOf(entry: LogEntry, plan: ReplayPlan, previous: Previous): Promise<string | undefined> {
  if (entry.kind === "event") {
    const { events } = plan;
    const { event } = entry;
    const wanted = typeof events === "boolean" ? events : events.includes(event.type);
    return wanted ? sseText("event", JSON.stringify(eventShape(event)), event.position) : undefined;
  }
  if (entry.kind === "gap") {
    const { gap } = entry;
    const name = gap.series === null ? null : plan.series.get(gap.series);
    if (!plan.gaps || name === undefined) return undefined;
    return sseText("gap", JSON.stringify(gapShape(gap, name)), gap.position);
  }
  const { reading } = entry;
  // What was before the hub is told to nobody.
  if (reading.origin === "imported") return undefined;
  const name = plan.series.get(reading.series);
  if (!plan.changes || name === undefined) return undefined;
  const before = await previous(reading);
  return sseText("change", JSON.stringify(changeShape(reading, name, before)), reading.position);
}

/** The latest reading of its series when this one came; asked in the order of the log. */
type Previous = (reading: Stored<Reading>) => Promise<Stored<Reading> | undefined>;

function createPrevious(reader: ViewReader): Previous {
  const latest = new Map<SeriesId, Stored<Reading>>();
  return async (reading) => {
    const before = latest.get(reading.series) ?? (await latestBefore(reader, reading));
    // A late reading never becomes the latest.
    if (!before || reading.time >= before.time) latest.set(reading.series, reading);
    else latest.set(reading.series, before);
    return before;
  };
}

async function latestBefore(reader: ViewReader, { series, position }: Stored<Reading>) {
  const query = { series, window: ALL_TIME, order: "newest_first", limit: Number.MAX_SAFE_INTEGER } as const;
  for await (const page of reader.readings({ ...query, attributes: false }))
    for (const one of page) if (one.position < position) return one;
  return undefined;
}
