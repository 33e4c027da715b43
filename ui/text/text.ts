import { en } from "./en.ts";

export type TextKey = keyof typeof en;

type StemOf<K> = K extends `${infer Stem}.other` ? Stem : never;
/** Keys that have a form for one and a form for others: `live.waiting.one`, `live.waiting.other`. */
export type PluralKey = StemOf<TextKey>;

type Values = { readonly [name: string]: string | number };

/** A further language is a file like en.ts and an entry here; whatever it lacks is said in English. */
const catalogue: { readonly [key in TextKey]: string } = en;
const plurals = new Intl.PluralRules("en");

/** Every word a person reads comes from here. */
export function t(key: TextKey, values: Values = {}): string {
  return fill(catalogue[key], values);
}

export function plural(stem: PluralKey, count: number, values: Values = {}): string {
  const form = plurals.select(count) === "one" ? "one" : "other";
  const text = (catalogue as { readonly [key: string]: string })[`${stem}.${form}`] ?? catalogue[`${stem}.other`];
  return fill(text, { count: count.toLocaleString(), ...values });
}

export const hasText = (key: string): key is TextKey => Object.hasOwn(catalogue, key);

/** What is said of one part in particular, where it has words of its own: `service.restart.text.integration`. */
export function textOf(part: string, key: TextKey, values: Values = {}): string {
  const own = `${key}.${part}`;
  return t(hasText(own) ? own : key, values);
}

const fill = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
