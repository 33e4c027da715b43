import assert from "node:assert/strict";
import { createRandom } from "../../support/data/random.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, openSimulatedHome } from "../../support/home/simulated-home.ts";
import type { Fault } from "../runner/fault.ts";

const SEED = Number(process.env.SEED ?? 12);
const ENTITIES = 20;
const CHANGES = 2_000;
const TIMES = 3;

export const repeats: Fault = {
  id: "R12",
  name: "duplicates, replays, equal times",
  how: `${CHANGES} changes, each ${TIMES} times, shuffled; every tenth has the time of the one before; all again after a restart`,
  home: "simulated",
  runs: "always",
  run: async (row) => {
    await using home = await openSimulatedHome();
    const random = createRandom(SEED);
    const start = (Math.floor(Date.now() / 1000) - 3_600) * 1_000_000;
    const made = Array.from({ length: CHANGES }, (_, n) => {
      const turn = Math.floor(n / ENTITIES);
      // An equal time and another state are another change.
      const tick = turn % 10 === 9 ? turn - 1 : turn;
      return {
        entityId: `sensor.repeated_${n % ENTITIES}`,
        state: `${n}`,
        time: start + tick * 1_000_000 + (n % ENTITIES),
      };
    });
    const replay = () => {
      for (const { entityId, state, time } of shuffled(Array.from({ length: TIMES }, () => made).flat(), random)) {
        const full = { s: state, a: { n: Number(state) }, c: `c${state}`, lc: time / 1e6 };
        home.sim.faults.sendEntities(JSON.stringify({ a: { [entityId]: full } }));
      }
    };
    const entities = [...new Set(made.map(({ entityId }) => entityId))];
    const settled = () =>
      eventually(60, async () => {
        home.sim.core.states.set("sensor.mark", String(performance.now()), {});
        const mark = home.sim.core.states.get("sensor.mark")?.state;
        await eventually(10, async () => {
          const { state } = await home.reader.get<{ state: string }>("api/v1/states/sensor.mark");
          assert.equal(state, mark);
        });
      });
    replay();
    await settled();
    const keyOf = (one: { entityId: string; state: string | null; time: number }) =>
      `${one.entityId}|${one.time}|${one.state}`;
    const check = async () => {
      const rows = (await home.reader.history(entities, ...ALL)).filter(({ state }) => state !== null);
      const held = new Set(rows.map(keyOf));
      row.emitted = made.length;
      row.lost = made.filter((one) => !held.has(keyOf(one))).length;
      row.duplicated = rows.length - held.size;
      assert.deepEqual([row.lost, row.duplicated, held.size], [0, 0, made.length]);
      for (const entity of entities) {
        const times = rows.filter(({ entityId }) => entityId === entity).map(({ time }) => time);
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
          "in the order of Home Assistant's times",
        );
      }
    };
    await check();
    for (const entity of entities) {
      const newest = Math.max(...made.filter(({ entityId }) => entityId === entity).map(({ time }) => time));
      const shown = await home.reader.get<{ state: string }>(`api/v1/states/${entity}`);
      assert.ok(
        made.some(({ entityId, state, time }) => entityId === entity && time === newest && state === shown.state),
        "what came late never replaces the newest",
      );
    }
    await home.stopHub("kill");
    await home.startHub();
    await home.filled();
    replay();
    await settled();
    await check();
    row.gaps = (await home.reader.gaps(...ALL)).filter(({ kind }) => kind === "states").length;
    row.notes.push(`${2 * TIMES * CHANGES} messages (seed ${SEED})`);
  },
};

function shuffled<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}
