import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  answered,
  askedFor,
  type Breaker,
  failed,
  held,
  interrupted,
  mayTry,
  NEW_BREAKER,
  trying,
  worked,
} from "./breaker.ts";

const MINUTE = 60_000;
const half = () => 0;
const whole = () => 1;

test("waits double from a second to five minutes, each at least half of its step, and start small after a steady time", () => {
  for (const [random, share] of [
    [half, 0.5],
    [whole, 1],
  ] as const) {
    let breaker = NEW_BREAKER;
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      breaker = failed(breaker, 0, { kind: "wrong", random });
      waits.push(breaker.retryAt);
    }
    const steps = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300];
    assert.deepEqual(
      waits,
      steps.map((seconds) => seconds * 1000 * share),
    );
    assert.equal(failed(held(breaker), 0, { kind: "wrong", random }).retryAt, 1000 * share);
  }
});

test("where nobody is there, waits end at fifteen seconds, however long it lasts", () => {
  let breaker = NEW_BREAKER;
  const waits: number[] = [];
  for (let i = 0; i < 50; i++) {
    breaker = failed(breaker, 0, { kind: "absent", random: whole });
    waits.push(breaker.retryAt / 1000);
  }
  assert.deepEqual(waits.slice(0, 6), [1, 2, 4, 8, 15, 15]);
  assert.equal(Math.max(...waits), 15);
  assert.equal(failed(breaker, 0, { kind: "absent", random: half }).retryAt, 7_500);
});

test("who comes back after a long absence and is not right at once is asked again within seconds, then more rarely", () => {
  let breaker = NEW_BREAKER;
  for (let i = 0; i < 50; i++) breaker = failed(breaker, 0, { kind: "absent", random: whole });
  const waits: number[] = [];
  for (let i = 0; i < 7; i++) {
    breaker = failed(breaker, 0, { kind: "wrong", random: whole });
    waits.push(breaker.retryAt / 1000);
  }
  assert.deepEqual(waits, [16, 32, 64, 128, 256, 300, 300]);
  assert.equal(failed(breaker, 0, { kind: "absent", random: whole }).retryAt, 15_000, "and who is gone again, sooner");
});

test("a success resets the count at once, the growing wait only a steady time", () => {
  let breaker = failed(failed(NEW_BREAKER, 0, { kind: "wrong", random: whole }), 0, { kind: "wrong", random: whole });
  assert.deepEqual([breaker.state, breaker.failures], ["open", 2]);
  breaker = worked(trying(breaker, 2_000));
  assert.deepEqual([breaker.state, breaker.failures], ["closed", 0]);
  breaker = failed(breaker, 3_000, { kind: "wrong", random: whole });
  assert.deepEqual([breaker.failures, breaker.retryAt], [1, 7_000]);
});

test("an interruption is no failure, and those in quick succession wait longer and longer", () => {
  let breaker = worked(trying(NEW_BREAKER, 0));
  for (const wait of [1_000, 2_000, 4_000]) {
    breaker = interrupted(breaker, 10_000, whole);
    assert.deepEqual([breaker.state, breaker.failures, breaker.retryAt], ["closed", 0, 10_000 + wait]);
    breaker = worked(trying(breaker, 10_000));
  }
});

test("what had failed answers twice before it is trusted, what had not once", () => {
  const open = failed(NEW_BREAKER, 0, { kind: "wrong" });
  const once = answered(trying(open, MINUTE));
  assert.deepEqual([once.state, once.failures], ["half_open", 0]);
  assert.equal(answered(trying(once, 2 * MINUTE)).state, "closed");
  assert.equal(answered(trying(NEW_BREAKER, 0)).state, "closed");
});

type Step =
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "ask" }
  | { readonly kind: "try"; readonly outcome: Outcome };
type Outcome = "worked" | "answered" | "failed" | "absent" | "refused" | "interrupted";

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.oneof(fc.nat(2_000), fc.nat(400_000)) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "ask" as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("try" as const),
      outcome: fc.constantFrom("worked", "answered", "failed", "absent", "refused", "interrupted"),
    }),
  },
);

test("whatever happens, nothing is tried before its time, a refusal costs a minute, and the counts are true", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, chance) => {
      let breaker: Breaker = NEW_BREAKER;
      let now = 0;
      const random = () => chance;
      const seen = { failures: 0, refusedAt: Number.NEGATIVE_INFINITY, endedAt: -1, least: 0, asked: false };
      for (const one of steps) {
        if (one.kind === "pass") now += one.ms;
        else if (one.kind === "ask") {
          breaker = askedFor(breaker, now);
          seen.asked = true;
        } else if (mayTry(breaker, now)) {
          assert.ok(now - seen.refusedAt >= MINUTE, "a minute after a refusal, asked for or not");
          if (!seen.asked) assert.ok(now - seen.endedAt >= seen.least, "not before the wait is over");
          breaker = trying(breaker, now);
          assert.notEqual(breaker.state, "open", "an attempt is never made with an open breaker");
          breaker = after(breaker, one.outcome, now, random);
          const bad = ["failed", "absent", "refused"].includes(one.outcome);
          if (one.outcome === "refused") seen.refusedAt = now;
          seen.failures = bad ? seen.failures + 1 : 0;
          seen.least = bad || one.outcome === "interrupted" ? 500 : 0;
          seen.endedAt = now;
          seen.asked = false;
          assert.equal(breaker.failures, seen.failures);
          assert.equal(breaker.state === "open", bad, "open after a failure and only then");
          assert.ok(breaker.retryAt - now <= 5 * MINUTE, "no wait is longer than five minutes");
          if (one.outcome === "absent" && now - seen.refusedAt >= MINUTE)
            assert.ok(breaker.retryAt - now <= 15_000, "nobody is waited for longer than 15 s where nobody is there");
        }
      }
    }),
    { numRuns: 500 },
  );
});

const after = (breaker: Breaker, outcome: Outcome, now: number, random: () => number): Breaker => {
  if (outcome === "failed") return failed(breaker, now, { kind: "wrong", random });
  if (outcome === "refused" || outcome === "absent") return failed(breaker, now, { kind: outcome, random });
  if (outcome === "answered") return answered(breaker);
  // A session that ends politely was live before.
  return outcome === "interrupted" ? interrupted(worked(breaker), now, random) : worked(breaker);
};
