import { type StateColumn, stateText } from "../../store/shared/columns.ts";
import { writeScaled } from "./numbers.ts";

/** Writes the state of a row at a place that has room, and says where it ends. */
export type StateWriter = (buffer: Buffer, at: number, row: number) => number;

/** How states are spelt. */
export type Spelling = {
  /** At most six bytes for each code unit, and four more. */
  readonly text: (text: string | null) => string;
  /** Numbers in quote marks. */
  readonly quoted: boolean;
};

/** As JSON strings; null as null. */
const AS_JSON: Spelling = { text: (text) => JSON.stringify(text), quoted: true };

/** Bytes of the longest number: a sign, sixteen digits, a point, quotes. */
const LONGEST_SCALED = 24;

const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** A writer for a column, and how many bytes a row of it takes at most. */
export function createStateWriter(
  states: StateColumn,
  spelling = AS_JSON,
): { readonly write: StateWriter; readonly longest: number } {
  return states.form === "texts" ? textWriter(states, spelling) : numberWriter(states, spelling);
}

/** Each text is spelt once, when it first comes. */
function textWriter({ dictionary, indexes }: Extract<StateColumn, { form: "texts" }>, spelling: Spelling) {
  const encoded: (Buffer | undefined)[] = new Array(dictionary.length);
  const encode = (index: number): Buffer => {
    const bytes = Buffer.from(spelling.text(dictionary[index] ?? null));
    encoded[index] = bytes;
    return bytes;
  };
  let longest = 4;
  // A code unit is six bytes at most (\u0000), and there are two quotes.
  for (const text of dictionary) if (text !== null) longest = Math.max(longest, text.length * 6 + 4);
  const write: StateWriter = (buffer, at, row) => {
    const index = indexes[row] as number;
    const bytes = encoded[index] ?? encode(index);
    const { length } = bytes;
    for (let i = 0; i < length; i++) buffer[at + i] = bytes[i] as number;
    return at + length;
  };
  return { write, longest };
}

function numberWriter(states: Extract<StateColumn, { form: "scaled" }>, { text, quoted }: Spelling) {
  const { values, decimals, least, exceptions } = states;
  let longest = LONGEST_SCALED;
  for (const text of exceptions.values()) longest = Math.max(longest, (text?.length ?? 0) * 6 + 4);
  const write: StateWriter = (buffer, at, row) => {
    const value = values[row] as number;
    const size = Math.abs(value);
    // Beyond 32 bits, or no number: rare enough to take the way by a text.
    if (!(size < 0x7fff_ffff)) return at + buffer.write(text(stateText(states, row)), at);
    if (quoted) buffer[at++] = QUOTE;
    if (value < 0) buffer[at++] = MINUS;
    at = writeScaled(buffer, at, size, decimals);
    if (decimals > least) {
      for (let cut = decimals; cut > least && buffer[at - 1] === ZERO; cut--) at--;
      if (buffer[at - 1] === POINT) at--;
    }
    if (quoted) buffer[at++] = QUOTE;
    return at;
  };
  return { write, longest };
}
