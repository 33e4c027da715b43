import assert from "node:assert/strict";
import { test } from "node:test";
import { at, change, FROM, SECOND, setUpFill, TO } from "../../../tests/support/home/test-fill.ts";
import type { Failure } from "../../domain/failure.ts";
import type { OpenHole } from "./holes.ts";

test("what history holds and the store lacks is filled, before the present state, marked", async () => {
  const { recorder, fill, told, recorded, gaps, run } = setUpFill({
    held: [change("sensor.a", 0, "0")],
    snapshot: [change("sensor.a", 30, "3")],
  });
  for (const [seconds, state] of [
    [0, "0"],
    [10, "1"],
    [20, "2"],
    [30, "3"],
    [70, "4"],
  ] as const)
    recorder.keep("sensor.a", seconds, state);
  assert.deepEqual(await fill.first(), { filled: 2 });
  assert.deepEqual(await run(fill.settle()), { filled: 0, gaps: 0 });
  assert.deepEqual(told(), [
    ["sensor.a", 10, "1", "filled"],
    ["sensor.a", 20, "2", "filled"],
    ["sensor.a", 30, "3", "filled"],
  ]);
  assert.deepEqual(
    recorded.map(({ attributes, context }) => [attributes.of, context?.id]),
    [
      ["the recorder", undefined],
      ["the recorder", undefined],
      ["the wire", "c"],
    ],
  );
  assert.deepEqual(gaps, []);
});

test("rows are told apart by entity, microsecond and state; one that is held stays as it is", async () => {
  const { recorder, fill, told } = setUpFill({
    held: [change("sensor.a", 0, "0"), change("sensor.a", 5, "5"), change("sensor.b", 0, "0")],
    snapshot: [change("sensor.a", 30, "3"), change("sensor.b", 30, "3")],
  });
  recorder.keep("sensor.a", 5, "5");
  recorder.keep("sensor.a", 5, "other text");
  recorder.keep("sensor.a", 5 + 1e-6, "5");
  recorder.keep("sensor.b", 5, "5");
  await fill.first();
  assert.deepEqual(told().slice(0, 3), [
    ["sensor.a", 5, "other text", "filled"],
    ["sensor.a", 5.000001, "5", "filled"],
    ["sensor.b", 5, "5", "filled"],
  ]);
});

test("a hole is asked for from ten seconds before it: clocks are adjusted", async () => {
  const { recorder, fill, told } = setUpFill({
    held: [change("sensor.a", -60, "0")],
    snapshot: [change("sensor.a", 30, "3")],
  });
  recorder.keep("sensor.a", -11, "long before");
  recorder.keep("sensor.a", -9, "just before");
  await fill.first();
  assert.deepEqual(told()[0], ["sensor.a", -9, "just before", "filled"]);
});

test("what the recorder writes late is asked for again", async () => {
  const { recorder, fill, told, gaps, run } = setUpFill({
    held: [change("sensor.a", 0, "0")],
    snapshot: [change("sensor.a", 30, "3")],
  });
  recorder.keep("sensor.a", 10, "1", true);
  recorder.keep("sensor.a", 20, "2", false);
  recorder.keep("sensor.a", 30, "3", false);
  assert.deepEqual(await fill.first(), { filled: 1 });
  const settled = fill.settle();
  recorder.commit();
  assert.deepEqual(await run(settled), { filled: 1, gaps: 0 });
  assert.deepEqual(told().at(-1), ["sensor.a", 20, "2", "filled"]);
  assert.deepEqual(gaps, []);
});

test("an entity that is gone is asked for until its removal is there: a later row may not be the last", async () => {
  const { recorder, fill, told, run } = setUpFill({ held: [change("sensor.gone", -1, "0")] });
  recorder.keep("sensor.gone", -1, "0");
  recorder.keep("sensor.gone", 10, "1");
  recorder.keep("sensor.gone", 20, "2", false);
  recorder.keep("sensor.gone", 30, null, false);
  assert.deepEqual(await fill.first(), { filled: 1 });
  const settled = fill.settle();
  // The recorder commits between the two times that it is asked again.
  recorder.commitAfter(recorder.answers.length + 1);
  assert.deepEqual(await run(settled), { filled: 2, gaps: 0 });
  assert.deepEqual(
    told().map(([, seconds, state]) => [seconds, state]),
    [
      [10, "1"],
      [20, "2"],
      [30, null],
    ],
  );
});

