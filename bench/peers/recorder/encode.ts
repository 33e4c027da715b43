const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** A context's id as the recorder keeps it: the 16 bytes of the ULID; null where it is none. */
export function ulidBytes(ulid: string | null): Buffer | null {
  if (ulid === null || ulid.length !== 26) return null;
  const bytes = Buffer.alloc(16);
  let bits = 0;
  let held = 0;
  // 26 digits of five bits are 130 bits: the first digit holds three.
  let at = 0;
  for (let i = 0; i < 26; i++) {
    const value = VALUES.get(ulid[i] as string);
    if (value === undefined) return null;
    held = (held << 5) | value;
    bits += i === 0 ? 3 : 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
      held &= (1 << bits) - 1;
    }
  }
  return bytes;
}

export const uuidBytes = (hex: string | null): Buffer | null =>
  hex !== null && /^[0-9a-f]{32}$/.test(hex) ? Buffer.from(hex, "hex") : null;

/** FNV-1a with 32 bits, by which the recorder finds equal attributes again. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Seconds with a fraction, from the time texts of Home Assistant's events. */
export function secondsOf(iso: string): number {
  const [, whole, fraction = "0"] = /^(.{19})(?:\.(\d+))?/.exec(iso) ?? [];
  return Date.parse(`${whole}Z`) / 1000 + Number(`0.${fraction}`);
}
