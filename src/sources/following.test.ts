import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startTestSources } from "../../tests/support/outside/sources.ts";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { Failure } from "../domain/failure.ts";
import type { SourceNow } from "../domain/outside/source-now.ts";
import { microsFromRfc3339 } from "../domain/time/time.ts";
import { homeAssistantCalendars } from "./calendar/home-assistant.ts";
import { PROVIDERS } from "./providers.ts";

const START = microsFromRfc3339("2026-11-23T10:00:00Z") as number;
const MINUTE = 60_000;

/** A source of Home Assistant's calendars, with how often they were asked for. */
async function started(settings: object = {}) {
  const clock = createTestClock(START);
  let reads = 0;
  let answers = true;
  const started = startTestSources({
    providers: PROVIDERS,
    clock,
    http: async () => assert.fail("nobody outside is asked"),
    calendars: async () => {
      reads++;
      if (!answers) throw new Failure("not_connected", "Home Assistant is not connected", { retry: true });
      return [{ entityId: "calendar.family", name: "Family", events: [] }];
    },
  });
  await started.addAndAsk(homeAssistantCalendars, settings);
  return {
    ...started,
    clock,
    reads: () => reads,
    breaks: () => {
      answers = false;
    },
    pass: async (ms: number, stepMs = 1_000) => {
      for (let left = ms; left > 0; left -= stepMs) {
        clock.advance(Math.min(stepMs, left));
        for (let i = 0; i < 4; i++) await setImmediate();
      }
    },
    [Symbol.asyncDispose]: () => started.sources.close(),
  };
}

test("a calendar of Home Assistant that changes is read again within seconds, once for all that changed", async () => {
  await using home = await started();
  assert.equal(home.reads(), 1);
  home.sources.entityChanged("calendar.family");
  home.sources.entityChanged("calendar.work");
  await home.pass(2_000);
  assert.equal(home.reads(), 1);
  await home.pass(2_000);
  assert.equal(home.reads(), 2);
  await home.pass(10 * MINUTE);
  assert.equal(home.reads(), 2);
  await home.pass(7 * MINUTE);
  assert.equal(home.reads(), 3, "its rhythm goes on");
});

test("a calendar that changes all the time is read once a minute, and its last change is not missed", async () => {
  await using home = await started();
  for (let second = 0; second < 600; second++) {
    home.sources.entityChanged("calendar.family");
    await home.pass(1_000);
  }
  assert.ok(home.reads() >= 10 && home.reads() <= 12, String(home.reads()));
  const before = home.reads();
  await home.pass(2 * MINUTE);
  assert.equal(home.reads(), before + 1);
});

test("other entities, and calendars that are not among the chosen ones, are no reason to read", async () => {
  await using home = await started({ calendars: ["calendar.family"] });
  home.sources.entityChanged("calendar.work");
  home.sources.entityChanged("light.calendar");
  await home.pass(5 * MINUTE);
  assert.equal(home.reads(), 1);
  home.sources.entityChanged("calendar.family");
  await home.pass(5_000);
  assert.equal(home.reads(), 2);
});

test("a source that rests after a failure is not read for a change, and one that is gone never", async () => {
  await using home = await started();
  home.breaks();
  await home.pass(16 * MINUTE);
  const failed = home.reads();
  assert.ok(failed >= 2);
  home.sources.entityChanged("calendar.family");
  await home.pass(4_000);
  assert.equal(home.reads(), failed);
  home.sources.entityChanged("calendar.family");
  await home.sources.remove("one");
  const gone = home.reads();
  await home.pass(5 * MINUTE);
  assert.equal(home.reads(), gone);
});

test("whoever listens hears each change of how a source does, and nothing where nothing changed", async () => {
  await using home = await started();
  const heard: SourceNow[] = [];
  home.sources.onChange(() => {
    throw new Error("a listener that fails");
  });
  home.sources.onChange((source) => void heard.push(source));
  await home.pass(14 * MINUTE);
  assert.equal(heard.length, 0, "no read, no news");
  home.breaks();
  await home.pass(3 * MINUTE);
  assert.deepEqual(
    heard.map(({ id, state, why, inUse }) => [id, state, why, inUse]),
    [["one", "degraded", "Home Assistant is not connected", "home_assistant"]],
  );
  await home.sources.remove("one");
  assert.deepEqual([heard.at(-1)?.state, heard.at(-1)?.removed], ["off", true]);
  assert.ok(!JSON.stringify(heard).includes("settings"));
});
