import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { RunLine } from "../goal.ts";
import { markdownTable } from "./table.ts";

const HEAD = `# Benchmarks

Written by \`npm run bench -- --write\`; do not edit. Both sides ran in the same run on the same machine, alternately. A goal
is judged by the median of the runs (losses: in every run); a goal that was missed says so. The goals of a section keep
their last measurement when others are measured again.
`;

const marker = (goal: string) => `<!-- ${goal} -->`;

/** Replaces the sections of the goals that were run, and keeps the others. */
export function writeDocument(file: string, lines: readonly RunLine[], skipped: ReadonlyMap<string, string>): void {
  const sections = existsSync(file) ? sectionsOf(readFileSync(file, "utf8")) : new Map<string, string>();
  for (const goal of new Set(lines.map((line) => line.goal)))
    sections.set(goal, section(lines.filter((line) => line.goal === goal)));
  for (const [goal, why] of skipped) if (!sections.has(goal)) sections.set(goal, `## ${goal}\n\nNot run: ${why}`);
  const order = [...sections.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const text = order.map((goal) => `${marker(goal)}\n${sections.get(goal)?.trim()}\n`).join("\n");
  writeFileSync(file, `${HEAD}\n${text}`);
}

function sectionsOf(text: string): Map<string, string> {
  const parts = text.split(/^<!-- (P\w+) -->$/m);
  const sections = new Map<string, string>();
  for (let i = 1; i < parts.length; i += 2) sections.set(parts[i] as string, parts[i + 1] as string);
  return sections;
}

function section(lines: readonly RunLine[]): string {
  const [first] = lines as [RunLine];
  const { machine } = first;
  const last = lines.at(-1) as RunLine;
  const facts = [
    `${last.at.slice(0, 10)}, commit ${last.commit}, ${lines.length} ${lines.length === 1 ? "run" : "runs"}, ${first.form} form`,
    `${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.kernel}`,
    `Node ${machine.node.slice(1)}`,
    machine.core === null ? "no Home Assistant Core" : `Home Assistant Core ${machine.core}`,
  ];
  const notes = [...new Set(lines.flatMap((line) => line.notes))];
  return [
    `## ${first.goal}: ${first.title}`,
    `${facts.join("; ")}. Workload: ${first.workload}.`,
    markdownTable(lines),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
  ].join("\n\n");
}
