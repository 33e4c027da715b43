import { statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Micros } from "../../src/domain/time/time.ts";
import { utcMonth, utcMonthEnd } from "../../src/domain/time/time.ts";
import { homesAreAbsent } from "../../tests/support/home/homes.ts";
import type { Bench, Goal, Measure } from "../goal.ts";
import { writtenBytes } from "../measure/process.ts";
import { openStored, sizesOf } from "../measure/stored.ts";
import { growReplica } from "../peers/recorder/grown.ts";
import { createGrown, grow } from "../workload/grown.ts";

const STORED = { short: 2_200_000, long: 10_900_000 };
/** Of so many series one is kept for ever. */
const KEPT_OF = 20;
const DAY: Micros = 86_400_000_000;
/** What the recorder deletes in one statement. */
const DELETED_AT_ONCE = 4000;

export const p9: Bench = {
  id: "P9",
  title: "retention: the oldest month goes, 5 % of the series are kept",
  workload: "replay: a recorded flat ten times over, repeated in time; the readings of the oldest month",
  unavailable: async () => homesAreAbsent,
  run: async ({ form, folder, changes = STORED[form], say }) => {
    const ours = await ourSide(join(folder, "store"), changes);
    say(`the month of ${ours.gone} readings went in ${ours.ms.toFixed(0)} ms, ${ours.written} B written`);
    const peer = peerSide(join(folder, "replica.db"), changes, ours.before);
    say(
      `recorder replica: ${peer.gone} rows deleted in ${peer.deleteMs.toFixed(0)} ms, VACUUM ${peer.vacuumMs.toFixed(0)} ms`,
    );
    const hundred: Goal[] = [{ of: "peer / ours", must: "at least", limit: 100 }];
    const fifty: Goal[] = [{ of: "peer / ours", must: "at least", limit: 50 }];
    const figure = (name: string, unit: string, own: number, by: string, value: number, goals: Goal[]): Measure => ({
      name,
      unit,
      ours: own,
      peer: { name: by, value },
      goals,
    });
    const space = ours.bytesBefore - ours.bytesAfter;
    return {
      measures: [
        figure("until the rows are gone", "ms", ours.ms, "DELETE of each row", peer.deleteMs, hundred),
        figure("until their space is free", "ms", ours.ms, "DELETE and VACUUM", peer.deleteMs + peer.vacuumMs, hundred),
        figure("bytes written", "B", ours.written, "DELETE and VACUUM", peer.written, fifty),
        figure("bytes written, beside the DELETE alone", "B", ours.written, "DELETE", peer.deleteWritten, []),
        {
          name: "space that came back at once, of what the month took",
          unit: "",
          ours: space / ours.monthBytes,
          goals: [{ of: "ours", must: "at least", limit: 0.9 }],
        },
        {
          name: "space that roll-ups of what went take, of what the month took",
          unit: "",
          ours: ours.rollupBytes / ours.monthBytes,
        },
        {
          name: "readings that went and should not have, or stayed",
          unit: `of ${ours.readings.toLocaleString("en-US")}`,
          ours: ours.wrong,
          goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
        },
      ],
      notes: [
        `${ours.readings.toLocaleString("en-US")} readings, of which ${ours.gone.toLocaleString("en-US")} go. Ours: from the command until the files of the month are gone from the disk, every twentieth series kept; written: write_bytes of the process. The log, which goes when its window has passed, is not counted.`,
        `Recorder replica: Home Assistant's tables and indexes with the same rows; deleted as its purge does, ${DELETED_AT_ONCE.toLocaleString("en-US")} ids at a time, rows without their attributes, and none kept; then VACUUM, before which the file is not a byte smaller (${peer.bytesAfterDelete.toLocaleString("en-US")} of ${peer.bytesBefore.toLocaleString("en-US")} B after the DELETE, ${peer.bytesAfter.toLocaleString("en-US")} after VACUUM).`,
      ],
    };
  },
};

const isKept = (series: number): boolean => series % KEPT_OF === 0;

