import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { currentIdentity } from "../../../src/domain/data/series.ts";
import { systemClock } from "../../../src/platform/time/clock.ts";
import { silentLog } from "../../../src/platform/told/log.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Entry } from "../../../src/store/store.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames } from "../../support/home/simulated-home.ts";
import { startSimulatorProcess } from "../../support/home/simulator-process.ts";
import { type Hub, startHub } from "../../support/hub/hub.ts";
import { readHub } from "../../support/hub/hub-reader.ts";
import { type Fault, judge } from "../runner/fault.ts";
import { answered } from "./connections.ts";

const RATE = 500;
const ENTITIES = 50;
const SLOW = 20;
/** Of each entity, an hour apart: about a year. */
const PAST = 8_000;
const HOUR = 3_600_000_000;

export const exportsWithoutMeasure: Fault = {
  id: "R24",
  name: "exports without measure",
  how: `100 (long: 1,000) parallel exports of a year, and as many questions over it, ${SLOW} that are never read, while ${RATE} changes/s come in`,
  home: "simulated",
  runs: "table",
  run: async (row, { long, folder }) => {
    await using home = await startSimulatorProcess("--seed", "export", "--history-days", "0");
    const options = { haUrl: home.url, haToken: home.token, dataDir: folder() };
    const first = await startHub(options);
    await home.startLoad({ rate: RATE, entities: ENTITIES, mix: "mixed" });
    await eventually(20, async () => assert.ok((await changesOf(first)) > 4 * RATE));
    await first.stop();
    await recordYear(options.dataDir);
    const hub = await startHub(options);
    const slow: { destroy(): void }[] = [];
    try {
      const reader = readHub(hub);
      await eventually(60, () => assert.match(hub.logText(), /what was missed is filled/));
      const { token } = (await (await hub.post("api/v1/tokens", { name: "greedy", scope: "read" })).json()) as {
        token: string;
      };
      // They hold what a caller may have at once for as long as they like; that is why it is another caller.
      for (let i = 0; i < SLOW; i++) slow.push(neverRead(hub, token));
      const answers = new Map<string, number>();
      const count = (what: string) => void answers.set(what, (answers.get(what) ?? 0) + 1);
      let exported = 0;
      const exportOne = async (entity: string) => {
        const path = `api/v1/export?entity=${entity}&to=${new Date(Date.now() - 1.8e6).toISOString()}`;
        const answer = await answered(hub.get(path));
        if (!answer) return count("connection lost");
        const text = await answer.text();
        count(`${answer.status} export`);
        if (answer.status !== 200) return refused(answer);
        const end = JSON.parse(text.trimEnd().split("\n").at(-1) as string) as { kind: string; readings: number };
        assert.deepEqual([end.kind, end.readings], ["end", PAST], "an export is whole, or says that it is not");
        exported += end.readings;
      };
      const queryOne = async () => {
        const from = new Date(Date.now() - 366 * 86_400_000).toISOString();
        const body = { entities: loadNames(ENTITIES), from, limit: 100_000 };
        const answer = await answered(hub.post("api/v1/history/query", body));
        if (!answer) return count("connection lost");
        await answer.arrayBuffer();
        count(`${answer.status} query`);
        if (answer.status !== 200) refused(answer);
      };
      const many = long ? 1_000 : 100;
      await Promise.all(
        Array.from({ length: many }, (_, i) => Promise.all([exportOne(`sensor.load_${i % ENTITIES}`), queryOne()])),
      );
      row.notes.push([...answers].map(([what, times]) => `${times} × ${what}`).join(", "));
      row.notes.push(`${exported} readings exported, each file whole`);
      assert.ok(exported > 0, "some are served");
      // Those who were refused are served when they ask again.
      await eventually(60, () => exportOne("sensor.load_0").then(() => assert.ok(exported > 0)));

      await home.stopLoad();
      const emitted = await home.emitted();
      const last = emitted.at(-1);
      await eventually(60, async () => {
        const { state } = await reader.get<{ state: string | null }>(`api/v1/states/${last?.entityId}`);
        assert.equal(state, last?.state);
      });
      const since = (emitted[0]?.updated ?? 0) - 1;
      judge(row, emitted, await reader.history(loadNames(ENTITIES), since, ALL[1]));
    } finally {
      for (const one of slow) one.destroy();
      await hub.stop();
    }
  },
};

const changesOf = async (hub: Hub): Promise<number> =>
  (await hub.json<{ totals: { changes: number } }>("api/v1/status")).totals.changes;

function refused(answer: Response): void {
  assert.ok(answer.status === 429 || answer.status === 503, `answered ${answer.status}`);
  assert.ok(Number(answer.headers.get("retry-after")) > 0, `${answer.status} without a time to wait`);
}

/** Writes a year into the store of a stopped hub, as an import would. */
async function recordYear(dataDir: string): Promise<void> {
  const folder = join(dataDir, "home", "store");
  const store = await openStore({ kind: "embedded", folder, clock: systemClock, log: silentLog });
  const end = systemClock.now() - HOUR;
  const ids = [...store.series().values()].filter((one) => currentIdentity(one).entityId.startsWith("sensor.load_"));
  for (const { id } of ids) {
    const entries = Array.from({ length: PAST }, (_, i): Entry => {
      const time = end - (PAST - 1 - i) * HOUR;
      const common = { series: id, time, changed: time, attributes: {}, context: null, flaws: [] };
      return {
        kind: "reading",
        reading: { ...common, state: (20 + Math.sin(i / 24) * 5).toFixed(2), origin: "imported", timeIsArrival: false },
      };
    });
    await store.append(entries);
  }
  await store.close();
}

/** Asks for an export of everything and takes none of it. */
function neverRead(hub: Hub, token: string): { destroy(): void } {
  const { hostname, port } = new URL(hub.url);
  const socket = connect(Number(port), hostname, () => {
    socket.write(`GET /api/v1/export HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${token}\r\n\r\n`);
    socket.pause();
  });
  socket.on("error", () => {});
  return { destroy: () => socket.destroy() };
}
