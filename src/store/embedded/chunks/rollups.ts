import type { SeriesId } from "../../../domain/data/reading.ts";
import type { Rollup, TextsRolledUp } from "../../../domain/data/rollup.ts";
import { EMPTY_SUMMARY } from "../../../domain/data/summary.ts";
import { type Bytes, createBytes, putText, putVarint, reserve, takeText } from "../format/bytes.ts";
import { must } from "./coding/malformed.ts";
import { closeSection, createSectionWriter, openSection, putCount, takeByte, takeCount } from "./coding/section.ts";
import { putSummary, takeSummary } from "./summaries.ts";

const VERSION = 1;
const MOST_LINES = 4096;
const MOST_ROWS = 4096;
const MOST_STATES = 4096;
const MOST = Number.MAX_SAFE_INTEGER;

/** Roll-ups of one series, in order of time. */
export type RollupsInput = { readonly series: SeriesId; readonly rows: readonly Rollup[] };

export function encodeRollups(lines: readonly RollupsInput[]): Buffer {
  if (lines.length > MOST_LINES || lines.some(({ rows }) => rows.length < 1 || rows.length > MOST_ROWS))
    throw new RangeError(`At most ${MOST_LINES} lines of 1 to ${MOST_ROWS} roll-ups are possible`);
  const section = createSectionWriter();
  const { plain } = section;
  putCount(plain, lines.length);
  for (const { series, rows } of lines) {
    putCount(plain, series);
    putCount(plain, rows.length);
    let before = EMPTY_SUMMARY;
    for (const { summary, texts } of rows) {
      putSummary(plain, summary, before);
      before = summary;
      putTexts(plain, texts);
    }
  }
  const head = createBytes(16);
  reserve(head, 8);
  putVarint(head, VERSION);
  return Buffer.concat([head.buffer.subarray(0, head.at), closeSection(section)]);
}

/** Throws on anything malformed. */
export function openRollups(bytes: Buffer): readonly (readonly Rollup[])[] {
  const start = { buffer: bytes, at: 0 };
  must(takeByte(start) === VERSION, "its version is not known");
  const { plain } = openSection(bytes.subarray(start.at));
  const count = takeCount(plain, MOST_LINES);
  return Array.from({ length: count }, () => {
    takeCount(plain, MOST);
    const length = takeCount(plain, MOST_ROWS);
    let before = EMPTY_SUMMARY;
    return Array.from({ length }, (): Rollup => {
      before = takeSummary(plain, before);
      must(before.readings > 0, "a roll-up of nothing");
      return { summary: before, texts: takeTexts(plain) };
    });
  });
}

/** How many states and 1 (0: all are numbers), the states, then the first and the last: 0 none, a place, or a text. */
function putTexts(bytes: Bytes, texts: TextsRolledUp | null): void {
  putCount(bytes, texts ? texts.states.length + 1 : 0);
  if (!texts) return;
  for (const { state, seconds, entered } of texts.states) {
    putText(bytes, state);
    putCount(bytes, Math.round(seconds * 1e6));
    putCount(bytes, entered);
  }
  for (const text of [texts.first, texts.last]) {
    const place = text === null ? 0 : texts.states.findIndex(({ state }) => state === text) + 1;
    if (text === null || place > 0) putCount(bytes, place);
    else {
      putCount(bytes, texts.states.length + 1);
      putText(bytes, text);
    }
  }
}

function takeTexts(bytes: Bytes): TextsRolledUp | null {
  const count = takeCount(bytes, MOST_STATES + 1);
  if (count === 0) return null;
  const states = Array.from({ length: count - 1 }, () => ({
    state: takeText(bytes),
    seconds: takeCount(bytes, MOST) / 1e6,
    entered: takeCount(bytes, MOST),
  }));
  const one = (): string | null => {
    const place = takeCount(bytes, count);
    return place === 0 ? null : place === count ? takeText(bytes) : (states[place - 1]?.state ?? null);
  };
  return { first: one(), last: one(), states };
}
