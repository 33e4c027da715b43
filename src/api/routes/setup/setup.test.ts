import assert from "node:assert/strict";
import { test } from "node:test";
import { identity, reading, startTestHub } from "../../../../tests/support/hub/test-hub.ts";
import type { RecorderLook } from "../../../domain/home/setup.ts";
import type { ExclusionsShape } from "./exclusions.ts";
import type { SetupShape } from "./setup.ts";

test("setting up tells what is known, asks the recorder when told to, and is finished once", async () => {
  let look: RecorderLook = { kind: "not_asked" };
  let finished: number | undefined;
  const hub = startTestHub({
    setup: {
      finished: () => finished,
      finish: () => {
        finished = 5_000_000;
      },
      recorder: () => look,
      lookAtRecorder: async () => {
        look = { kind: "asked", asked: 2_000_000, moment: 1_000_000, lookedAt: 3, tooNew: 1, unrecorded: ["sensor.a"] };
      },
    },
  });
  try {
    const known = async (path: string, method = "GET") =>
      (await (await hub.ask(`/api/v1/${path}`, { method, scope: "admin" })).json()) as SetupShape;
    const first = { finished: null, connection: null, home: null, recorder: { state: "not_asked", unrecorded: [] } };
    assert.deepEqual(await known("setup"), first);
    hub.board.set("integration", { state: "degraded", why: "A restart is due.", fix: "Restart it." });
    assert.equal((await known("setup")).integration?.why, "A restart is due.");
    assert.deepEqual((await known("setup/recorder", "POST")).recorder, {
      state: "asked",
      asked: "1970-01-01T00:00:02.000000Z",
      moment: "1970-01-01T00:00:01.000000Z",
      looked_at: 3,
      too_new: 1,
      unrecorded: ["sensor.a"],
    });
    assert.equal((await known("setup/finish", "POST")).finished, "1970-01-01T00:00:05.000000Z");
    look = { kind: "failed", asked: 0, why: "No.", fix: "Again." };
    assert.equal((await known("setup")).recorder.why, "No.");
  } finally {
    await hub.close();
  }
});

test("exclusions are replaced as a whole; what is no pattern is refused; an excluded entity has no state, and says why", async () => {
  let patterns: readonly string[] = ["light.a"];
  const hub = startTestHub({
    excluding: {
      list: () => patterns.map((pattern) => ({ pattern, since: 0 })),
      has: (series) => series === 2,
      replace: async (next) => {
        patterns = next;
      },
    },
  });
  try {
    await hub.addSeries(1, identity("light.a"));
    await hub.addSeries(2, identity("light.b"));
    await hub.record([reading(1, "on")]);
    const put = (body: object) =>
      hub.ask("/api/v1/exclusions", {
        method: "PUT",
        scope: "admin",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });
    const answer = (await (await put({ patterns: ["light.*", "light.b"] })).json()) as ExclusionsShape;
    const since = "1970-01-01T00:00:00.000000Z";
    assert.deepEqual(answer, {
      exclusions: [
        { pattern: "light.*", since, entities: 2 },
        { pattern: "light.b", since, entities: 1 },
      ],
      entities: ["light.b"],
    });
    for (const pattern of ["*", "Light.a", "light.a/..", "", "light.a ", `light.${"a".repeat(300)}`])
      assert.equal((await put({ patterns: [pattern] })).status, 400, pattern);
    assert.equal((await put({ patterns: Array(5_001).fill("a.b") })).status, 400);
    const missing = await hub.ask("/api/v1/states/light.b");
    assert.equal(missing.status, 404);
    assert.match(await missing.text(), /excluded from recording/);
  } finally {
    await hub.close();
  }
});
