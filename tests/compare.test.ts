import assert from "node:assert/strict";
import { test } from "node:test";
import { whatCameAndWent } from "./support/core/came-and-went.ts";
import type { SentChange } from "./support/core/control-client.ts";
import type { RecordedRow } from "./support/core/recorder.ts";
import { compare, compareGaps, compareLive } from "./support/data/compare.ts";
import type { HubGap, HubRow, LiveChange } from "./support/hub/hub-reader.ts";

/** The real-Core tests believe this comparison, so it must see every kind of deviation. */

const entityId = "sensor.x";
const context = { id: "c1", parentId: null, userId: null };

const sent = (updated: number, state: string | null, attributes = {}): SentChange => {
  return { entityId, state, attributes, changed: updated, updated, context, isNew: false, connection: 1 };
};
const row = (time: number, state: string | null, attributes = {}): HubRow => {
  return { entityId, series: 1, time, state, attributes };
};
const recorded = (updated: number, state: string | null, attributes = {}): RecordedRow => {
  return { entityId, state, attributes, changed: updated, updated };
};

const SENT = [sent(1, "a"), sent(2, null), sent(3, "b", { n: 1, list: [{ x: 1, y: 2 }] }), sent(4, "b", { n: 2 })];
const HELD = [row(1, "a"), row(2.5, null), row(3, "b", { list: [{ y: 2, x: 1 }], n: 1 }), row(4, "b", { n: 2 })];
const count = ({ missing, extra, different }: ReturnType<typeof compare>) => [
  missing.length,
  extra.length,
  different.length,
];

test("equal histories are equal, whatever the order of attributes and the moment of a removal", () => {
  const findings = compare({ sent: SENT, rows: HELD });
  assert.deepEqual([...count(findings), findings.matched], [0, 0, 0, 4]);
});

test("each missing row, a removal too, is found", () => {
  for (const left of HELD) {
    const findings = compare({ sent: SENT, rows: HELD.filter((one) => one !== left) });
    assert.deepEqual(count(findings), [1, 0, 0]);
  }
});

test("a row too much, twice, a microsecond off or with another text is found", () => {
  assert.deepEqual(count(compare({ sent: SENT, rows: [...HELD, row(5, "c")] })), [0, 1, 0]);
  assert.deepEqual(count(compare({ sent: SENT, rows: [...HELD, row(1, "a")] })), [0, 1, 0]);
  assert.deepEqual(count(compare({ sent: SENT, rows: [row(1.001, "a"), ...HELD.slice(1)] })), [1, 1, 0]);
  assert.deepEqual(count(compare({ sent: SENT, rows: [row(1, "A"), ...HELD.slice(1)] })), [1, 1, 0]);
  assert.deepEqual(count(compare({ sent: SENT, rows: [...HELD, row(9, null)] })), [0, 1, 0]);
});

test("a removal on the wrong side of a state is found", () => {
  const late = [row(1, "a"), row(3, "b", { n: 1, list: [{ x: 1, y: 2 }] }), row(3.5, null), row(4, "b", { n: 2 })];
  assert.deepEqual(count(compare({ sent: SENT, rows: late })), [1, 1, 0]);
});

test("another, a lacking and an added attribute are found; a masked secret is none", () => {
  for (const attributes of [{ n: 3 }, {}, { n: 2, m: 1 }, { n: "2" }])
    assert.deepEqual(count(compare({ sent: [sent(4, "b", { n: 2 })], rows: [row(4, "b", attributes)] })), [0, 0, 1]);
  const camera = sent(4, "b", { access_token: "abc", entity_picture: "/api/camera?token=abc&x=1" });
  const held = row(4, "b", { access_token: "***", entity_picture: "/api/camera?token=***&x=1" });
  assert.deepEqual(count(compare({ sent: [camera], rows: [held] })), [0, 0, 0]);
  assert.deepEqual(count(compare({ sent: [camera], rows: [row(4, "b", camera.attributes)] })), [0, 0, 1]);
});

test("beside a recorder, what it holds is due, what it lacks may be lost, and its attributes count as filled", () => {
  const changes = [sent(1, "a", { kept: 1, dropped: 1 }), sent(2, "b"), sent(3, "c")];
  const held = [recorded(1, "a", { kept: 1 }), recorded(3, "c")];
  const filled = compare({ sent: changes, recorded: held, rows: [row(1, "a", { kept: 1 }), row(3, "c")] });
  assert.deepEqual([...count(filled), filled.filled.length, filled.lost.length], [0, 0, 0, 1, 1]);
  assert.deepEqual(count(compare({ sent: changes, recorded: held, rows: [row(1, "a", { kept: 1 })] })), [1, 0, 0]);
});

test("something lost outside every gap, and a gap without anything lost, are found", () => {
  const gap = (from: number, to: number): HubGap => ({ kind: "states", entityId, from, to, cause: "not_recorded" });
  assert.deepEqual(compareGaps([sent(5, "a")], [gap(4, 6)]), []);
  assert.equal(compareGaps([sent(5, "a")], []).length, 1);
  assert.equal(compareGaps([sent(5, "a")], [gap(5, 6)]).length, 2);
  assert.equal(compareGaps([], [gap(4, 6)]).length, 1);
  assert.equal(compareGaps([sent(5, "a")], [gap(4, 6), gap(6, 8)]).length, 1);
});

test("on the live stream a wrong context, last_changed or removal mark is found", () => {
  const live = (change: Partial<LiveChange> = {}): LiveChange => {
    const known = { ...row(1, "a"), changed: 1, origin: "live", context, timeIsArrival: false, position: 1 };
    return { ...known, ...change };
  };
  assert.deepEqual(compareLive(SENT, [live(), live({ state: null, timeIsArrival: true })]), []);
  for (const wrong of [{ context: null }, { changed: 0 }, { timeIsArrival: true }, { time: 2 }, { state: null }])
    assert.equal(compareLive(SENT, [live(wrong)]).length, 1, JSON.stringify(wrong));
});

test("only what was never there before an interruption, and is gone when it ends, came and went within it", () => {
  const hole = { from: 10, to: 20 };
  const isExcused = (changes: readonly (readonly [number, string | null])[], at = 12, logbook: string[] = []) =>
    whatCameAndWent(
      changes.map(([updated, state]) => ({ entityId, updated, state })),
      [hole],
      new Set(logbook),
    )({ entityId, time: at, state: "a" });
  const within = [
    [12, "a"],
    [15, "b"],
    [18, null],
  ] as const;
  assert.equal(isExcused(within), true);
  assert.equal(isExcused(within, 12, ["sensor.y"]), true);
  assert.equal(isExcused(within, 12, [entityId]), false, "the logbook names it");
  assert.equal(isExcused([...within, [25, "c"]]), true, "it comes again later");
  assert.equal(isExcused([[5, "a"], ...within]), false, "it was there before");
  assert.equal(isExcused([[12, "a"]]), false, "it is still there");
  assert.equal(
    isExcused([
      [12, "a"],
      [21, null],
    ]),
    false,
    "it went too late",
  );
  assert.equal(isExcused([...within, [19, "c"]]), false, "it is back when the interruption ends");
  assert.equal(isExcused([[5, "a"], [6, null], ...within]), false, "its name is known from before");
  assert.equal(isExcused(within, 21), false, "another row of it, outside");
  assert.equal(
    whatCameAndWent([{ entityId, updated: 12, state: null }], [hole], new Set())({ ...row(12, "a"), entityId: "a.b" }),
    false,
  );
});
