import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { asked } from "../../../tests/support/outside/asked.ts";
import { GREEN_BUTTON } from "../../../tests/support/outside/good-meters.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { systemClock } from "../../platform/time/clock.ts";
import { startWorker } from "../../platform/worker.ts";
import { PROVIDERS } from "../providers.ts";
import { greenButton } from "../smart_meter/green_button/green-button.ts";
import { createFileReader, readFileHere } from "./file-reader.ts";
import { FILE_READERS } from "./readers.ts";

const { place, now } = asked(() => "", { settings: {}, now: "2026-11-26T12:00:00Z" });
const given = { settings: { times_are_local: false, usage_point: undefined }, place, now, preview: false };
const file = Buffer.from(GREEN_BUTTON);

test("the worker knows every provider that reads files, and no other", () => {
  const reading = PROVIDERS.filter((provider) => provider.readFile);
  assert.deepEqual(FILE_READERS, reading);
  assert.ok(reading.every(({ fileTypes }) => fileTypes !== undefined));
});

test("a thread of its own reads what this one would, and says the same of what it cannot read", async () => {
  const read = createFileReader({ startWorker: () => startWorker("sources/files/worker"), clock: systemClock });
  const [there, here] = await Promise.all([read(greenButton, file, given), readFileHere(greenButton, file, given)]);
  assert.equal(here.told.readings, 4);
  assert.deepEqual(there, here);
  const refused = (error: { code: string; message: string; fix: string }) => {
    assert.equal(error.code, "unreadable_file");
    assert.match(error.message, /no whole XML/);
    assert.match(error.fix, /Download/);
    return true;
  };
  await assert.rejects(read(greenButton, Buffer.from("no"), given), refused);
  await assert.rejects(readFileHere(greenButton, Buffer.from("no"), given), refused);
});

test("a thread that ends, fails or never answers is an unreadable file, and the next one is read", async () => {
  const clock = createTestClock();
  let script = "";
  const read = createFileReader({ startWorker: () => new Worker(script, { eval: true }), clock });
  script = "process.exit(1)";
  await assert.rejects(read(greenButton, file, given), { code: "unreadable_file" });
  script = "throw new Error('out of memory')";
  await assert.rejects(read(greenButton, file, given), { code: "unreadable_file", message: /out of memory/ });
  let started: () => void = () => {};
  const isUp = new Promise<void>((resolve) => {
    started = resolve;
  });
  const slow = createFileReader({
    startWorker: () => {
      const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
      worker.once("online", started);
      return worker;
    },
    clock,
  });
  const waiting = assert.rejects(slow(greenButton, file, given), { code: "unreadable_file", message: /within 120 s/ });
  await isUp;
  clock.advance(120_000);
  await waiting;
  assert.equal(clock.timers, 0);
});
