import type { Reading, Stored } from "../../domain/data/reading.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { ViewReader } from "../../store/store.ts";
import { createByteWriter } from "../encode/bytes.ts";
import { BREATH } from "../encode/replay.ts";
import type { AtPlan } from "../jobs/plan.ts";
import { rolledUpJson, timeRolledUp } from "./rolled-up.ts";

const CHUNK_BYTES = 256 * 1024;
/** Series between two looks at whether anybody still wants the answer. */
const AT_A_TIME = 32;

/** What each series was at a moment: the last reading of that time or before. */
export async function* encodeAt(reader: ViewReader, plan: AtPlan): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { time, series: asked, attributes } = plan;
  const out = createByteWriter(CHUNK_BYTES);
  out.ascii(`{"time":"${microsToRfc3339(time)}","states":[`);
  for (const [i, { id, entityId, gap }] of asked.entries()) {
    const found = await timeRolledUp(reader, id);
    const rolledUp = found && found.from <= time && time < found.to ? found : undefined;
    // What came late into that time says nothing of what followed it.
    const reading = rolledUp ? undefined : await lastAt(id);
    if (i > 0) out.ascii(",");
    out.json(
      JSON.stringify({
        entity_id: entityId,
        series: id,
        state: reading?.state ?? null,
        time: reading ? microsToRfc3339(reading.time) : null,
        changed: reading ? microsToRfc3339(reading.changed) : null,
        ...(attributes ? { attributes: reading?.attributes ?? {} } : {}),
        known: reading !== undefined && gap === null,
      }).slice(0, -1),
    );
    out.ascii(',"gap":');
    out.json(gap ?? "null");
    if (rolledUp) {
      out.ascii(',"rolled_up":');
      out.json(rolledUpJson(rolledUp));
    }
    out.ascii("}");
    if (out.length >= CHUNK_BYTES) yield out.take();
    else if (i % AT_A_TIME === 0) yield BREATH;
  }
  out.ascii("]}");
  yield out.take();

  async function lastAt(id: number): Promise<Stored<Reading> | undefined> {
    if (!attributes) return reader.before(id, time + 1);
    const window = { from: Number.MIN_SAFE_INTEGER, to: time + 1 };
    const query = { series: id, window, order: "newest_first", limit: 1, attributes: true } as const;
    for await (const [row] of reader.readings(query)) return row;
    return undefined;
  }
}
