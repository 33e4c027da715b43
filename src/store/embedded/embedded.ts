import { join } from "node:path";
import { describeError, Failure } from "../../domain/failure.ts";
import type { Gap } from "../../domain/reading.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import { gapsIn } from "../shared/ledger.ts";
import type { Damage, Store, View } from "../store.ts";
import { type Files, syncFolder, systemFiles } from "./files.ts";
import { type Lock, lockFolder } from "./lock.ts";
import { filesToCopy } from "./maintenance/files-to-copy.ts";
import { createIndexer, type IndexBuilder } from "./maintenance/indexer.ts";
import { createWorkerBuilder } from "./maintenance/worker-builder.ts";
import { type EmbeddedContent, pictureOf } from "./reader/picture.ts";
import { EMBEDDED, openEmbeddedView } from "./reader/reader.ts";
import { type Recovery, recover } from "./recovery/recover.ts";
import { gapsOf, sameDamage } from "./segments/damage.ts";
import { indexName } from "./segments/header.ts";
import { createTail, type Segment } from "./segments/tail.ts";
import { createTroubles, type OnTrouble } from "./troubles.ts";
import { createAppender } from "./write/append.ts";
import { createEncoder } from "./write/encode.ts";
import { createSyncing } from "./write/syncing.ts";

export type EmbeddedNeeds = {
  /** Holds the log in its folder `tail`; made when it is not there. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onTrouble?: OnTrouble;
  readonly files?: Files;
  /** A segment is closed when it is this large. */
  readonly segmentBytes?: number;
  /** So much of the log, counted in whole segments, is the log window. */
  readonly windowBytes?: number;
  readonly builder?: IndexBuilder;
};

export type EmbeddedStore = Store & {
  /** Resolves when closed segments have their index files. */
  maintained(): Promise<void>;
  /** What opening took. */
  readonly opening: { readonly bytesRead: number };
};

/** What a client may have missed and still be told of by position; docs/api.md names it. */
const LOG_WINDOW_BYTES = 256 * 1024 * 1024;
const SEGMENT_BYTES = 4 * 1024 * 1024;