test("gaps are exactly what stays unknown: from the last row held to the present one", async () => {
  const names = ["sensor.whole", "sensor.left_out", "sensor.partly", "sensor.quiet", "sensor.adjacent"];
  const { recorder, fill, gaps, run } = setUpFill({
    held: [...names.map((name) => change(name, -1, "0")), change("sensor.adjacent", 40 - 1e-6, "1")],
    snapshot: [
      change("sensor.whole", 30, "3"),
      change("sensor.left_out", 31, "3"),
      change("sensor.partly", 32, "3"),
      change("sensor.quiet", -1, "0"),
      change("sensor.new", 33, "3"),
      change("sensor.adjacent", 40, "2"),
    ],
  });
  recorder.keep("sensor.whole", 30, "3");
  recorder.keep("sensor.partly", 12, "1");
  await fill.first();
  assert.deepEqual(fill.open().changed, ["sensor.left_out", "sensor.partly", "sensor.new", "sensor.adjacent"]);
  await run(fill.settle());
  assert.deepEqual(
    gaps.map(({ entityId, from, to, cause }) => [entityId, (from - FROM) / SECOND, (to - FROM) / SECOND, cause]),
    [
      ["sensor.left_out", 0, 31, "not_recorded"],
      ["sensor.partly", 12, 32, "not_recorded"],
      ["sensor.new", 0, 33, "not_recorded"],
    ],
  );
});

test("without history all that changed is a gap; if history comes back in time, nothing is", async () => {
  for (const returns of [false, true]) {
    const { recorder, fill, gaps, told, run } = setUpFill({
      held: [change("sensor.a", 0, "0"), change("sensor.b", 0, "0"), change("sensor.gone", 0, "0")],
      snapshot: [change("sensor.a", 30, "3"), change("sensor.b", 0, "0")],
    });
    recorder.isKnown(false);
    recorder.keep("sensor.gone", 0, "0");
    recorder.keep("sensor.a", 10, "1");
    recorder.keep("sensor.a", 30, "3");
    assert.deepEqual(await fill.first(), { filled: 0 });
    recorder.isKnown(returns);
    await run(fill.settle());
    assert.deepEqual(
      gaps.map(({ entityId, cause }) => [entityId, cause]),
      returns
        ? []
        : [
            ["sensor.a", "no_history"],
            ["sensor.gone", "no_history"],
          ],
    );
    assert.equal(
      told().some(([, seconds]) => seconds === 10),
      returns,
    );
  }
});

test("of an entity that is gone, all that history knows is filled; whether it is recorded shows by its last row", async () => {
  const { recorder, fill, gaps, told, run } = setUpFill({
    held: ["sensor.gone", "sensor.quiet", "sensor.left_out"].map((name) => change(name, -3_600, "0")),
    snapshot: [],
  });
  for (const name of ["sensor.gone", "sensor.quiet"]) recorder.keep(name, -3_600, "0");
  recorder.keep("sensor.gone", 10, "1");
  recorder.keep("sensor.gone", 11, null);
  await fill.first();
  await run(fill.settle());
  assert.deepEqual(told(), [
    ["sensor.gone", 10, "1", "filled"],
    ["sensor.gone", 11, null, "filled"],
  ]);
  assert.deepEqual(
    gaps.map(({ entityId, from, to }) => [entityId, from, to]),
    [["sensor.left_out", FROM, TO]],
  );
});

test("what was absent and is back at once is there once, as it was heard", async () => {
  const { recorder, fill, hear, run, gaps, told } = setUpFill({
    held: [change("sensor.back", 0, "0"), change("sensor.left_out", 0, "0"), change("sensor.a", 0, "0")],
    snapshot: [change("sensor.a", 59, "now")],
  });
  recorder.keep("sensor.a", 59, "now");
  recorder.keep("sensor.back", 0, "0");
  recorder.keep("sensor.back", 30, null);
  recorder.keep("sensor.back", 59.5, "again");
  recorder.keep("sensor.back", 59.6, null);
  // Home Assistant sent them behind the snapshot, yet before the hub's clock says that the hole ended.
  const live = () => {
    hear(change("sensor.back", 59.5, "again"));
    hear(change("sensor.back", 59.7, null, { timeIsArrival: true }));
    hear(change("sensor.left_out", 59.5, "again"));
  };
  await fill.first();
  live();
  await run(fill.settle());
  assert.deepEqual(told(), [
    ["sensor.back", 30, null, "filled"],
    ["sensor.a", 59, "now", "filled"],
  ]);
  assert.deepEqual(
    gaps.map(({ entityId, from, to }) => [entityId, from, to]),
    [["sensor.left_out", FROM, TO]],
  );
});

