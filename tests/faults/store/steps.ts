import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { openShimControl, shimEnvironment, shimUnavailable } from "../../support/disk/shim.ts";
import { type Fault, type Form, type Row, skip } from "../runner/fault.ts";
import { countsIn, countsOf, found, stays } from "./found.ts";
import { BATCHES, batch, identities, openSmall, PER_BATCH, PLAN } from "./life.ts";

const ALL = BATCHES * PER_BATCH;

/** The store's own process is killed before the n-th call that changes its folder, for every n (short: every ninth). */
export const killedAtEveryStep: Fault = {
  id: "R2",
  name: "kill -9 during seal, merge, retention",
  how: "the store's process is killed before its n-th write, sync, rename or deletion: n is each of them (short: every 29th), then opened and finished",
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    const missing = shimUnavailable();
    if (missing) skip(missing);
    const steps = await live(row, form, 0);
    const each = form.long ? 1 : form.quick ? 97 : 29;
    let kills = 0;
    for (let at = 1; at <= steps; at += each) {
      await live(row, form, at);
      kills++;
    }
    row.emitted = kills * ALL;
    row.notes.push(`${steps} steps in one life, killed at ${kills} of them`);
  },
};

/** Lets a store live until its step, opens what it left, has the rest done, and compares. Answers the steps taken. */
async function live(row: Row, form: Form, killAt: number): Promise<number> {
  const folder = form.folder();
  using control = openShimControl(join(folder, "control"));
  const store = join(folder, "store");
  const child = spawn(process.execPath, [join(import.meta.dirname, "life.ts"), store], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...shimEnvironment({ control: control.file, folder: store, killAt }) },
  });
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
  });
  const [code, signal] = await once(child, "close");
  if (killAt === 0) assert.equal(code, 0, "a life without a kill ends well");
  else assert.equal(signal, "SIGKILL");
  const lines = said.split("\n").slice(0, -1);
  const acknowledged = Math.max(0, ...lines.map(Number).filter(Number.isInteger));
  await finish(row, store, { acknowledged, killAt });
  return control.steps();
}

async function finish(row: Row, folder: string, life: { acknowledged: number; killAt: number }): Promise<void> {
  const store = await openSmall(folder);
  try {
    const at = `killed at step ${life.killAt}`;
    const { numbers, events } = await found(store);
    const known = new Set(numbers);
    const batches = Math.ceil(Math.max(0, ...numbers.map((number) => number + 1)) / PER_BATCH);
    const wanted = Array.from({ length: life.acknowledged * PER_BATCH }, (_, number) => number).filter(stays);
    const lost = wanted.filter((number) => !known.has(number));
    row.lost = (row.lost ?? 0) + lost.length;
    row.duplicated = (row.duplicated ?? 0) + numbers.length - known.size;
    assert.deepEqual([lost, numbers.length - known.size, events.length - new Set(events).size], [[], 0, 0], at);
    assert.deepEqual(store.damages(), [], at);
    assert.deepEqual(await countsIn(store), countsOf(batches), `${at}: what readings amounted to, those that went too`);

    if (batches === 0) await store.append(identities);
    for (let index = Math.max(batches, life.acknowledged); index < BATCHES; index++) await store.append(batch(index));
    await store.seal();
    await store.shed(PLAN);
    const expected = Array.from({ length: ALL }, (_, number) => number).filter(stays);
    assert.deepEqual(
      (await found(store)).numbers.sort((a, b) => a - b),
      expected,
      `${at}, then finished`,
    );
    assert.deepEqual(await countsIn(store), countsOf(BATCHES), `${at}, then finished: what readings amounted to`);
  } finally {
    await store.close();
  }
}
