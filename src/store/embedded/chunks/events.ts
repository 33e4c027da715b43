import { type HomeEvent, ORIGINS, type Stored } from "../../../domain/data/reading.ts";
import { stateText } from "../../shared/columns.ts";
import { createBytes, putVarint, reserve } from "../format/bytes.ts";
import { readInts, writeInts } from "./coding/ints.ts";
import { must } from "./coding/malformed.ts";
import { closeSection, createSectionWriter, openSection, takeByte, takeCount } from "./coding/section.ts";
import { readAttributes, writeAttributes } from "./columns/attributes.ts";
import { readContexts, writeContexts } from "./columns/contexts.ts";
import { readExactNumbers, writeExactNumbers } from "./columns/exact-numbers.ts";
import { readTexts, writeTexts } from "./columns/texts.ts";

const VERSION = 1;
export const MOST_EVENTS = 65_536;

/** Events in any order; they come back in it. At most `MOST_EVENTS`. */
export function encodeEvents(events: readonly Stored<HomeEvent>[]): Buffer {
  if (events.length > MOST_EVENTS) throw new RangeError(`${events.length} events; at most ${MOST_EVENTS} are possible`);
  const section = createSectionWriter();
  const times = Float64Array.from(events, ({ time }) => time);
  if (events.length > 0) {
    writeExactNumbers(section, times);
    writeExactNumbers(
      section,
      Float64Array.from(events, ({ position }) => position),
    );
    writeTexts(
      section,
      events.map(({ type }) => type),
    );
    writeInts(
      section,
      Float64Array.from(events, ({ origin }) => ORIGINS.indexOf(origin)),
    );
    writeContexts(
      section,
      events.map(({ context }) => context),
      times,
    );
    writeAttributes(
      section,
      events.map(({ data }) => data),
    );
  }
  const head = createBytes(16);
  reserve(head, 16);
  head.buffer[head.at++] = VERSION;
  putVarint(head, events.length);
  return Buffer.concat([head.buffer.subarray(0, head.at), closeSection(section)]);
}

/** Throws on anything malformed; the caller has checked a checksum already. */
export function openEvents(bytes: Buffer): Stored<HomeEvent>[] {
  const head = { buffer: bytes, at: 0 };
  must(takeByte(head) === VERSION, "its version is not known");
  const count = takeCount(head, MOST_EVENTS);
  const section = openSection(bytes.subarray(head.at));
  if (count === 0) return [];
  const times = readExactNumbers(section, count);
  const positions = readExactNumbers(section, count);
  const types = readTexts(section, count);
  const origins = readInts(section, count);
  const context = readContexts(section, times);
  const data = readAttributes(section, count);
  return Array.from({ length: count }, (_, i) => {
    const origin = ORIGINS[origins[i] as number];
    must(origin !== undefined, "an origin is unknown");
    return {
      type: stateText(types, i) ?? "",
      time: times[i] as number,
      data: data.at(i),
      context: context(i),
      origin,
      position: positions[i] as number,
    };
  });
}
