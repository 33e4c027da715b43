import assert from "node:assert/strict";
import { runLoad } from "../../support/core/load.ts";
import { hubHas } from "../../support/core/recorded-home.ts";
import { readHub } from "../../support/hub/hub-reader.ts";
import { forgetPeak, peakBytes, residentBytes } from "../../support/memory.ts";
import { MOST_RISE_BYTES, mb } from "../link/burst.ts";
import { allIsThere, besideCore, tell } from "./recorded.ts";

const CHANGES = 20_000;
const ENTITIES = 1_000;

export const burstOfCore = besideCore({
  id: "R9",
  name: "20,000 changes at once",
  how: `${CHANGES} changes of ${ENTITIES} entities as fast as Home Assistant can make them`,
  run: async (row, world) => {
    const { home, hub } = world;
    const from = (await home.mark()).time;
    const before = residentBytes(hub().pid);
    forgetPeak(hub().pid);
    const began = performance.now();
    const { rate } = await runLoad(home.control, { count: CHANGES, entities: ENTITIES, prefix: "burst", seed: 30 });
    const end = await home.mark();
    await hubHas(readHub(hub()), end);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const rise = peakBytes(hub().pid) - before;
    row.notes.push(`${rate} changes/s made; ${seconds} s until all was readable`);
    row.notes.push(`RSS ${mb(before)} before, ${mb(rise)} more at most`);
    const found = await allIsThere(world, { from, end, interruptions: 0 });
    tell(row, found);
    assert.deepEqual(found.gaps, []);
    assert.ok(rise <= MOST_RISE_BYTES, `resident memory rose by ${mb(rise)}`);
  },
});
