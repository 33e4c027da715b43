/** A growing buffer and where the next byte goes. Plain functions work on it: this is the hot path of every append. */
export type Bytes = { buffer: Buffer; at: number };

export const createBytes = (size: number): Bytes => ({ buffer: Buffer.allocUnsafeSlow(size), at: 0 });

export function reserve(bytes: Bytes, more: number): void {
  const needed = bytes.at + more;
  if (needed <= bytes.buffer.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, bytes.buffer.length * 2));
  bytes.buffer.copy(grown, 0, 0, bytes.at);
  bytes.buffer = grown;
}

const LOW = 2 ** 28;

/** Seven bits a byte, lowest first; `value` is a whole number from 0 to 2^53. At most 8 bytes, reserved by the caller. */
export function putVarint(bytes: Bytes, value: number): void {
  const { buffer } = bytes;
  let at = bytes.at;
  let rest = value;
  if (rest >= LOW) {
    const high = Math.floor(rest / LOW);
    const low = rest - high * LOW;
    buffer[at++] = (low & 127) | 128;
    buffer[at++] = ((low >>> 7) & 127) | 128;
    buffer[at++] = ((low >>> 14) & 127) | 128;
    buffer[at++] = ((low >>> 21) & 127) | 128;
    rest = high;
  }
  while (rest >= 128) {
    buffer[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  bytes.at = at;
}

/** Reads from `at` and moves it on; past the end it gives what was there, and `at` shows it. */
export function takeVarint(bytes: Bytes): number {
  const { buffer } = bytes;
  let { at } = bytes;
  let byte = buffer[at++] as number;
  let value = byte & 127;
  // Whole numbers as long as they fit 32 bits: most are of one to three bytes.
  for (let shift = 7; byte >= 128 && shift < 28; shift += 7) {
    byte = buffer[at++] as number;
    value |= (byte & 127) << shift;
  }
  for (let scale = LOW; byte >= 128; scale *= 128) {
    byte = buffer[at++] as number;
    value += (byte & 127) * scale;
  }
  bytes.at = at;
  return value;
}

const EXACT = 2 ** 52;

/** A time as its distance from a base, small distances in few bytes; exact between any two safe integers. */
export function putTime(bytes: Bytes, time: number, base: number): void {
  const distance = time - base;
  if (distance >= -EXACT && distance <= EXACT) {
    putVarint(bytes, distance >= 0 ? distance * 2 : -distance * 2 - 1);
    return;
  }
  const exact = BigInt(time) - BigInt(base);
  let rest = exact >= 0n ? exact * 2n : -exact * 2n - 1n;
  for (; rest >= 128n; rest >>= 7n) bytes.buffer[bytes.at++] = Number(rest & 127n) | 128;
  bytes.buffer[bytes.at++] = Number(rest);
}

export function takeTime(bytes: Bytes, base: number): number {
  const start = bytes.at;
  const folded = takeVarint(bytes);
  // 7 bytes are 49 bits: nothing was rounded yet.
  if (bytes.at - start <= 7) {
    // `%` of large numbers is a call into C.
    const half = Math.floor(folded / 2);
    return base + (half * 2 === folded ? half : -(half + 1));
  }
  let exact = 0n;
  for (let at = bytes.at - 1; at >= start; at--) exact = (exact << 7n) | BigInt((bytes.buffer[at] as number) & 127);
  return Number(BigInt(base) + (exact % 2n === 0n ? exact / 2n : -(exact + 1n) / 2n));
}

/** Writes ASCII at once; answers whether the text was that, and short enough to be worth a loop. */
function putShortAscii(bytes: Bytes, text: string): boolean {
  const { buffer, at } = bytes;
  const { length } = text;
  if (length > 48) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return false;
    buffer[at + i] = code;
  }
  bytes.at = at + length;
  return true;
}

/** UTF-8 cannot hold a lone surrogate; such a text is kept in UTF-16. */
export type Encoding = "utf8" | "utf16le";

/** The text's bytes alone; who reads them back must know where they end. */
export function putRaw(bytes: Bytes, text: string): Encoding {
  reserve(bytes, text.length * 3);
  if (putShortAscii(bytes, text)) return "utf8";
  const encoding = text.isWellFormed() ? "utf8" : "utf16le";
  bytes.at += bytes.buffer.write(text, bytes.at, encoding);
  return encoding;
}

export const takeRaw = (bytes: Bytes, end: number, encoding: Encoding): string => {
  const text =
    encoding === "utf8" ? utf8(bytes.buffer, bytes.at, end) : bytes.buffer.toString("utf16le", bytes.at, end);
  bytes.at = end;
  return text;
};

/** Most states are a few ASCII characters: cheaper here than a call into the runtime. */
function utf8(buffer: Buffer, from: number, to: number): string {
  if (to - from > 12) return buffer.toString("utf8", from, to);
  let text = "";
  for (let at = from; at < to; at++) {
    const code = buffer[at] as number;
    if (code > 127) return buffer.toString("utf8", from, to);
    text += String.fromCharCode(code);
  }
  return text;
}

/** A text with its length before it: twice the number of bytes, plus one for UTF-16. */
export function putText(bytes: Bytes, text: string): void {
  reserve(bytes, text.length * 3 + 8);
  const wellFormed = text.isWellFormed();
  const length = wellFormed ? Buffer.byteLength(text) : text.length * 2;
  putVarint(bytes, length * 2 + (wellFormed ? 0 : 1));
  bytes.at += bytes.buffer.write(text, bytes.at, wellFormed ? "utf8" : "utf16le");
}

export function takeText(bytes: Bytes): string {
  const head = takeVarint(bytes);
  return takeRaw(bytes, bytes.at + Math.floor(head / 2), head % 2 === 0 ? "utf8" : "utf16le");
}
