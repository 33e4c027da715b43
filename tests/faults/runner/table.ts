import type { Fault, Row } from "./fault.ts";

export type Verdict = "stands" | "FAILED" | "skipped";

/** One line of the table. */
export type Line = Row & {
  readonly fault: Fault;
  readonly verdict: Verdict;
  /** Why it failed or was skipped. */
  readonly why?: string;
  readonly seconds: number;
};

const HEADINGS = [
  "R",
  "Fault",
  "How",
  "Home",
  "Emitted",
  "Lost",
  "Duplicated",
  "Gaps",
  "Verdict",
  "Seconds, figures",
  "Run",
];

const count = (value: number | undefined): string => (value === undefined ? "–" : value.toLocaleString("en-US"));

const cellsOf = ({ fault, emitted, lost, duplicated, gaps, verdict, why, seconds, notes }: Line): string[] => [
  fault.id,
  fault.name,
  fault.how,
  fault.home,
  count(emitted),
  count(lost),
  count(duplicated),
  count(gaps),
  why === undefined ? verdict : `${verdict}: ${why.split("\n")[0]}`,
  [`${Math.round(seconds)} s`, ...notes].join("; "),
];

/** For reading on a terminal: one fault below the other, since the whole table is wider than a screen. */
export const plainLine = (line: Line): string => {
  const [id, name, how, home, emitted, lost, duplicated, gaps, verdict, figures] = cellsOf(line);
  return [
    `${id}  ${name} (${home}): ${verdict}`,
    `    how: ${how}`,
    `    emitted ${emitted}, lost ${lost}, duplicated ${duplicated}, gaps ${gaps}`,
    `    ${figures}`,
  ].join("\n");
};

/**
 * The table with what was run now; rows of other faults stay as they were, with the run they are of.
 *
 * @param run when, at which commit, in which form
 */
export function markdownTable(lines: readonly Line[], { run, before }: { run: string; before: string }): string {
  const rows = new Map(
    before
      .split("\n")
      .filter((row) => /^\| R\d+ \|/.test(row))
      .map((row) => row.slice(2, -2).split(" | "))
      .filter((cells) => cells.length === HEADINGS.length)
      .map((cells) => [keyOf(cells), cells]),
  );
  for (const line of lines) {
    const cells = [...cellsOf(line), run].map((cell) => cell.replaceAll("|", "\\|"));
    rows.set(keyOf(cells), cells);
  }
  const sorted = [...rows.values()].sort(([a], [b]) => numberOf(a as string) - numberOf(b as string));
  return [HEADINGS, HEADINGS.map(() => "---"), ...sorted].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const keyOf = ([id, name, , home]: readonly string[]): string => [id, name, home].join("|");
const numberOf = (id: string): number => Number(id.slice(1));

export const byNumber = (a: Line, b: Line): number => numberOf(a.fault.id) - numberOf(b.fault.id);
