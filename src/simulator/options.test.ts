import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../domain/failure.ts";
import { readCommandLine } from "./options.ts";

const refused = (...words: string[]): string => {
  try {
    readCommandLine(words);
  } catch (problem) {
    assert.ok(problem instanceof Failure);
    assert.match(problem.fix ?? "", /--port/, "what there is, is shown");
    return problem.message;
  }
  return "";
};

test("no words mean the demo home without a load", () => {
  assert.deepEqual(readCommandLine([]), { simulator: {}, load: undefined, emitted: undefined, control: undefined });
});

test("every option reaches its place", () => {
  const words =
    "--port 8123 --seed s --speed 2.5 --history-days 0 --token t --commit-ms 5 --rate 1000 --entities 10 --mix mixed --count 7 --unrecorded 2 --emitted f --control 0";
  assert.deepEqual(readCommandLine(words.split(" ")), {
    simulator: { port: 8123, seed: "s", speed: 2.5, history: { days: 0 }, token: "t", commitMs: 5 },
    load: { rate: 1000, asFastAsPossible: false, flood: false, mix: "mixed", entities: 10, count: 7, unrecorded: 2 },
    emitted: "f",
    control: 0,
  });
  assert.deepEqual(readCommandLine(["--home", "2000"]).simulator, { home: { entities: 2000 } });
});

test("what is unknown, or means nothing, is refused by name", () => {
  assert.match(refused("--prot", "1"), /--prot/);
  assert.match(refused("8123"), /8123/);
  assert.match(refused("--port", "99999"), /--port is 99999/);
  assert.match(refused("--rate", "fast"), /--rate is fast/);
  assert.match(refused("--rate", "0"), /--rate is 0/);
  assert.match(refused("--speed", "-1"), /--speed/);
  assert.match(refused("--entities", "1.5", "--fast"), /--entities is 1.5/);
  assert.match(refused("--mix", "odd", "--fast"), /--mix is odd/);
  assert.match(refused("--rate", "5", "--fast"), /exclude each other/);
  assert.match(refused("--count", "5"), /belong to a load/);
});
