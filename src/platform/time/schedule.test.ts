import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { microsFromRfc3339, microsToRfc3339 } from "../../domain/time/time.ts";
import { nextTime, startSchedule } from "./schedule.ts";

const at = (text: string) => microsFromRfc3339(text) as number;
const next = (zone: string, after: string) => {
  const time = nextTime("40 3 * * *", zone, at(after));
  return time && microsToRfc3339(time).slice(0, 16);
};

test("a daily time goes by the clocks of the zone, once a day also when they are changed", () => {
  assert.equal(next("Europe/Berlin", "2026-07-01T00:00:00Z"), "2026-07-01T01:40");
  assert.equal(next("Europe/Berlin", "2026-10-24T02:00:00Z"), "2026-10-25T02:40");
  assert.equal(next("Europe/Berlin", "2026-10-25T02:40:00Z"), "2026-10-26T02:40");
  assert.equal(next("Pacific/Auckland", "2026-09-26T00:00:00Z"), "2026-09-26T14:40");
});

test("it runs at each of its times, and not after it was ended", () => {
  const clock = createTestClock(at("2026-11-26T00:00:00Z"));
  const ran: string[] = [];
  const stop = startSchedule({
    pattern: "40 3 * * *",
    timeZone: "UTC",
    clock,
    run: () => ran.push(microsToRfc3339(clock.now()).slice(0, 16)),
  });
  clock.advance(3 * 24 * 3_600_000);
  assert.deepEqual(ran, ["2026-11-26T03:40", "2026-11-27T03:40", "2026-11-28T03:40"]);
  stop();
  clock.advance(24 * 3_600_000);
  assert.equal(ran.length, 3);
  assert.equal(clock.timers, 0);
});
