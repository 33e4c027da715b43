import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { ALL, loadNames, openSimulatedHome, tally } from "../support/home/simulated-home.ts";

test("a byte that the disk turned over is named with its file and place, and costs one record, which is a gap", async () => {
  await using home = await openSimulatedHome();
  const { sim } = home;
  await sim.load.start({ asFastAsPossible: true, count: 5_000, entities: 50 }).done;
  await home.caughtUp();
  await home.stopHub("term");
  const folder = join(home.hub.dataDir, "home/store/tail");
  const log = readdirSync(folder).find((name) => name.endsWith(".log")) as string;
  const bytes = readFileSync(join(folder, log));
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
  writeFileSync(join(folder, log), bytes);

  await home.startHub();
  await home.filled();
  const store = await home.part("store");
  assert.equal(store?.state, "degraded");
  const [, length, file, offset] = /(\d+) bytes of (\S+) at (\d+)/.exec(store?.why ?? "") ?? [];
  assert.equal(basename(String(file)), log);
  assert.ok(Number(offset) <= middle && middle < Number(offset) + Number(length), store?.why);
  assert.ok(store?.fix);
  const emitted = sim.load.emitted.list();
  const result = tally(emitted, await home.reader.history(loadNames(50), ...ALL));
  assert.deepEqual([result.extra, result.twice, result.altered], [[], [], []]);
  assert.ok(result.missing.length <= 1, `${result.missing.length} changes are lost`);
  const gaps = (await home.reader.gaps(...ALL)).filter(({ kind, cause }) => kind === "states" && cause === "damaged");
  assert.equal(gaps.length, 1);
  for (const { entityId, updated } of result.missing)
    assert.ok(
      gaps.some((gap) => (gap.entityId ?? entityId) === entityId && gap.from < updated && updated < gap.to),
      "what was lost lies in the gap",
    );
  sim.core.states.set("sensor.load_0", "goes on", {});
  await home.caughtUp();
});
