import * as v from "valibot";
import type { OutsidePresent } from "../../../domain/outside/outside.ts";
import { type Micros, microsToRfc3339 } from "../../../domain/time/time.ts";
import type { SourceStatus, Sources } from "../../../sources/sources.ts";
import { type Shape, timeSchema } from "../answers.ts";

const explained = <S extends v.GenericSchema>(schema: S, text: string) => v.pipe(schema, v.description(text));
const value = v.union([v.number(), v.string()]);

/** Who says it, and how that is doing. */
const saidBy = {
  source: v.string(),
  name: v.string(),
  provider: explained(v.nullable(v.string()), "Whose answer holds now; null: nobody's."),
  attribution: explained(v.nullable(v.string()), "To be shown beside the values: the provider's terms ask for it."),
  state: explained(v.string(), "Of the source: ok, starting, degraded, broken or off."),
  why: v.exactOptional(v.string()),
  fix: v.exactOptional(v.string()),
};

export const outsideNowSchema = v.pipe(
  v.object({
    ...saidBy,
    fetched: explained(v.nullable(timeSchema), "When the newest of the values was fetched."),
    values: explained(
      v.record(
        v.string(),
        v.object({
          value: explained(v.nullable(value), "null: not known, or too old to be told; why says it."),
          unit: v.nullable(v.string()),
          time: explained(v.nullable(timeSchema), "Since when it is so, or the beginning of what it is the sum of."),
          why: v.exactOptional(v.string()),
        }),
      ),
      "By quantity: temperature, condition, pm2_5, us_aqi. What the provider does not know is not there.",
    ),
  }),
  v.title("OutsideNow"),
  v.description("What a source of the world outside says of now."),
);
export type OutsideNowShape = Shape<typeof outsideNowSchema>;

const row = v.object({ from: timeSchema, to: timeSchema, values: v.record(v.string(), value) });

export const forecastSchema = v.pipe(
  v.object({
    ...saidBy,
    issued: explained(v.nullable(timeSchema), "When the newest of it was made; where nobody says, when it was heard."),
    units: explained(v.record(v.string(), v.nullable(v.string())), "By quantity."),
    slots: explained(v.array(row), "In order of time; what is not known of a slot is not there."),
    days: explained(v.array(row), "The quantities of whole local days."),
  }),
  v.title("Forecast"),
);
export type ForecastShape = Shape<typeof forecastSchema>;

function saidByOf(source: SourceStatus) {
  const provider = source.statuses.find((one) => one.provider === source.inUse);
  return {
    source: source.id,
    name: source.name,
    provider: source.inUse,
    attribution: provider?.attribution ?? null,
    state: source.state,
    ...(source.why === undefined ? {} : { why: source.why }),
    ...(source.fix === undefined ? {} : { fix: source.fix }),
  };
}

const timeOrNull = (time: Micros | null) => (time === null ? null : microsToRfc3339(time));

export function nowShape(source: SourceStatus, present: readonly OutsidePresent[]): OutsideNowShape {
  const fetched = present.reduce<Micros | null>(
    (newest, one) => (one.fetched === null ? newest : Math.max(newest ?? 0, one.fetched)),
    null,
  );
  return {
    ...saidByOf(source),
    fetched: timeOrNull(fetched),
    values: Object.fromEntries(
      present.map(({ quantity, value, unit, time, why }) => [
        quantity,
        { value, unit, time: timeOrNull(time), ...(why === undefined ? {} : { why }) },
      ]),
    ),
  };
}

type Issued = NonNullable<ReturnType<Sources["issue"]>>;
type Row = { from: Micros; to: Micros; values: Record<string, number | string> };

/** @param isOfDays whether a quantity is one of whole days */
export function forecastShape(
  source: SourceStatus,
  issues: readonly Issued[],
  asked: { readonly from: Micros; readonly to: Micros; readonly isOfDays: (quantity: string) => boolean },
): ForecastShape {
  const [slots, days] = [new Map<string, Row>(), new Map<string, Row>()];
  for (const { issue } of issues) {
    const rows = asked.isOfDays(issue.quantity) ? days : slots;
    for (const { from, to, value: said } of issue.slots) {
      if (to <= asked.from || from >= asked.to) continue;
      const key = `${from}-${to}`;
      const known = rows.get(key) ?? { from, to, values: {} };
      known.values[issue.quantity] = said;
      rows.set(key, known);
    }
  }
  const inOrder = (rows: ReadonlyMap<string, Row>) =>
    [...rows.values()]
      .sort((a, b) => a.from - b.from || a.to - b.to)
      .map(({ from, to, values }) => ({ from: microsToRfc3339(from), to: microsToRfc3339(to), values }));
  const issued = issues.reduce<Micros | null>((newest, { issue }) => Math.max(newest ?? 0, issue.issued), null);
  return {
    ...saidByOf(source),
    issued: timeOrNull(issued),
    units: Object.fromEntries(issues.map(({ issue, unit }) => [issue.quantity, unit])),
    slots: inOrder(slots),
    days: inOrder(days),
  };
}
