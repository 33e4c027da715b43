import { type Micros, microsToRfc3339 } from "../../domain/time/time.ts";

/** Bytes of the longest time, quotes included. */
export const LONGEST_TIME = 32;

/** Writes a time at a place of a buffer that has room for it, and says where it ends. */
export type TimeWriter = (buffer: Buffer, view: DataView, at: number, time: Micros) => number;

export const createTimeWriter = (times: "rfc3339" | "us"): TimeWriter =>
  times === "us" ? writeMicros : createRfc3339Writer();

const DAY: Micros = 86_400_000_000;
const HALF = 100_000_000;

/** Digits two and four at a time: one store in place of as many divisions. */
const TWO = new Uint16Array(100);
const FOUR = new Uint32Array(10_000);
for (let i = 0; i < 100; i++) TWO[i] = ((0x30 + ((i / 10) | 0)) << 8) | (0x30 + (i % 10));
for (let i = 0; i < 10_000; i++) FOUR[i] = (TWO[(i / 100) | 0] as number) * 0x1_0000 + (TWO[i % 100] as number);

/** Times from 2001 to 2286 have 16 digits, which two halves of eight write without floating point. */
const writeMicros: TimeWriter = (buffer, view, at, time) => {
  if (!(time >= 1e15 && time < 1e16)) return at + buffer.write(String(time), at, "latin1");
  const high = Math.floor(time / HALF) | 0;
  const low = (time - high * HALF) | 0;
  const highest = (high / 10_000) | 0;
  const third = (low / 10_000) | 0;
  view.setUint32(at, FOUR[highest] as number);
  view.setUint32(at + 4, FOUR[high - highest * 10_000] as number);
  view.setUint32(at + 8, FOUR[third] as number);
  view.setUint32(at + 12, FOUR[low - third * 10_000] as number);
  return at + 16;
};

/** The date is made once per day; the rest is arithmetic. `microsToRfc3339` gives the same text, 20 times slower. */
function createRfc3339Writer(): TimeWriter {
  let day: Micros = Number.NaN;
  let [date0, date4, date8] = [0, 0, 0];
  const turnTo = (time: Micros): boolean => {
    const start = Math.floor(time / DAY) * DAY;
    const text = microsToRfc3339(start);
    // A year of more than four digits moves everything.
    if (text.indexOf("T") !== 10) return false;
    const date = Buffer.from(`"${text.slice(0, 11)}`, "latin1");
    [date0, date4, date8] = [date.readUInt32BE(0), date.readUInt32BE(4), date.readUInt32BE(8)];
    day = start;
    return true;
  };
  return (buffer, view, at, time) => {
    // NaN at first, and false then.
    if (!(time >= day && time < day + DAY) && !turnTo(time))
      return at + buffer.write(`"${microsToRfc3339(time)}"`, at, "latin1");
    const rest = time - day;
    const seconds = Math.floor(rest / 1_000_000) | 0;
    const fraction = (rest - seconds * 1_000_000) | 0;
    const minutes = (seconds / 60) | 0;
    const hours = (minutes / 60) | 0;
    const high = (fraction / 10_000) | 0;
    view.setUint32(at, date0);
    view.setUint32(at + 4, date4);
    view.setUint32(at + 8, date8);
    view.setUint16(at + 12, TWO[hours] as number);
    buffer[at + 14] = 0x3a;
    view.setUint16(at + 15, TWO[minutes - hours * 60] as number);
    buffer[at + 17] = 0x3a;
    view.setUint16(at + 18, TWO[seconds - minutes * 60] as number);
    buffer[at + 20] = 0x2e;
    view.setUint16(at + 21, TWO[high] as number);
    view.setUint32(at + 23, FOUR[fraction - high * 10_000] as number);
    buffer[at + 27] = 0x5a;
    buffer[at + 28] = 0x22;
    return at + 29;
  };
}
