import assert from "node:assert/strict";
import { after, test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import type { ThinningRule } from "../../../domain/home/thinning.ts";
import { ALL_TIME, microsToRfc3339 } from "../../../domain/time/time.ts";
import type { PreviewShape, RetentionShape } from "../../shapes/retention.ts";
import type { StorageShape, TopShape } from "./storage.ts";

const DAY = 86_400_000_000;
const send = (method: string, body: unknown) => ({
  method,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
  scope: "admin" as const,
});

/** Two entities with a reading an hour for 90 days, and an event a day. */
async function withHistory() {
  const hub = startTestHub();
  await hub.addSeries(1, identity("sensor.power", { labels: ["noisy"], integration: "shelly" }));
  await hub.addSeries(2, identity("sensor.outside", { name: "Outside" }));
  for (let day = 90; day > 0; day--) {
    const time = (hour: number) => TEST_TIME - day * DAY + hour * 3_600_000_000;
    const rows = Array.from({ length: 24 }, (_, hour) => [
      reading(1, `${hour}`, { time: time(hour), changed: time(hour), attributes: { device_class: "power" } }),
      ...(hour % 4 === 0 ? [reading(2, `${hour}`, { time: time(hour), changed: time(hour) })] : []),
    ]);
    await hub.record(rows.flat());
    await hub.recordEvents([{ type: "test", time: time(0), data: {}, context: null, origin: "live" }]);
  }
  const json = async <T>(path: string, init?: Parameters<typeof hub.ask>[1]): Promise<T> =>
    (await hub.ask(`/api/v1/${path}`, init)).json() as Promise<T>;
  const rowsOf = async (series: number, before: number): Promise<number> => {
    const view = hub.store.view();
    const window = { from: ALL_TIME.from, to: before };
    let count = 0;
    for await (const page of hub.store
      .reader(view)
      .readings({ series, window, order: "oldest_first", limit: 1e6, attributes: false }))
      count += page.length;
    hub.store.release(view);
    return count;
  };
  return { ...hub, json, rowsOf };
}

test("without rules everything is kept within the automatic budget, and a preview says that nothing goes", async () => {
  const hub = await withHistory();
  after(() => hub.close());
  const now = await hub.json<RetentionShape>("retention");
  assert.deepEqual(now.defaults, { readings: "within_budget", events: "within_budget", rollups: "for_ever" });
  assert.deepEqual([now.budget.bytes, now.budget.source, now.clock.trusted], [10e9, "automatic", true]);
  const preview = await hub.json<PreviewShape>("retention/preview", send("POST", {}));
  assert.deepEqual([preview.steps, preview.total.readings, preview.refused], [[], 0, null]);
});

test("what a preview counts is exactly what then goes, and the rest stays", async () => {
  const hub = await withHistory();
  after(() => hub.close());
  const rules = {
    defaults: { events: 60 },
    rules: [
      { select: { kind: "label", value: "noisy" }, keep: 10 },
      { select: { kind: "entity", value: "sensor.outside" }, keep: "for_ever" },
    ],
  };
  const put = await hub.json<RetentionShape>("retention", send("PUT", rules));
  assert.deepEqual(
    put.rules.map(({ entities }) => entities),
    [1, 1],
  );
  const before = Math.floor(TEST_TIME / DAY) * DAY - 10 * DAY;
  const [old, all, events] = [await hub.rowsOf(1, before), await hub.rowsOf(1, ALL_TIME.to), hub.store.stats().events];
  const preview = await hub.json<PreviewShape>("retention/preview", send("POST", {}));
  assert.deepEqual(
    preview.steps.map(({ what, before: at, reason, rule, readings }) => [what, at, reason, rule?.value, readings]),
    [
      ["readings", microsToRfc3339(before), "rule", "noisy", old - 1],
      ["events", microsToRfc3339(before - 50 * DAY), "default", undefined, 0],
    ],
  );
  assert.equal(preview.top[0]?.entity_id, "sensor.power");

  const run = await hub.ask("/api/v1/retention/run", send("POST", { plan: preview.plan }));
  assert.equal(run.status, 200);
  await hub.retention.idle();
  const { last_run: last, running } = await hub.json<RetentionShape>("retention");
  assert.deepEqual(
    [running, last?.state, last?.readings, last?.events],
    [false, "done", preview.total.readings, preview.total.events],
  );
  // The last one before stays: it held when the kept time began.
  assert.deepEqual([await hub.rowsOf(1, before), await hub.rowsOf(1, ALL_TIME.to)], [1, all - old + 1]);
  assert.equal(await hub.rowsOf(2, ALL_TIME.to), 90 * 6);
  assert.equal(hub.store.stats().events, events - preview.total.events);
  const again = await hub.json<PreviewShape>("retention/preview", send("POST", {}));
  assert.deepEqual([again.total.readings, again.total.events], [0, 0]);
});

test("a preview of other rules changes nothing and cannot be run, nor can one that nobody made", async () => {
  const hub = await withHistory();
  after(() => hub.close());
  const preview = await hub.json<PreviewShape>("retention/preview", send("POST", { defaults: { readings: 5 } }));
  assert.ok(preview.total.readings > 0);
  assert.deepEqual((await hub.json<RetentionShape>("retention")).defaults.readings, "within_budget");
  for (const plan of [preview.plan, "1-nonsense"]) {
    const answer = await hub.ask("/api/v1/retention/run", send("POST", { plan }));
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [409, "action_unavailable"]);
  }
});

