import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../tests/support/eventually.ts";
import { Failure } from "../domain/failure.ts";
import { ALL_TIME } from "../domain/time/time.ts";
import { createJobs } from "../platform/jobs/jobs.ts";
import { systemClock } from "../platform/time/clock.ts";
import { silentLog } from "../platform/told/log.ts";
import { openIn, using, withFolder } from "../store/conformance/support/folder.ts";
import { readingEntry, seriesEntry, T0 } from "../store/conformance/support/samples.ts";
import { blockingMaintainer } from "../store/embedded/maintenance/job.ts";
import type { Store } from "../store/store.ts";
import { type AmendingNeeds, createAmending } from "./amending.ts";

/** As a hub has it: settings and backups outlive it, jobs are its own. */
function startHub(store: Store, settings: Map<string, unknown>, more: Partial<AmendingNeeds> = {}) {
  const jobs = createJobs({
    clock: systemClock,
    log: silentLog,
    book: { get: () => settings.get("jobs"), set: (kept) => void settings.set("jobs", structuredClone(kept)) },
    onChange: () => {},
  });
  const amending = createAmending({
    store,
    readingsAt: async () => [],
    settings: { get: (key) => settings.get(key), set: (key, value) => void settings.set(key, structuredClone(value)) },
    backups: { list: async () => [], make: async () => assert.fail(), remove: async () => assert.fail() },
    publish: { changes: () => {}, gaps: () => {} },
    busy: () => undefined,
    jobs,
    clock: systemClock,
    log: silentLog,
    ...more,
  });
  return { jobs, amending };
}

async function withHome(run: (store: Store) => Promise<void>): Promise<void> {
  await withFolder((folder) =>
    using(openIn(folder, { seals: true, maintainer: blockingMaintainer }), async (store) => {
      const rows = Array.from({ length: 30 }, (_, i) => readingEntry({ time: T0 + i, state: String(i) }));
      await store.append([seriesEntry(1), ...rows]);
      await run(store);
    }),
  );
}

const everything = { series: [1], window: ALL_TIME, withEvents: true, backups: "replace" } as const;
const state = (hub: ReturnType<typeof startHub>) => hub.amending.erasures()[0]?.state;

test("the new backup is whole before the first of the others goes, and all of them go", () =>
  withHome(async (store) => {
    const told: string[] = [];
    const there = ["a", "b"];
    const hub = startHub(store, new Map(), {
      backups: {
        list: async () => [...there],
        make: async () => {
          told.push(`made without ${store.stats().readings === 0 ? "it" : "nothing"}`);
          there.push("c");
          return "c";
        },
        remove: async (id) => {
          told.push(`removed ${id}`);
          there.splice(there.indexOf(id), 1);
        },
      },
    });
    const { id, backups } = await hub.amending.previewErasure(everything);
    assert.deepEqual(backups, ["a", "b"]);
    hub.amending.erase(id);
    await eventually(10, () => assert.equal(state(hub), "done"));
    assert.deepEqual(told, ["made without it", "removed a", "removed b"]);
    const [receipt] = hub.amending.erasures();
    assert.deepEqual(receipt?.backups, { choice: "replace", made: "c", removed: ["a", "b"], held: [] });
    await hub.jobs.close();
  }));

test("an erasure that the hub's end interrupts goes on at its next start, and its receipt keeps what was counted", () =>
  withHome(async (store) => {
    const settings = new Map<string, unknown>();
    const view = store.view();
    const first = startHub(store, settings);
    first.amending.erase((await first.amending.previewErasure(everything)).id);
    await eventually(10, () => assert.ok(first.amending.erasures()[0]?.answers));
    assert.equal(first.amending.erasures()[0]?.files, null, "somebody reads it still");
    await first.jobs.close();
    assert.equal(state(first), "failed");

    const second = startHub(store, settings);
    await eventually(10, () => assert.equal(state(second), "running"));
    store.release(view);
    await eventually(10, () => assert.equal(state(second), "done"));
    const [receipt] = second.amending.erasures();
    assert.deepEqual(receipt?.removed, { readings: 30, statistics: 0, rollups: 0, events: 0 });
    assert.deepEqual([receipt?.gaps, receipt?.why], [1, undefined]);
    await second.jobs.close();
  }));

test("where the new backup fails the others stay, the receipt says why, and the job can be resumed", () =>
  withHome(async (store) => {
    const there = ["a"];
    let fails = true;
    const hub = startHub(store, new Map(), {
      backups: {
        list: async () => [...there],
        make: async () => {
          if (fails) throw new Failure("backup_no_space", "There is no room", { fix: "Make some" });
          there.push("b");
          return "b";
        },
        remove: async (id) => void there.splice(there.indexOf(id), 1),
      },
    });
    hub.amending.erase((await hub.amending.previewErasure(everything)).id);
    await eventually(10, () => assert.equal(state(hub), "failed"));
    assert.match(hub.amending.erasures()[0]?.why ?? "", /no room/);
    assert.deepEqual(there, ["a"]);
    assert.equal(store.stats().readings, 0, "it is gone from the store all the same");
    fails = false;
    await eventually(10, () => assert.equal(hub.jobs.list()[0]?.state, "failed"));
    hub.jobs.act(hub.jobs.list()[0]?.id ?? "", "resume");
    await eventually(10, () => assert.equal(state(hub), "done"));
    assert.deepEqual(there, ["b"]);
    assert.deepEqual(hub.amending.erasures()[0]?.removed.readings, 30);
    await hub.jobs.close();
  }));

test("nothing is erased while it would come back or somebody copies the files, and one at a time", () =>
  withHome(async (store) => {
    let why: { why: string; fix: string } | undefined = { why: "An import is under way", fix: "Wait" };
    const hub = startHub(store, new Map(), { busy: () => why });
    const preview = await hub.amending.previewErasure(everything);
    assert.deepEqual(preview.refused, why);
    assert.throws(() => hub.amending.erase(preview.id), { code: "action_unavailable" });
    assert.deepEqual(hub.amending.erasures(), []);
    why = undefined;
    const other = await hub.amending.previewErasure(everything);
    const view = store.view();
    hub.amending.erase(preview.id);
    assert.throws(() => hub.amending.erase(other.id), { code: "action_unavailable" });
    assert.equal(hub.amending.erasures().length, 1);
    store.release(view);
    await eventually(10, () => assert.equal(state(hub), "done"));
    await hub.jobs.close();
  }));

test("what the user corrects is the user's word: it no longer says that its source took another value's place", () =>
  withHome(async (store) => {
    await store.append([seriesEntry(2, { entityId: "outside.meter_import_interval" })]);
    const attributes = { instead_of: "0.4", until: "then" };
    const readingOf = (series: number) => ({
      ...{ series, time: T0, changed: T0, state: "0.5", attributes, context: null },
      ...{ origin: "corrected" as const, timeIsArrival: false, flaws: [], position: 1 },
    });
    const hub = startHub(store, new Map(), { readingsAt: async (series) => [readingOf(series)] });
    const wanted = [1, 2].map((series) => ({ series, time: T0, instead: { state: "0.6" } }));
    const { corrections } = await hub.amending.previewCorrections(wanted);
    assert.deepEqual(
      corrections.map(({ after }) => after?.attributes),
      [attributes, { until: "then" }],
      "an attribute of that name is Home Assistant's own where the entity is",
    );
  }));
