import { type Bytes, putText, reserve, takeText } from "./bytes.ts";

/** Home Assistant's ids in 16 bytes: contexts are ULIDs (26 characters), users are 32 hexadecimal digits. */
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HEX = "0123456789abcdef";

/** 255: not in the alphabet. */
const values = (alphabet: string): Uint8Array => {
  const table = new Uint8Array(128).fill(255);
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
};
const CROCKFORD_VALUES = values(CROCKFORD);
const HEX_VALUES = values(HEX);

/** How an id is kept: 2 bits. A text that the short form would not give back exactly is kept as text. */
export const ID = { none: 0, short: 1, text: 2 } as const;
export type IdForm = (typeof ID)[keyof typeof ID];

export function putUlid(bytes: Bytes, id: string | null): IdForm {
  if (id === null) return ID.none;
  reserve(bytes, 16);
  if (id.length === 26 && packUlid(bytes.buffer, bytes.at, id)) {
    bytes.at += 16;
    return ID.short;
  }
  putText(bytes, id);
  return ID.text;
}

/** 130 bits from the right: the first character holds 3 of its 5, so it is at most 7. */
function packUlid(buffer: Buffer, at: number, id: string): boolean {
  let held = 0;
  let bits = 0;
  let write = at + 15;
  for (let i = 25; i >= 0; i--) {
    const code = id.charCodeAt(i);
    const value = code < 128 ? (CROCKFORD_VALUES[code] as number) : 255;
    if (value === 255 || (i === 0 && value > 7)) return false;
    held |= value << bits;
    bits += 5;
    if (bits >= 8) {
      buffer[write--] = held & 255;
      held >>>= 8;
      bits -= 8;
    }
  }
  return true;
}

const scratch = Buffer.allocUnsafeSlow(32);
const CROCKFORD_CODES = Buffer.from(CROCKFORD, "latin1");

export function takeUlid(bytes: Bytes, form: IdForm): string | null {
  if (form === ID.none) return null;
  if (form === ID.text) return takeText(bytes);
  const { buffer, at } = bytes;
  let held = 0;
  let bits = 0;
  let read = at + 15;
  for (let i = 25; i >= 0; i--) {
    if (bits < 5 && read >= at) {
      held |= (buffer[read--] as number) << bits;
      bits += 8;
    }
    scratch[i] = CROCKFORD_CODES[held & 31] as number;
    held >>>= 5;
    bits -= 5;
  }
  bytes.at = at + 16;
  return scratch.toString("latin1", 0, 26);
}

export function putHex(bytes: Bytes, id: string | null): IdForm {
  if (id === null) return ID.none;
  reserve(bytes, 16);
  if (id.length === 32 && packHex(bytes.buffer, bytes.at, id)) {
    bytes.at += 16;
    return ID.short;
  }
  putText(bytes, id);
  return ID.text;
}

function packHex(buffer: Buffer, at: number, id: string): boolean {
  for (let i = 0; i < 16; i++) {
    const [high, low] = [id.charCodeAt(2 * i), id.charCodeAt(2 * i + 1)];
    if (high > 127 || low > 127) return false;
    const [h, l] = [HEX_VALUES[high] as number, HEX_VALUES[low] as number];
    if (h === 255 || l === 255) return false;
    buffer[at + i] = (h << 4) | l;
  }
  return true;
}

export function takeHex(bytes: Bytes, form: IdForm): string | null {
  if (form === ID.none) return null;
  if (form === ID.text) return takeText(bytes);
  bytes.at += 16;
  return bytes.buffer.toString("hex", bytes.at - 16, bytes.at);
}
