import { join } from "node:path";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import { gapsIn } from "../shared/ledger.ts";
import type { Space } from "../space.ts";
import type { Narrow, Store, View } from "../store.ts";
import { createKeeper } from "./blocks/set/keeper.ts";
import { storageOf } from "./blocks/set/storage.ts";
import { type Files, syncFolder, systemFiles } from "./files.ts";
import { filesToCopy } from "./maintenance/files-to-copy.ts";
import { createIndexer } from "./maintenance/indexer.ts";
import type { Maintainer } from "./maintenance/job.ts";
import { createWorkerMaintainer } from "./maintenance/worker-maintainer.ts";
import { type EmbeddedContent, pictureOf } from "./reader/picture.ts";
import { EMBEDDED, openEmbeddedView } from "./reader/reader.ts";
import { createViews } from "./reader/views.ts";
import { createDamages } from "./recovery/damages.ts";
import { openFolder } from "./recovery/open-folder.ts";
import { listQuarantined } from "./recovery/quarantined.ts";
import { dropDone, isPending } from "./segments/amendments.ts";
import { expire, expiring } from "./segments/expiry.ts";
import { indexName } from "./segments/header.ts";
import { createTail } from "./segments/tail.ts";
import { countsOf, sumsOf } from "./sums.ts";
import { createTroubles, type OnTrouble } from "./troubles.ts";
import { createAmending } from "./write/amending.ts";
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
  /** Asked before each write whether there is room; absent: until the disk refuses. */
  readonly space?: Space;
  /** A segment is closed when it is this large. */
  readonly segmentBytes?: number;
  /** So much of the log, counted in whole segments, is the log window. */
  readonly windowBytes?: number;
  readonly maintainer?: Maintainer;
  /** The home's time zone, whose days are summarised for quick answers; UTC where nobody says. */
  readonly timeZone?: () => string;
  /** False: closed segments stay as they are. */
  readonly seals?: boolean;
  /** Nothing is done but what is asked for: no indexes are written, nothing is sealed, nothing expires. */
  readonly atRest?: boolean;
};

export type EmbeddedStore = Store & {
  /** Resolves when closed segments have their index files and are sealed. */
  maintained(): Promise<void>;
  /** What opening took. */
  readonly opening: { readonly bytesRead: number };
};

/** What a client may have missed and still be told of by position; docs/api.md names it. */
export const LOG_WINDOW_BYTES = 256 * 1024 * 1024;
const SEGMENT_BYTES = 4 * 1024 * 1024;

