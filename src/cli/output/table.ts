/** Text as a terminal may be shown it: what is recorded may hold line ends and the terminal's own commands. */
export const shown = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "�");

export type Cell = string | number | null | undefined;

/** Columns side by side; the last one is cut where the terminal ends. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[], width: number): string {
  const texts = rows.map((row) => row.map(cellText));
  const numeric = heads.map(
    (_, i) => rows.length > 0 && rows.every((row) => row[i] == null || typeof row[i] === "number"),
  );
  const widths = heads.map((head, i) => Math.max(head.length, ...texts.map((row) => columnsOf(row[i] ?? ""))));
  const line = (cells: readonly string[]) => {
    const text = cells
      .map((cell, i) => {
        const pad = " ".repeat(Math.max(0, (widths[i] as number) - columnsOf(cell)));
        if (numeric[i]) return pad + cell;
        return i === cells.length - 1 ? cell : cell + pad;
      })
      .join("  ");
    return columnsOf(text) > width ? `${cut(text, width - 1)}…` : text;
  };
  return `${[heads, ...texts].map(line).join("\n")}\n`;
}

const cellText = (cell: Cell): string =>
  cell == null
    ? "–"
    : typeof cell === "number"
      ? cell.toLocaleString("en-US", { maximumFractionDigits: 3 })
      : shown(cell);

const segments = new Intl.Segmenter();
const WIDE = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;

/** How many places a terminal needs for it. */
function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of segments.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

function cut(text: string, width: number): string {
  let [columns, kept] = [0, ""];
  for (const { segment } of segments.segment(text)) {
    columns += WIDE.test(segment) ? 2 : 1;
    if (columns > width) break;
    kept += segment;
  }
  return kept;
}

export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
