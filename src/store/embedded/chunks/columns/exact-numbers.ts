import { must } from "../coding/malformed.ts";
import { putByte, type SectionReader, type SectionWriter, takeByte } from "../coding/section.ts";
import { readNumbers, WIDEST_NUMBER, writeNumbers } from "./numbers.ts";
import { readWide, writeWide } from "./times.ts";

/** Any safe integers, as numbers where those are exact, else one by one. */
export function writeExactNumbers(section: SectionWriter, values: Float64Array): void {
  if (values.length === 0) return;
  let least = 0;
  let most = 0;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const fits = -least < WIDEST_NUMBER / 2 && most < WIDEST_NUMBER / 2;
  putByte(section.plain, fits ? 1 : 0);
  if (fits) writeNumbers(section, values);
  else writeWide(section, values, 0);
}

export function readExactNumbers(section: SectionReader, count: number): Float64Array {
  if (count === 0) return new Float64Array(0);
  const form = takeByte(section.plain);
  must(form <= 1, "numbers are written in an unknown way");
  return form === 1 ? readNumbers(section, count) : readWide(section, count, 0);
}
