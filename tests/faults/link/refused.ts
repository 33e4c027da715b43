import assert from "node:assert/strict";
import { startSimulator } from "../../../src/simulator/simulator.ts";
import { startCutProxy } from "../../support/home/cut-proxy.ts";
import { startTestLink } from "../../support/home/test-link.ts";
import type { Fault } from "../runner/fault.ts";

const MINUTES = 30;

export const tokenRefused: Fault = {
  id: "R23",
  name: "the token is refused",
  how: `revoked while connected, for ${MINUTES} min of a clock that the test moves; then good again`,
  home: "simulated",
  runs: "always",
  run: async (row) => {
    await using sim = await startSimulator({ seed: "refused", commitMs: 50, history: { days: 0 } });
    await using proxy = await startCutProxy(sim.url);
    await using hub = startTestLink({ url: proxy.url, token: sim.token });
    const isLive = () => hub.part().state === "ok" && hub.link.connected;
    await hub.until(isLive);
    sim.faults.refuseToken(true);
    sim.faults.drop("close");
    await hub.until(() => proxy.seen.refused > 0);
    sim.core.states.set("sensor.meanwhile", "1", {});
    await hub.pass(MINUTES * 60);
    const { refused } = proxy.seen;
    row.notes.push(`${refused} attempts in ${MINUTES} min; status: ${hub.part().why}`);
    assert.ok(refused >= 2 && refused <= MINUTES + 1, `${refused} attempts in ${MINUTES} minutes`);
    assert.equal(hub.part().state, "broken");
    assert.match(hub.part().fix ?? "", /access token/);
    assert.equal(hub.lines.join("").includes(sim.token), false, "the token is in no line of the log");
    sim.faults.refuseToken(false);
    await hub.pass(301);
    await hub.until(isLive);
    await hub.until(async () => (await hub.states("sensor.meanwhile")).length === 1);
    Object.assign(row, { emitted: 1, lost: 0, duplicated: 0 });
    row.gaps = hub.store.gaps({ from: 0, to: Number.MAX_SAFE_INTEGER }).length;
  },
};
