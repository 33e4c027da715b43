import assert from "node:assert/strict";
import { hubHas } from "../../support/core/recorded-home.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL } from "../../support/home/simulated-home.ts";
import { readHub } from "../../support/hub/hub-reader.ts";
import { CASES } from "../input/values.ts";
import { besideCore } from "./recorded.ts";

export const valuesOfCore = besideCore({
  id: "R11",
  name: "odd values",
  how: `${CASES.length} states and attributes given to Home Assistant by REST; what it takes is compared with what the hub answers`,
  run: async (row, world) => {
    const { core, control } = world.home;
    const headers = { authorization: `Bearer ${core.token}`, "content-type": "application/json" };
    const refused: string[] = [];
    const taken: { name: string; entityId: string }[] = [];
    for (const [i, { name, state, attributes }] of CASES.entries()) {
      const entityId = `sensor.odd_value_${i}`;
      const answer = await fetch(`${core.url}/api/states/${entityId}`, {
        method: "POST",
        headers,
        body: JSON.stringify({ state, attributes }),
      });
      if (answer.ok) taken.push({ name, entityId });
      else refused.push(`${name} (${answer.status})`);
    }
    const reader = readHub(world.hub());
    await hubHas(reader, await world.home.mark());
    await control.drained();
    const altered: string[] = [];
    for (const { name, entityId } of taken) {
      const sent = control.changes().findLast((change) => change.entityId === entityId);
      // Home Assistant takes it and cannot tell anybody: no client hears of it, the witness as little as the hub.
      if (!sent) {
        refused.push(`${name} (told to nobody)`);
        continue;
      }
      const [row, ...more] = await eventually(5, () => reader.history([entityId], ...ALL));
      const same = row?.state === sent.state && JSON.stringify(row.attributes) === JSON.stringify(sent.attributes);
      if (!same || more.length > 0) altered.push(`${name}: ${JSON.stringify(row)?.slice(0, 100)}`);
    }
    row.emitted = CASES.length;
    row.lost = altered.length;
    row.duplicated = 0;
    row.gaps = (await reader.gaps(...ALL)).filter(({ kind }) => kind === "states").length;
    row.notes.push(`refused by Home Assistant itself: ${refused.join(", ") || "none"}`);
    assert.deepEqual(altered, []);
    for (const { entityId } of taken) await control.rest("DELETE", `/api/states/${entityId}`);
  },
});
