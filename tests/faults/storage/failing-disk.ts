import assert from "node:assert/strict";
import { join } from "node:path";
import { openShimControl, type ShimFaults, shimEnvironment, shimUnavailable } from "../../support/disk/shim.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames, openSimulatedHome } from "../../support/home/simulated-home.ts";
import { type Fault, judge, skip, withoutPaths } from "../runner/fault.ts";

const RATE = 500;
const ENTITIES = 50;

const failing = (what: string, faults: ShimFaults, code: RegExp): Fault => ({
  id: "R5",
  name: what,
  how: `every such call is refused for a while at ${RATE} changes/s; then the hub is killed and started again`,
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    const unavailable = shimUnavailable();
    if (unavailable) skip(unavailable);
    const [folder, outside] = [form.folder(), form.folder()];
    using control = openShimControl(join(outside, "faults"));
    const env = shimEnvironment({ control: control.file, folder });
    await using home = await openSimulatedHome({ hub: { dataDir: folder, env } });
    const { sim } = home;
    const load = sim.load.start({ rate: RATE, entities: ENTITIES, mix: "mixed" });
    await eventually(10, () => assert.ok(load.made > RATE));

    control.set(faults);
    await eventually(60, async () => assert.equal((await home.part("recording"))?.state, "degraded"));
    const { why, fix } = (await home.part("recording")) ?? {};
    assert.match(why ?? "", code);
    assert.ok(fix, "the status says what to do");
    row.notes.push(`status: ${withoutPaths(why)}`);
    // From here on nothing may be acknowledged: what a listener hears, is in the store, and the store does not grow.
    const listener = await home.reader.follow();
    const stored = async () => (await home.reader.get<{ totals: { changes: number } }>("api/v1/status")).totals.changes;
    const before = await stored();
    const [made, refused] = [load.made, control.refused()];
    await eventually(60, () => {
      assert.ok(load.made > made + 2 * RATE);
      assert.ok(control.refused() > refused, "it was tried again");
    });
    assert.equal(await stored(), before, "nothing is stored");
    assert.deepEqual(listener.changes(), [], "nothing is published");
    row.notes.push(`${control.refused()} calls refused; nothing acknowledged of ${load.made - made} changes meanwhile`);

    control.set({});
    await eventually(30, async () => assert.equal((await home.part("recording"))?.state, "ok"));
    await eventually(30, async () => assert.equal((await home.part("store"))?.state, "ok"));
    await load.stop();
    await home.caughtUp();
    const heard = listener.changes().filter(({ entityId }) => entityId.startsWith("sensor.load_"));
    await home.stopHub("kill");
    await home.startHub();
    await home.filled();
    const rows = await home.reader.history(loadNames(ENTITIES), ...ALL);
    const gaps = await home.reader.gaps(...ALL);
    row.gaps = gaps.length;
    judge(row, sim.load.emitted.list(), rows);
    const keys = new Set(rows.map(({ entityId, time, state }) => `${entityId}|${time}|${state}`));
    assert.deepEqual(
      heard.filter(({ entityId, time, state }) => !keys.has(`${entityId}|${time}|${state}`)).slice(0, 5),
      [],
      "what was heard live survives the kill",
    );
    assert.deepEqual(
      gaps.filter(({ kind }) => kind === "states"),
      [],
    );
  },
});

export const failingDisk: readonly Fault[] = [
  failing("read-only disk", { write: "EROFS" }, /EROFS/),
  failing("I/O error on fsync", { sync: "EIO" }, /EIO|sync/),
];
