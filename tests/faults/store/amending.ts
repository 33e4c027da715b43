import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { collect, everyEvent, everyReading } from "../../../src/store/conformance/support/samples.ts";
import type { Store } from "../../../src/store/store.ts";
import { openShimControl, shimEnvironment, shimUnavailable } from "../../support/disk/shim.ts";
import { eventually } from "../../support/eventually.ts";
import { type Fault, type Form, type Row, skip } from "../runner/fault.ts";
import { batches, CORRECTIONS, COUNT, ERASURE, REMOVED, SECRET, stateOf, timeOf } from "./amending-life.ts";
import { identities, openSmall } from "./life.ts";

/** The store's own process is killed before the n-th call that changes its folder, while it corrects and erases. */
export const killedWhileAmending: Fault = {
  id: "R2",
  name: "kill -9 during corrections and erasures",
  how: "the store's process is killed before its n-th write, sync, rename or deletion from the first correction on: n is each of them (short: every 7th), then opened; a correction counts as a whole or not at all, an erasure goes on by itself until no file holds a byte of it",
  home: "simulated",
  runs: "always",
  run: async (row, form) => {
    const missing = shimUnavailable();
    if (missing) skip(missing);
    const recorded = await stepsUntilRecorded(form);
    const steps = await live(row, form, 0);
    const each = form.long ? 1 : form.quick ? 11 : 7;
    let kills = 0;
    for (let at = recorded + 1; at <= steps; at += each) {
      await live(row, form, at);
      kills++;
    }
    row.emitted = kills * COUNT;
    row.notes.push(`${steps - recorded} steps of correcting and erasing, killed at ${kills} of them`);
  },
};

async function stepsUntilRecorded(form: Form): Promise<number> {
  const folder = form.folder();
  using control = openShimControl(join(folder, "control"));
  const child = begin(join(folder, "store"), control.file, 0, { UNTIL_RECORDED: "1" });
  assert.deepEqual(await once(child, "close"), [0, null]);
  return control.steps();
}

const begin = (store: string, control: string, killAt: number, more: { UNTIL_RECORDED?: "1" } = {}) =>
  spawn(process.execPath, [join(import.meta.dirname, "amending-life.ts"), store], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...more, ...shimEnvironment({ control, folder: store, killAt }) },
  });

/** Lets a store live until its step, opens what it left, has the rest done, and compares. Answers the steps taken. */
async function live(row: Row, form: Form, killAt: number): Promise<number> {
  const folder = form.folder();
  using control = openShimControl(join(folder, "control"));
  const store = join(folder, "store");
  const child = begin(store, control.file, killAt);
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
  });
  const [code, signal] = await once(child, "close");
  if (killAt === 0) assert.equal(code, 0, "a life without a kill ends well");
  else assert.equal(signal, "SIGKILL");
  const steps = control.steps();
  const done = said.split("\n").slice(0, -1);
  await finish(row, store, {
    corrected: done.includes("corrected"),
    erased: done.includes("erased"),
    at: `killed at step ${killAt}`,
  });
  return steps;
}

const isCorrected = (number: number) => CORRECTIONS.some(({ time }) => time === timeOf(number));

/** What must be there of a series. */
function expected(series: number, corrected: boolean): string[] {
  return Array.from({ length: COUNT }, (_, number) => number)
    .filter((number) => number % 2 === series && !(corrected && timeOf(number) === REMOVED.time))
    .map((number) => (corrected && isCorrected(number) ? "corrected" : stateOf(number)));
}

/** What a store answers that was cut off, then finished; `logsMayEnd`: unsynced ends of the log may be damaged, and what began unsynced be set aside. */
export async function finish(
  row: Row,
  folder: string,
  life: { corrected: boolean; erased: boolean; at: string; logsMayEnd?: boolean },
): Promise<void> {
  const { at } = life;
  const damages = () =>
    store.damages().filter(({ file }) => !(life.logsMayEnd && /^[0-9a-f]{16}\.log(\.quarantine)?$/.test(file)));
  let store = await openSmall(folder);
  try {
    const first = await statesOf(store);
    const isAmended = first[0].includes("corrected");
    assert.ok(isAmended || !life.corrected, `${at}: the correction was acknowledged`);
    assert.deepEqual(first[0], expected(0, isAmended), `${at}: corrected as a whole or not at all`);
    const isErased = first[1].length === 0;
    assert.ok(isErased || !life.erased, `${at}: the erasure was acknowledged`);
    if (!isErased) assert.deepEqual(first[1], expected(1, false), `${at}: nothing of it has gone`);
    assert.equal(first.events, isErased ? batches.length / 2 : batches.length, at);
    assert.equal(store.latest(1)?.state, isErased ? undefined : stateOf(COUNT - 1), at);
    assert.equal(store.latest(0)?.state, isAmended ? "corrected" : stateOf(COUNT - 2), at);
    if (isErased)
      await eventually(20, () => assert.deepEqual(filesWithSecret(folder), [], `${at}: it goes on by itself`));
    assert.deepEqual(damages(), [], at);

    await store.correct(isAmended ? CORRECTIONS : [...CORRECTIONS, REMOVED]);
    await store.erase(ERASURE);
    for (const again of [false, true]) {
      if (again) {
        await store.close();
        store = await openSmall(folder);
      }
      const last = await statesOf(store);
      assert.deepEqual([last[0], last[1], last.events], [expected(0, true), [], batches.length / 2], `${at}, finished`);
      assert.equal(store.stats().readings, COUNT / 2 - 1, `${at}, finished`);
      assert.equal(store.series().size, identities.length);
      assert.deepEqual(filesWithSecret(folder), [], `${at}, finished`);
      assert.deepEqual(damages(), [], `${at}, finished`);
    }
    row.lost ??= 0;
    row.duplicated ??= 0;
  } finally {
    await store.close();
  }
}

async function statesOf(store: Store): Promise<{ 0: string[]; 1: string[]; events: number }> {
  const view = store.view();
  const reader = store.reader(view);
  const of = async (series: number) =>
    (await collect(reader.readings(everyReading(series)))).map(({ state }) => String(state));
  const found = { 0: await of(0), 1: await of(1), events: (await collect(reader.events(everyEvent()))).length };
  assert.deepEqual(reader.damages, []);
  await reader.close();
  store.release(view);
  return found;
}

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Files in which the secret stands, as it is or in a part that is compressed. */
function filesWithSecret(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(folder, name);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
    const bytes = readFileSync(path);
    if (bytes.includes(SECRET)) return true;
    for (let at = bytes.indexOf(ZSTD); at >= 0; at = bytes.indexOf(ZSTD, at + 1))
      for (const end of [bytes.length, bytes.length - 4]) {
        try {
          if (zstdDecompressSync(bytes.subarray(at, end)).includes(SECRET)) return true;
        } catch {}
      }
    return false;
  });
}
