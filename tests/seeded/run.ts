/**
 * Breaks the store's code on purpose, one line at a time, in a copy of the tree, and has the named tests find it. Exit
 * code 1: a breakage was found by nobody (a test is missing), or does not fit the code any more.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apply, type Breakage, fileOf, misfit, nameOf, onlyOf, type Suite } from "./breakage.ts";
import { BREAKAGES } from "./breakages.ts";
import type { Told } from "./reporter.ts";

const ROOT = join(import.meta.dirname, "../..");
/** What the named tests need; they find their fixtures or pass without. */
const COPIED = ["src", "tests", "bench", "scripts", "package.json", "tsconfig.json"];
/** Far more than any takes, also on a machine that has much else to do. */
const MOST_MS = 300_000;

type Outcome = { readonly told: readonly Told[]; readonly ended: "passed" | "failed" | "hung"; readonly text: string };

function makeCopy(): { readonly root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), "seeded-"));
  for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function run(root: string, args: readonly string[]): Promise<Omit<Outcome, "told">> {
  return new Promise((resolve) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    const hear = (chunk: Buffer) => {
      text += chunk.toString("utf8");
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      child.kill("SIGKILL");
    }, MOST_MS);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ text, ended: hung ? "hung" : code === 0 ? "passed" : "failed" });
    });
  });
}

const REPORTER = ["--test-reporter=./tests/seeded/reporter.ts", "--test-reporter-destination=stdout"];

async function test(root: string, files: readonly string[], only?: string): Promise<Outcome> {
  const pattern = only === undefined ? [] : [`--test-name-pattern=${only}`];
  const done = await run(root, [
    "--test",
    "--test-force-exit",
    `--test-timeout=${MOST_MS / 2}`,
    ...REPORTER,
    ...pattern,
    ...files,
  ]);
  const told = done.text.split("\n").flatMap((line) => (line.startsWith('{"name":') ? (JSON.parse(line) as Told) : []));
  return { ...done, told };
}

const testSuite = (root: string, suite: Suite): Promise<Outcome> => test(root, [fileOf(suite)], onlyOf(suite));

/** Why the suites tell nothing: they fail, or hold no test, while nothing is broken. */
async function unbroken(root: string): Promise<string[]> {
  const suites = new Map(BREAKAGES.flatMap(({ caughtBy }) => caughtBy.map((suite) => [nameOf(suite), suite])));
  const wrong: string[] = [];
  for (const [name, suite] of suites) {
    const { ended, told, text } = await testSuite(root, suite);
    if (ended !== "passed") wrong.push(`${name}: fails while nothing is broken\n${text.slice(-2000)}`);
    else if (!told.some(({ passed }) => passed)) wrong.push(`${name}: no such test`);
  }
  return wrong;
}

/** undefined: caught by each suite. */
async function survives(root: string, breakage: Breakage): Promise<string | undefined> {
  const url = `import(${JSON.stringify(`./${breakage.file}`)})`;
  const loaded = await run(root, ["--input-type=module", "-e", `await ${url}`]);
  if (loaded.ended !== "passed") return `the broken file cannot be loaded: ${loaded.text.slice(-500)}`;
  for (const suite of breakage.caughtBy) {
    const { ended, told } = await testSuite(root, suite);
    if (ended === "hung") return `${nameOf(suite)} did not end`;
    if (ended === "passed") return `SURVIVES ${nameOf(suite)}: a test is missing`;
    const failed = told.filter(({ passed }) => !passed);
    if (!failed.some(({ assertion }) => assertion))
      return `${nameOf(suite)} failed, and not by an assertion: ${failed.map(({ why }) => why).join("; ")}`;
  }
  return undefined;
}

const only = process.argv.slice(2);
const wanted = BREAKAGES.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
const misfits = wanted.flatMap((one) => misfit(ROOT, one)?.replace(/^/, `${one.name}: `) ?? []);
if (misfits.length > 0) {
  process.stderr.write(`${misfits.join("\n")}\n`);
  process.exit(1);
}
const began = performance.now();
const copy = makeCopy();
let survivors = 0;
try {
  const wrong = only.length === 0 ? await unbroken(copy.root) : [];
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  for (const breakage of wanted) {
    const start = performance.now();
    const mend = apply(copy.root, breakage);
    const why = await survives(copy.root, breakage);
    mend();
    if (why !== undefined) survivors++;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(
      `${why === undefined ? "✔" : "✖"} ${breakage.file.replace("src/", "")}: ${breakage.name} (${seconds} s)\n` +
        `    would break: ${breakage.promise}\n    ${why ?? `caught by ${breakage.caughtBy.map(nameOf).join(", ")}`}\n`,
    );
  }
} finally {
  copy.remove();
}
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
process.stdout.write(`ℹ ${wanted.length} breakages, ${wanted.length - survivors} caught, ${minutes} minutes\n`);
process.exit(survivors > 0 ? 1 : 0);