async function ourSide(folder: string, changes: number) {
  const store = await openStored(folder);
  try {
    const grown = createGrown(changes);
    await grow(store, grown, changes);
    await store.seal();
    // The first rows begin somewhere in a month: where that is a short rest, the next one goes with it.
    const before = utcMonthEnd(utcMonth(grown.from + 15 * DAY));
    const perSeries = await countBefore(store, before);
    const gone = [...perSeries].reduce((sum, [series, count]) => sum + (isKept(series) ? 0 : count), 0);
    const monthBytes = store
      .storage()
      .filter(({ kind, month }) => kind === "readings" && month !== null && month <= utcMonth(before - 1))
      .reduce((sum, { bytes }) => sum + bytes, 0);
    const { readings, sealed: bytesBefore } = await sizesOf(store);
    const series = new Map([...store.series().keys()].filter(isKept).map((id) => [id, null] as const));
    const written = writtenBytes("self");
    const began = performance.now();
    await store.shed({ readings: { default: before, series }, events: { default: null } });
    const ms = performance.now() - began;
    const wrote = writtenBytes("self") - written;
    const { sealed: bytesAfter } = await sizesOf(store);
    const rollupBytes = store
      .storage()
      .filter(({ kind }) => kind === "rollups")
      .reduce((sum, { bytes }) => sum + bytes, 0);
    const left = await countBefore(store, before);
    let wrong = 0;
    // The last reading before the cut-off stays, so that what held when the kept time begins is known.
    for (const [id, count] of perSeries)
      wrong += Math.abs((left.get(id) ?? 0) - (isKept(id) ? count : Math.min(1, count)));
    return { before, readings, gone, ms, written: wrote, bytesBefore, bytesAfter, monthBytes, rollupBytes, wrong };
  } finally {
    await store.close();
  }
}

async function countBefore(store: Awaited<ReturnType<typeof openStored>>, to: Micros): Promise<Map<number, number>> {
  const view = store.view();
  const reader = store.reader(view);
  const counts = new Map<number, number>();
  try {
    for (const series of store.series().keys()) {
      const window = { from: 0, to };
      const pages = reader.columns({ series, window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER });
      for await (const page of pages) counts.set(series, (counts.get(series) ?? 0) + page.to - page.from);
    }
  } finally {
    await reader.close();
    store.release(view);
  }
  return counts;
}

function peerSide(file: string, changes: number, before: Micros) {
  growReplica(file, createGrown(changes), changes);
  const db = new Database(file);
  try {
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    db.pragma("cache_size = -16384");
    db.pragma("foreign_keys = ON");
    const bytesBefore = statSync(file).size;
    const start = writtenBytes("self");
    const began = performance.now();
    const find = db.prepare("SELECT state_id FROM states WHERE last_updated_ts < ? LIMIT ?").pluck();
    const detach = (ids: string) => db.exec(`UPDATE states SET old_state_id = NULL WHERE old_state_id IN (${ids})`);
    let gone = 0;
    for (;;) {
      const ids = find.all(before / 1e6, DELETED_AT_ONCE);
      if (ids.length === 0) break;
      db.transaction(() => {
        detach(ids.join());
        gone += db.prepare(`DELETE FROM states WHERE state_id IN (${ids.join()})`).run().changes;
      })();
    }
    db.pragma("wal_checkpoint(TRUNCATE)");
    const deleteMs = performance.now() - began;
    const deleteWritten = writtenBytes("self") - start;
    const bytesAfterDelete = statSync(file).size;
    const vacuum = performance.now();
    db.exec("VACUUM");
    db.pragma("wal_checkpoint(TRUNCATE)");
    const vacuumMs = performance.now() - vacuum;
    const written = writtenBytes("self") - start;
    return {
      gone,
      deleteMs,
      deleteWritten,
      vacuumMs,
      written,
      bytesBefore,
      bytesAfterDelete,
      bytesAfter: statSync(file).size,
    };
  } finally {
    db.close();
  }
}
