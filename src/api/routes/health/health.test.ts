import assert from "node:assert/strict";
import { test } from "node:test";
import { identity, reading, startTestHub, TEST_SERVER_ID } from "../../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../../tests/support/test-clock.ts";
import type { HomeFacts } from "../../../domain/home/home.ts";
import type { PartState } from "../../../domain/status.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Info } from "./info.ts";
import type { Status } from "./status.ts";

const started = microsToRfc3339(TEST_TIME);

test("the hub says what it is, and of the home what it knows so far", async () => {
  let home: HomeFacts | undefined;
  await using stack = new AsyncDisposableStack();
  const facts = {
    version: "1.2.3",
    serverId: TEST_SERVER_ID,
    started: TEST_TIME,
    storeEngine: "memory",
    simulated: true,
    home: () => home,
  };
  const hub = stack.adopt(startTestHub({ facts }), (it) => it.close());
  const info = async () => (await (await hub.ask("/api/v1/info")).json()) as Info;
  const unknown = { name: null, home_assistant_version: null, time_zone: null, currency: null, unit_system: null };
  assert.deepEqual(await info(), {
    name: "ha-ingestor",
    version: "1.2.3",
    server_id: TEST_SERVER_ID,
    api: { min: 1, max: 1 },
    integration_min: "0.1.0",
    home: { ...unknown, simulated: true, latitude: null, longitude: null },
    started,
    store_engine: "memory",
  });
  home = {
    name: "Home",
    version: "2026.11.0",
    timeZone: "Europe/Berlin",
    currency: "EUR",
    country: "DE",
    language: "de",
    latitude: 52.5,
    longitude: 13.4,
    elevation: 30,
    unitSystem: { length: "km" },
    state: "RUNNING",
    simulated: true,
  };
  assert.deepEqual((await info()).home, {
    name: "Home",
    simulated: true,
    home_assistant_version: "2026.11.0",
    time_zone: "Europe/Berlin",
    currency: "EUR",
    unit_system: { length: "km" },
    latitude: 52.5,
    longitude: 13.4,
  });
});

test("the status of the whole is that of its worst part, with the figures of the hub", async () => {
  await using stack = new AsyncDisposableStack();
  const hub = stack.adopt(startTestHub(), (it) => it.close());
  const status = async () => (await (await hub.ask("/api/v1/status")).json()) as Status;
  assert.deepEqual(await status(), {
    state: "ok",
    parts: [],
    rates: { changes_per_second: 1.5, events_per_second: 0 },
    totals: { changes: 0, events: 0, gaps: 0, series: 0, bytes: 0 },
    recorded_since: null,
    last_change: null,
  });
  const steps: [PartState, string][] = [
    ["off", "ok"],
    ["ok", "ok"],
    ["starting", "starting"],
    ["degraded", "degraded"],
    ["broken", "broken"],
  ];
  for (const [state, expected] of steps) {
    hub.board.set(`part ${state}`, { state, ...(state === "ok" ? {} : { why: "a reason", fix: "a remedy" }) });
    assert.equal((await status()).state, expected);
  }
  await hub.addSeries(1, identity("light.a"));
  await hub.record([reading(1, "on")]);
  const { parts, recorded_since, last_change } = await status();
  assert.deepEqual(parts.at(-1), {
    part: "part broken",
    state: "broken",
    why: "a reason",
    fix: "a remedy",
    since: started,
  });
  assert.deepEqual([recorded_since, last_change], [started, started]);
});
