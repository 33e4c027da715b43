import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ConnectionStatus, ServiceAction } from "../../../domain/status.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { ApiNeeds } from "../../app.ts";
import type { Problem } from "../../errors.ts";

const started = microsToRfc3339(TEST_TIME);
const base: ConnectionStatus = {
  id: "primary",
  name: "At home",
  url: "http://home:8123",
  active: true,
  breaker: "closed",
  consecutiveFailures: 0,
  paused: false,
  attempts: 3,
  connects: 2,
  failures: 1,
};

const openHub = (more: Partial<ApiNeeds>) => {
  const stack = new AsyncDisposableStack();
  const hub = stack.adopt(startTestHub(more), (it) => it.close());
  const post = (path: string) => hub.ask(`/api/v1/${path}`, { method: "POST", scope: "admin" });
  return Object.assign(stack, { hub, post });
};

test("connections are told in order, with what is known of each and nothing that is not", async () => {
  const failing: ConnectionStatus = {
    ...base,
    id: "further-1",
    active: false,
    breaker: "open",
    lastConnected: TEST_TIME,
    lastFailure: { time: TEST_TIME, code: "cannot_connect", why: "It does not answer", fix: "Start it" },
    nextAttempt: TEST_TIME,
  };
  const list = () => ({ paused: true, connections: [{ ...base, connectedSince: TEST_TIME }, failing] });
  await using open = openHub({ connections: { list, act: () => undefined } });
  const plain = { name: "At home", url: "http://home:8123", consecutive_failures: 0, paused: false };
  const counts = { attempts: 3, connects: 2, failures: 1 };
  assert.deepEqual(await (await open.hub.ask("/api/v1/connections")).json(), {
    paused: true,
    connections: [
      { id: "primary", ...plain, active: true, breaker: "closed", connected_since: started, ...counts },
      {
        id: "further-1",
        ...plain,
        active: false,
        breaker: "open",
        last_connected: started,
        last_failure: { time: started, code: "cannot_connect", why: "It does not answer", fix: "Start it" },
        next_attempt: started,
        ...counts,
      },
    ],
  });
});

test("an action reaches the connection or the part it names, and the answer is how that does now", async () => {
  const done: string[] = [];
  await using open = openHub({
    connections: {
      list: () => ({ paused: false, connections: [] }),
      act: (id, action) => {
        done.push(`${id} ${action}`);
        return { ...base, id, paused: action === "pause" };
      },
    },
    services: { home_assistant: (action: ServiceAction) => void done.push(`all ${action}`) },
  });
  open.hub.board.set("home_assistant", { state: "off", why: "Paused.", fix: "Resume it.", actions: ["resume"] });
  const paused = (await (await open.post("connections/further-2/pause")).json()) as { id: string; paused: boolean };
  assert.deepEqual([paused.id, paused.paused], ["further-2", true]);
  const part = await (await open.post("services/home_assistant/restart")).json();
  assert.deepEqual(part, {
    part: "home_assistant",
    state: "off",
    since: started,
    why: "Paused.",
    fix: "Resume it.",
    actions: ["resume"],
  });
  assert.deepEqual(done, ["further-2 pause", "all restart"]);
});

test("what is not there and what cannot be done are told apart, with a way on", async () => {
  await using open = openHub({
    services: {
      home_assistant: () => {
        throw new Failure("action_unavailable", "The link is paused", { fix: "Resume it first." });
      },
    },
  });
  for (const part of ["home_assistant", "store"]) open.hub.board.set(part, { state: "ok" });
  const problem = async (path: string) => {
    const { status, code, fix } = (await (await open.post(path)).json()) as Problem;
    return [status, code, typeof fix];
  };
  assert.deepEqual(await problem("connections/nowhere/pause"), [404, "not_found", "undefined"]);
  assert.deepEqual(await problem("connections/nowhere/destroy"), [404, "not_found", "undefined"]);
  assert.deepEqual(await problem("services/nowhere/pause"), [404, "not_found", "undefined"]);
  assert.deepEqual(await problem("services/store/pause"), [409, "action_unavailable", "string"]);
  assert.deepEqual(await problem("services/toString/pause"), [404, "not_found", "undefined"]);
  assert.deepEqual(await problem("services/home_assistant/restart"), [409, "action_unavailable", "string"]);
});
