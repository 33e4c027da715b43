import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, FeedItem } from "../../domain/home.ts";
import { systemClock } from "../../platform/clock.ts";
import { createLog } from "../../platform/log.ts";
import { createMask } from "../../platform/mask.ts";
import { planFill, rowKey } from "./fill.ts";

const T0 = 1_795_478_000_000_000;
const at = (seconds: number) => T0 + seconds * 1_000_000;

type Row = [second: number, state: string | null];

/** Fills the hole from second 0 to 10 of one entity and answers with what was recorded. */
async function fill(world: { recorder: Row[]; held: Row[]; now?: Row }) {
  const recorded: Change[] = [];
  const change = ([second, state]: Row): Change => ({
    entityId: "sensor.x",
    state,
    attributes: {},
    time: at(second),
    changed: at(second),
    context: null,
    origin: "live",
    timeIsArrival: false,
  });
  const held = new Set(world.held.map(([second, state]) => rowKey(at(second), state)));
  const last = world.held.at(-1);
  const plan = planFill(
    {
      from: at(0),
      to: at(10),
      snapshot: world.now ? [change(world.now)] : [],
      absent: world.now ? [] : ["sensor.x"],
      cause: "disconnected",
    },
    {
      call: async ({ type }) =>
        type === "recorder/info"
          ? { backlog: 0 }
          : { "sensor.x": world.recorder.map(([second, s]) => ({ s, a: {}, lu: T0 / 1e6 + second })) },
      holdings: {
        latest: () => last && { time: at(last[0]), state: last[1] },
        rows: async () => held,
      },
      record: async (items: readonly FeedItem[]) => {
        for (const item of items) if (item.kind === "change") recorded.push(item.change);
      },
      clock: systemClock,
      log: createLog({ clock: systemClock, mask: createMask(), level: "error" }),
      settleMs: [0],
      signal: new AbortController().signal,
    },
  );
  await plan.first();
  const { gaps } = await plan.settle();
  return { rows: recorded.map(({ time, state }): Row => [(time - T0) / 1e6, state]), gaps };
}

test("what the recorder holds and the store does not is filled, removals among it", async () => {
  const recorder: Row[] = [
    [1, "a"],
    [2, null],
    [3, "b"],
    [4, "c"],
  ];
  assert.deepEqual(await fill({ recorder, held: [[0, "0"]], now: [4, "c"] }), {
    rows: [
      [1, "a"],
      [2, null],
      [3, "b"],
      [4, "c"],
    ],
    gaps: 0,
  });
});

test("a removal that was heard before the hole is not filled again, though the recorder knows a better time", async () => {
  const recorder: Row[] = [
    [-3, "a"],
    [-2, null],
    [-1, "b"],
    [5, null],
  ];
  const held: Row[] = [
    [-3, "a"],
    [-1.9, null],
    [-1, "b"],
  ];
  assert.deepEqual((await fill({ recorder, held })).rows, [[5, null]]);
});

test("an entity whose present state the recorder lacks has a gap", async () => {
  assert.deepEqual(await fill({ recorder: [], held: [[0, "0"]], now: [6, "z"] }), { rows: [[6, "z"]], gaps: 1 });
});
