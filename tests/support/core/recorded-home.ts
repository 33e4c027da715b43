import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import type { HubReader } from "../hub/hub-reader.ts";
import { type ControlClient, openControlClient } from "./control-client.ts";
import { type Core, type CoreOptions, startCore } from "./core.ts";

/** A real Core of its own with a witness at its side. */
export type Home = {
  core: Core;
  control: ControlClient;
  /** Changes a state of its own in Core and answers with the time of that change: a point in the order of all changes. */
  mark(): Promise<Mark>;
  close(): Promise<void>;
};

export type Mark = { entityId: string; state: string; time: number };

/** Events that the hub records by itself (docs/architecture.md) and that a running test home makes. */
export const HUB_EVENTS = ["call_service", "automation_triggered", "script_started", "component_loaded"];

export async function openHome(options: CoreOptions, events: readonly string[] = HUB_EVENTS): Promise<Home> {
  const core = await startCore(options);
  const control = await openControlClient({ url: core.url, token: core.token, events });
  let marks = 0;
  return {
    core,
    control,
    async mark() {
      const entityId = "sensor.test_mark";
      const state = `mark ${++marks} of ${process.pid}`;
      await control.rest("POST", `/api/states/${entityId}`, { state });
      await control.drained();
      const change = control.changes().findLast((one) => one.entityId === entityId && one.state === state);
      assert.ok(change, "the control client saw its own mark");
      return { entityId, state, time: change.updated };
    },
    async close() {
      await control.close();
      await core.stop();
    },
  };
}

/** Resolves when the hub shows the mark: Core sends in order, so the hub then has everything before it. */
export const hubHas = (hub: HubReader, mark: Mark, within = 60): Promise<void> =>
  eventually(within, async () => {
    const { state } = await hub.get<{ state: string | null }>(`api/v1/states/${mark.entityId}`);
    assert.equal(state, mark.state);
  });

/** Every series that the hub knows, of present and removed entities, as ids for its history. */
export async function seriesOf(hub: HubReader): Promise<string[]> {
  const { entities } = await hub.get<{ entities: { series: number }[] }>("api/v1/entities?removed=true");
  return [...new Set(entities.map(({ series }) => `#${series}`))];
}
