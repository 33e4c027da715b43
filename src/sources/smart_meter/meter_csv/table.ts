/** A row with the number of its line, from 1. */
export type Row = { readonly line: number; readonly cells: readonly string[] };

export const signOf = (delimiter: string): string => (delimiter === "tab" ? "\t" : delimiter);

/** Rows that are not empty. Within double quotes anything may stand; two of them are one. */
export function rowsOf(text: string, delimiter: string): Row[] {
  const sign = signOf(delimiter);
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  let line = 1;
  let begin = 1;
  const endCell = () => {
    cells.push(cell.trim());
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (cells.some((one) => one !== "")) rows.push({ line: begin, cells });
    cells = [];
    begin = line;
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (letter === "\n") line++;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += letter;
        at++;
      } else quoted = false;
    } else if (letter === '"' && cell.trim() === "") quoted = true;
    else if (letter === sign) endCell();
    else if (letter === "\n") endRow();
    else if (letter !== "\r") cell += letter;
  }
  endRow();
  return rows;
}

/** Names of columns as a form shows them: `#3` where the column has none, or shares its name with another. */
export const columnNames = (header: Row | undefined, width: number): string[] =>
  Array.from({ length: width }, (_, i) => {
    const name = header?.cells[i] ?? "";
    const isOne = name !== "" && header?.cells.filter((other) => other === name).length === 1;
    return isOne ? name : `#${i + 1}`;
  });

/** Where a column is, by its name or `#` and its number. -1: nowhere. */
export function indexOf(column: string, header: Row | undefined): number {
  const number = /^#(\d{1,3})$/.exec(column)?.[1];
  return number === undefined ? (header?.cells.indexOf(column.trim()) ?? -1) : Number(number) - 1;
}

const MISSING = /^(?:-+|n\/?a|nan|null|none|k\.? ?a\.?|#nv|#n\/a|\?+)?$/i;

/** Whether a cell says that there is no value. */
export const isMissing = (cell: string): boolean => MISSING.test(cell.trim());

const NUMBERS = {
  ",": { pattern: /^-?(?:\d+|\d{1,3}(?:[. '\u00a0\u202f]\d{3})+)?(?:,\d+)?$/, between: /[. '\u00a0\u202f]/g },
  ".": { pattern: /^-?(?:\d+|\d{1,3}(?:[, '\u00a0\u202f]\d{3})+)?(?:\.\d+)?$/, between: /[, '\u00a0\u202f]/g },
} as const;

/** undefined: it is no number. */
export function numberIn(cell: string, decimal: "," | "."): number | undefined {
  const { pattern, between } = NUMBERS[decimal];
  const text = cell.trim();
  return /\d/.test(text) && pattern.test(text) ? Number(text.replace(between, "").replace(",", ".")) : undefined;
}
