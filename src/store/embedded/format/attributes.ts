import type { Attributes } from "../../../domain/data/reading.ts";
import { parseExact, sameJson, writeExact } from "../../shared/exact-json.ts";
import { type Bytes, putRaw, putVarint, reserve, takeRaw, takeVarint } from "./bytes.ts";

/**
 * Attributes are records of their own, so that readings which change nothing in them share one. A full record is the
 * JSON text. A differing one names a full record of the same series and segment (never another differing one: two
 * reads give any attributes back) with the keys to set and those to take out.
 */
export type Difference = { readonly set: readonly string[]; readonly removed: readonly string[] };

/**
 * What turns `base` into `next`, the order of keys included: keys that stay keep their order, new ones come last.
 * undefined: only a full record can say it.
 */
export function difference(base: Attributes, baseKeys: readonly string[], next: Attributes): Difference | undefined {
  const set: string[] = [];
  const removed: string[] = [];
  let at = 0;
  for (const key of Object.keys(next)) {
    const value = next[key];
    // JSON leaves it out; saying so key by key is not worth it.
    if (value === undefined) return undefined;
    const same = at < baseKeys.length && baseKeys[at] === key;
    if (same || Object.hasOwn(base, key)) {
      if (!same) {
        const found = baseKeys.indexOf(key, at);
        if (found < 0) return undefined;
        for (; at < found; at++) removed.push(baseKeys[at] as string);
      }
      at++;
      if (!sameValue(base[key], value)) set.push(key);
    } else {
      // New keys come last on reading back: one of the base that follows after all is not found again, above.
      for (; at < baseKeys.length; at++) removed.push(baseKeys[at] as string);
      set.push(key);
    }
  }
  for (; at < baseKeys.length; at++) removed.push(baseKeys[at] as string);
  return { set, removed };
}

const sameValue = (a: unknown, b: unknown): boolean => a === b || sameJson(a, b);

export function putFull(bytes: Bytes, attributes: Attributes): void {
  putRaw(bytes, writeExact(attributes, "A reading's attributes"));
}

export const takeFull = (bytes: Bytes, end: number): Attributes => parseExact(takeRaw(bytes, end, "utf8"));

/** Payload: how far back the full record begins, length of the text of what is set, that text, keys taken out. */
export function putDifference(bytes: Bytes, back: number, { set, removed }: Difference, next: Attributes): void {
  const text = `{${set.map((key) => `${JSON.stringify(key)}:${writeExact(next[key], `The attribute ${key}`)}`).join()}}`;
  reserve(bytes, 16);
  putVarint(bytes, back);
  putVarint(bytes, Buffer.byteLength(text));
  putRaw(bytes, text);
  if (removed.length > 0) putRaw(bytes, JSON.stringify(removed));
}

export type DifferenceParts = {
  readonly back: number;
  /** Of the keys that are set or taken out: what the full record says of them does not show. */
  readonly names: ReadonlySet<string>;
  apply(base: Attributes): Attributes;
};

export function takeDifference(bytes: Bytes, end: number): DifferenceParts {
  const back = takeVarint(bytes);
  const length = takeVarint(bytes);
  const set = parseExact(takeRaw(bytes, bytes.at + length, "utf8"));
  const removed: string[] = bytes.at < end ? JSON.parse(takeRaw(bytes, end, "utf8")) : [];
  return {
    back,
    names: new Set([...Object.keys(set), ...removed]),
    apply: (base) => {
      const next: { [name: string]: unknown } = { ...base };
      for (const key of removed) delete next[key];
      for (const key of Object.keys(set)) {
        // An assignment to `__proto__` would set the prototype instead of a key.
        if (key === "__proto__")
          Object.defineProperty(next, key, { value: set[key], enumerable: true, configurable: true, writable: true });
        else next[key] = set[key];
      }
      return next;
    },
  };
}

/** Same keys in the same order with the same values. */
export function sameAttributes(a: Attributes, b: Attributes): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return keys.length === others.length && keys.every((key, i) => others[i] === key && sameValue(a[key], b[key]));
}