export async function openEmbeddedStore(needs: EmbeddedNeeds): Promise<EmbeddedStore> {
  const { clock, folder, files = systemFiles, segmentBytes = SEGMENT_BYTES, windowBytes = LOG_WINDOW_BYTES } = needs;
  const log = needs.log.for("store");
  const tailFolder = join(folder, "tail");
  const { lock, recovery } = await openFolder({ folder, tailFolder, files, clock, log, segmentBytes });
  const { ledger } = recovery;
  const troubles = createTroubles(needs.onTrouble);
  const syncing = createSyncing({ clock, troubles, syncFolder: () => syncFolder(files, tailFolder) });
  if (recovery.open) syncing.add(recovery.open.file);

  const indexer = createIndexer({
    folder: tailFolder,
    clock,
    builder: needs.builder ?? createWorkerBuilder(),
    log,
    troubles,
    segments: recovery.segments,
    onBuilt: (segment, { head, damages }) => {
      segment.index = head;
      segment.lists = undefined;
      noteDamages(damages);
    },
  });
  let holds = 0;
  const tail = createTail({
    folder: tailFolder,
    files,
    clock,
    recovered: recovery,
    onOpened: (file) => syncing.add(file),
    onRetired: (segment) => indexer.enqueue(segment),
  });
  const appender = createAppender({
    tail,
    encoder: createEncoder(),
    ledger,
    syncing,
    troubles,
    clock,
    segmentBytes,
    isHeld: () => holds > 0,
  });

  const damages: Damage[] = [...recovery.damages];
  const views = new Map<number, readonly Segment[]>();
  let tokens = 0;
  let closing: Promise<void> | undefined;

  const recordGaps = async (found: readonly Damage[]): Promise<void> => {
    const gaps: Gap[] = found.flatMap((damage) => gapsOf(damage, ledger.gaps, clock.now()));
    if (gaps.length > 0) await appender.append(gaps.map((gap) => ({ kind: "gap", gap })));
  };

  const noteDamages = (found: readonly Damage[]): void => {
    const unknown = found.filter((damage) => !damages.some((known) => sameDamage(known, damage)));
    if (unknown.length === 0) return;
    damages.push(...unknown);
    for (const { file, offset, why } of unknown) log.warning("a part of the store is damaged", { file, offset, why });
    recordGaps(unknown).catch((error) => log.warning("a gap could not be recorded", { error: describeError(error) }));
    const broken = recovery.segments.filter(
      ({ base, index }) => index && unknown.some(({ file }) => file === indexName(base)),
    );
    for (const segment of broken) indexer.enqueue(segment);
  };

  const holdFiles = async () => {
    holds++;
    // A segment that is being begun now is in its place when this write is done.
    await appender.settled();
    const freeIndexer = await indexer.hold();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      holds--;
      freeIndexer();
    };
  };

  const close = async () => {
    await appender.close();
    await indexer.close();
    let clean = false;
    try {
      await syncing.close();
      clean = true;
    } finally {
      await lock.release(clean);
    }
  };

  await recordGaps(recovery.found).catch((error) =>
    log.warning("the gaps of damaged parts could not be recorded", { error: describeError(error) }),
  );
  for (const segment of recovery.segments)
    if (!segment.index && segment !== tail.open?.segment) indexer.enqueue(segment);

  return {
    profile: { engine: EMBEDDED, durable: true },
    opening: { bytesRead: recovery.bytesRead },
    append: appender.append,
    series: () => ledger.series,
    latest: (series) => ledger.latest.get(series),
    allLatest: () => ledger.latest.values(),
    gaps: (window, series) => gapsIn(ledger, window, series),
    windowStart: () => {
      // By what the files hold: positions leap where the machine stopped.
      let bytes = 0;
      for (const { base, limit } of tail.segments.toReversed()) {
        bytes += limit;
        if (bytes > windowBytes) return base;
      }
      return 0;
    },
    view: (narrow = {}) => {
      const token = ++tokens;
      const content: EmbeddedContent = {
        folder: tailFolder,
        narrow,
        segments: tail.segments.map((segment) => pictureOf(segment, narrow)),
      };
      views.set(token, [...tail.segments]);
      return { engine: EMBEDDED, token, content };
    },
    release: (view: View) => void views.delete(view.token),
    reader: (view) => openEmbeddedView(view, { onDamage: (damage) => noteDamages([damage]) }),
    damages: () => damages,
    noteDamages,
    stats: () => {
      let bytes = 0;
      for (const { limit, index } of tail.segments)
        bytes += limit + (index ? index.snapshot.at + index.snapshot.length : 0);
      return {
        engine: EMBEDDED,
        appended: { ...appender.appended },
        readings: ledger.readings,
        events: ledger.events,
        series: ledger.series.size,
        bytes,
        files: tail.segments.length + tail.segments.filter(({ index }) => index).length,
        oldest: ledger.oldest,
        newest: ledger.newest,
        unsyncedBytes: syncing.unsyncedBytes,
        position: ledger.position,
      };
    },
    holdFiles,
    snapshot: async () => {
      const free = await holdFiles();
      try {
        const token = ++tokens;
        const { segments } = tail;
        views.set(token, [...segments]);
        const { position, readings, events, gaps } = ledger;
        const counts = { position, readings, events, gaps: gaps.length };
        return { files: filesToCopy(segments), ...counts, release: () => void views.delete(token) };
      } finally {
        free();
      }
    },
    sync: () => syncing.sync(),
    maintained: () => indexer.idle(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function openFolder(needs: {
  folder: string;
  tailFolder: string;
  files: Files;
  clock: Clock;
  log: Log;
  segmentBytes: number;
}): Promise<{ lock: Lock; recovery: Recovery }> {
  const { folder, tailFolder, files, log, segmentBytes } = needs;
  try {
    await files.mkdir(tailFolder, { recursive: true });
    const lock = await lockFolder(needs);
    try {
      return { lock, recovery: await recover({ folder: tailFolder, files, log, left: lock.left, segmentBytes }) };
    } catch (error) {
      // Whoever looks next must still see how the store was left, if that was not to be seen already.
      await lock.release(lock.left === "closed");
      throw error;
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure("store_unreadable", `The store in ${folder} cannot be opened: ${describeError(cause)}`, {
      fix: "Check that the folder can be read and written to, and the health of the disk",
      cause,
    });
  }
}
