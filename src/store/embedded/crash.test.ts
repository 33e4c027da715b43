import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { openIn, using, withFolder } from "../conformance/support/folder.ts";
import { collect, everyEvent, everyReading } from "../conformance/support/samples.ts";
import type { EmbeddedStore } from "./embedded.ts";

/** Appends for ever, numbering what it appends, and says after each batch what is acknowledged. */
const CHILD = `
const { openStore } = await import(process.argv[1]);
const { systemClock } = await import(process.argv[2]);
const { silentLog } = await import(process.argv[3]);
const store = await openStore({ kind: "embedded", folder: process.argv[4], clock: systemClock, log: silentLog, segmentBytes: 8192 });
let number = [...store.allLatest()].reduce((most, { state }) => Math.max(most, Number(state) + 1), 0);
const identity = { from: 0, entityId: "sensor.x", holdsName: true, registryId: null, name: null, deviceId: null, areaId: null, floorId: null, labels: [], integration: null, category: null };
for (let series = 0; series < 3; series++) if (!store.series().has(series)) await store.append([{ kind: "series", series, identity }]);
process.stdout.write("ready\\n");
for (let batch = 0; ; batch++) {
  const entries = [];
  for (let i = 0; i < 1 + (batch * 7) % 23; i++, number++)
    entries.push({ kind: "reading", reading: { series: number % 3, time: 1e15 + number, changed: 1e15 + number, state: String(number), attributes: { n: number % 5, of: "x" }, context: null, origin: "live", timeIsArrival: false, flaws: [] } });
  if (batch % 10 === 0) entries.push({ kind: "event", event: { type: "e", time: 1e15 + number, data: { number }, context: null, origin: "live" } });
  await store.append(entries);
  process.stdout.write(number + "\\n");
}
`;

const url = (path: string) => new URL(path, import.meta.url).href;

/** Lets a child append until it has acknowledged so many batches, kills it, and answers the last number it named. */
async function killAfter(folder: string, acknowledged: number): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      CHILD,
      "--",
      url("../open.ts"),
      url("../../platform/time/clock.ts"),
      url("../../platform/told/log.ts"),
      folder,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  let killed = false;
  child.stdout.on("data", (text) => {
    said += text;
    if (!killed && said.split("\n").length > acknowledged) killed = child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  assert.equal(signal, "SIGKILL", errors);
  const lines = said.split("\n").filter((line) => /^\d+$/.test(line));
  // The kill may cut the last line: only whole ones count.
  const whole = said.endsWith("\n") ? lines : lines.slice(0, -1);
  return Number(whole.at(-1) ?? 0);
}

async function numbersIn(store: EmbeddedStore): Promise<number[]> {
  const view = store.view();
  const reader = store.reader(view);
  const numbers: number[] = [];
  for (const series of [0, 1, 2])
    for (const { state, time, attributes } of await collect(reader.readings(everyReading(series)))) {
      const number = Number(state);
      assert.equal(time, 1e15 + number);
      assert.deepEqual(attributes, { n: number % 5, of: "x" });
      numbers.push(number);
    }
  await collect(reader.events(everyEvent()));
  assert.deepEqual(reader.damages, []);
  await reader.close();
  store.release(view);
  return numbers.sort((a, b) => a - b);
}

test("after kill -9 at any moment everything acknowledged is found once, and nothing is damaged", () =>
  withFolder(async (folder) => {
    for (const moment of [1, 3, 40, 41, 150, 333]) {
      const acknowledged = await killAfter(folder, moment);
      await using(openIn(folder, { segmentBytes: 8192 }), async (store) => {
        const numbers = await numbersIn(store);
        assert.deepEqual(
          numbers,
          numbers.map((_, i) => i),
        );
        assert.ok(numbers.length >= acknowledged, `${acknowledged} acknowledged, ${numbers.length} found`);
        assert.deepEqual(store.damages(), []);
        assert.equal(store.stats().readings, numbers.length);
      });
    }
  }));
