import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { ConnectionStatus } from "../../../src/domain/status.ts";
import { ALL_TIME } from "../../../src/domain/time/time.ts";
import type { ConnectionConfig } from "../../../src/hass/connections/connection.ts";
import type { LinkNeeds } from "../../../src/hass/link.ts";
import { type Simulator, startSimulator } from "../../../src/simulator/simulator.ts";
import { type CutProxy, startCutProxy } from "../home/cut-proxy.ts";
import { startTestLink, type TestLink } from "../home/test-link.ts";

const IDS = ["primary", "further-1", "further-2"];

export type Ways = { sim: Simulator; ways: CutProxy[]; configs: ConnectionConfig[] };
export type SeveralWays = Ways & { hub: TestLink; of: (id: string) => ConnectionStatus };

/** One simulated home behind several addresses, and the link over them. */
export async function openSeveralWays(
  t: TestContext,
  options: { ways?: number; before?: (home: Ways) => void | Promise<void>; more?: Partial<LinkNeeds> } = {},
): Promise<SeveralWays> {
  const sim = await startSimulator({ seed: "chain", commitMs: 50, history: { days: 0 } });
  const ways = await Promise.all(Array.from({ length: options.ways ?? 2 }, () => startCutProxy(sim.url)));
  const configs = ways.map(({ url }, i) => ({
    id: IDS[i] as string,
    name: `Way ${i + 1}`,
    url,
    token: sim.token,
  }));
  const home = { sim, ways, configs };
  await options.before?.(home);
  const hub = startTestLink(configs, options.more);
  t.after(async () => {
    await hub[Symbol.asyncDispose]();
    for (const way of ways) await way[Symbol.asyncDispose]();
    await sim.close();
  });
  const of = (id: string) => hub.link.connections().find((one) => one.id === id) as ConnectionStatus;
  return { ...home, hub, of };
}

export const activeOf = ({ hub }: SeveralWays) => hub.link.connections().find(({ active }) => active)?.id;
export const recordsBy = (home: SeveralWays, id: string) =>
  home.hub.until(() => activeOf(home) === id && !/filled/.test(home.hub.part().why ?? ""));
export const causes = ({ hub }: SeveralWays) =>
  hub.store
    .gaps(ALL_TIME)
    .filter(({ kind }) => kind === "events")
    .map(({ cause }) => cause);

/** Everything that the simulator emitted is in the store once, and nothing else of the load's. */
export async function assertAllThere({ sim, hub }: SeveralWays): Promise<number> {
  const made = sim.load.emitted.list().map(({ entityId, updated, state }) => `${entityId} ${updated} ${state}`);
  const rowsNow = async () => {
    const names = [...new Set(sim.load.emitted.list().map(({ entityId }) => entityId))];
    const rows = await Promise.all(
      names.map(async (name) => (await hub.states(name)).map(({ time, state }) => `${name} ${time} ${state}`)),
    );
    return rows.flat();
  };
  await hub.until(async () => (await rowsNow()).length >= made.length);
  const rows = await rowsNow();
  assert.deepEqual(rows.sort(), made.sort());
  assert.deepEqual(
    hub.store.gaps(ALL_TIME).filter(({ kind }) => kind === "states"),
    [],
  );
  return made.length;
}

/** The statistics against what came by each address. */
export function assertStatisticsTrue({ ways, configs, of }: SeveralWays): void {
  for (const [i, { id }] of configs.entries()) {
    const { attempts, connects } = of(id);
    const seen = (ways[i] as CutProxy).seen;
    assert.deepEqual([id, attempts, connects], [id, seen.connections, seen.accepted]);
  }
}
