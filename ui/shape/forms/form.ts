import type { Field, Settings, SourceChoice } from "../../api-outside-types.ts";

/** What is written into a form: texts as they are typed, and what is ticked. */
export type Draft = string | boolean | readonly Draft[] | { readonly [name: string]: Draft };
export type DraftOf = { readonly [name: string]: Draft };

/** A list of plain values, which one field describes. */
const plainOf = (field: Field): Field | undefined =>
  field.item?.length === 1 && field.item[0]?.name === "value" ? field.item[0] : undefined;

/** The choices of a list that is ticked rather than written. */
export const ticked = (field: Field): readonly string[] | undefined => plainOf(field)?.choices;

export const draftOf = (fields: readonly Field[], settings: Settings): DraftOf =>
  Object.fromEntries(fields.map((field) => [field.name, draftOfOne(field, settings[field.name])]));

function draftOfOne(field: Field, value: unknown): Draft {
  if (field.type === "truth") return (value ?? field.default ?? false) === true;
  if (field.type === "group") return draftOf(field.fields ?? [], asSettings(value));
  if (field.type === "list") {
    const plain = plainOf(field);
    const held = value ?? field.default;
    return (Array.isArray(held) ? held : []).map((one) =>
      plain ? draftOfOne(plain, one) : draftOf(field.item ?? [], asSettings(one)),
    );
  }
  return value === undefined || value === null ? "" : String(value);
}
const asSettings = (value: unknown): Settings => (typeof value === "object" && value !== null ? value : {}) as Settings;

/** A new, empty entry of a list. */
export const emptyItem = (field: Field): Draft => (plainOf(field) ? "" : draftOf(field.item ?? [], {}));

/** What is sent. Empty fields are left out: the provider's own value holds. A text that is no number goes as it is. */
export function settingsOf(fields: readonly Field[], draft: DraftOf): Settings {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = sentOf(field, draft[field.name] ?? "");
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

function sentOf(field: Field, draft: Draft): unknown {
  if (field.type === "truth") return field.required || draft !== (field.default ?? false) ? draft === true : undefined;
  if (field.type === "group") {
    const group = settingsOf(field.fields ?? [], draft as DraftOf);
    return field.required || Object.keys(group).length > 0 ? group : undefined;
  }
  if (field.type === "list") {
    const plain = plainOf(field);
    const items = (Array.isArray(draft) ? (draft as readonly Draft[]) : [])
      .map((one) => (plain ? sentOf(plain, one) : settingsOf(field.item ?? [], one as DraftOf)))
      .filter((one) => one !== undefined);
    return field.required || items.length > 0 ? items : undefined;
  }
  const text = String(draft).trim();
  if (text === "") return undefined;
  const number = isNumeric(field) ? numberOf(text) : undefined;
  return number ?? text;
}

export const isNumeric = ({ type }: Field): boolean => type === "number" || type === "integer";

/** `0,25` is written in many countries. undefined: it is none. */
export function numberOf(text: string): number | undefined {
  const number = Number(text.trim().replace(/^(-?\d*),(\d+)$/, "$1.$2"));
  return text.trim() === "" || !Number.isFinite(number) ? undefined : number;
}

/** Why what is typed cannot be right, as far as the form itself can tell. */
export function wrongIn(field: Field, text: string): "number" | "range" | undefined {
  if (!isNumeric(field) || text.trim() === "") return undefined;
  const number = numberOf(text);
  if (number === undefined || (field.type === "integer" && !Number.isInteger(number))) return "number";
  return number < (field.least ?? -Infinity) || number > (field.most ?? Infinity) ? "range" : undefined;
}

/** `weather`, or `weather_2` where there is one already. */
export function freeId(kind: string, taken: readonly Pick<SourceChoice, "id">[]): string {
  for (let n = 1; ; n++) {
    const id = n === 1 ? kind : `${kind}_${n}`;
    if (!taken.some((one) => one.id === id)) return id;
  }
}

/** One place up or down. */
export function moved<T>(list: readonly T[], at: number, by: -1 | 1): readonly T[] {
  const one = list[at];
  const other = list[at + by];
  if (one === undefined || other === undefined) return list;
  return list.map((it, i) => (i === at ? other : i === at + by ? one : it));
}
