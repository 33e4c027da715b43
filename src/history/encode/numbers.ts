/** Bytes of the longest number in JSON: `-0.0000012345678901234567`. */
export const LONGEST_NUMBER = 25;

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const MOST_DECIMALS = 3;
/** As far as any state's decimals reach: to work one out for each row was a twelfth of a long range. */
const POWERS = Array.from({ length: 23 }, (_, decimals) => 10 ** decimals);

/**
 * Writes a finite number as JSON has it, at a place that has room, and says where it ends. What has few decimals is
 * written without a text: of its ten digits at most no other number of so few digits is as near.
 */
export function writeNumber(buffer: Buffer, at: number, value: number): number {
  const size = Math.abs(value);
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const power = POWERS[decimals] as number;
    const scaled = Math.round(size * power);
    if (!(scaled < 0x7fff_ffff)) break;
    if (scaled / power !== size) continue;
    if (value < 0) buffer[at++] = MINUS;
    return writeScaled(buffer, at, scaled, decimals);
  }
  const text = String(value);
  for (let i = 0; i < text.length; i++) buffer[at++] = text.charCodeAt(i);
  return at;
}

/** `value` / 10^`decimals` with all of these decimals; `value` has up to 31 bits. */
export function writeScaled(buffer: Buffer, at: number, value: number, decimals: number): number {
  if (decimals === 0) return writeDigits(buffer, at, value | 0, 1);
  const scale = POWERS[decimals] ?? 10 ** decimals;
  const whole = (value / scale) | 0;
  at = writeDigits(buffer, at, whole, 1);
  buffer[at++] = POINT;
  return writeDigits(buffer, at, (value - whole * scale) | 0, decimals);
}

/** At least so many digits, zeros in front. */
function writeDigits(buffer: Buffer, at: number, value: number, least: number): number {
  let count = 1;
  for (let rest = (value / 10) | 0; rest > 0; rest = (rest / 10) | 0) count++;
  if (count < least) count = least;
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    buffer[i] = ZERO + (rest - next * 10);
    rest = next;
  }
  return at + count;
}
