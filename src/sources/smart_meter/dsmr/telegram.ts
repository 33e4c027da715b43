import { Failure } from "../../../domain/failure.ts";

/** A P1 telegram: by OBIS code (`1-0:1.8.1`), what stands in its brackets. */
export type Telegram = ReadonlyMap<string, readonly string[]>;

/** From `/` at the beginning of a line to `!` at the beginning of one, with the sum behind it where there is one. */
type Frame = { readonly text: string; readonly sum: string | undefined };

/** So many damaged ones in a row are no matter of luck. */
const MOST_DAMAGED = 3;

/** @param isWhole nothing comes after the text: a `!` at its end has no sum */
function framesIn(text: string, isWhole: boolean): Frame[] {
  const ends = isWhole ? /^!([0-9a-f]{4})?[ \t\r]*$/gim : /^!(?:([0-9a-f]{4})|\r?\n)/gim;
  const frames: Frame[] = [];
  let after = 0;
  for (const end of text.matchAll(ends)) {
    // The last beginning before it: what was cut off before that is nobody's.
    const before = text.slice(after, end.index);
    const body = before.slice(before.lastIndexOf("\n/") + 1);
    if (body.startsWith("/")) frames.push({ text: `${body}!`, sum: end[1]?.toUpperCase() });
    after = end.index + end[0].length;
  }
  return frames;
}

const isSound = ({ text, sum }: Frame): boolean =>
  // Meters of DSMR 2 and 3 have no sum, and some others send this in its place.
  sum === undefined ||
  sum === "FFFF" ||
  sum === sumOf(text) ||
  // The sum is one of the meter's own line ends, which a page may have changed.
  sum === sumOf(text.replace(/\r?\n/g, "\r\n"));

/** CRC-16/ARC. */
function sumOf(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    sum ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xa001 : sum >> 1;
  }
  return sum.toString(16).toUpperCase().padStart(4, "0");
}

/** Whether a port has said enough: one sound telegram, or so many damaged ones that it is hopeless. */
export function isTelegramIn(bytes: Uint8Array): boolean {
  const frames = framesIn(Buffer.from(bytes).toString("latin1"), false);
  return frames.some(isSound) || frames.length >= MOST_DAMAGED;
}

/**
 * The last sound telegram.
 *
 * @throws Failure `changed_shape` (there is none), `damaged` (its sum is another one)
 */
export function readTelegram(bytes: Uint8Array, isWhole: boolean): Telegram {
  const frames = framesIn(Buffer.from(bytes).toString("latin1"), isWhole);
  const frame = frames.findLast(isSound);
  if (frame) return linesOf(frame.text);
  if (frames.length === 0)
    throw new Failure("changed_shape", "What the reader says is no telegram of a meter", {
      fix: "Check the address: it must be that of the reader's telegram, and the reader must be plugged into the meter's P1 port.",
    });
  throw new Failure("damaged", "The meter's telegram came damaged: its checksum is another one", {
    retry: true,
    fix: "If it stays so, check the cable, and that the port's speed and parity fit the meter.",
  });
}

function linesOf(text: string): Telegram {
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    // In DSMR 2 and 3 the gas meter's value stands on a line of its own.
    if (line.startsWith("(") && lines.length > 0) lines.push(`${lines.pop()}${line}`);
    else lines.push(line);
  }
  const telegram = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [, code, brackets] = /^(\d-\d{1,2}:\d{1,3}\.\d{1,3}\.\d{1,3})((?:\([^()]*\))+)\s*$/.exec(line) ?? [];
    if (code === undefined || brackets === undefined || telegram.has(code)) continue;
    telegram.set(
      code,
      [...brackets.matchAll(/\(([^()]*)\)/g)].map((match) => match[1] as string),
    );
  }
  return telegram;
}
