import assert from "node:assert/strict";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { runWrk, wrkUnavailable } from "../../../bench/measure/wrk.ts";
import { eventually } from "../../support/eventually.ts";
import { startHub } from "../../support/hub.ts";
import { readHub } from "../../support/hub-reader.ts";
import { ALL, loadNames } from "../../support/simulated-home.ts";
import { startSimulatorProcess } from "../../support/simulator-process.ts";
import { type Fault, judge, skip } from "../runner/fault.ts";

const RATE = 500;
const ENTITIES = 200;
const YEAR_MS = 365 * 24 * 3_600_000;

export const heavyReaders: Fault = {
  id: "R24",
  name: "readers without measure",
  how: `wrk as fast as it can, 100 (long: 1,000) parallel queries over a year, 40 clients that read nothing, while ${RATE} changes/s come in`,
  home: "simulated",
  runs: "table",
  run: async (row, { long, folder }) => {
    const noWrk = wrkUnavailable();
    if (noWrk) skip(noWrk);
    await using home = await startSimulatorProcess("--seed", "load", "--history-days", "0");
    const hub = await startHub({ haUrl: home.url, haToken: home.token, dataDir: folder() });
    const slow: { destroy(): void }[] = [];
    try {
      const reader = readHub(hub);
      await home.startLoad({ rate: RATE, entities: ENTITIES, mix: "mixed" });
      await eventually(20, async () =>
        assert.ok((await reader.get<{ totals: { changes: number } }>("api/v1/status")).totals.changes > RATE),
      );
      const witness = await reader.follow();
      for (let i = 0; i < 20; i++) slow.push(slowListener(hub), slowReader(hub));

      const from = new Date(Date.now() - YEAR_MS).toISOString();
      const answers = new Map<number, number>();
      const query = async () => {
        const answer = await hub.post("api/v1/history/query", { entities: loadNames(ENTITIES), from, limit: 100_000 });
        await answer.arrayBuffer();
        answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
      };
      const seconds = long ? 60 : 15;
      const options = { token: hub.token, connections: 32, seconds, core: 1 };
      const [status] = await Promise.all([
        runWrk({ ...options, url: new URL("api/v1/status", hub.url).href }),
        ...Array.from({ length: long ? 1_000 : 100 }, query),
      ]);
      row.notes.push(
        `status: ${Math.round(status.requestsPerSecond)} requests/s, p99 ${status.p99.toFixed(1)} ms, ${status.failed} not 2xx`,
      );
      row.notes.push(`queries by status: ${[...answers].map(([code, count]) => `${count} × ${code}`).join(", ")}`);
      for (const code of answers.keys()) assert.ok(code === 200 || code === 429, `a query was answered ${code}`);
      await home.stopLoad();
      await wrongKeysWait(hub);

      const emitted = await home.emitted();
      const last = emitted.at(-1);
      await eventually(60, async () => {
        const { state } = await reader.get<{ state: string | null }>(`api/v1/states/${last?.entityId}`);
        assert.equal(state, last?.state);
      });
      const gaps = await reader.gaps(...ALL);
      row.gaps = gaps.length;
      judge(row, emitted, await reader.history(loadNames(ENTITIES), ...ALL));
      row.notes.push(`${witness.changes().length} changes heard live by one who reads, ${witness.lost()} lost to it`);
      assert.deepEqual(gaps, []);
    } finally {
      for (const one of slow) one.destroy();
      await hub.stop();
    }
  },
};

/** Past twenty wrong keys in a minute an address waits; whoever has a right one does not. */
async function wrongKeysWait(hub: { url: string; token: string; get(path: string): Promise<Response> }) {
  const url = new URL("api/v1/info", hub.url);
  const answers: Response[] = [];
  for (let i = 0; i < 25; i++) answers.push(await fetch(url, { headers: { authorization: `Bearer hi_wrong${i}` } }));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array(20).fill(401), ...Array(5).fill(429)],
  );
  assert.ok(Number(answers.at(-1)?.headers.get("retry-after")) > 0);
  assert.equal((await hub.get("api/v1/info")).status, 200);
}

function slowListener(hub: { url: string; token: string }): { destroy(): void } {
  const headers = { authorization: `Bearer ${hub.token}` };
  const socket = new WebSocket(new URL("api/v1/live", hub.url.replace(/^http/, "ws")), { headers });
  socket.on("error", () => {});
  socket.on("open", () => {
    socket.send(JSON.stringify({ type: "subscribe", topics: ["changes"] }));
    socket.pause();
  });
  return { destroy: () => socket.terminate() };
}

/** Asks for everything and takes none of the answer. */
function slowReader(hub: { url: string; token: string }): { destroy(): void } {
  const { hostname, port } = new URL(hub.url);
  const socket = connect(Number(port), hostname, () => {
    socket.write(`GET /api/v1/states HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${hub.token}\r\n\r\n`.repeat(20));
    socket.pause();
  });
  socket.on("error", () => {});
  return { destroy: () => socket.destroy() };
}
