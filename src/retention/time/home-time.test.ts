import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EVEN_MS, lookAtTime, type Watch } from "./home-time.ts";

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-11-26T12:00:00Z") * 1000;

const look = (newest: number | undefined, ours: number, ticks = 0, watch?: Watch) =>
  lookAtTime({ newest, ours, ticks, watch });

test("without a change from Home Assistant no time is known", () => {
  assert.deepEqual(look(undefined, NOW).time.trusted, false);
});

test("the time is Home Assistant's, not ours, where both agree", () => {
  const { time } = look(NOW - HOUR, NOW);
  assert.deepEqual(time, { trusted: true, asOf: NOW - HOUR });
});

test("a board that starts in 1970, and a Home Assistant that is ahead or long silent, let nothing go", () => {
  for (const [newest, ours] of [
    [NOW, 0],
    [0, NOW],
    [NOW + 4 * 365 * DAY, NOW],
    [NOW + HOUR + 1, NOW],
    [NOW, NOW + 2 * DAY + 1],
    [NOW, NOW + 30 * DAY],
  ] as const) {
    const { time } = look(newest, ours);
    assert.ok(!time.trusted && time.why.length > 10 && time.fix.length > 10);
  }
});

test("when both clocks leap together nothing goes until time has run evenly for a day", () => {
  let { watch } = look(NOW, NOW, 0);
  const leapt = NOW + 4 * 365 * DAY;
  for (let ms = 60_000; ms < EVEN_MS; ms += 600_000) {
    const found = look(leapt + ms * 1000, leapt + ms * 1000, ms, watch);
    assert.equal(found.time.trusted, false, `after ${ms} ms`);
    watch = found.watch;
  }
  const late = EVEN_MS + 700_000;
  assert.equal(look(leapt + late * 1000, leapt + late * 1000, late, watch).time.trusted, true);
});

test("a leap that ends as it came is waited out, too: what was true before is not taken on trust", () => {
  const { watch } = look(NOW, NOW, 0);
  const there = look(NOW + 400 * DAY, NOW + 400 * DAY, 1_000, watch);
  const back = look(NOW + 1_000_000, NOW + 1_000_000, 2_000, there.watch);
  assert.equal(there.time.trusted || back.time.trusted, false);
});

test("a stop of a day moves time as a day does; one of weeks is a leap", () => {
  const stopped = { seen: NOW, ticks: null, evenMs: null };
  assert.equal(look(NOW + DAY, NOW + DAY, 5, stopped).time.trusted, true);
  assert.equal(look(NOW + 20 * DAY, NOW + 20 * DAY, 5, stopped).time.trusted, false);
});

test("whatever clocks do: trusted time never lies further ahead than time has run since it was trusted", () => {
  const steps = fc.array(
    fc.record({ passMs: fc.integer({ min: 1, max: 3_600_000 }), leapDays: fc.constantFrom(0, 0, 0, 1, -1, 400, -400) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      let watch: Watch | undefined;
      let ticks = 0;
      let both = NOW;
      let last: { asOf: number; ticks: number } | undefined;
      for (const { passMs, leapDays } of all) {
        ticks += passMs;
        both += passMs * 1000 + leapDays * DAY;
        const found = lookAtTime({ newest: both, ours: both, ticks, watch });
        watch = found.watch;
        if (!found.time.trusted) continue;
        // The day of waiting is what may prove a leap right.
        if (last && ticks - last.ticks < EVEN_MS)
          assert.ok(found.time.asOf - last.asOf <= (ticks - last.ticks) * 1000 + all.length * HOUR);
        last = { asOf: found.time.asOf, ticks };
      }
    }),
    { seed: 20261126 },
  );
});
