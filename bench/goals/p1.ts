import { join } from "node:path";
import { coreUnavailable } from "../../tests/support/core/core.ts";
import { homesAreAbsent } from "../../tests/support/home/homes.ts";
import type { Bench, Goal, Measure } from "../goal.ts";
import { openStored, type Recording, sizesOf, storeAll, wrongRows } from "../measure/stored.ts";
import { coreSide, RATE } from "../peers/recorder-size.ts";
import { mixedRecording } from "../workload/mixed-recording.ts";
import { replay } from "../workload/replay.ts";

const SEALED: Goal = { of: "ours", must: "at most", limit: 6 };
const NONE: Goal = { of: "ours", must: "at most", limit: 0, inEveryRun: true };
const MIXED = { entities: 200, changes: 400_000 };
const CORE_CHANGES = 420_000;

export const p1: Bench = {
  id: "P1",
  title: "bytes on the disk for each change, once the log window has passed",
  workload: `replay: a recorded flat ten times over; mixed: ${MIXED.changes.toLocaleString("en-US")} changes of ${MIXED.entities} entities; core: ${CORE_CHANGES.toLocaleString("en-US")} states set inside a real Home Assistant Core, ${RATE} a second`,
  unavailable: async () => homesAreAbsent,
  run: async ({ folder, hubEntry, say }) => {
    const measures: Measure[] = [];
    const notes: string[] = [
      "Sealed: block files with heads and indexes, and the list of them. The log beside it goes when its window has passed. Every row was read back after sealing and compared: state text, time in µs, attributes with the order of their keys.",
      "replay: the copies differ in their times below the second and share their values; mixed: attributes of lights, climate, media players and weather change with nearly every state, and count as bytes of the change.",
    ];
    const own = async (name: string, recording: Recording, goals: readonly Goal[]) => {
      const store = await openStored(join(folder, name.replaceAll(/\W+/g, "-")));
      try {
        await storeAll(store, recording);
        await store.seal();
        const { readings, sealed, log } = await sizesOf(store);
        const wrong = await wrongRows(store, recording);
        say(`${name}: ${(sealed / readings).toFixed(2)} B a change sealed, ${wrong} of ${readings} wrong`);
        measures.push({ name: `${name}: sealed`, unit: "B/change", ours: sealed / readings, goals });
        measures.push({ name: `${name}: the log, while it is in its window`, unit: "B/change", ours: log / readings });
        measures.push({
          name: `${name}: rows that did not come back exactly`,
          unit: `of ${readings.toLocaleString("en-US")}`,
          ours: wrong,
          goals: [NONE],
        });
      } finally {
        await store.close();
      }
    };
    await own("replay, µs", replay(1), [SEALED]);
    await own("replay, ms", replay(1000), []);
    await own("mixed, µs", mixedRecording(MIXED), []);
    const why = await coreUnavailable();
    if (why) notes.push(`core: not run: ${why}`);
    else {
      const core = await coreSide({ folder: join(folder, "core"), hubEntry, changes: CORE_CHANGES, say });
      const peer = { name: "Core's recorder", value: core.recorder };
      measures.push({
        name: "core: all files",
        unit: "B/change",
        ours: core.sealed,
        peer,
        goals: [{ of: "peer / ours", must: "at least", limit: 25 }],
      });
      measures.push({ name: "core: the log, while it is in its window", unit: "B/change", ours: core.log });
      const unit = `of ${core.rows.toLocaleString("en-US")}`;
      measures.push({ name: "core: rows of the recorder that the hub lacks", unit, ours: core.missing, goals: [NONE] });
      measures.push({ name: "core: rows with other attributes", unit, ours: core.different, goals: [NONE] });
      measures.push({ name: "core: rows with the same attributes in another spelling", unit, ours: core.respelt });
      notes.push(
        "core: attributes are compared as values, numbers by every digit. Another spelling of the same: Core's database has 8.0 where JavaScript writes 8, and Core's feed tells only what changed, so a member that comes and goes stands at another place among the others.",
      );
      notes.push(core.note);
    }
    return { measures, notes };
  },
};
