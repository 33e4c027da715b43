import { join } from "node:path";
import type { Position } from "../../../domain/data/reading.ts";
import type { Identity } from "../../../domain/data/series.ts";
import type { Log } from "../../../platform/told/log.ts";
import { emptyLedger, type Ledger } from "../../shared/ledger.ts";
import type { Damage } from "../../store.ts";
import { type Files, readSome } from "../files.ts";
import type { HowLeft } from "../lock.ts";
import { collectSegment } from "../segments/collect.ts";
import { wholeFile } from "../segments/damage.ts";
import { decodeHeader, HEADER, indexName, type ReadHeader, segmentName, VERSION } from "../segments/header.ts";
import { attributesIn, replaySegment } from "../segments/replay.ts";
import type { OpenSegment, Recovered, Segment } from "../segments/tail.ts";
import { endOfWhole } from "../segments/whole.ts";
import type { AttributeState } from "../write/encode.ts";
import { type Survey, setAside, surveyFolder } from "./survey.ts";

export type Recovery = Recovered & {
  readonly ledger: Ledger;
  /** Known from before, and found now. */
  readonly damages: readonly Damage[];
  readonly found: readonly Damage[];
  readonly bytesRead: number;
};

/**
 * After a power loss the unsynced end may be gone although its positions were given out: the next segment begins far
 * beyond anything that can have been written since.
 */
const LEAP = 2 ** 32;

/** A sync takes its time, and under full load groups of writes follow one another meanwhile. */
const MOST_UNSYNCED_END = 1024 * 1024;

type Needs = {
  folder: string;
  files: Files;
  log: Log;
  left: HowLeft;
  /** No position below this one may be given out. */
  floor: Position;
  segmentBytes: number;
  /** Everything before this position is in blocks. */
  sealed: Position;
};

/** Finds the state of the store: newest snapshot first, then every segment behind it is replayed. */
export async function recover(needs: Needs): Promise<Recovery> {
  const { files, folder, log } = needs;
  const survey = await surveyFolder(needs);
  const ledger = survey.snapshot?.ledger ?? emptyLedger();
  const found: Damage[] = [];
  const segments: Segment[] = [];
  let open: OpenSegment | undefined;
  let bytesRead = survey.bytesRead;
  let asideEnd = survey.asideEnd;

  // First, since a store of a newer format is refused there, and must be left as it is.
  const headers = await readHeaders(needs, survey);
  for (const { name, size } of survey.foreign) {
    log.warning("a file that is none of the store's was set aside", { file: name });
    found.push(wholeFile(name, size, "not a file of the store; set aside"));
    await setAside(files, folder, name);
  }
  const logs = new Set(survey.logs.map(({ base }) => base));
  for (const { base, limit, span } of survey.heads.values()) {
    if (logs.has(base)) continue;
    const gone = { ...wholeFile(segmentName(base), limit, "a segment that is gone"), ...span };
    if (base + limit > needs.sealed) found.push(gone);
    // It was let go, and a power loss has kept the disk from forgetting its index as well.
    else if (base !== survey.snapshot?.base) await files.unlink(join(folder, indexName(base)));
    else found.push({ ...gone, lost: "nothing" });
  }
  for (const [i, { name, base, size }] of survey.logs.entries()) {
    const index = survey.heads.get(base);
    const isLast = i === survey.logs.length - 1;
    if (index && survey.snapshot && base <= survey.snapshot.base) {
      if (size < index.limit) found.push(shortened(name, size, index.limit));
      segments.push({
        name,
        base,
        baseTime: index.baseTime,
        limit: Math.min(size, index.limit),
        lists: undefined,
        index,
      });
      continue;
    }
    const header = headers.get(base);
    bytesRead += HEADER;
    if (!header) {
      log.warning("a segment whose beginning cannot be read was set aside", { file: name, size });
      const why = size === 0 ? "an empty segment; set aside" : "a segment whose beginning cannot be read; set aside";
      found.push({ ...wholeFile(name, size, why), from: ledger.newest });
      await setAside(files, folder, name);
      asideEnd = Math.max(asideEnd, base + size);
      continue;
    }
    if (!header.whole) found.push(headerDamage(name));
    const expected = limitBefore(survey, headers, i) ?? size;
    // Up to where blocks speak for the log nothing is lost: the next one may have been let go, and this one not yet.
    if (size < expected && base + expected > needs.sealed) found.push(shortened(name, size, expected));
    const limit = Math.min(size, expected);
    const segment: Segment = { name, base, baseTime: header.baseTime, limit, lists: undefined, index: undefined };
    segments.push(segment);
    if (survey.snapshot && base <= survey.snapshot.base) continue;
    const replayed = await replay(needs, segment, ledger, { isLast, version: header.version });
    bytesRead += limit;
    found.push(...replayed.damages);
    open = replayed.open;
  }
  nameTheNameless(ledger);
  const last = segments.at(-1);
  const written = last ? last.base + last.limit : 0;
  const end = Math.max(written, asideEnd, ledger.position && ledger.position + 1, needs.sealed);
  const taken = Math.max(asideEnd, needs.sealed, needs.floor > end ? needs.floor : 0);
  if (open && (needs.left === "machine_stopped" || taken > open.segment.base)) {
    await open.file.handle.close();
    open = undefined;
  }
  return {
    segments,
    open,
    nextBase: Math.max(needs.floor, needs.left === "machine_stopped" ? end + LEAP : end),
    ledger,
    damages: [...(survey.snapshot?.damages ?? []), ...survey.aside, ...found],
    found,
    bytesRead,
  };
}

