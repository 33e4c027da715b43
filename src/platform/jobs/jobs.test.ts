import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { Failure } from "../../domain/failure.ts";
import type { Job } from "../../domain/job.ts";
import { silentLog } from "../told/log.ts";
import { createJobs, type JobWork } from "./jobs.ts";

const turns = () => new Promise((resolve) => setImmediate(resolve));

function setUp(kept?: { value: unknown }) {
  const clock = createTestClock(1_000);
  const disk = kept ?? { value: undefined as unknown };
  const told: Job[] = [];
  const book = {
    get: () => structuredClone(disk.value),
    set: (value: unknown) => {
      disk.value = JSON.parse(JSON.stringify(value));
    },
  };
  const jobs = createJobs({ clock, log: silentLog, book, onChange: (job) => told.push(job) });
  const works: (JobWork & { done(): void; fail(error: unknown): void })[] = [];
  const register = () =>
    jobs.register({
      kind: "count",
      unit: "steps",
      byHand: true,
      run: (work) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        work.signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
        works.push({ ...work, done: resolve, fail: reject });
        return promise;
      },
    });
  return { clock, disk, told, jobs, works, register };
}

test("a job is told from its start to its end, and its progress at most once a second", async () => {
  const { clock, told, jobs, works, register } = setUp();
  register();
  const { id } = jobs.start("count");
  works[0]?.tell({ total: 3 });
  for (let done = 1; done <= 3; done++) works[0]?.tell({ done, outcome: { rows: done * 10 } });
  clock.advance(1_000);
  works[0]?.done();
  await turns();
  assert.deepEqual(
    told.map(({ state, progress, outcome }) => [state, progress.done, progress.total, outcome.rows]),
    [
      ["running", 0, null, undefined],
      ["running", 3, 3, 30],
      ["done", 3, 3, 30],
    ],
  );
  assert.deepEqual([id, jobs.get(id)?.actions], ["count-1", []]);
});

test("what was under way when the hub ended goes on from what was kept, under the same id", async () => {
  const first = setUp();
  first.register();
  first.jobs.start("count");
  first.works[0]?.tell({ done: 2, total: 5 });
  first.works[0]?.keep({ next: 2 });
  const killed = { value: structuredClone(first.disk.value) };
  await first.jobs.close();
  for (const left of [killed, first.disk]) {
    const { jobs, works, register } = setUp({ value: left.value });
    register();
    assert.deepEqual(works[0]?.checkpoint, { next: 2 });
    const [job] = jobs.list();
    assert.deepEqual([job?.id, job?.state, job?.progress.done], ["count-1", "running", 2]);
  }
});

test("a failure is told with its fix, and resuming goes on from what was kept", async () => {
  const { jobs, works, register } = setUp();
  register();
  const { id } = jobs.start("count");
  works[0]?.keep(7);
  works[0]?.fail(new Failure("no_answer", "Nobody answers", { fix: "Wake them." }));
  await turns();
  const failed = jobs.get(id);
  assert.deepEqual([failed?.state, failed?.why, failed?.fix], ["failed", "Nobody answers.", "Wake them."]);
  assert.deepEqual(failed?.actions, ["resume"]);
  assert.equal(jobs.act(id, "resume")?.state, "running");
  assert.equal(works[1]?.checkpoint, 7);
  assert.equal(jobs.get(id)?.why, undefined);
});

test("a cancelled job stays cancelled, over restarts too, until somebody resumes it", async () => {
  const { disk, jobs, works, register } = setUp();
  register();
  const { id } = jobs.start("count");
  assert.equal(jobs.act(id, "cancel")?.state, "cancelled");
  works[0]?.tell({ done: 9 });
  works[0]?.waits(undefined);
  await turns();
  assert.deepEqual([jobs.get(id)?.state, jobs.get(id)?.progress.done], ["cancelled", 0]);
  const again = setUp({ value: disk.value });
  again.register();
  assert.equal(again.works.length, 0);
  again.jobs.act(id, "resume");
  assert.equal(again.works.length, 1);
});

test("one that is resumed while it still ends begins once it has ended", async () => {
  const { jobs, works, register } = setUp();
  register();
  const { id } = jobs.start("count");
  jobs.act(id, "cancel");
  assert.equal(jobs.act(id, "resume")?.state, "waiting");
  await turns();
  assert.deepEqual([works.length, jobs.get(id)?.state], [2, "running"]);
});

test("of a kind one job is under way at a time; what is not known cannot be started", async () => {
  const { jobs, works, register } = setUp();
  assert.throws(() => jobs.start("count"), { code: "action_unavailable" });
  register();
  const { id } = jobs.start("count");
  assert.throws(() => jobs.start("count"), { code: "action_unavailable" });
  assert.throws(() => jobs.act(id, "resume"), { code: "action_unavailable" });
  assert.equal(jobs.act("count-9", "cancel"), undefined);
  works[0]?.done();
  await turns();
  assert.equal(jobs.start("count").id, "count-2");
  assert.deepEqual(
    jobs.list().map((job) => job.id),
    ["count-2", "count-1"],
  );
});

test("a job that waits says why, and since when", async () => {
  const { clock, jobs, works, register } = setUp();
  register();
  const { id } = jobs.start("count");
  clock.advance(5_000);
  works[0]?.waits({ why: "The link is paused.", fix: "Resume it." });
  const waiting = jobs.get(id);
  assert.deepEqual([waiting?.state, waiting?.why, waiting?.fix], ["waiting", "The link is paused.", "Resume it."]);
  assert.equal(waiting?.since, clock.now());
  works[0]?.waits(undefined);
  assert.deepEqual([jobs.get(id)?.state, jobs.get(id)?.why], ["running", undefined]);
});

test("old finished jobs are forgotten but the last of each kind, and their ids are not given again", async () => {
  const { disk, jobs, works, register } = setUp();
  register();
  jobs.register({ kind: "once", unit: "steps", byHand: false, run: async () => {} });
  jobs.start("once");
  await turns();
  for (let i = 0; i < 60; i++) {
    jobs.start("count");
    works.at(-1)?.done();
    await turns();
  }
  const kept = setUp({ value: disk.value }).jobs;
  assert.deepEqual([kept.list().length, kept.last("once")?.state], [52, "done"]);
  assert.equal(jobs.start("count").id, "count-62");
});

test("a book that cannot be read is an empty one", () => {
  assert.deepEqual(setUp({ value: { jobs: "?" } }).jobs.list(), []);
});
