import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { WebSocket } from "ws";
import type { OpenLoopOptions, OpenLoopResult } from "../../../bench/clients/open-loop.ts";
import { startChild } from "../../../bench/measure/child.ts";
import { runWrk, wrkUnavailable } from "../../../bench/measure/wrk.ts";
import { eventually } from "../../support/eventually.ts";
import { ALL, loadNames } from "../../support/home/simulated-home.ts";
import { startSimulatorProcess } from "../../support/home/simulator-process.ts";
import { type Hub, startHub } from "../../support/hub/hub.ts";
import { readHub } from "../../support/hub/hub-reader.ts";
import { type Fault, judge, skip } from "../runner/fault.ts";
import { answered } from "./connections.ts";

const RATE = 500;
const REQUESTS = 10_000;
const ENTITIES = 200;
const YEAR_MS = 365 * 24 * 3_600_000;

export const heavyReaders: Fault = {
  id: "R24",
  name: "readers without measure",
  how: `${REQUESTS} requests/s for the status, 100 (long: 1,000) parallel queries over a year, 40 clients that read nothing, while ${RATE} changes/s come in`,
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
      const made = (await (await hub.post("api/v1/tokens", { name: "greedy", scope: "read" })).json()) as {
        token: string;
      };
      const answers = new Map<number, number>();
      let unconnected = 0;
      /** As a program does that heeds what it is told. */
      const query = async (): Promise<void> => {
        const answer = await answered(
          fetch(new URL("api/v1/history/query", hub.url), {
            method: "POST",
            headers: { authorization: `Bearer ${made.token}`, "content-type": "application/json" },
            body: JSON.stringify({ entities: loadNames(ENTITIES), from, limit: 100_000 }),
          }),
        );
        if (!answer) {
          unconnected++;
          return query();
        }
        await answer.arrayBuffer();
        answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
        if (answer.status === 200) return;
        const wait = Number(answer.headers.get("retry-after"));
        assert.ok(answer.status === 429 && wait > 0, `a query was answered ${answer.status}, wait ${wait}`);
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
        return query();
      };
      const seconds = long ? 60 : 15;
      const options: OpenLoopOptions = {
        url: hub.url,
        token: hub.token,
        paths: ["api/v1/status"],
        rate: REQUESTS,
        connections: 64,
        seconds,
        warmUpSeconds: 1,
      };
      const client = await startChild(join(import.meta.dirname, "../../../bench/clients/open-loop.ts"));
      const gentle = askNowAndThen(hub);
      const [status] = await Promise.all([
        client.ask<OpenLoopResult>("run", options).finally(() => client.stop()),
        ...Array.from({ length: long ? 1_000 : 100 }, query),
      ]);
      const asked = await gentle.stop();
      const ms = (value: number) => `${value.toFixed(1)} ms`;
      row.notes.push(
        `status: ${status.answered} of ${status.asked} at ${REQUESTS}/s, p50 ${ms(status.p50)}, p99 ${ms(status.p99)} (the client's own share ${ms(status.ownLatenessP99)}), ${status.failed} not answered until its end`,
      );
      row.notes.push(
        `meanwhile one who asks ten times a second: ${asked.length} of ${asked.length} answered, p50 ${ms(quantile(asked, 0.5))}, p99 ${ms(quantile(asked, 0.99))}`,
      );
      row.notes.push(
        `queries, each until it was answered: ${[...answers].map(([code, count]) => `${count} × ${code}`).join(", ")}, ${unconnected} connections lost`,
      );
      row.notes.push(await quotaHolds(hub, made.token));
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

/** A program that wants little, beside those that want everything: each of its questions is answered. */
function askNowAndThen(hub: Hub) {
  const took: number[] = [];
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      const began = performance.now();
      const answer = await hub.get("api/v1/states/sensor.load_0");
      await answer.arrayBuffer();
      assert.equal(answer.status, 200, "whoever asks something else is not refused because of that");
      took.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  running.catch(() => {});
  return {
    stop: async (): Promise<readonly number[]> => {
      stopped = true;
      await running;
      return took;
    },
  };
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] as number;

/** Past its quota of questions about the past a caller is told when to ask again, and nobody else is. */
async function quotaHolds(hub: Hub, token: string): Promise<string> {
  const url = new URL("api/v1/events?limit=1", hub.url);
  const ask = () => fetch(url, { headers: { authorization: `Bearer ${token}` } });
  let refused = 0;
  for (let seconds = 5; seconds <= 60 && refused === 0; seconds += 5)
    refused = (await runWrk({ url: url.href, token, connections: 16, seconds: 5, core: 1 })).failed;
  const answer = await ask();
  assert.equal(answer.status, 429);
  assert.equal(((await answer.json()) as { code: string }).code, "too_many_requests");
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
  assert.match(answer.headers.get("ratelimit") ?? "", /^"history";r=0;t=\d+$/);
  assert.equal((await hub.get("api/v1/events?limit=1")).status, 200);
  return `${refused} questions past the quota answered 429`;
}

/** Past twenty wrong keys in a minute an address waits; whoever has a right one does not. */
async function wrongKeysWait(hub: Hub): Promise<void> {
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

function slowListener(hub: Hub): { destroy(): void } {
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
function slowReader(hub: Hub): { destroy(): void } {
  const { hostname, port } = new URL(hub.url);
  const socket = connect(Number(port), hostname, () => {
    socket.write(`GET /api/v1/states HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${hub.token}\r\n\r\n`.repeat(20));
    socket.pause();
  });
  socket.on("error", () => {});
  return { destroy: () => socket.destroy() };
}
