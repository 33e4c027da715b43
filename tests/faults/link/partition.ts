import assert from "node:assert/strict";
import { startSimulator } from "../../../src/simulator/simulator.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames } from "../../support/home/simulated-home.ts";
import { startStallingProxy } from "../../support/home/stalling-proxy.ts";
import { startHub } from "../../support/hub/hub.ts";
import { readHub } from "../../support/hub/hub-reader.ts";
import { type Fault, judge } from "../runner/fault.ts";

const RATE = 200;
const ENTITIES = 50;

export const partition: Fault = {
  id: "R7",
  name: "half-open socket, then a partition",
  how: `a proxy between them stops passing bytes for 60 s (long: 20 min) and tells nobody, at ${RATE} changes/s`,
  home: "simulated",
  waits: true,
  runs: "table",
  run: async (row, { long, folder }) => {
    const silentMs = long ? 20 * 60_000 : 60_000;
    await using sim = await startSimulator({ seed: "partition", commitMs: 300, history: { days: 0 } });
    using proxy = await startStallingProxy(sim.url);
    const env = { HA_INGESTOR_SETTLE_SECONDS: "0.5,1" };
    const hub = await startHub({ haUrl: proxy.url, haToken: sim.token, dataDir: folder(), env });
    try {
      const reader = readHub(hub);
      const load = sim.load.start({ rate: RATE, entities: ENTITIES });
      await eventually(20, () => assert.match(hub.logText(), /connected to Home Assistant/));
      await eventually(10, () => assert.ok(load.made > 2 * RATE));
      const follower = await reader.follow();

      const began = performance.now();
      const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
      proxy.stop();
      await eventually(60, () => assert.match(hub.logText(), /half-open/));
      row.notes.push(`noticed after ${seconds()} s`);
      await new Promise((resolve) => setTimeout(resolve, silentMs - (performance.now() - began)));
      const whileAway = load.made;
      const before = follower.changes().length;
      proxy.go();
      const isLive = () =>
        follower
          .changes()
          .slice(before)
          .some(({ origin }) => origin === "live");
      await eventually(60, () => assert.ok(isLive(), "live changes go on"));
      row.notes.push(`live again ${seconds()} s after the beginning, with ${proxy.asked()} connections asked for`);
      await eventually(120, () => assert.match(hub.logText(), /what was missed is filled/));
      row.notes.push(`filled ${seconds()} s after the beginning`);
      await eventually(10, () => assert.ok(load.made > whileAway + RATE));
      await load.stop();
      const emitted = sim.load.emitted.list();
      const last = emitted.at(-1);
      await eventually(30, async () => {
        const { state } = await reader.get<{ state: string | null }>(`api/v1/states/${last?.entityId}`);
        assert.equal(state, last?.state);
      });
      const gaps = await reader.gaps(...ALL);
      row.gaps = gaps.length;
      judge(row, emitted, await reader.history(loadNames(ENTITIES), ...ALL));
      assert.deepEqual(
        gaps.map(({ kind }) => kind),
        ["events"],
      );
    } finally {
      await hub.stop();
    }
  },
};
