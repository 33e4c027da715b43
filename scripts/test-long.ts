/** Runs what takes longer than the tests may: a hundred kills, a minute's outages, long benches. Writes docs/test-long.md and docs/faults.md. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const STEPS = [
  { id: "system", name: "Simulated home", command: ["npm", "run", "--silent", "test:system"] },
  { id: "core", name: "Real Home Assistant Core", command: ["npm", "run", "--silent", "test:core"] },
  {
    id: "seeded",
    name: "The store's code, broken on purpose line by line",
    command: ["npm", "run", "--silent", "test:seeded"],
  },
  {
    id: "months",
    name: "The store's size foretold, against simulated months",
    command: ["node", "--test", "src/retention/simulated-month.test.ts"],
  },
  {
    id: "faults",
    name: "Faults: a hundred kills, minutes of outage, bad input",
    command: ["npm", "run", "--silent", "faults", "--", "--long", "--write"],
  },
] as const;

type Outcome = {
  readonly name: string;
  readonly command: string;
  readonly minutes: string;
  readonly lines: readonly string[];
  readonly ok: boolean;
};

/** What a suite says of itself: its promises kept or broken, the figures it prints, and the counts at its end. */
const TOLD = /^\s*(✔|✖|ℹ (?!suites|cancelled|todo|duration_ms))|^\s*# |^figure:|^R\d+ {2}|^\d+ faults,/;

function run(step: (typeof STEPS)[number]): Promise<Outcome> {
  const began = Date.now();
  return new Promise((resolve) => {
    const child = spawn(step.command[0], step.command.slice(1), {
      cwd: root,
      env: { ...process.env, REQUIRE_SUITES: "1", LONG: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      process.stdout.write(chunk);
      text += chunk.toString("utf8");
    });
    child.on("exit", (code) =>
      resolve({
        name: step.name,
        command: step.command.join(" "),
        minutes: ((Date.now() - began) / 60_000).toFixed(1),
        lines: text.split("\n").filter((line) => TOLD.test(line)),
        ok: code === 0,
      }),
    );
  });
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
const PAGE = join(root, "docs/test-long.md");

/** Sections of the page by heading; those of steps that are not run again stay, with the commit they are of. */
function sections(): Map<string, string> {
  const text = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  const parts = text.split(/^## /m).slice(1);
  return new Map(parts.map((part) => [headingOf(part), `## ${part.trimEnd()}`]));
}
const headingOf = (part: string): string => (part.split("\n")[0] as string).replace(/: (passed|FAILED)$/, "");

const asked = process.argv.slice(2);
const unknown = asked.find((id) => !STEPS.some((step) => step.id === id));
if (unknown !== undefined) {
  process.stderr.write(`There is no step ${unknown}; there are ${STEPS.map(({ id }) => id).join(", ")}.\n`);
  process.exit(2);
}
const kept = sections();
const outcomes: Outcome[] = [];
for (const step of STEPS.filter(({ id }) => asked.length === 0 || asked.includes(id))) {
  const outcome = await run(step);
  outcomes.push(outcome);
  const { name, command, minutes, lines, ok } = outcome;
  kept.set(
    name,
    [
      `## ${name}: ${ok ? "passed" : "FAILED"}`,
      "",
      `${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.versions.node}: \`${command}\`, ${minutes} minutes.`,
      "",
      "```",
      ...lines,
      "```",
    ].join("\n"),
  );
}
const page = [
  "# The last long run",
  "",
  "Made by `npm run test:long`, which takes some hours; with names of steps (`npm run test:long -- core`) those alone are run again.",
  ...STEPS.flatMap(({ name }) => (kept.has(name) ? ["", kept.get(name)] : [])),
  // What somebody wrote beside them, such as what was run again alone.
  ...[...kept].flatMap(([name, section]) => (STEPS.some((step) => step.name === name) ? [] : ["", section])),
  "",
];
writeFileSync(PAGE, page.join("\n"));
process.exit(outcomes.every(({ ok }) => ok) ? 0 : 1);
