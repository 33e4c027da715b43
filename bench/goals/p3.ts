import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../tests/support/eventually.ts";
import { type Hub, startHub } from "../../tests/support/hub/hub.ts";
import type { Bench, Goal, Measure } from "../goal.ts";
import { startChild } from "../measure/child.ts";
import { writtenBytes, writtenUntilExit } from "../measure/process.ts";
import { type Home, startHome } from "../workload/home.ts";
import { connected } from "../workload/tally.ts";

const RATES = [1, 10, 50];
const ENTITIES = 200;
/** As Home Assistant's recorder commits unless told otherwise. */
const COMMIT_MS = 5000;
const PRIMING_RATE = 200;

export const p3: Bench = {
  id: "P3",
  title: "bytes written to the disk for each change, at a home's pace (tail)",
  workload:
    "mixed: numbers, contacts, texts, lights, climate, media players, weather of 200 entities at 1, 10 and 50 changes/s",
  unavailable: async () => false,
  run: async ({ form, folder, hubEntry, say }) => {
    const seconds = form === "short" ? 300 : 600;
    const past = form === "short" ? 250_000 : 1_000_000;
    const setups = await Promise.all(RATES.map((rate) => setUp(rate, join(folder, String(rate)), hubEntry, past)));
    // A pace uses next to nothing of a processor: all three run at once. Each process has counters of its own.
    await Promise.all(setups.map(({ begin }) => begin()));
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const measures: Measure[] = [];
    // One after another: what a process writes while it ends is told apart by being alone at it.
    for (const { rate, end } of setups) {
      const { changes, ours, peer } = await end();
      say(
        `${rate} changes/s: ${ours.toFixed(0)} B a change, the recorder replica ${peer.toFixed(0)} B (${changes} changes)`,
      );
      measures.push({
        name: `${rate} changes/s`,
        unit: "B/change",
        ours,
        peer: { name: "recorder replica", value: peer },
        goals: goalsAt(rate),
      });
    }
    return {
      measures,
      notes: [
        `${seconds} s at each rate; write_bytes of each process from the start of the load to its end, a clean stop included; divided by the changes that each side stored.`,
        `Hub: as shipped, log and app.db together (fdatasync at 64 kB, after 30 s, 5 s with an event, and at close). Replica: SQLite with the recorder's tables, indexes and settings (WAL, synchronous NORMAL), one commit every 5 s, sync at checkpoints, ${past.toLocaleString("en-US")} changes from the ten days before in it; without the recorder's events, statistics and updates of last_reported. It writes less than the real one.`,
      ],
    };
  },
};

function goalsAt(rate: number): Goal[] {
  const fiftyfold: Goal = { of: "peer / ours", must: "at least", limit: 50 };
  return rate >= 10 ? [{ of: "ours", must: "at most", limit: 320 }, fiftyfold] : [fiftyfold];
}

async function setUp(rate: number, folder: string, entry: string, past: number) {
  mkdirSync(folder, { recursive: true });
  const home: Home = await startHome();
  const options = { haUrl: home.url, haToken: home.token, dataDir: join(folder, "hub"), entry };
  // Setting up is not a home's pace either: what is measured is a hub that has run before, beside a recorder that has.
  await (await startHub(options)).stop();
  const hub: Hub = await startHub(options);
  const replica = await startChild(join(import.meta.dirname, "../peers/recorder/process.ts"));
  await connected(hub);
  await replica.ask("open", { file: join(folder, "replica.db"), past, entities: ENTITIES });
  await replica.ask("follow", { url: home.url, token: home.token, commitMs: COMMIT_MS });
  const changesOf = async () => (await hub.json<{ totals: { changes: number } }>("api/v1/status")).totals.changes;
  let start = { ours: 0, peer: 0, changes: 0, rows: 0 };
  return {
    rate,
    begin: async () => {
      // The first states of an entity are news to both (its name, its attributes); a home's pace is what comes after.
      await home.start({ mixed: true, rate: PRIMING_RATE, entities: ENTITIES, count: 2 * ENTITIES });
      await home.ended();
      await eventually(60, async () => {
        if ((await changesOf()) < 2 * ENTITIES) throw new Error("the hub has not stored the first states");
      });
      await replica.ask("commit");
      start = {
        ours: writtenBytes(hub.pid),
        peer: writtenBytes(replica.pid),
        changes: await changesOf(),
        rows: await replica.ask<number>("rows"),
      };
      await home.start({ mixed: true, rate, entities: ENTITIES });
    },
    end: async () => {
      await home.end();
      const changes = (await changesOf()) - start.changes;
      // A process that ends takes its counters along; what it had written at last is added up in ours.
      const ours = (await writtenUntilExit(() => hub.stop())) - start.ours;
      await replica.ask("commit");
      const rows = (await replica.ask<number>("rows")) - start.rows;
      const peer = (await writtenUntilExit(() => replica.stop())) - start.peer;
      await home.close();
      return { changes, ours: ours / changes, peer: peer / rows };
    },
  };
}
