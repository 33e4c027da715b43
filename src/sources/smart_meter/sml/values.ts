/** A value of SML: bytes, a truth, a number with the bytes that it took, a list, or the end of a message. */
export type Value =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "truth"; readonly value: boolean }
  | { readonly kind: "number"; readonly value: bigint; readonly size: number; readonly signed: boolean }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | { readonly kind: "end" };

/** Deeper than any message is. */
const MOST_DEPTH = 16;

/** The values that follow one another. @throws RangeError where they are cut off, or of no type that there is */
export function valuesIn(bytes: Uint8Array): Value[] {
  const values: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [value, next] = valueAt(bytes, at, 0);
    values.push(value);
    at = next;
  }
  return values;
}

function valueAt(bytes: Uint8Array, begin: number, depth: number): [Value, number] {
  if (depth > MOST_DEPTH) throw new RangeError("too deep");
  const first = byteAt(bytes, begin);
  if (first === 0) return [{ kind: "end" }, begin + 1];
  let length = first & 0x0f;
  let at = begin + 1;
  // The length goes on in the next byte.
  for (let byte = first; byte & 0x80; at++) {
    byte = byteAt(bytes, at);
    length = (length << 4) | (byte & 0x0f);
    if (length > bytes.length) throw new RangeError("longer than all there is");
  }
  const type = (first >> 4) & 7;
  if (type === 7) {
    const items: Value[] = [];
    for (let i = 0; i < length; i++) {
      const [item, next] = valueAt(bytes, at, depth + 1);
      items.push(item);
      at = next;
    }
    return [{ kind: "list", items }, at];
  }
  const end = begin + length;
  if (end < at || end > bytes.length) throw new RangeError("cut off");
  return [plainValue(type, bytes.subarray(at, end)), end];
}

function plainValue(type: number, content: Uint8Array): Value {
  if (type === 0) return { kind: "bytes", bytes: content };
  if (type === 4 && content.length === 1) return { kind: "truth", value: content[0] !== 0 };
  if ((type === 5 || type === 6) && content.length >= 1 && content.length <= 8) {
    const whole = BigInt(`0x${Buffer.from(content).toString("hex")}`);
    const signed = type === 5;
    return {
      kind: "number",
      value: signed ? BigInt.asIntN(8 * content.length, whole) : whole,
      size: content.length,
      signed,
    };
  }
  throw new RangeError(`no type ${type} of ${content.length} bytes`);
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError("cut off");
  return byte;
}
