import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames, openSimulatedHome, tally } from "../../support/home/simulated-home.ts";
import type { Fault } from "../runner/fault.ts";

const RATE = 500;
const ENTITIES = 50;
const UNRECORDED = 5;

export const homeRestarts: Fault = {
  id: "R6",
  name: "Home Assistant restarts",
  how: `away for 2 s (long: 5 min) at ${RATE} changes/s, ${UNRECORDED} of ${ENTITIES} entities left out by its recorder`,
  home: "simulated",
  waits: true,
  runs: "always",
  run: async (row, { long }) => {
    await using home = await openSimulatedHome();
    const { sim } = home;
    const present = [...sim.core.states.all()].map(({ entityId }) => entityId);
    const load = sim.load.start({ rate: RATE, entities: ENTITIES, unrecorded: UNRECORDED });
    await eventually(10, () => assert.ok(load.made > RATE));
    await sim.faults.restart({ downMs: long ? 300_000 : 2_000, bootMs: 1_500 });
    const made = load.made;
    await eventually(60, () => assert.match(home.hub.logText(), /what was missed is filled/));
    await eventually(10, () => assert.ok(load.made > made + RATE));
    await load.stop();
    await home.caughtUp();

    const emitted = sim.load.emitted.list();
    const rows = await home.reader.history(loadNames(ENTITIES), ...ALL);
    const gaps = await home.reader.gaps(...ALL);
    const { missing, extra, twice, altered } = tally(emitted, rows);
    const isUnrecorded = ({ entityId }: { entityId: string }) => loadNames(UNRECORDED).includes(entityId);
    const inGap = ({ entityId, updated }: { entityId: string; updated: number }) =>
      gaps.some((gap) => gap.entityId === entityId && gap.from < updated && updated < gap.to);
    Object.assign(row, {
      emitted: emitted.length,
      lost: missing.filter((one) => !inGap(one)).length,
      duplicated: twice.length,
      gaps: gaps.length,
    });
    row.notes.push(`${missing.length} changes are in no recorder; each entity that it leaves out has a gap`);
    assert.deepEqual(
      missing.filter((one) => !isUnrecorded(one) || !inGap(one)),
      [],
      "lost is only what the recorder leaves out, and it lies in a gap",
    );
    assert.deepEqual([extra, twice, altered], [[], [], []]);
    assert.equal(gaps.filter(({ kind }) => kind === "events").length, 1);
    const named = gaps.filter(({ kind }) => kind === "states").map(({ entityId }) => entityId);
    assert.deepEqual(named.sort(), loadNames(UNRECORDED));
    const removed = (await home.reader.history(present, ...ALL)).filter(({ state }) => state === null);
    assert.deepEqual(removed, [], "a home that restarts removes nothing");
  },
};
