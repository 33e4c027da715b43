import { parseArgs } from "node:util";
import type { Form } from "./goal.ts";

export type Asked = {
  readonly goals: readonly string[];
  readonly runs: number;
  readonly form: Form;
  readonly write: boolean;
};

const USAGE = `usage: npm run bench -- [goal …] [--runs N] [--short | --long] [--write]
  goal       which to measure (all when absent)
  --runs N   how often; both sides in each run (5)
  --short    minutes in place of the full time (this is the default); --long takes the full time
  --write    write the results to docs/benchmarks.md`;

/** Reads the command line; a text is what was wrong with it. */
export function readArguments(words: readonly string[], known: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        runs: { type: "string", default: "5" },
        short: { type: "boolean", default: false },
        long: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return USAGE;
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) return `--runs ${values.runs}: a whole number from 1 is needed\n${USAGE}`;
    if (values.short && values.long) return `--short and --long exclude each other\n${USAGE}`;
    const goals = positionals.map((given) => known.find((id) => id.toLowerCase() === given.toLowerCase()) ?? given);
    const unknown = goals.filter((goal) => !known.includes(goal));
    if (unknown.length > 0) return `no goal ${unknown.join(", ")}; there are ${known.join(", ")}\n${USAGE}`;
    return { goals: goals.length > 0 ? goals : known, runs, form: values.long ? "long" : "short", write: values.write };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n${USAGE}`;
  }
}