export async function openEmbeddedStore(needs: EmbeddedNeeds): Promise<EmbeddedStore> {
  const { clock, folder, files = systemFiles, segmentBytes = SEGMENT_BYTES, windowBytes = LOG_WINDOW_BYTES } = needs;
  const log = needs.log.for("store");
  const tailFolder = join(folder, "tail");
  const blocksFolder = join(folder, "blocks");
  const { lock, recovery, blocks } = await openFolder({
    ...{ folder, tailFolder, blocksFolder, files, clock, log },
    segmentBytes,
  });
  const { ledger } = recovery;
  const troubles = createTroubles(needs.onTrouble);
  const syncing = createSyncing({ clock, troubles, syncFolder: () => syncFolder(files, tailFolder) });
  if (recovery.open) syncing.add(recovery.open.file);

  const maintainer = needs.maintainer ?? createWorkerMaintainer({ clock });
  const indexer = createIndexer({
    folder: tailFolder,
    clock,
    maintainer,
    log,
    troubles,
    segments: recovery.segments,
    amendmentsDone: () => keeper.manifest,
    onBuilt: (segment, { head, damages: found }) => {
      segment.index = head;
      segment.lists = undefined;
      damages.note(found);
      keeper.wake();
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
    space: needs.space,
  });

  const damages = createDamages({
    found: [...recovery.damages, ...blocks.damages],
    gaps: ledger.gaps,
    append: appender.append,
    onNew: (found) => {
      const broken = recovery.segments.filter(
        ({ base, index }) => index && found.some(({ file }) => file === indexName(base)),
      );
      for (const segment of broken) indexer.enqueue(segment);
    },
    clock,
    log,
  });
  const views = createViews();
  const { isInView } = views;
  const keeper = createKeeper({
    folder: blocksFolder,
    tailFolder,
    files,
    clock,
    log,
    troubles,
    maintainer,
    tail,
    manifest: blocks.manifest,
    seals: needs.seals ?? true,
    newest: () => ledger.newest,
    timeZone: needs.timeZone ?? (() => "UTC"),
    holes: () =>
      ledger.gaps.filter(({ kind }) => kind === "states").map(({ series, from, to }) => ({ series, from, to })),
    isInView,
    amendments: () => {
      dropDone(ledger, keeper.manifest);
      return ledger.amendments;
    },
    sync: syncing.sync,
    roll: appender.roll,
    indexed: indexer.idle,
    mayPurge: views.mayPurge,
    onDamage: (found) => damages.note(found),
    expire: async () => {
      const { sealed } = keeper.manifest;
      const expired = expiring(tail.segments, { sealed, windowBytes, now: clock.now(), open: tail.open?.segment });
      // A view keeps the files that it names, and the log those behind them.
      const inView = expired.findIndex(({ name }) => isInView(name));
      await expire(tail, inView < 0 ? expired : expired.slice(0, inView), { folder: tailFolder, files });
    },
  });
  if (needs.atRest) {
    await indexer.hold();
    await keeper.hold();
  }
  const pending = () => ledger.amendments.filter((amendment) => isPending(amendment, keeper.manifest));
  const view = (narrow: Narrow = {}): View => {
    const { sealed, blocks } = keeper.manifest;
    const isSealed = ({ base, limit }: { base: number; limit: number }) => base + limit <= sealed;
    const segments = narrow.log === false ? tail.segments.filter((it) => !isSealed(it)) : tail.segments;
    const content: EmbeddedContent = {
      folder: tailFolder,
      narrow,
      segments: segments.map((segment) => pictureOf(segment, narrow, isSealed(segment))),
      blocksFolder,
      blocks,
      amendments: pending(),
    };
    return { engine: EMBEDDED, token: views.add([...segments, ...blocks], sealed), content };
  };
  const release = (own: View) => {
    if (views.remove(own.token)) keeper.released();
  };
  const reader = (own: View) => openEmbeddedView(own, { onDamage: (damage) => damages.note([damage]) });
  const amending = createAmending({
    append: appender.append,
    keeper,
    ledger,
    clock,
    withReader: async (run) => {
      const own = view();
      const opened = reader(own);
      try {
        return await run(opened);
      } finally {
        await opened.close();
        release(own);
      }
    },
  });
  let closing: Promise<void> | undefined;

  const holdFiles = async () => {
    holds++;
    // A segment that is being begun now is in its place when this write is done.
    await appender.settled();
    const freeIndexer = await indexer.hold();
    const freeKeeper = await keeper.hold();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      holds--;
      freeIndexer();
      freeKeeper();
    };
  };

  const close = async () => {
    await appender.close();
    await maintainer.close();
    await indexer.close();
    await keeper.close();
    let clean = false;
    try {
      await syncing.close();
      clean = true;
    } finally {
      await lock.release(clean, ledger.position);
    }
  };

  await amending.lookUp();
  await damages.recordGaps([...recovery.found, ...blocks.damages]);
  for (const segment of recovery.segments)
    if (!segment.index && segment !== tail.open?.segment) indexer.enqueue(segment);
  keeper.wake();

  return {
    profile: { engine: EMBEDDED, durable: true, seals: needs.seals ?? true, rollsUp: true },
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
      return tail.segments[0]?.base ?? 0;
    },
    view,
    release,
    reader,
    damages: damages.list,
    quarantined: () =>
      listQuarantined({
        folders: [
          { name: "tail", path: tailFolder },
          { name: "blocks", path: blocksFolder },
        ],
        ...{ files, damages: damages.list() },
      }),
    noteDamages: damages.note,
    stats: () => ({
      engine: EMBEDDED,
      appended: { ...appender.appended },
      ...sumsOf({ ledger, segments: tail.segments, manifest: keeper.manifest }),
      unsyncedBytes: syncing.unsyncedBytes,
    }),
    holdFiles,
    snapshot: async () => {
      let free = await holdFiles();
      // It counts what the blocks say: what an amendment takes must have gone from them. A disk that refuses that is no
      // reason for having no backup.
      for (let tries = 0; tries < 3 && pending().length > 0; tries++) {
        free();
        await keeper.idle();
        free = await holdFiles();
      }
      try {
        const { manifest } = keeper;
        const { position, gaps } = ledger;
        const counts = { ...countsOf(ledger, manifest), position, gaps: gaps.length };
        const copied = filesToCopy(tail.segments, manifest);
        const token = views.add([...tail.segments, ...manifest.blocks], "fixed");
        return { files: copied, ...counts, release: () => void (views.remove(token) && keeper.released()) };
      } finally {
        free();
      }
    },
    sync: () => syncing.sync(),
    maintained: async () => {
      await indexer.idle();
      await keeper.idle();
    },
    storage: () => storageOf(tail.segments, keeper.manifest),
    shed: keeper.shed,
    correct: amending.correct,
    countErasure: amending.count,
    erase: amending.erase,
    seal: async () => {
      await appender.roll();
      await indexer.idle();
      await keeper.compact();
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
