import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { Micros } from "../../domain/time/time.ts";
import type { Where } from "../place.ts";

/** Open-Meteo's two services (weather, air quality) are asked and answer alike. */

export const KEY_ENTRY = {
  api_key: v.optional(
    v.pipe(
      v.string(),
      v.title("API key"),
      v.description("Only with a paid plan of Open-Meteo. Empty: the free service, for non-commercial use."),
      v.metadata({ secret: true }),
    ),
  ),
};

export type Variable = {
  readonly name: string;
  readonly quantity: string;
  /** null: a bare number, whatever word stands for its unit. */
  readonly unit: string | null;
  /** What is said is of the time before the one given. */
  readonly before?: boolean;
};

const number = v.nullable(v.pipe(v.number(), v.finite()));
/** Seconds since the epoch, as asked for; or local time without its offset, which is the service's default. */
const time = v.union([
  v.pipe(v.number(), v.safeInteger()),
  v.pipe(
    v.string(),
    v.regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/),
    v.check((text) => !Number.isNaN(Date.parse(text)), "no time"),
  ),
]);
export type Time = v.InferOutput<typeof time>;

type Values = { readonly [name: string]: number | null | undefined };
type Columns = { readonly [name: string]: readonly (number | null)[] | undefined };

const entries = <S extends v.GenericSchema>(names: readonly string[], schema: S) =>
  Object.fromEntries(names.map((name) => [name, v.optional(schema)] as const));
const units = v.optional(v.record(v.string(), v.string()));
const interval = v.pipe(v.number(), v.minValue(1));
const block = (names: readonly string[]) =>
  v.optional(
    v.pipe(
      v.object({ ...entries(names, v.array(number)), time: v.array(time) }),
      // Values belong to times by their place in the list, so a list of another length belongs to nothing.
      v.check(
        ({ time, ...lists }) =>
          (Object.values(lists) as readonly (readonly unknown[] | undefined)[]).every(
            (list) => !list || list.length === time.length,
          ),
        "lists of different lengths",
      ),
      v.transform(({ time, ...values }) => ({ times: time as readonly Time[], values: values as Columns })),
    ),
  );

/** What is asked for may be missing, of another type it may not be; an answer without any block is none. */
export const openMeteoSchema = (asked: {
  readonly current: readonly string[];
  readonly hourly: readonly string[];
  readonly daily?: readonly string[];
}) =>
  v.pipe(
    v.object({
      utc_offset_seconds: v.pipe(v.number(), v.integer()),
      current_units: units,
      current: v.optional(
        v.pipe(
          v.object({ ...entries(asked.current, number), time, interval }),
          v.transform(({ time, interval, ...values }) => ({
            time: time as Time,
            interval: (interval as number) * 1_000_000,
            values: values as Values,
          })),
        ),
      ),
      hourly_units: units,
      hourly: block(asked.hourly),
      daily_units: units,
      daily: block(asked.daily ?? []),
    }),
    v.check(
      ({ current, hourly }) => current !== undefined || hourly !== undefined,
      "neither current nor hourly values",
    ),
  );
export type OpenMeteoAnswer = v.InferOutput<ReturnType<typeof openMeteoSchema>>;
type Block = NonNullable<OpenMeteoAnswer["hourly"]>;

export function instantOf(given: Time, offsetSeconds: number): Micros {
  if (typeof given === "number") return given * 1_000_000;
  const asUtc = Date.parse(`${given.length === 10 ? `${given}T00:00` : given}:00Z`);
  return (asUtc / 1000 - offsetSeconds) * 1_000_000;
}

export const timesOf = (block: Block, answer: OpenMeteoAnswer): readonly Micros[] =>
  block.times.map((given) => instantOf(given, answer.utc_offset_seconds));

/** @throws Failure `changed_shape` where a value has a unit that nobody here knows */
export function valueIn(
  { name, unit }: Variable,
  value: number | null | undefined,
  units: { readonly [name: string]: string } | undefined,
  /** undefined: there is no such step between units. */
  convert: (value: number, from: string, to: string) => number | undefined,
): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (unit === null) return value;
  const from = units?.[name];
  // Written with the micro sign or with the Greek letter, which look alike.
  const said = from?.replaceAll("\u03bc", "\u00b5");
  const converted = said === undefined ? undefined : said === unit ? value : convert(value, said, unit);
  if (converted === undefined)
    throw new Failure("changed_shape", `Open-Meteo gives ${name} in ${from ?? "no unit"}, not in ${unit}`, {
      fix: "Report it with the raw answer, which the source's page shows.",
    });
  return converted;
}

/** A key belongs to the host of paying customers, which asks for one. */
export function addressOf(
  service: string,
  where: Where | undefined,
  key: string | undefined,
  asked: { readonly [name: string]: string },
): string {
  if (!where) throw new Failure("unplaced", "It is not known where to look");
  const query = new URLSearchParams({
    latitude: where.latitude,
    longitude: where.longitude,
    ...(where.elevation === null ? {} : { elevation: String(where.elevation) }),
    ...asked,
    timeformat: "unixtime",
    ...(key ? { apikey: key } : {}),
  });
  return `https://${key ? "customer-" : ""}${service}?${query}`;
}

/** The UTC day of a time, `2026-11-26`. */
export const dateOf = (instant: Micros): string => new Date(instant / 1000).toISOString().slice(0, 10);
