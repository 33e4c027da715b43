/** Makes everything go wrong that the table of faults names, and prints what came of it. Exit code 1: something failed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { currentCommit, thisMachine } from "../../bench/report/machine.ts";
import { coreUnavailable } from "../support/core/core.ts";
import { FAULTS, LATER } from "./faults.ts";
import { type Fault, openForm, type Row, Skipped } from "./runner/fault.ts";
import { byNumber, type Line, markdownTable, plainLine } from "./runner/table.ts";

const USAGE = `npm run faults -- [R1 R5 …] [--long] [--write] [--home simulated|Core]
  R1 …      only these faults
  --long    the long forms: a hundred kills, minutes of outage
  --write   writes what came of it into the table of docs/faults.md; rows of other faults stay
  --home    only those with the simulated home, or with a real Home Assistant Core`;

const ROOT = join(import.meta.dirname, "../..");

function asked() {
  const options = {
    long: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    home: { type: "string" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const unknown = positionals.find((id) => !FAULTS.some((fault) => fault.id === id));
    if (unknown) throw new Error(`There is no fault ${unknown}`);
    return { ...values, ids: positionals };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`);
    process.exit(2);
  }
}

async function runOne(fault: Fault, form: ReturnType<typeof openForm>, noCore: string | false): Promise<Line> {
  const row: Row = { notes: [] };
  const began = performance.now();
  const line = (verdict: Line["verdict"], why?: string): Line => {
    const seconds = (performance.now() - began) / 1000;
    return { ...row, fault, verdict, seconds, ...(why === undefined ? {} : { why }) };
  };
  try {
    if (fault.home === "Core" && noCore) return line("skipped", noCore);
    await fault.run(row, form);
    return line("stands");
  } catch (error) {
    if (error instanceof Skipped) return line("skipped", error.message);
    process.stderr.write(`${fault.id}: ${describe(error)}\n`);
    return line("FAILED", error instanceof Error ? error.message : String(error));
  }
}

/** A fetch that failed says why in its cause alone. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.stack, ...(error.cause === undefined ? [] : [`because of ${describe(error.cause)}`])].join("\n");
}

const { long, write, home, ids } = asked();
const wanted = FAULTS.filter(
  (fault) =>
    (ids.length === 0 || ids.includes(fault.id)) &&
    (home === undefined || fault.home === home) &&
    (long || fault.runs !== "long"),
);
const noCore = wanted.some((fault) => fault.home === "Core") ? await coreUnavailable() : false;
const form = openForm({ long, quick: false });
const lines: Line[] = [];
try {
  const tell = async (fault: Fault) => {
    const line = await runOne(fault, form, noCore);
    lines.push(line);
    process.stdout.write(`${plainLine(line)}\n`);
  };
  const beside = wanted.filter(({ waits }) => long && waits);
  const waiting = Promise.all(beside.map(tell));
  for (const fault of wanted) if (!beside.includes(fault)) await tell(fault);
  await waiting;
} finally {
  await form.close();
}
lines.sort(byNumber);
const failed = lines.filter(({ verdict }) => verdict === "FAILED");
const skipped = lines.filter(({ verdict }) => verdict === "skipped");
process.stdout.write(`${lines.length} faults, ${failed.length} failed, ${skipped.length} skipped\n`);

if (write) {
  const { cores, cpu, memoryGiB, kernel, node } = thisMachine(null);
  const run = `${new Date().toISOString().slice(0, 10)}, ${currentCommit(ROOT)}, ${long ? "long" : "short"}`;
  const path = join(ROOT, "docs/faults.md");
  const page = [
    "# What was made to go wrong",
    `Made by \`npm run faults -- --write\`, with \`--long\` in the long forms, on ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${kernel}, Node ${node.slice(1)}.`,
    `Each line is a real run. *Emitted* is what witnesses outside the hub saw being made: the simulated home's own list, or
a second client of a real Home Assistant Core. *Lost* and *duplicated* come of comparing that with everything that the
hub's HTTP API answers afterwards; *gaps* are the holes that the hub names itself. Times and figures are printed, never
asserted. *Run* says when, at which commit and in which form a line came about.`,
    markdownTable(lines, { run, before: existsSync(path) ? readFileSync(path, "utf8") : "" }),
    "## Not yet run",
    LATER.map(({ id, why }) => `- ${id}: ${why}`).join("\n"),
  ];
  writeFileSync(path, `${page.join("\n\n")}\n`);
}
process.exit(failed.length > 0 ? 1 : 0);
