import { takesReading } from "../../../domain/data/amendment.ts";
import type { Reading, SeriesId, Stored } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { countReading, enterAmendment, enterEvent, enterGap, enterIdentity, type Ledger } from "../../shared/ledger.ts";
import type { Damage } from "../../store.ts";
import { KIND, type Kind } from "../format/frame.ts";
import { emptyLists, listEvent, listReading, listStatistic, type SegmentLists } from "./lists.ts";
import { attributesIn, readingIn, replaySegment } from "./replay.ts";

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
  const latest = new Map<SeriesId, Latest>();
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
    reading: ({ series, time, attributesAt: at }, offset, length) => {
      stands(offset);
      passes(time);
      listReading(lists, series, time, offset, length);
      if (at > 0) attributesAt.set(series, at);
      countReading(ledger, time);
      const before = latest.get(series) ?? ledger.latest.get(series);
      if (!before || time >= before.time) latest.set(series, { time, offset, length, attributesAt: at });
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
    statistic: ({ line, start }, offset, length) => {
      stands(offset);
      listStatistic(lists, line, start, offset, length);
      ledger.statistics++;
    },
    amendment: (amendment, offset) => {
      stands(offset);
      const { series } = amendment;
      const last = latest.get(series);
      if (last && takesReading(amendment, series, last.time)) {
        latest.delete(series);
        ledger.unsure.add(series);
      }
      enterAmendment(ledger, { ...amendment, position: base + offset });
    },
    void: (kind, offset) => {
      stands(offset);
      if (kind === KIND.reading) ledger.readings++;
      else if (kind === KIND.event) ledger.events++;
      else if (kind === KIND.statistic) ledger.statistics++;
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
  // Only now, and once per series: most of a segment is nobody's latest.
  for (const [series, one] of latest) ledger.latest.set(series, latestIn(buffer, one, segment));
  return { lists, damages, attributesAt, end };
}

type Latest = {
  readonly time: Micros;
  readonly offset: number;
  readonly length: number;
  readonly attributesAt: number;
};

function latestIn(
  buffer: Buffer,
  { offset, length, attributesAt }: Latest,
  segment: { readonly base: number; readonly baseTime: Micros; readonly limit: number },
): Stored<Reading> {
  const reading = { ...readingIn(buffer, offset, length, segment.baseTime), position: segment.base + offset };
  if (attributesAt === 0) return reading;
  const found = attributesIn(buffer, attributesAt, segment);
  return found
    ? { ...reading, attributes: found.attributes }
    : { ...reading, flaws: [...reading.flaws, "attributes_lost"] };
}

const lostOf = (kind: Kind | undefined): Damage["lost"] => {
  if (kind === KIND.reading) return "states";
  if (kind === KIND.event) return "events";
  if (kind === KIND.statistic) return "statistics";
  if (kind === KIND.void) return "nothing";
  return kind === KIND.attributes || kind === KIND.difference ? "attributes" : "anything";
};

const nameOf = (kind: Kind): string =>
  ({
    [KIND.reading]: "reading",
    [KIND.event]: "event",
    [KIND.gap]: "gap",
    [KIND.series]: "series entry",
    [KIND.amendment]: "amendment",
    [KIND.void]: "void",
    [KIND.statistic]: "statistic",
    [KIND.attributes]: "record of attributes",
    [KIND.difference]: "record of attributes",
  })[kind];
