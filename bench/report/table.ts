import type { RunLine } from "../goal.ts";
import { formatNumber, type Row, type Spread, summarize, type Verdict } from "./summary.ts";

const spreadText = ({ median, worst, runs }: Spread, unit: string): string =>
  `${formatNumber(median)}${runs > 1 && worst !== median ? ` (worst ${formatNumber(worst)})` : ""} ${unit}`.trim();

export function verdictText({ goal, figure, met, runsMet, runs }: Verdict): string {
  if (met === undefined) return `not judged: ${goal}`;
  const ratio = goal.includes("/") ? ` (${formatNumber(figure ?? Number.NaN)}x)` : "";
  return `${met ? "met" : "MISSED"}: ${goal}${ratio}${runs > 1 ? `, ${runsMet} of ${runs} runs` : ""}`;
}

const cells = ({ goal, name, unit, ours, peer, verdicts }: Row): string[] => [
  goal,
  name,
  spreadText(ours, unit),
  peer ? `${peer.name}: ${spreadText(peer, unit)}` : "–",
  verdicts.length === 0 ? "–" : verdicts.map(verdictText).join("; "),
];

export const HEADINGS = ["Goal", "Measure", "Ours", "Peer, same run", "Verdict"];
export const rowsOf = (lines: readonly RunLine[]): string[][] => summarize(lines).map(cells);

/** For reading on a terminal. */
export function plainTable(lines: readonly RunLine[]): string {
  const rows = [HEADINGS, ...rowsOf(lines)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export const markdownTable = (lines: readonly RunLine[]): string =>
  [HEADINGS, HEADINGS.map(() => "---"), ...rowsOf(lines)]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");

export const missed = (lines: readonly RunLine[]): number =>
  summarize(lines).flatMap(({ verdicts }) => verdicts.filter(({ met }) => met === false)).length;