type Headers = ReadonlyMap<Position, ReadHeader>;

/** Of the segments that have no usable index. */
async function readHeaders({ files, folder }: Needs, { logs, heads, snapshot }: Survey): Promise<Headers> {
  const headers = new Map<Position, ReadHeader>();
  for (const { name, base } of logs) {
    if (heads.has(base) && snapshot && base <= snapshot.base) continue;
    const handle = await files.open(join(folder, name), "r");
    try {
      const header = decodeHeader(await readSome(handle, 0, HEADER), base);
      if (header) headers.set(base, header);
    } finally {
      await handle.close();
    }
  }
  return headers;
}

/** Where the next segment says that this one ends. */
function limitBefore({ logs }: Survey, headers: Headers, i: number): number | undefined {
  const own = logs[i];
  const next = logs[i + 1] && headers.get(logs[i + 1]?.base as Position);
  return own && next && next.previousEnd > own.base ? next.previousEnd - own.base : undefined;
}

async function replay(
  { files, folder, log, left, segmentBytes, sealed }: Needs,
  segment: Segment,
  ledger: Ledger,
  { isLast, version }: { isLast: boolean; version: number },
): Promise<{ damages: readonly Damage[]; open: OpenSegment | undefined }> {
  const path = join(folder, segment.name);
  const buffer = await files.readFile(path);
  const { limit } = segment;
  if (isLast && left === "machine_stopped") segment.limit = whatCounts(buffer, segment, sealed);
  if (isLast && left !== "closed") segment.limit = endOfWhole(buffer, segment);
  const collected = collectSegment(buffer, segment, ledger);
  segment.lists = collected.lists;
  segment.limit = collected.end;
  for (const damage of collected.damages)
    log.warning("a part of the store is damaged; the rest is served", {
      file: damage.file,
      offset: damage.offset,
      length: damage.length,
    });
  if (!isLast) {
    // Only the last record of the log can have been cut off by the end of the process.
    if (collected.end < limit) return { damages: [...collected.damages, cutOff(segment, limit)], open: undefined };
    return { damages: collected.damages, open: undefined };
  }
  const handle = await files.open(path, "r+");
  if (collected.end < limit) {
    log.info("a record that was cut off in writing was taken out", {
      file: segment.name,
      bytes: limit - collected.end,
    });
    await handle.truncate(collected.end);
  }
  // An older hub reads a segment of its own version on: what it does not know must not stand there.
  if (collected.end >= segmentBytes || version < VERSION) {
    await handle.close();
    return { damages: collected.damages, open: undefined };
  }
  const attributes = new Map<number, AttributeState>();
  for (const [series, at] of collected.attributesAt) {
    const state = attributesIn(buffer, at, segment);
    if (state) attributes.set(series, { last: state.attributes, lastAt: at, full: state.full, fullAt: state.fullAt });
  }
  // Nobody knows how far a process came that was ended: then all of it is synced again.
  const closed = left === "closed";
  const file = { handle, end: collected.end, synced: closed ? collected.end : 0, isNew: !closed, retired: false };
  return { damages: collected.damages, open: { segment, file, attributes } };
}

/**
 * Of the end of the log that may not have been synced when the power went, what stands in front of the first record
 * that the disk does not have. What stands behind it may build on it, and all of it is asked of Home Assistant again.
 */
function whatCounts(buffer: Buffer, segment: Segment, sealed: Position): number {
  let first: number | undefined;
  const nothing = () => {};
  replaySegment(buffer, segment, {
    ...{ reading: nothing, event: nothing, gap: nothing, statistic: nothing, series: nothing },
    ...{ amendment: nothing, void: nothing },
    damage: (offset) => {
      if (offset >= segment.limit - MOST_UNSYNCED_END) first ??= offset;
    },
  });
  return first === undefined || segment.base + first < sealed ? segment.limit : first;
}

/** A series whose identity is lost keeps its number and its readings; nothing else is known of it. */
function nameTheNameless({ series, latest }: Ledger): void {
  for (const [id, { time }] of latest) {
    if (series.has(id)) continue;
    const identity: Identity = {
      from: time,
      entityId: `lost.series_${id}`,
      holdsName: false,
      registryId: null,
      name: null,
      deviceId: null,
      areaId: null,
      floorId: null,
      labels: [],
      integration: null,
      category: null,
    };
    series.set(id, { id, identities: [identity] });
  }
}

const shortened = (name: string, size: number, expected: number): Damage => ({
  ...wholeFile(name, expected - size, "the file is shorter than its records"),
  offset: size,
});

const headerDamage = (name: string): Damage => ({
  ...wholeFile(name, HEADER, "one of the two copies of the header is damaged"),
  lost: "nothing",
});

const cutOff = ({ name, limit }: Segment, expected: number): Damage => ({
  ...wholeFile(name, expected - limit, "records that were cut off"),
  offset: limit,
});
