import type { Bytes } from "../../format/bytes.ts";
import { putRaw, putVarint, reserve, takeRaw } from "../../format/bytes.ts";
import { must } from "../coding/malformed.ts";
import { takeCount } from "../coding/section.ts";

/** A text or null: twice its bytes plus one for UTF-16 (lone surrogates), plus one again; 0: null. Then the bytes. */
export function putWord(plain: Bytes, word: string | null): void {
  reserve(plain, 8);
  if (word === null) {
    putVarint(plain, 0);
    return;
  }
  const wellFormed = word.isWellFormed();
  const length = wellFormed ? Buffer.byteLength(word) : word.length * 2;
  putVarint(plain, length * 2 + (wellFormed ? 1 : 2));
  putRaw(plain, word);
}

export function takeWord(plain: Bytes): string | null {
  const head = takeCount(plain, 2 * plain.buffer.length + 2);
  if (head === 0) return null;
  const end = plain.at + Math.floor((head - 1) / 2);
  must(end <= plain.buffer.length, "a text is cut off");
  return takeRaw(plain, end, head % 2 === 1 ? "utf8" : "utf16le");
}
