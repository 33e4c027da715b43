import { parseArgs } from "node:util";
import type { Form } from "./goal.ts";

export type Asked = {
  readonly goals: readonly string[];
  readonly runs: number;
  readonly form: Form;
  readonly changes: number | undefined;
  readonly write: boolean;
};

const USAGE = `usage: npm run bench -- [goal …] [--runs N] [--short | --long] [--changes N] [--write]
  goal       which to measure (all when absent)
  --runs N   how often; both sides in each run (1, with --long 5)
  --short    minutes in place of the full time (this is the default); --long takes the full time
  --changes N  how many changes are stored, for P5, P8, P9, P10 and P12
  --write    write the results to docs/benchmarks.md`;

/** Reads the command line; a text is what was wrong with it. */
export function readArguments(words: readonly string[], known: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        runs: { type: "string" },
        changes: { type: "string" },
        short: { type: "boolean", default: false },
        long: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return USAGE;
    const runs = Number(values.runs ?? (values.long ? 5 : 1));
    const changes = values.changes === undefined ? undefined : Number(values.changes.replaceAll("_", ""));
    for (const [name, value] of [
      ["runs", runs],
      ["changes", changes ?? 1],
    ] as const)
      if (!Number.isInteger(value) || value < 1) return `--${name}: a whole number from 1 is needed\n${USAGE}`;
    if (values.short && values.long) return `--short and --long exclude each other\n${USAGE}`;
    const goals = positionals.map((given) => known.find((id) => id.toLowerCase() === given.toLowerCase()) ?? given);
    const unknown = goals.filter((goal) => !known.includes(goal));
    if (unknown.length > 0) return `no goal ${unknown.join(", ")}; there are ${known.join(", ")}\n${USAGE}`;
    const form = values.long ? "long" : "short";
    return { goals: goals.length > 0 ? goals : known, runs, form, changes, write: values.write };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n${USAGE}`;
  }
}