test("a removal that was heard has the time of its arrival; history's row of it is the same one", async () => {
  const removal = (seconds: number) => change("sensor.a", seconds, null, { timeIsArrival: true });
  const { recorder, fill, told } = setUpFill({
    held: [change("sensor.a", -9, "1"), removal(-8.9), change("sensor.a", -7, "2"), removal(-6.9)],
    snapshot: [change("sensor.a", 30, "5")],
  });
  for (const [seconds, state] of [
    [-9, "1"],
    [-8.95, null],
    [-7, "2"],
    [-6.95, null],
    [4, "3"],
    [5, null],
    [6, "4"],
    [7, null],
    [30, "5"],
  ] as const)
    recorder.keep("sensor.a", seconds, state);
  await fill.first();
  assert.deepEqual(
    told().map(([, seconds, state]) => [seconds, state]),
    [
      [4, "3"],
      [5, null],
      [6, "4"],
      [7, null],
      [30, "5"],
    ],
  );
});

test("a long hole is asked for piece by piece: no row is lost between two, and no answer is endless", async () => {
  const days = 3 * 24 * 3600;
  const { recorder, fill, recorded, batches } = setUpFill({
    held: [change("sensor.a", 0, "0")],
    snapshot: [change("sensor.a", days, "last")],
    to: at(days),
  });
  for (let seconds = 0; seconds < days; seconds += 5) recorder.keep("sensor.a", seconds - 10, String(seconds));
  recorder.keep("sensor.a", days, "last");
  await fill.first();
  assert.equal(recorded.length, days / 5 + 1);
  assert.equal(new Set(recorded.map(({ time }) => time)).size, days / 5 + 1);
  assert.ok(Math.max(...recorder.answers) < 25_000, `${Math.max(...recorder.answers)} rows in one answer`);
  assert.ok(recorder.answers.length < 60, `${recorder.answers.length} questions`);
  assert.ok(Math.max(...batches) <= 2_000);
});

test("a hole that was left open is gone over again, and its gap ends where its own states did", async () => {
  const earlier = (changed: string[], absent: string[]): OpenHole => ({ from: at(-100), to: at(-50), changed, absent });
  const { recorder, fill, gaps, told, run } = setUpFill({
    held: [
      change("sensor.late", -100, "0"),
      change("sensor.late", -60, "3", { origin: "filled" }),
      change("sensor.late", -10, "live"),
      change("sensor.left_out", -100, "0"),
      change("sensor.left_out", -55, "3", { origin: "filled" }),
      change("sensor.left_out", -1, "live"),
    ],
    snapshot: [change("sensor.late", -10, "live"), change("sensor.left_out", 20, "now")],
    earlier: [earlier(["sensor.late", "sensor.left_out"], ["sensor.never_there"])],
  });
  recorder.keep("sensor.late", -70, "2");
  recorder.keep("sensor.late", -60, "3");
  await fill.first();
  assert.deepEqual(told(), [["sensor.left_out", 20, "now", "filled"]]);
  await run(fill.settle());
  assert.deepEqual(told().at(-1), ["sensor.late", -70, "2", "filled"]);
  assert.deepEqual(
    gaps.map(({ entityId, from, to }) => [entityId, (from - FROM) / SECOND, (to - FROM) / SECOND]),
    [
      ["sensor.left_out", 0, 20],
      ["sensor.left_out", -100, -55],
    ],
  );
});

test("nothing is called unknown before Home Assistant has started", async () => {
  const started = Promise.withResolvers<void>();
  const { recorder, fill, gaps, run } = setUpFill({
    held: [change("sensor.a", 0, "0")],
    snapshot: [change("sensor.a", 30, "3")],
    untilRunning: () => started.promise,
  });
  recorder.isKnown(false);
  await fill.first();
  const settled = fill.settle();
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(gaps, []);
  recorder.isKnown(true);
  recorder.keep("sensor.a", 30, "3");
  started.resolve();
  assert.deepEqual(await run(settled), { filled: 0, gaps: 0 });
});

test("a filling whose connection ends fails: it is done anew by the next one", async () => {
  const { fill, closing, gaps, run } = setUpFill({
    held: [change("sensor.a", 0, "0")],
    snapshot: [change("sensor.a", 30, "3")],
  });
  await fill.first();
  const settled = run(fill.settle());
  closing.abort();
  await assert.rejects(settled, (error: Failure) => error.code === "connection_lost");
  assert.deepEqual(gaps, []);
});
