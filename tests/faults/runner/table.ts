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

const HEADINGS = ["R", "Fault", "How", "Home", "Emitted", "Lost", "Duplicated", "Gaps", "Verdict", "Seconds, figures"];

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

export const markdownTable = (lines: readonly Line[]): string =>
  [HEADINGS, HEADINGS.map(() => "---"), ...lines.map(cellsOf)]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");

export const byNumber = (a: Line, b: Line): number => Number(a.fault.id.slice(1)) - Number(b.fault.id.slice(1));
