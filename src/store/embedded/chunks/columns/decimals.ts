import { WIDEST_NUMBER } from "./numbers.ts";

/**
 * How texts of numbers are written: with at least `least` and at most `decimals` decimals, zeros beyond `least` left
 * out. Python writes floats so (20.0 beside 20.31), and where both are equal all have the same width.
 */
export type Spelling = { readonly decimals: number; readonly least: number };

/** Text = value / 10^decimals in that spelling; NaN: another text stands in its row. */
export type Scaled = Spelling & { readonly values: Float64Array; readonly others: readonly number[] };

/** Digits that a whole number in a double surely holds. */
const MOST_DIGITS = 15;
/** Others cost as much as a dictionary: beyond this share a dictionary takes all. */
const MOST_OTHERS = 1 / 4;

const POWERS = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);

/** What was read of a text by `parse`: the digits as a whole number, and how many of them are decimals. */
let digits = 0;
let decimalsRead = 0;

/** Whether a text is a number as we write them: no plus, no exponent, no zeros before it, no -0. */
function parse(text: string): boolean {
  const { length } = text;
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const negative = at === 1;
  const start = at;
  let value = 0;
  let point = -1;
  if (length - start > MOST_DIGITS + 1 || length === start) return false;
  for (; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (point >= 0 || at === start || at === length - 1) return false;
      point = at;
    } else if (code >= 48 && code <= 57) value = value * 10 + (code - 48);
    else return false;
  }
  const whole = (point < 0 ? length : point) - start;
  if (whole > 1 && text.charCodeAt(start) === 48) return false;
  if (negative && value === 0) return false;
  if (length - start - (point < 0 ? 0 : 1) > MOST_DIGITS) return false;
  digits = negative ? -value : value;
  decimalsRead = point < 0 ? 0 : length - point - 1;
  return true;
}

/** undefined: too few of the texts are numbers in one spelling. */
export function scale(texts: readonly (string | null)[]): Scaled | undefined {
  const count = texts.length;
  const allowed = Math.floor(count * MOST_OTHERS);
  const values = new Float64Array(count);
  const read = new Int8Array(count).fill(-1);
  const longer = new Uint32Array(MOST_DIGITS + 1);
  const padded = new Uint32Array(MOST_DIGITS + 1);
  let failed = 0;
  for (let i = 0; i < count; i++) {
    const text = texts[i] as string | null;
    if (text === null || !parse(text)) {
      if (++failed > allowed) return undefined;
      continue;
    }
    values[i] = digits;
    read[i] = decimalsRead;
    const kind = decimalsRead > 0 && digits % 10 === 0 ? padded : longer;
    kind[decimalsRead] = (kind[decimalsRead] as number) + 1;
  }
  const spelling = spellingOf(longer, padded);
  const others: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = scaled(values[i] as number, read[i] as number, spelling);
    values[i] = value;
    if (Number.isNaN(value)) others.push(i);
    else {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return others.length > allowed || most - least >= WIDEST_NUMBER ? undefined : { ...spelling, values, others };
}

/** By how many decimals the texts have, and whether the last one is a zero: the spelling that most of them have. */
function spellingOf(longer: Uint32Array, padded: Uint32Array): Spelling {
  let decimals = MOST_DIGITS;
  while (decimals > 0 && longer[decimals] === 0 && padded[decimals] === 0) decimals--;
  let best = 0;
  let most = -1;
  let from = 0;
  for (let least = decimals; least >= 0; least--) {
    from += longer[least] as number;
    const fitting = from + (padded[least] as number);
    if (fitting > most) [most, best] = [fitting, least];
  }
  // All in one width: longer ones cannot be, and what ends in a zero there needs `least` to be it.
  return { decimals, least: best };
}

function scaled(value: number, read: number, { decimals, least }: Spelling): number {
  if (read < least || (read > least && value % 10 === 0)) return Number.NaN;
  const scaledUp = value * (POWERS[decimals - read] as number);
  return Math.abs(scaledUp) < WIDEST_NUMBER ? scaledUp : Number.NaN;
}
