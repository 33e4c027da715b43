import type { Attributes, Context } from "../../../domain/data/reading.ts";
import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";

/** How Home Assistant writes times and attributes in JSON. */

/**
 * Float seconds of Home Assistant's clock, which is finer than a microsecond: a seventh digit comes along that rounds
 * away again, as it does on a real Core.
 */
export function clockSecondsText(time: Micros): string {
  const extra = time % 4;
  // 500578.8 µs and 500579 µs are the same microsecond.
  return extra === 1 ? `${secondsText(time - 1)}8` : extra === 0 ? secondsText(time) : `${secondsText(time)}${extra}`;
}

/** Float seconds of a time that went through Python's datetime, which keeps microseconds. */
export function secondsText(time: Micros): string {
  const whole = Math.floor(time / 1_000_000);
  const rest = time - whole * 1_000_000;
  return `${whole}.${rest < 100_000 ? String(rest).padStart(6, "0") : rest}`;
}

/** `2026-11-23T23:01:13.996400+00:00` */
export const isoText = (time: Micros): string => `${microsToRfc3339(time).slice(0, -1)}+00:00`;

const attributeTexts = new WeakMap<Attributes, string>();

/** Attribute objects never change once they are set, so each is written once. */
export function attributesText(attributes: Attributes): string {
  let text = attributeTexts.get(attributes);
  if (text === undefined) {
    text = JSON.stringify(attributes);
    attributeTexts.set(attributes, text);
  }
  return text;
}

export const contextText = (context: Context): string =>
  `{"id":"${context.id}","parent_id":${quoted(context.parentId)},"user_id":${quoted(context.userId)}}`;

export const quoted = (text: string | null): string => (text === null ? "null" : `"${text}"`);

/** The same JSON value, whatever the order of keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && sameValue((a as Attributes)[key], (b as Attributes)[key]));
}
