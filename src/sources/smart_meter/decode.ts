export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "iso-8859-1"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Of a file without a mark at its beginning, so much is looked at. */
const LOOKED_AT = 4_096;

/** What a text file is most likely encoded in. */
export function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // Digits and delimiters have a zero in one of their two bytes.
  const zeros = [0, 0];
  for (const [i, byte] of bytes.subarray(0, LOOKED_AT).entries())
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = Math.min(bytes.length, LOOKED_AT) / 4;
  if (odd > many && even < odd / 4) return "utf-16le";
  if (even > many && odd < even / 4) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return "iso-8859-1";
  }
}

/** Without the mark at its beginning. */
export const decode = (bytes: Uint8Array, encoding: Encoding): string =>
  new TextDecoder(encoding).decode(bytes).replace(/^\ufeff/, "");
