import type { SeriesId } from "../../../domain/reading.ts";
import type { Micros } from "../../../domain/time.ts";
import { enterEvent, enterGap, enterIdentity, enterReading, type Ledger } from "../../ledger.ts";
import type { Damage } from "../../store.ts";
import { KIND, type Kind } from "../format/frame.ts";
import { emptyLists, listEvent, listReading, type SegmentLists } from "./lists.ts";
import { attributesIn, replaySegment } from "./replay.ts";

export type Collected = {
  readonly lists: SegmentLists;
  readonly damages: readonly Damage[];
  /** Where the last attributes of each series stand, for whoever goes on writing. */
  readonly attributesAt: ReadonlyMap<SeriesId, number>;
  /** Where the records end; before the limit when the last one was cut off in writing. */
  readonly end: number;
};

/** Brings a ledger up to the end of a segment; the start of the hub and the builder of indexes both do it so. */
export function collectSegment(
  buffer: Buffer,
  segment: { readonly name: string; readonly base: number; readonly baseTime: Micros; readonly limit: number },
  ledger: Ledger,
): Collected {
  const { base, name } = segment;
  const lists = emptyLists();
  const damages: Damage[] = [];
  const attributesAt = new Map<SeriesId, number>();
  const latestAt = new Map<SeriesId, number>();
  let before: Micros | null = null;
  let openDamages = 0;
  const passes = (time: Micros) => {
    before = time;
    for (; openDamages > 0; openDamages--) {
      const at = damages.length - openDamages;
      damages[at] = { ...(damages[at] as Damage), to: time };
    }
  };
  const stands = (offset: number) => {
    ledger.position = Math.max(ledger.position, base + offset);
  };

  const end = replaySegment(buffer, segment, {
    reading: (reading, at, offset, length) => {
      stands(offset);
      passes(reading.time);
      listReading(lists, reading.series, reading.time, offset, length);
      if (at > 0) attributesAt.set(reading.series, at);
      const stored = { ...reading, position: base + offset };
      enterReading(ledger, stored);
      if (ledger.latest.get(reading.series) === stored) latestAt.set(reading.series, at);
    },
    event: ({ time, type }, offset, length) => {
      stands(offset);
      passes(time);
      listEvent(lists, type, time, offset, length);
      enterEvent(ledger, time);
    },
    gap: (gap, offset) => {
      stands(offset);
      enterGap(ledger, { ...gap, position: base + offset });
    },
    series: (series, identity, offset) => {
      stands(offset);
      enterIdentity(ledger, series, identity);
    },
    damage: (offset, length, kind) => {
      const why = kind === undefined ? "bytes that are no record" : `a ${nameOf(kind)} whose checksum is wrong`;
      damages.push({ file: name, offset, length, why, lost: lostOf(kind), series: null, from: before, to: null });
      openDamages++;
    },
  });
  // Only now, and once per series: most attributes of a segment are nobody's latest.
  for (const [series, at] of latestAt) fillLatest(ledger, series, at, buffer, segment);
  return { lists, damages, attributesAt, end };
}

function fillLatest(
  ledger: Ledger,
  series: SeriesId,
  at: number,
  buffer: Buffer,
  segment: { readonly base: number; readonly limit: number },
): void {
  const reading = ledger.latest.get(series);
  if (!reading || at === 0) return;
  const found = attributesIn(buffer, at, segment);
  ledger.latest.set(
    series,
    found ? { ...reading, attributes: found.attributes } : { ...reading, flaws: [...reading.flaws, "attributes_lost"] },
  );
}

const lostOf = (kind: Kind | undefined): Damage["lost"] => {
  if (kind === KIND.reading) return "states";
  if (kind === KIND.event) return "events";
  return kind === KIND.attributes || kind === KIND.difference ? "attributes" : "anything";
};

const nameOf = (kind: Kind): string =>
  ({
    [KIND.reading]: "reading",
    [KIND.event]: "event",
    [KIND.gap]: "gap",
    [KIND.series]: "series entry",
    [KIND.attributes]: "record of attributes",
    [KIND.difference]: "record of attributes",
  })[kind];
