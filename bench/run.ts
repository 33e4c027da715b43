/** The benchmarks: one JSON line per run on standard output, then a table. Progress goes to standard error. */
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { buildAll } from "../scripts/build.ts";
import { readArguments } from "./arguments.ts";
import type { Bench, RunLine } from "./goal.ts";
import { p1 } from "./goals/p1.ts";
import { p2 } from "./goals/p2.ts";
import { p3 } from "./goals/p3.ts";
import { p4a } from "./goals/p4a.ts";
import { p4b } from "./goals/p4b.ts";
import { p5 } from "./goals/p5.ts";
import { p6 } from "./goals/p6.ts";
import { p7 } from "./goals/p7.ts";
import { p8 } from "./goals/p8.ts";
import { p9 } from "./goals/p9.ts";
import { p10 } from "./goals/p10.ts";
import { p11 } from "./goals/p11.ts";
import { p12 } from "./goals/p12.ts";
import { coreVersion } from "./peers/core.ts";
import { writeDocument } from "./report/document.ts";
import { currentCommit, thisMachine } from "./report/machine.ts";
import { missed, plainTable } from "./report/table.ts";

const BENCHES: readonly Bench[] = [p1, p2, p3, p4a, p4b, p5, p6, p7, p8, p9, p10, p11, p12];
const ROOT = join(import.meta.dirname, "..");
const SCRATCH = join(ROOT, ".cache/bench");
const TMPFS = 0x01021994;

const asked = readArguments(
  process.argv.slice(2),
  BENCHES.map(({ id }) => id),
);
if (typeof asked === "string") {
  process.stderr.write(`${asked}\n`);
  process.exit(2);
}
const say = (text: string) => process.stderr.write(`${text}\n`);

mkdirSync(SCRATCH, { recursive: true });
if (statfsSync(SCRATCH).type === TMPFS) {
  say(`${SCRATCH} is in memory: nothing about storage can be measured there. Move the project to a disk.`);
  process.exit(2);
}
const bundle = join(SCRATCH, "bundle");
await buildAll(bundle);

const commit = currentCommit(ROOT);
const lines: RunLine[] = [];
const skipped = new Map<string, string>();
const usable: Bench[] = [];
for (const bench of BENCHES.filter(({ id }) => asked.goals.includes(id))) {
  const why = await bench.unavailable(asked.form);
  if (why === false) usable.push(bench);
  else {
    skipped.set(bench.id, why);
    say(`${bench.id} is skipped: ${why}`);
  }
}
const machine = thisMachine(await coreVersion());

for (let run = 1; run <= asked.runs; run++) {
  for (const bench of usable) {
    say(`${bench.id}, run ${run} of ${asked.runs}: ${bench.title}`);
    const folder = mkdtempSync(join(SCRATCH, `${bench.id}-`));
    const began = performance.now();
    try {
      const outcome = await bench.run({
        form: asked.form,
        changes: asked.changes,
        run,
        folder,
        hubEntry: join(bundle, "main.js"),
        say: (text) => say(`  ${text}`),
      });
      const { id: goal, title, workload } = bench;
      const seconds = Math.round((performance.now() - began) / 1000);
      const at = new Date().toISOString();
      const line: RunLine = { goal, title, workload, form: asked.form, run, at, commit, machine, seconds, ...outcome };
      lines.push(line);
      process.stdout.write(`${JSON.stringify(line)}\n`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

process.stdout.write(`\n${plainTable(lines)}\n`);
for (const [goal, why] of skipped) process.stdout.write(`${goal}  not run: ${why}\n`);
const misses = missed(lines);
process.stdout.write(misses === 0 ? "\nEvery goal that was judged is met.\n" : `\n${misses} goals were MISSED.\n`);
if (asked.write) writeDocument(join(ROOT, "docs/benchmarks.md"), lines, skipped);
