import type { HomeEvent, Stored } from "../../domain/data/reading.ts";
import type { ViewReader } from "../../store/store.ts";
import { writeCursor } from "../cursor.ts";
import type { EventPlan, EventsPlan } from "../jobs/plan.ts";
import { matcherOf } from "../range/search.ts";
import { eventShape } from "../shapes.ts";
import { createByteWriter } from "./bytes.ts";
import { BREATH } from "./replay.ts";

const CHUNK_BYTES = 256 * 1024;
/** Events that a page of a search looks through, found or not: some hundred milliseconds. */
const MOST_SEARCHED = 200_000;

export async function* encodeEvents(reader: ViewReader, plan: EventsPlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { window, order, types, after, limit } = plan;
  const out = createByteWriter(CHUNK_BYTES);
  let count = 0;
  let bytes = 0;
  let last: Stored<HomeEvent> | undefined;
  let more = false;
  let seen = 0;
  const matches = plan.search && matcherOf(plan.search);
  out.ascii('{"events":[');
  const most = matches ? MOST_SEARCHED + 1 : limit + 1;
  const query = { window, order, limit: most, ...(types ? { types } : {}), ...(after ? { after } : {}) };
  for await (const page of reader.events(query)) {
    for (const event of page) {
      const full = count === limit || (count > 0 && bytes + out.length >= plan.mostBytes);
      more = full || seen === MOST_SEARCHED;
      if (more) break;
      if (matches) {
        seen++;
        last = event;
        if (!matches(event)) continue;
      }
      if (count++ > 0) out.ascii(",");
      out.json(JSON.stringify(eventShape(event)));
      last = event;
    }
    if (more) break;
    if (out.length < CHUNK_BYTES) {
      if (matches) yield BREATH;
      continue;
    }
    bytes += out.length;
    yield out.take();
  }
  out.ascii('],"next_cursor":');
  if (more && last) {
    const past = { time: last.time, position: last.position };
    out.string(writeCursor({ window, order, at: null, after: past }));
  } else out.ascii("null");
  out.ascii(',"gaps":');
  out.json(plan.gaps);
  out.ascii("}");
  yield out.take();
}

/** The event at a position; nothing where there is none. */
export async function* encodeEvent(reader: ViewReader, plan: EventPlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const found = await reader.at(plan.position);
  if (found?.kind !== "event") return;
  const out = createByteWriter(4096);
  out.json(JSON.stringify(eventShape(found.event)));
  yield out.take();
}
