import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import type { JobWork } from "../../../platform/jobs/jobs.ts";

function start(t: { after(run: () => unknown): void }) {
  const hub = startTestHub();
  t.after(hub.close);
  const works: JobWork[] = [];
  hub.jobs.register({
    kind: "count",
    unit: "steps",
    byHand: true,
    run: (work) =>
      new Promise((_, reject) => {
        works.push(work);
        work.signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
      }),
  });
  hub.jobs.register({ kind: "own", unit: "steps", byHand: false, run: async () => {} });
  const call = async (method: string, path: string, body?: unknown, scope: "read" | "admin" = "admin") => {
    const answer = await hub.app.request(`/api/v1/jobs${path}`, {
      method,
      headers: { authorization: `Bearer ${hub.tokenOf(scope)}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as { [key: string]: unknown } };
  };
  return { hub, works, call };
}

test("a job is started by hand, followed, cancelled and resumed", async (t) => {
  const { works, call } = start(t);
  assert.deepEqual((await call("GET", "", undefined, "read")).body, {
    jobs: [],
    startable: ["backup", "store_verification", "count"],
  });
  const started = await call("POST", "", { kind: "count" });
  assert.equal(started.body.id, "count-1");
  works[0]?.tell({ done: 1, total: 2, outcome: { rows: 5 } });
  const { body } = await call("GET", "/count-1", undefined, "read");
  assert.deepEqual(
    [body.state, body.progress, body.outcome, body.actions],
    ["running", { done: 1, total: 2, unit: "steps" }, { rows: 5 }, ["cancel"]],
  );
  assert.equal((await call("POST", "/count-1/cancel")).body.state, "cancelled");
  assert.equal((await call("POST", "/count-1/resume")).status, 200);
});

test("what cannot be done with a job is refused and says why", async (t) => {
  const { call } = start(t);
  const codes = async (method: string, path: string, body?: unknown, scope?: "read") => {
    const answer = await call(method, path, body, scope);
    return [answer.status, answer.body.code];
  };
  assert.deepEqual(await codes("POST", "", { kind: "own" }), [409, "action_unavailable"]);
  assert.deepEqual(await codes("POST", "", { kind: "count", more: 1 }), [400, "invalid_request"]);
  assert.deepEqual(await codes("POST", "", { kind: "count" }, "read"), [403, "forbidden"]);
  await call("POST", "", { kind: "count" });
  assert.deepEqual(await codes("POST", "", { kind: "count" }), [409, "action_unavailable"]);
  assert.deepEqual(await codes("POST", "/count-1/resume"), [409, "action_unavailable"]);
  assert.deepEqual(await codes("POST", "/count-1/explode"), [404, "not_found"]);
  assert.deepEqual(await codes("POST", "/count-7/cancel"), [404, "not_found"]);
  assert.deepEqual(await codes("GET", "/count-7"), [404, "not_found"]);
});
