import type { Attributes } from "../../../../domain/data/reading.ts";
import { type StateColumn, stateText } from "../../../shared/columns.ts";
import { parseExact, writeExact } from "../../../shared/exact-json.ts";
import { NO_ATTRIBUTES } from "../../../store.ts";
import { sameAttributes } from "../../format/attributes.ts";
import { readInts, writeInts } from "../coding/ints.ts";
import { must } from "../coding/malformed.ts";
import { putByte, type SectionReader, type SectionWriter, takeByte } from "../coding/section.ts";
import { readTexts, writeTexts } from "./texts.ts";

/**
 * JSON objects, one a row. A row whose object is that of the row before adds nothing; the others are **versions**. Of
 * those, each key is a column of its own with its values' JSON, so that a number that changes is kept as states are and
 * what stays costs nothing; the names of the keys in their order are a column too. Objects with very many keys are kept
 * whole.
 */
const FORM = { none: 0, columns: 1, whole: 2 } as const;
const MOST_KEYS = 96;

export function writeAttributes(section: SectionWriter, rows: readonly Attributes[]): void {
  const versions: Attributes[] = [];
  const isNew = new Float64Array(rows.length);
  let before: Attributes = NO_ATTRIBUTES;
  for (const [i, attributes] of rows.entries()) {
    if (sameAttributes(before, attributes)) continue;
    isNew[i] = 1;
    versions.push(attributes);
    before = attributes;
  }
  if (versions.length === 0) {
    putByte(section.plain, FORM.none);
    return;
  }
  const columns = columnsOf(versions);
  putByte(section.plain, columns ? FORM.columns : FORM.whole);
  writeInts(section, isNew);
  if (columns) {
    writeTexts(section, columns.shapes);
    for (const column of columns.values.values()) writeTexts(section, column);
  } else {
    const wholes = versions.map((version) => writeExact(version, "Attributes"));
    writeTexts(section, wholes);
  }
}

type Columns = { readonly shapes: readonly string[]; readonly values: ReadonlyMap<string, readonly string[]> };

/** undefined: there are too many keys. */
function columnsOf(versions: readonly Attributes[]): Columns | undefined {
  const shapes: string[] = [];
  const values = new Map<string, string[]>();
  const last = new Map<string, unknown>();
  let shape = "";
  let shapeKeys: readonly string[] = [];
  for (const version of versions) {
    const keys: string[] = [];
    for (const key of Object.keys(version)) {
      const value = version[key];
      const column = values.get(key);
      const same =
        column !== undefined && typeof value !== "object" && last.get(key) === value && !Object.is(value, -0);
      const text = same ? (column.at(-1) as string) : JSON.stringify(value);
      // JSON leaves it out.
      if (text === undefined) continue;
      keys.push(key);
      last.set(key, value);
      if (column) column.push(text);
      else values.set(key, [text]);
    }
    if (values.size > MOST_KEYS) return undefined;
    if (keys.length !== shapeKeys.length || keys.some((key, i) => key !== shapeKeys[i])) {
      shapeKeys = keys;
      shape = JSON.stringify(keys);
    } else if (shapes.length === 0) shape = JSON.stringify(keys);
    shapes.push(shape);
  }
  return { shapes, values };
}

export type AttributesColumn = { at(row: number): Attributes };

export function readAttributes(section: SectionReader, count: number): AttributesColumn {
  const form = takeByte(section.plain);
  if (form === FORM.none) return { at: () => NO_ATTRIBUTES };
  must(form === FORM.columns || form === FORM.whole, "attributes are written in an unknown way");
  const isNew = readInts(section, count);
  const versionAt = new Int32Array(count);
  let versions = 0;
  for (let i = 0; i < count; i++) {
    must((isNew[i] as number) <= 1, "attributes are neither new nor the same");
    versions += isNew[i] as number;
    versionAt[i] = versions - 1;
  }
  must(versions > 0, "attributes have no version");
  const textOf = form === FORM.whole ? readWhole(section, versions) : readColumns(section, versions);
  const parsed = new Array<Attributes | undefined>(versions);
  return {
    at: (row) => {
      const version = versionAt[row] as number;
      if (version < 0) return NO_ATTRIBUTES;
      parsed[version] ??= parseExact(textOf(version));
      return parsed[version];
    },
  };
}

function readWhole(section: SectionReader, versions: number): (version: number) => string {
  const texts = readTexts(section, versions);
  return (version) => stateText(texts, version) ?? "{}";
}

type Column = {
  readonly label: string;
  readonly texts: StateColumn;
  /** Per version, its row in the column. */
  readonly rows: Int32Array;
};

function readColumns(section: SectionReader, versions: number): (version: number) => string {
  const shapes = readTexts(section, versions);
  must(shapes.form === "texts", "attributes have no keys");
  const shapeKeys = shapes.dictionary.map(keysOf);
  const columns = new Map<string, Column>();
  const all = new Set(shapeKeys.flat());
  must(all.size <= MOST_KEYS, "attributes have too many keys");
  for (const key of all) {
    const holds = shapeKeys.map((keys) => keys.includes(key));
    const rows = new Int32Array(versions);
    let count = 0;
    for (let i = 0; i < versions; i++) if (holds[shapes.indexes[i] as number]) rows[i] = count++;
    columns.set(key, { label: `${JSON.stringify(key)}:`, texts: readTexts(section, count), rows });
  }
  const shapeColumns = shapeKeys.map((keys) => keys.map((key) => columns.get(key) as Column));
  return (version) => {
    let text = "{";
    for (const { label, texts, rows } of shapeColumns[shapes.indexes[version] as number] as Column[])
      text += `${text.length > 1 ? "," : ""}${label}${stateText(texts, rows[version] as number)}`;
    return `${text}}`;
  };
}

function keysOf(shape: string | null): string[] {
  const keys: unknown = JSON.parse(shape ?? "null");
  must(Array.isArray(keys) && keys.every((key) => typeof key === "string"), "attributes have no keys");
  return keys;
}
