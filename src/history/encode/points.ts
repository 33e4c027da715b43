import type { Reading, Stored } from "../../domain/data/reading.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { Cursor, ViewReader } from "../../store/store.ts";
import { writeCursor } from "../cursor.ts";
import type { PointsPlan } from "../jobs/plan.ts";
import { stateBefore } from "../range/before.ts";
import { createKnown } from "../range/known.ts";
import { type Page, pagesOf, pagesOfRows } from "../range/pages.ts";
import { rolledUpIn, rolledUpJson } from "../range/rolled-up.ts";
import { sample } from "../range/sample.ts";
import { kindOf, lastKnowledge } from "../statistics/values/kinds.ts";
import { mergeWindows } from "../statistics/values/spans.ts";
import { type ByteWriter, createByteWriter } from "./bytes.ts";

const CHUNK_BYTES = 256 * 1024;
/** Most answers are short, and buffers outside V8's heap make it collect garbage early. */
const FIRST_BYTES = 16 * 1024;
/** A chunk is sent once it has grown to this, so that the next page of numbers would still have fitted. */
const SEND_BYTES = CHUNK_BYTES - 64 * 1024;
const COMMA = 0x2c;
const CLOSE = 0x5d;

/** The bytes of a History answer (docs/api.md), page by page as they are read. */
export async function* encodePoints(reader: ViewReader, plan: PointsPlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { window, order, series: asked, start } = plan;
  const out = createByteWriter(FIRST_BYTES, plan.times);
  const rows = plan.form === "columns" ? columns(plan, out) : points(out);
  let left = plan.limit;
  let bytes = 0;
  let next: { index: number; after: Cursor | null } | undefined;
  out.ascii(
    `{"from":"${microsToRfc3339(window.from)}","to":"${microsToRfc3339(window.to)}","order":"${order}","series":[`,
  );
  for (let index = start.index; index < asked.length && !next; index++) {
    const one = asked[index] as PointsPlan["series"][number];
    const { id, entityId, gaps } = one;
    const rolledUp = await rolledUpIn(reader, id, window);
    const holes = rolledUp ? mergeWindows([...one.holes, rolledUp]) : one.holes;
    const chosen = plan.mostPoints === undefined ? undefined : yield* choose({ ...one, holes }, plan.mostPoints);
    // What was chosen of a series comes in one piece.
    if (chosen && left < plan.limit && (chosen.rows.length > left || bytes + out.length >= plan.mostBytes)) {
      next = { index, after: null };
      break;
    }
    if (index > start.index) out.ascii(",");
    out.ascii('{"entity_id":');
    out.string(entityId);
    out.ascii(`,"series":${id},`);
    rows.open();
    let last: Cursor | undefined;
    const after = index === start.index ? start.after : null;
    // One more than there is room for says whether anything is left.
    const query = {
      series: id,
      window,
      order,
      limit: left + 1,
      attributes: plan.attributes,
      ...(after ? { after } : {}),
    };
    // A page that begins or ends amid a series has not seen all of it.
    const known = chosen || after ? undefined : createKnown({ window, order, until: plan.until, holes });
    for await (const page of chosen ? pagesOfRows(chosen.rows, query) : pagesOf(reader, query)) {
      // Looked at once a page: a page is small against the most bytes.
      const full = left < plan.limit && bytes + out.length + rows.held >= plan.mostBytes;
      const room = full ? 0 : Math.min(left, page.count);
      if (room > 0) {
        rows.add(page, room);
        known?.add(page, room);
        last = page.cursor(room - 1);
      }
      left -= room;
      if (room < page.count) {
        next = { index, after: last ?? after };
        break;
      }
      if (out.length < SEND_BYTES) continue;
      bytes += out.length;
      yield out.take();
    }
    rows.close();
    if (chosen) {
      const { of, method, complete } = chosen;
      out.ascii(`,"sampled":{"of":${of},"method":"${method}","complete":${complete}}`);
    }
    const share = chosen
      ? chosen.share
      : known && !next
        ? known.share(await stateBefore(reader, id, window.from))
        : null;
    if (rolledUp) {
      out.ascii(',"rolled_up":');
      out.json(rolledUpJson(rolledUp));
    }
    if (one.thinned !== undefined) {
      out.ascii(',"thinned":');
      out.json(one.thinned);
    }
    out.ascii(`,"completeness":${share},"gaps":`);
    out.json(gaps);
    out.ascii("}");
    if (left <= 0 && index + 1 < asked.length) next ??= { index: index + 1, after: null };
  }
  out.ascii("]");
  if (plan.annotations !== undefined) {
    out.ascii(',"annotations":');
    out.json(plan.annotations);
  }
  out.ascii(',"next_cursor":');
  if (next) {
    const at = { index: next.index, series: asked[next.index]?.id as number };
    out.string(writeCursor({ window, order, at, after: next.after }));
  } else out.ascii("null");
  out.ascii("}");
  yield out.take();

  async function* choose(one: PointsPlan["series"][number], most: number) {
    const knowledge = one.knowledge ?? (await lastKnowledge(reader, one.id));
    const recorded = await reader.recorded(one.id);
    const numeric = (yield* kindOf(reader, one, knowledge, { recorded, until: window.to })) === "numeric";
    const limit = Number.MAX_SAFE_INTEGER;
    const query = { series: one.id, window, order, limit, attributes: plan.attributes };
    return yield* sample(reader, query, { ...one, numeric, until: plan.until, most: Math.min(most, plan.limit) });
  }
}

type Rows = {
  open(): void;
  add(page: Page, count: number): void;
  close(): void;
  readonly held: number;
};

function points(out: ByteWriter): Rows {
  let first = true;
  return {
    held: 0,
    open: () => {
      out.ascii('"points":[');
      first = true;
    },
    add: (page, count) => {
      if ("columns" in page) {
        if (!first) out.byte(COMMA);
        out.points(page.columns, count, page.newestFirst);
      } else
        for (let i = 0; i < count; i++) {
          const reading = page.readings[i] as Stored<Reading>;
          if (!first || i > 0) out.byte(COMMA);
          out.point(reading.time, reading.state);
          out.byte(COMMA);
          out.json(JSON.stringify(reading.attributes));
          out.byte(CLOSE);
        }
      first = false;
    },
    close: () => out.ascii("]"),
  };
}

/** Times go out as they come; states and attributes wait until the times of the series are complete. */
function columns(plan: PointsPlan, out: ByteWriter): Rows {
  let states = createByteWriter(0);
  let attributes = createByteWriter(0);
  let first = true;
  return {
    get held() {
      return states.length + attributes.length;
    },
    open: () => {
      out.ascii('"times":[');
      first = true;
      states = createByteWriter(FIRST_BYTES);
      attributes = createByteWriter(plan.attributes ? FIRST_BYTES : 0);
    },
    add: (page, count) => {
      if (!first) for (const part of plan.attributes ? [out, states, attributes] : [out, states]) part.byte(COMMA);
      first = false;
      if ("columns" in page) {
        out.times(page.columns, count, page.newestFirst);
        states.states(page.columns, count, page.newestFirst);
      } else
        for (let i = 0; i < count; i++) {
          const reading = page.readings[i] as Stored<Reading>;
          if (i > 0) for (const part of [out, states, attributes]) part.byte(COMMA);
          out.time(reading.time);
          states.string(reading.state);
          attributes.json(JSON.stringify(reading.attributes));
        }
    },
    close: () => {
      out.ascii('],"states":[');
      out.append(states.take());
      if (plan.attributes) {
        out.ascii('],"attributes":[');
        out.append(attributes.take());
      }
      out.ascii("]");
    },
  };
}
