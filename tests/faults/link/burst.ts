import assert from "node:assert/strict";
import { join } from "node:path";
import { layOutBundle } from "../../../scripts/layout.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames, openSimulatedHome } from "../../support/home/simulated-home.ts";
import { forgetPeak, peakBytes, residentBytes } from "../../support/memory.ts";
import { type Fault, judge } from "../runner/fault.ts";

const CHANGES = 20_000;
const ENTITIES = 1_000;
export const MOST_RISE_BYTES = 100e6;
/** Resident memory of a hub in use (P11). */
const MOST_IN_USE_BYTES = 150e6;

export const burst: Fault = {
  id: "R9",
  name: "20,000 changes at once",
  how: `${CHANGES} changes of ${ENTITIES} entities as fast as the hub reads them, every kind of change`,
  home: "simulated",
  runs: "always",
  run: async (row, { long, folder }) => {
    // Memory is judged of what ships: the source needs room for the compiler that strips its types.
    const app = join(folder(), "app");
    if (long) await layOutBundle(app);
    await using home = await openSimulatedHome(long ? { hub: { entry: join(app, "main.js"), cwd: app } } : {});
    const { sim, hub } = home;
    const before = residentBytes(hub.pid);
    forgetPeak(hub.pid);
    const began = performance.now();
    await sim.load.start({ asFastAsPossible: true, count: CHANGES, entities: ENTITIES, mix: "mixed" }).done;
    await home.caughtUp();
    const seconds = (performance.now() - began) / 1000;
    const rise = peakBytes(hub.pid) - before;
    row.notes.push(
      `${seconds.toFixed(1)} s until all was readable; RSS ${mb(before)} before, ${mb(rise)} more at most`,
    );
    assert.equal(sim.counters().cuts, 0, "Home Assistant cut nobody off");
    const emitted = sim.load.emitted.list();
    const rows = await home.reader.history(loadNames(ENTITIES), ...ALL);
    judge(row, emitted, rows);
    // Removals name no time; they stand where they happened.
    const sequence = (entity: string, all: readonly { entityId: string; state: string | null }[]) =>
      all.filter(({ entityId }) => entityId === entity).map(({ state }) => state);
    for (const entity of loadNames(50)) assert.deepEqual(sequence(entity, rows), sequence(entity, emitted), entity);
    const gaps = await home.reader.gaps(...ALL);
    row.gaps = gaps.length;
    assert.deepEqual(gaps, []);
    assert.ok(rise <= MOST_RISE_BYTES, `resident memory rose by ${mb(rise)}`);
    if (!long) return;
    await eventually(300, () => {
      const now = residentBytes(hub.pid);
      assert.ok(now <= MOST_IN_USE_BYTES, `${mb(now)} resident, five minutes later`);
    });
    row.notes.push(`the bundle, back at ${mb(residentBytes(hub.pid))}`);
  },
};

export const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
