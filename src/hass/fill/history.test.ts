import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "../../domain/home/home.ts";
import { recordedChanges } from "./history.ts";

/** As a real Core answers: a removal is a row without a state. */
const ANSWER = {
  "sensor.x": [
    { s: "3", a: { n: 3 }, lu: 1795478069.7512398 },
    { s: null, a: {}, lu: 1795478069.7550993 },
    { s: "4", a: { n: 3 }, lc: 1795478069.7638791, lu: 1795478070.5 },
    { s: 5, a: {}, lu: 1795478071 },
  ],
};

test("rows of history are changes without context; a row without a state is a removal that knows its time", async () => {
  const found: Change[] = [];
  const window = { from: 1_795_478_069_000_000, to: 1_795_478_072_000_000 };
  for await (const piece of recordedChanges(async () => ANSWER, ["sensor.x"], window))
    found.push(...(piece.get("sensor.x") ?? []));
  assert.deepEqual(
    found.map(({ state, time, changed, timeIsArrival }) => [state, time, changed, timeIsArrival]),
    [
      ["3", 1_795_478_069_751_240, 1_795_478_069_751_240, false],
      [null, 1_795_478_069_755_099, 1_795_478_069_755_099, false],
      ["4", 1_795_478_070_500_000, 1_795_478_069_763_879, false],
    ],
  );
  assert.ok(found.every(({ origin, context }) => origin === "filled" && context === null));
});
