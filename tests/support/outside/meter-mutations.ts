import type { Mutation } from "./mutations.ts";

/** A P1 telegram with one line of it missing, empty, or with something else in its brackets. */
export function* telegramMutations(text: string): Generator<Mutation> {
  const lines = text.split("\n");
  for (const [at, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const put = (...own: readonly string[]) => [...lines.slice(0, at), ...own, ...lines.slice(at + 1)].join("\n");
    const what = `line ${at + 1} (${line.slice(0, 12)})`;
    yield { what: `${what}: missing`, how: "missing", text: put() };
    yield { what: `${what}: empty`, how: "null", text: put(line.replace(/\(.*\)/, "()").replace(/^([/!]).*/, "$1")) };
    const other = line.replace(/\([^()]*\)/g, "(nonsense)").replace(/^([/!]).*/, "$1nonsense");
    yield { what: `${what}: another value`, how: "another type", text: put(other) };
    const unit = line.replace(/\*\w+/g, "*furlong");
    if (unit !== line) yield { what: `${what}: another unit`, how: "another type", text: put(unit) };
  }
}

/** A table with one cell of it missing, empty, or holding something else: of the first two rows, and the last. */
export function* tableMutations(text: string): Generator<Mutation> {
  const lines = text.trimEnd().split("\n");
  for (const at of new Set([0, 1, 2, lines.length - 1])) {
    const cells = (lines[at] as string).split(";");
    for (const i of cells.keys()) {
      const put = (...own: readonly string[]) =>
        lines.with(at, [...cells.slice(0, i), ...own, ...cells.slice(i + 1)].join(";")).join("\n");
      yield { what: `line ${at + 1}, cell ${i + 1}: missing`, how: "missing", text: put() };
      yield { what: `line ${at + 1}, cell ${i + 1}: empty`, how: "null", text: put("") };
      yield { what: `line ${at + 1}, cell ${i + 1}: a word`, how: "another type", text: put("nonsense") };
    }
    yield { what: `line ${at + 1}: missing`, how: "missing", text: lines.toSpliced(at, 1).join("\n") };
  }
}

/** What a transmission holds, as far as a test takes it apart: a list, or the bytes of anything else. */
type Part = readonly Part[] | Buffer;

function partAt(bytes: Buffer, begin: number): readonly [Part, number] {
  const first = bytes[begin] as number;
  if (first >> 4 !== 7)
    return [bytes.subarray(begin, begin + Math.max(1, first & 15)), begin + Math.max(1, first & 15)];
  const items: Part[] = [];
  let at = begin + 1;
  for (let i = 0; i < (first & 15); i++) {
    const [item, next] = partAt(bytes, at);
    items.push(item);
    at = next;
  }
  return [items, at];
}

const bytesOf = (part: Part): Buffer =>
  Buffer.isBuffer(part)
    ? part
    : Buffer.concat([Buffer.from([0x70 | part.length]), ...(part as readonly Part[]).map(bytesOf)]);

/** CRC-16/X-25. */
export function x25(bytes: Uint8Array): number {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x8408 : sum >>> 1;
  }
  return sum ^ 0xffff;
}

/** Messages as a meter sends them, with a true checksum. One character for each byte. */
export function transmission(messages: Buffer): string {
  const padding = (4 - (messages.length % 4)) % 4;
  const frame = Buffer.concat([
    Buffer.from("1b1b1b1b01010101", "hex"),
    messages,
    Buffer.alloc(padding),
    Buffer.from("1b1b1b1b1a", "hex"),
    Buffer.from([padding, 0, 0]),
  ]);
  frame.writeUInt16LE(x25(frame.subarray(0, -2)), frame.length - 2);
  return frame.toString("latin1");
}

/** One message of SML with one thing of it missing, absent as SML says it, or of another type; its checksum is true. */
export function* smlMutations(text: string): Generator<Mutation> {
  const bytes = Buffer.from(text, "latin1");
  const [message] = partAt(bytes, 8);
  const changed = function* (part: Part, path: string, put: (part: Part | undefined) => Part): Generator<Mutation> {
    const told = (what: string, how: Mutation["how"], other: Part | undefined): Mutation => ({
      what: `${path}: ${what}`,
      how,
      text: transmission(bytesOf(put(other))),
    });
    yield told("missing", "missing", undefined);
    yield told("absent", "null", Buffer.from([0x01]));
    yield told("a word", "another type", Buffer.from("056e6f7065", "hex"));
    yield told("a truth", "another type", Buffer.from([0x42, 0x01]));
    if (Buffer.isBuffer(part)) return;
    const items = part as readonly Part[];
    for (const [at, item] of items.entries())
      yield* changed(item, `${path}.${at}`, (other) =>
        put(other === undefined ? items.toSpliced(at, 1) : items.with(at, other)),
      );
  };
  const items = message as readonly Part[];
  for (const [at, item] of items.entries())
    yield* changed(item, String(at), (other) => (other === undefined ? items.toSpliced(at, 1) : items.with(at, other)));
}
