import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Recorded homes that lie beside the project where there are any; they are read, never copied. */
const HOMES = join(import.meta.dirname, "../../../../shared/fixtures/homes");
const SMART_HOME = join(HOMES, "open-smart-home/measurements");
const MAVPAD = join(HOMES, "mavpad-2005-jan");

/** Why nothing can be read from recorded homes; false: it can. */
export const homesAreAbsent: string | false =
  existsSync(SMART_HOME) && existsSync(MAVPAD) ? false : "the recorded homes are not beside the project";

/** One series of a home, as changes: no value is that of the row before. Times in seconds, as recorded, ascending. */
export type Recorded = {
  readonly name: string;
  readonly rows: readonly { readonly seconds: number; readonly state: string }[];
};

/** A flat's rooms over 90 days: temperatures, humidity, brightness, set points. */
export function smartHome(): Recorded[] {
  return readdirSync(SMART_HOME)
    .sort()
    .map((file) => {
      const rows = gunzipSync(readFileSync(join(SMART_HOME, file)))
        .toString()
        .trim()
        .split("\n")
        .map((line) => {
          const [seconds, state] = line.split("\t") as [string, string];
          return { seconds: Number(seconds), state };
        });
      return { name: file.replace(".csv.gz", ""), rows: changesOf(rows) };
    });
}

/** Motion, doors, lights and other sensors of another flat over eight days: mostly 0 and 1, or on a scale to 100. */
export function mavpad(): Recorded[] {
  const series = new Map<string, { seconds: number; state: string }[]>();
  for (const file of readdirSync(MAVPAD).filter((name) => name.endsWith(".data.gz"))) {
    for (const line of gunzipSync(readFileSync(join(MAVPAD, file)))
      .toString()
      .split("\n")) {
      const [mark, zone, number, , level] = line.split("|");
      const seconds = Date.parse(`${mark?.replace(" ", "T")}Z`) / 1000;
      if (!Number.isFinite(seconds) || level === undefined) continue;
      const name = `${zone}${number}`;
      const rows = series.get(name) ?? [];
      rows.push({ seconds, state: level });
      series.set(name, rows);
    }
  }
  return [...series].map(([name, rows]) => ({ name, rows: changesOf(rows) }));
}

function changesOf(rows: { seconds: number; state: string }[]): Recorded["rows"] {
  const sorted = rows.sort((a, b) => a.seconds - b.seconds);
  return sorted.filter(({ state }, i) => i === 0 || state !== sorted[i - 1]?.state);
}
