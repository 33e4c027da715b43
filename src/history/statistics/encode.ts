import { calendarOf } from "../../domain/time/calendar.ts";
import { type Micros, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import type { ViewReader } from "../../store/store.ts";
import { createByteWriter } from "../encode/bytes.ts";
import { BREATH } from "../encode/replay.ts";
import type { StatisticsPlan } from "../jobs/plan.ts";
import { writeStatisticsCursor } from "./cursor.ts";
import { bucketEnd, bucketStart, edgesFrom } from "./resolutions.ts";
import { columnRows, listRows, type Rows } from "./rows.ts";
import { type BucketContent, fieldsOf, isKnown } from "./values/buckets.ts";
import { firstImported, type Imported, type ImportedSource, importedOf, importedSource } from "./values/imported.ts";
import { functionsFor, isCounter, kindOf, lastKnowledge } from "./values/kinds.ts";
import { carriedTo, NOTHING, type Numbers, numbersOf } from "./values/numbers.ts";
import { edgesOutside } from "./values/rolled-up.ts";
import { spansOf } from "./values/spans.ts";
import { type Held, heldAt, type States, statesOf } from "./values/states.ts";

type Series = StatisticsPlan["series"][number];

const CHUNK_BYTES = 256 * 1024;
/** Buckets that are worked out at a time. */
const BATCH = 2048;

/** The bytes of a Statistics answer (docs/api.md), batch by batch. */
export async function* encodeStatistics(
  reader: ViewReader,
  plan: StatisticsPlan,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { window, resolution, series: asked, start } = plan;
  const calendar = calendarOf(plan.timeZone);
  const out = createByteWriter(CHUNK_BYTES, plan.times);
  /** Nothing is known of what comes later. */
  const end = Math.min(window.to, resolution === "window" ? window.to : bucketEnd(plan.until, resolution, calendar));
  let left = plan.limit;
  let bytes = 0;
  let next: { readonly index: number; readonly at: Micros } | undefined;
  let lately: { readonly from: Micros; readonly most: number; readonly edges: readonly Micros[] } | undefined;

  out.json(
    `{"from":"${microsToRfc3339(window.from)}","to":"${microsToRfc3339(window.to)}","resolution":"${resolution}","time_zone":${JSON.stringify(plan.timeZone)},"series":[`,
  );
  for (let index = start.index; index < asked.length && !next; index++) {
    const series = asked[index] as Series;
    const at = index === start.index ? (start.at ?? window.from) : window.from;
    if (index > start.index) out.ascii(",");
    next = yield* one(series, index, at);
    if (left <= 0 && index + 1 < asked.length) next ??= { index: index + 1, at: window.from };
  }
  out.ascii('],"next_cursor":');
  if (next) out.string(writeStatisticsCursor({ window, resolution, series: asked[next.index]?.id as number, ...next }));
  else out.ascii("null");
  out.ascii("}");
  yield out.take();

  /** One series, as far as there is room; the answer says where to go on. */
  async function* one(series: Series, index: number, from: Micros) {
    const knowledge = series.knowledge ?? (await lastKnowledge(reader, series.id));
    const source = importedSource(series.id, resolution === "5m" || resolution === "15m");
    const recorded = await reader.recorded(series.id);
    const importedFrom = await firstImported(reader, source, { from, to: end });
    const held = yield* kindOf(reader, series, knowledge, { recorded, until: window.to });
    // Home Assistant keeps statistics of numbers alone.
    const kind = held === "none" && importedFrom !== undefined ? "numeric" : held;
    const functions = functionsFor(plan.functions, kind, knowledge);
    const rows = plan.form === "columns" ? columnRows(out, functions, plan.times) : listRows(out, plan.times);
    const fields = fieldsOf({ functions, kind, difference: knowledge.stateClass === "total" });
    const { unit, deviceClass, stateClass } = knowledge;
    const head = { entity_id: series.entityId, series: series.id, kind, unit };
    out.json(JSON.stringify({ ...head, device_class: deviceClass, state_class: stateClass }).slice(0, -1));
    rows.open();
    let more: { readonly index: number; readonly at: Micros } | undefined;
    if (kind !== "none") {
      const counts = functions.has("increase") || isCounter(knowledge);
      const wanted = { counts, states: functions.has("states") || kind === "text" };
      const imported = importedFrom === undefined ? undefined : { ...source, from: importedFrom };
      for await (const batch of contents(series, from, wanted, { recorded, imported })) {
        if (batch === BREATH) {
          yield BREATH;
          continue;
        }
        const rest = addAll(batch as readonly BucketContent[], rows, fields);
        if (rest !== undefined) {
          more = { index, at: rest };
          break;
        }
        if (out.length < CHUNK_BYTES) continue;
        bytes += out.length;
        yield out.take();
      }
    }
    rows.close();
    out.ascii(',"gaps":');
    out.json(series.gaps);
    out.ascii("}");
    return more;
  }

  /** Adds those of which anything is known, as far as there is room; the answer is where the rest begins. */
  function addAll(batch: readonly BucketContent[], rows: Rows, fields: ReturnType<typeof fieldsOf>) {
    for (const content of batch) {
      if (!isKnown(content)) continue;
      if (left === 0 || bytes + out.length + rows.held >= plan.mostBytes) return content.from;
      rows.add(content, fields(content));
      left--;
    }
    return undefined;
  }

  /** What each bucket amounts to, batch by batch, from the first bucket on of which there is anything. */
  async function* contents(
    series: Series,
    from: Micros,
    wanted: { readonly counts: boolean; readonly states: boolean },
    sources: {
      readonly recorded: Window | undefined;
      readonly imported: (ImportedSource & { readonly from: Micros }) | undefined;
    },
  ) {
    const { recorded, imported } = sources;
    let at = from;
    const carried = yield* carriedTo(reader, series.id, at, wanted.counts);
    if (!carried.exists) {
      const rolledUp = await reader.rolledUp(series.id);
      const kept = recorded && recorded.from < end ? recorded.from : undefined;
      const first = rolledUp && rolledUp.to >= at ? Math.min(rolledUp.from, kept ?? rolledUp.from) : kept;
      if (first === undefined && !imported) return;
      const beginning = Math.min(first ?? Number.POSITIVE_INFINITY, imported?.from ?? Number.POSITIVE_INFINITY);
      if (resolution !== "window") at = Math.max(at, bucketStart(beginning, resolution, calendar));
    }
    let held: Held = wanted.states && carried.exists ? await heldAt(reader, series.id, at) : undefined;
    while (at < end) {
      const whole = edgesOnce(at, Math.min(BATCH, left + 1));
      const edges = await edgesOutside(reader, series.id, whole, { end, resolution, calendar });
      const spans = spansOf(edges, series.holes, plan.until);
      const numbers = yield* numbersOf(reader, series.id, spans, carried);
      const texts = wanted.states ? yield* statesOf(reader, series.id, spans, held) : undefined;
      const others = imported ? yield* importedOf(reader, imported, edges, resolution === "window") : undefined;
      held = texts?.held;
      yield contentsOf(edges, numbers, texts?.all, others);
      at = edges.at(-1) as Micros;
    }
  }

  /** Those of the series before where they are the same: of many series they mostly are. */
  function edgesOnce(from: Micros, most: number): readonly Micros[] {
    if (lately?.from !== from || lately.most !== most)
      lately = { from, most, edges: edgesFrom(from, end, most, resolution, calendar) };
    return lately.edges;
  }
}

const contentsOf = (
  edges: readonly Micros[],
  numbers: readonly Numbers[],
  states: readonly States[] | undefined,
  imported: readonly Imported[] | undefined,
): BucketContent[] =>
  Array.from({ length: edges.length - 1 }, (_, i) => ({
    from: edges[i] as Micros,
    to: edges[i + 1] as Micros,
    numbers: numbers[i] ?? NOTHING,
    states: states?.[i],
    imported: imported?.[i],
  }));
