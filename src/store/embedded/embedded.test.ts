import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../platform/time/clock.ts";
import { silentLog } from "../../platform/told/log.ts";
import { storeKeepsItsPromises } from "../conformance.ts";
import { openStore } from "../open.ts";
import { blockingMaintainer } from "./maintenance/job.ts";

/** `segmentBytes` so small that nearly every batch begins a segment: everything goes through indexes and snapshots. */
const open =
  (segmentBytes: number | undefined, maintains: boolean, seals = false) =>
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "store-"));
    const openIt = async () => {
      const store = await openStore({
        kind: "embedded",
        folder,
        clock: systemClock,
        log: silentLog,
        ...(segmentBytes && { segmentBytes }),
        seals,
        ...(maintains && { maintainer: blockingMaintainer }),
      });
      const { append } = store;
      const appendAndMaintain: typeof append = async (entries) => {
        const positions = await append(entries);
        await store.maintained();
        return positions;
      };
      if (maintains) await store.maintained();
      return maintains ? Object.assign(store, { append: appendAndMaintain }) : store;
    };
    let store = await openIt();
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openIt();
        return store;
      },
      dispose: async () => {
        await store.close();
        await rm(folder, { recursive: true });
      },
    };
  };

const profile = { engine: "embedded", durable: true, seals: false, rollsUp: true };
storeKeepsItsPromises("embedded", { profile, runs: 40, open: open(undefined, false) });
storeKeepsItsPromises("embedded, indexes not built yet", { profile, runs: 15, open: open(600, false) });
storeKeepsItsPromises("embedded, every index built", { profile, runs: 25, open: open(600, true) });
storeKeepsItsPromises("embedded, everything closed is sealed", {
  profile: { ...profile, seals: true },
  runs: 40,
  open: open(600, true, true),
});
