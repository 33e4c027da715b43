import type { Attributes } from "../../domain/data/reading.ts";
import { Failure } from "../../domain/failure.ts";

/**
 * Attributes are kept as JSON text and must come back as the same text. The one thing that `JSON.parse` alone would
 * change is a number beyond doubles, which comes in as a `JSON.rawJSON` object and must come back as one.
 */
declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

type ReviverContext = { readonly source?: string };
type Revive = (text: string, reviver: (key: string, value: unknown, context: ReviverContext) => unknown) => unknown;
const parseWith = JSON.parse as Revive;

/** Number texts that may differ from what `String(Number(text))` gives: long, with exponent, -0, tiny, trailing zero. */
const SUSPICIOUS = /[:,[](?:-?\d[\d.]{15}|-?\d+(?:\.\d+)?[eE][-+\d]|-0[,}\]]|-?0\.0{6}|-?\d+\.\d*0[,}\]])/;

export function parseExact(text: string): Attributes {
  if (!SUSPICIOUS.test(text)) return JSON.parse(text);
  return parseWith(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && source !== JSON.stringify(value)
      ? JSON.rawJSON(source)
      : value,
  ) as Attributes;
}

export function writeExact(value: unknown, what: string): string {
  try {
    const text = JSON.stringify(value);
    if (typeof text === "string") return text;
  } catch (cause) {
    throw notStorable(`${what} cannot be written as JSON`, "Nest it less deeply and leave out circles", cause);
  }
  throw notStorable(`${what} is not a JSON value`, "Give a JSON object");
}

/** Whether both give the same JSON text; said without making it where that is easy. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}

export const notStorable = (message: string, fix: string, cause?: unknown): Failure =>
  new Failure("entry_not_storable", message, { fix, cause });
