import assert from "node:assert/strict";
import { coreUnavailable } from "../../support/core/core.ts";
import { runLoad } from "../../support/core/load.ts";
import { hubHas, openHome } from "../../support/core/recorded-home.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL } from "../../support/home/simulated-home.ts";
import { startHub } from "../../support/hub/hub.ts";
import { readHub } from "../../support/hub/hub-reader.ts";
import { type Fault, skip } from "../runner/fault.ts";

const [OLD, NEW] = ["2026.3.4", "2026.11.0"];
const CHANGES = 1_000;

export const upgradedWhileConnected: Fault = {
  id: "R23",
  name: "Home Assistant is upgraded while connected",
  how: `${OLD} goes away and the same home comes back as ${NEW}; ${CHANGES} changes before and after`,
  home: "Core",
  runs: "long",
  run: async (row, { folder }) => {
    const unavailable = await coreUnavailable(OLD);
    if (unavailable) skip(unavailable);
    const home = await openHome({ name: "upgrade", version: OLD });
    try {
      const hub = await startHub({ haUrl: home.core.url, haToken: home.core.token, dataDir: folder() });
      try {
        const reader = readHub(hub);
        const version = async () =>
          (await reader.get<{ home: { home_assistant_version: string } }>("api/v1/info")).home.home_assistant_version;
        const make = async (seed: number) => {
          await runLoad(home.control, { count: CHANGES, prefix: `upgrade_${seed}`, seed, entities: 20 });
          await hubHas(reader, await home.mark(), 120);
        };
        await hubHas(reader, await home.mark());
        await make(1);
        assert.equal(await version(), OLD);
        await home.core.shutDown();
        await home.core.start(NEW);
        await home.control.connected(2);
        await make(2);
        await eventually(30, async () => assert.equal(await version(), NEW));
        const sent = home.control
          .changes()
          .filter(({ entityId, state }) => entityId.startsWith("sensor.upgrade_") && state !== null);
        const names = [...new Set(sent.map(({ entityId }) => entityId))];
        const rows = (await reader.history(names, ...ALL)).filter(({ state }) => state !== null);
        const held = new Set(rows.map(({ entityId, time, state }) => `${entityId}|${time}|${state}`));
        const lost = sent.filter(({ entityId, updated, state }) => !held.has(`${entityId}|${updated}|${state}`));
        Object.assign(row, { emitted: sent.length, lost: lost.length, duplicated: rows.length - held.size });
        const gaps = await reader.gaps(...ALL);
        row.gaps = gaps.length;
        assert.deepEqual(lost.slice(0, 5), []);
        assert.equal(gaps.filter(({ kind }) => kind === "events").length, 1);
      } finally {
        await hub.stop();
      }
    } finally {
      await home.close();
    }
  },
};
