import { Failure } from "../../domain/failure.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros } from "../../domain/time/time.ts";
import { QUANTITIES } from "../quantities.ts";
import type { AnyProvider, FileNeeds } from "../source.ts";
import type { FileImport, Settings } from "../sources.ts";

export type FileGiven = FileNeeds<unknown> & { readonly preview: boolean };
export type FileFound = { readonly readings: readonly OutsideReading[]; readonly told: FileImport };

/**
 * What a file holds, and what is told of it.
 *
 * @throws Failure `unreadable_file`; with a cause where nobody knows why
 */
export function readFile(provider: AnyProvider, bytes: Uint8Array, given: FileGiven): FileFound {
  const { preview, ...needs } = given;
  try {
    // Somebody looks at it first: then it is read as it seems to be meant.
    const look = preview ? provider.lookAtFile?.(bytes, needs) : undefined;
    const read = provider.readFile?.(bytes, look ? { ...needs, settings: look.settings } : needs);
    const { readings: all = [], leftOut = [], notes = [] } = read ?? {};
    const known = QUANTITIES[provider.kind];
    const readings = all.filter(({ quantity, time, until = time }) => quantity in known && until <= needs.now);
    const early = all.length - readings.length;
    const times = timesOf(readings);
    return {
      readings,
      told: {
        provider: provider.id,
        preview,
        readings: readings.length,
        from: times?.from ?? null,
        to: times?.to ?? null,
        sums: sumsOf(readings, provider.kind),
        leftOut: early === 0 ? leftOut : [...leftOut, { why: "Of a time that is still to come", count: early }],
        notes,
        ...(look ? { proposed: look.settings as Settings, columns: look.columns, rows: look.rows } : {}),
      },
    };
  } catch (error) {
    if (error instanceof Failure)
      throw new Failure("unreadable_file", error.message, error.fix === undefined ? {} : { fix: error.fix });
    const fix = `Check that it is one that ${provider.name} reads.`;
    throw new Failure("unreadable_file", "The file cannot be read", { fix, cause: error });
  }
}

function timesOf(readings: readonly OutsideReading[]): { readonly from: Micros; readonly to: Micros } | undefined {
  if (readings.length === 0) return undefined;
  return readings.reduce(
    ({ from, to }, { time, until = time }) => ({ from: Math.min(from, time), to: Math.max(to, until) }),
    { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY },
  );
}

function sumsOf(readings: readonly OutsideReading[], kind: AnyProvider["kind"]): FileImport["sums"] {
  return [...Map.groupBy(readings, ({ quantity }) => quantity)].flatMap(([quantity, own]) => {
    const described = QUANTITIES[kind][quantity];
    const times = timesOf(own);
    if (!described?.interval || !times) return [];
    // Sums of floats have more digits than the meter has.
    const sum = Number(own.reduce((total, { value }) => total + Number(value), 0).toPrecision(12));
    return [{ quantity, name: described.name, unit: described.unit, readings: own.length, ...times, sum }];
  });
}
