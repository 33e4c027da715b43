import assert from "node:assert/strict";
import { once } from "node:events";
import { getPriority } from "node:os";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

const skip = process.platform === "linux" ? false : "only Linux gives each thread a priority of its own";

test("a worker steps back behind the main thread, which keeps its place", { skip }, async () => {
  const before = getPriority();
  const behind: number[] = [];
  for (const to of ["answers", "upkeep"]) {
    const code = `
      import { getPriority } from "node:os";
      import { parentPort } from "node:worker_threads";
      import { giveWay } from ${JSON.stringify(new URL("give-way.ts", import.meta.url).href)};
      giveWay("${to}");
      parentPort.postMessage(getPriority());`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    const [priority] = (await once(worker, "message")) as [number];
    behind.push(priority);
    await worker.terminate();
  }
  const [answers = 0, upkeep = 0] = behind;
  assert.ok(answers > before && upkeep > answers, `${before}, ${answers}, ${upkeep}`);
  assert.equal(getPriority(), before);
});