test("where the clocks disagree nothing goes, and the answer says why and what to do", async () => {
  const hub = await withHistory();
  after(() => hub.close());
  await hub.ask("/api/v1/retention", send("PUT", { defaults: { readings: 5 }, rules: [] }));
  const future = TEST_TIME + 400 * DAY;
  await hub.record([reading(2, "1", { time: future, changed: future })]);
  const count = hub.store.stats().readings;
  const preview = await hub.json<PreviewShape>("retention/preview", send("POST", {}));
  assert.match(preview.refused?.why ?? "", /ahead/);
  const answer = await hub.ask("/api/v1/retention/run", send("POST", {}));
  const problem = (await answer.json()) as { code: string; fix: string };
  assert.deepEqual([answer.status, problem.code, problem.fix.length > 10], [409, "clock_untrusted", true]);
  hub.clock.advance(60 * 60_000);
  await hub.retention.idle();
  assert.equal(hub.store.stats().readings, count);
  assert.equal(hub.board.get("retention")?.state, "degraded");
});

test("storage says what there is by kind, how fast it grows, and who writes most, by entity and by what they share", async () => {
  const hub = await withHistory();
  after(() => hub.close());
  const storage = await hub.json<StorageShape>("storage");
  assert.equal(storage.total.readings, 90 * 30);
  assert.equal(storage.total.events, 90);
  assert.deepEqual(storage.disk, { total: 100e9, free: 50e9, reserve: 500e6 });
  assert.ok(Math.abs((storage.growth?.readings_per_day ?? 0) - 30) < 2);
  const top = await hub.json<TopShape>("storage/top", send("POST", { by: "readings" }));
  assert.deepEqual(
    top.top.map(({ key, name, readings }) => [key, name, readings]),
    [
      ["sensor.power", null, 90 * 24],
      ["sensor.outside", "Outside", 90 * 6],
    ],
  );
  const classes = await hub.json<TopShape>("storage/top", send("POST", { by: "readings", group: "device_class" }));
  assert.deepEqual(
    classes.top.map(({ key, share }) => [key, share]),
    [
      ["power", 0.8],
      ["", 0.2],
    ],
  );
  const wrong = await hub.ask("/api/v1/storage/top", send("POST", { from: "2026-11", to: "2026-01" }));
  assert.equal(wrong.status, 400);
});

test("what was set aside of the store and of app.db is listed, with what to do", async () => {
  const aside = { file: "app.db.quarantine", bytes: 5, why: "it is empty", kind: "settings" as const, month: null };
  const disk = { reserve: 1, stoppedSince: () => undefined, quarantined: async () => [aside] };
  const hub = startTestHub({ disk });
  after(() => hub.close());
  const { quarantined } = (await (await hub.ask("/api/v1/storage")).json()) as StorageShape;
  const [{ fix, ...told } = { fix: "" }] = quarantined;
  assert.deepEqual(told, aside);
  assert.match(fix, /restore a backup/);
});

test("thinning rules are checked, bound to their entity, and answered with since when and for how many", async () => {
  let rules: (ThinningRule & { since: number })[] = [];
  const hub = startTestHub({
    thinning: {
      list: () => rules,
      dropped: () => 3,
      replace: async (next) => {
        rules = next.map((one) => ({ ...one, since: TEST_TIME }));
      },
    },
  });
  after(() => hub.close());
  await hub.addSeries(7, identity("sensor.power"));
  const select = { kind: "entity", value: "sensor.power" };
  const good = await hub.ask("/api/v1/recording", send("PUT", { thinning: [{ select, min_interval_seconds: 2.5 }] }));
  assert.deepEqual(await good.json(), {
    thinning: [{ select, min_change: null, min_interval_seconds: 2.5, since: microsToRfc3339(TEST_TIME), entities: 1 }],
    dropped: 3,
  });
  assert.deepEqual(rules[0]?.select, { ...select, series: 7 });
  for (const [wrong, path] of [
    [{ select }, "thinning[0]"],
    [{ select: { kind: "pattern", value: "sensor.power" }, min_change: 1 }, "thinning[0].select.value"],
    [{ select, min_change: 0 }, "thinning[0].min_change"],
  ] as const) {
    const answer = await hub.ask("/api/v1/recording", send("PUT", { thinning: [wrong] }));
    const problem = (await answer.json()) as { errors: { path: string }[] };
    assert.deepEqual([answer.status, problem.errors[0]?.path], [400, path]);
  }
});
