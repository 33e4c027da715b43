import assert from "node:assert/strict";
import { join } from "node:path";
import { openShimControl, shimEnvironment, shimUnavailable } from "../../support/disk/shim.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames, openSimulatedHome, type SimulatedHome } from "../../support/home/simulated-home.ts";
import type { LiveChange } from "../../support/hub/hub-reader.ts";
import { type Fault, judge, type Row, skip } from "../runner/fault.ts";

const RATE = 500;
const ENTITIES = 50;
const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Seconds by which a clock without a battery is behind: it starts in 1970. */
const since1970 = () => -Math.floor(Date.now() / 1000) + 60;

const JUMPS: readonly [name: string, seconds: () => number][] = [
  ["1 h ahead", () => HOUR],
  ["1 h behind", () => -HOUR],
  ["1 day ahead", () => DAY],
  ["1 day behind", () => -DAY],
  ["1970", since1970],
];

export const clockJumps: Fault = {
  id: "R14",
  name: "the hub's clock jumps",
  how: `${JUMPS.map(([name]) => name).join(", ")}, each while ${RATE} changes/s come in, and each with a lost connection behind it`,
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    await using world = await openWorld(form.folder(), form.folder());
    const { home, control } = world;
    const load = home.sim.load.start({ rate: RATE, entities: ENTITIES, mix: "mixed" });
    await eventually(10, () => assert.ok(load.made > RATE));
    const listener = await home.reader.follow();
    // Each reconnect waits longer than the one before.
    const jumps = form.quick ? JUMPS.slice(2, 4) : JUMPS;
    for (const [i, [, seconds]] of jumps.entries()) {
      control.set({ clockSeconds: seconds() });
      const made = load.made;
      await eventually(10, () => assert.ok(load.made > made + RATE / 2));
      home.sim.faults.drop("abort");
      await home.filled(i + 1);
    }
    control.set({});
    const made = load.made;
    await eventually(10, () => assert.ok(load.made > made + RATE / 2));
    await load.stop();
    await home.caughtUp();
    await check(row, home, listener.changes());
    row.notes.push(`${jumps.length} jumps, ${jumps.length} lost connections`);
  },
};

export const startIn1970: Fault = {
  id: "R14",
  name: "a start in 1970",
  how: `killed at ${RATE} changes/s, started again by a clock of 1970, which is set right a moment later`,
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    await using world = await openWorld(form.folder(), form.folder());
    const { home, control } = world;
    const load = home.sim.load.start({ rate: RATE, entities: ENTITIES, mix: "mixed" });
    await eventually(10, () => assert.ok(load.made > RATE));
    const before = await home.reader.history(loadNames(ENTITIES), ...ALL);
    await home.stopHub("kill");
    const made = load.made;
    control.set({ clockSeconds: since1970() });
    await eventually(10, () => assert.ok(load.made > made + RATE / 2));
    await home.startHub();
    await home.filled();
    const listener = await home.reader.follow();
    const live = load.made;
    await eventually(10, () => assert.ok(load.made > live + RATE));
    control.set({});
    await eventually(10, () => assert.ok(load.made > live + 2 * RATE));
    await load.stop();
    await home.caughtUp();
    await check(row, home, listener.changes());
    const rows = await home.reader.history(loadNames(ENTITIES), ...ALL);
    assert.ok(rows.length >= before.length, "a wrong clock deletes nothing");
  },
};

async function check(row: Row, home: SimulatedHome, heard: readonly LiveChange[]): Promise<void> {
  const rows = await home.reader.history(loadNames(ENTITIES), ...ALL);
  const gaps = await home.reader.gaps(...ALL);
  row.gaps = gaps.length;
  judge(row, home.sim.load.emitted.list(), rows);
  assert.deepEqual(
    gaps.filter(({ from, to }) => to <= from),
    [],
    "no gap of negative length",
  );
  assert.deepEqual(
    gaps.filter(({ kind }) => kind === "states"),
    [],
  );
  const year = new Date().getUTCFullYear();
  const strange = rows.filter(({ time }) => new Date(time / 1000).getUTCFullYear() !== year);
  assert.deepEqual(strange, [], "no row has a time of the wrong clock, not even a removal");
  for (const entity of loadNames(ENTITIES)) {
    const made = home.sim.load.emitted.list().filter(({ entityId }) => entityId === entity);
    const held = rows.filter(({ entityId }) => entityId === entity);
    assert.deepEqual(
      held.map(({ state }) => state),
      made.map(({ state }) => state),
      `${entity} in the order of Home Assistant's times`,
    );
    const live = heard.filter(({ entityId, origin }) => entityId === entity && origin === "live");
    assert.ok(
      live.every(({ time, changed }) => changed <= time),
      "no state is older than itself",
    );
  }
}

async function openWorld(folder: string, outside: string) {
  const unavailable = shimUnavailable();
  if (unavailable) skip(unavailable);
  const control = openShimControl(join(outside, "clock"));
  const env = shimEnvironment({ control: control.file });
  const home = await openSimulatedHome({ hub: { dataDir: folder, env } });
  return {
    home,
    control,
    [Symbol.asyncDispose]: async () => {
      await home[Symbol.asyncDispose]();
      control[Symbol.dispose]();
    },
  };
}
