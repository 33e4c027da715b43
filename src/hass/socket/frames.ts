import { Failure } from "../../domain/failure.ts";

/** One message from Home Assistant: the only shape that the library and the rest of hass/ may rely on. */
export type Message = { readonly id?: number; readonly type: string; readonly [key: string]: unknown };

/**
 * Integers past 2^53, exponents of three digits and -0 do not survive a double and `JSON.stringify`; frames without them
 * parse the fast way.
 * Only where a number can stand: the ids of contexts are full of digits and Es.
 */
const SUSPICIOUS_NUMBER = /[:,[]\s*(?:-?(?:\d*\.?\d{16}|[\d.]+[eE][+-]?\d{3})|-0(?:\.0+)?\s*[,}\]])/;
const NUMBER_KEPT_BY_TEXT = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Reads a frame once. Numbers that a double would alter are kept as `JSON.rawJSON`, which prints them unaltered. */
export function parseFrame(text: string): readonly Message[] {
  const parsed: unknown = SUSPICIOUS_NUMBER.test(text) ? JSON.parse(text, keepExactNumbers) : JSON.parse(text);
  const messages = Array.isArray(parsed) ? parsed : [parsed];
  for (const message of messages) {
    if (!isMessage(message)) throw new Failure("malformed_frame", "a frame holds something that is no message");
  }
  return messages as readonly Message[];
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { id, type } = value as { id?: unknown; type?: unknown };
  return typeof type === "string" && (id === undefined || Number.isSafeInteger(id));
}

type RawJson = { rawJSON(text: string): unknown };

export function keepExactNumbers(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined || !NUMBER_KEPT_BY_TEXT.test(source)) return value;
  const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : significantDigits(source) <= 17;
  if (exact && Number.isFinite(value) && !Object.is(value, -0)) return value;
  return (JSON as unknown as RawJson).rawJSON(source);
}

const significantDigits = (source: string): number =>
  source
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "").length;

/** Marks of messages that someone waits for, or that other subscriptions send. */
const OTHERS = ['"type":"result"', '"type":"pong"', '"event_type":'].map((mark) => Buffer.from(mark));

/**
 * Whether a frame holds nothing but events of one subscription, as far as its bytes tell without being parsed. A frame
 * for which this is not certain is parsed at once; that is always right, only dearer.
 */
export function holdsOnly(frame: Buffer, subscription: number): boolean {
  const start = frame[0] === "[".charCodeAt(0) ? 1 : 0;
  const head = `{"id":${subscription},"type":"event","event":{`;
  return frame.toString("latin1", start, start + head.length) === head && !OTHERS.some((mark) => frame.includes(mark));
}
