/** Runs what takes longer than the tests may: a hundred kills, a minute's outages, long benches. Writes docs/test-long.md and docs/faults.md. */
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const STEPS = [
  { name: "Simulated home", command: ["npm", "run", "--silent", "test:system"] },
  { name: "Real Home Assistant Core", command: ["npm", "run", "--silent", "test:core"] },
  { name: "The store's code, broken on purpose line by line", command: ["npm", "run", "--silent", "test:seeded"] },
  {
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
const outcomes: Outcome[] = [];
for (const step of STEPS) outcomes.push(await run(step));
const page = [
  "# The last long run",
  "",
  `${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.versions.node}. Made by \`npm run test:long\`.`,
  ...outcomes.flatMap(({ name, command, minutes, lines, ok }) => [
    "",
    `## ${name}: ${ok ? "passed" : "FAILED"}`,
    "",
    `\`${command}\`, ${minutes} minutes:`,
    "",
    "```",
    ...lines,
    "```",
  ]),
  "",
];
writeFileSync(join(root, "docs/test-long.md"), page.join("\n"));
process.exit(outcomes.every(({ ok }) => ok) ? 0 : 1);
