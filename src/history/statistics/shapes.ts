import * as v from "valibot";
import { countSchema, gapSchema, type Shape, timeSchema } from "../shapes.ts";
import { RESOLUTIONS } from "./resolutions.ts";

export const FUNCTIONS = [
  "mean",
  "min",
  "max",
  "sum",
  "count",
  "changes",
  "first",
  "last",
  "increase",
  "covered",
  "states",
] as const;
export type StatisticsFunction = (typeof FUNCTIONS)[number];

export const KINDS = ["numeric", "text", "none"] as const;
export type SeriesKind = (typeof KINDS)[number];

export const SOURCES = ["readings", "rollups", "imported"] as const;
export type Source = (typeof SOURCES)[number];

const time = v.union([timeSchema, v.pipe(v.number(), v.integer())]);
const number = v.nullable(v.number());
const value = v.nullable(v.union([v.number(), v.string()]));
const share = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)));
const states = v.record(v.string(), v.object({ seconds: v.number(), entered: countSchema }));

const explained = <S extends v.GenericSchema>(schema: S, text: string) => v.pipe(schema, v.description(text));

export const bucketSchema = v.pipe(
  v.object({
    from: time,
    to: time,
    completeness: explained(
      share,
      "The share of the bucket that is known: in no gap, after the first reading, with the entity not removed. null: of imported statistics nobody knows.",
    ),
    source: explained(
      v.picklist(SOURCES),
      "rollups: retention let go of readings in it, and what they amounted to answers. imported: of Home Assistant's long-term statistics, where no reading is held.",
    ),
    approximate: v.exactOptional(
      explained(
        v.literal(true),
        "Readings came late into what was rolled up, or a roll-up reaches over the ends of the window: mean, increase and states are near, not exact.",
      ),
    ),
    mean: v.exactOptional(explained(number, "Weighted by time; time without a number, and of gaps, does not count.")),
    min: v.exactOptional(number),
    max: v.exactOptional(number),
    sum: v.exactOptional(explained(number, "Of the readings' numbers.")),
    count: v.exactOptional(explained(number, "Readings; of a numeric series those that are numbers.")),
    changes: v.exactOptional(explained(number, "Readings with a new state text.")),
    first: v.exactOptional(explained(value, "Of the readings inside.")),
    last: v.exactOptional(explained(value, "Of the readings inside.")),
    increase: v.exactOptional(explained(number, "What a counter counted, beginnings at zero included.")),
    covered: v.exactOptional(explained(number, "Seconds in which the state was a number: what the mean rests on.")),
    states: v.exactOptional(
      explained(states, "By state text: how many seconds it held, and how often it began. Longest first."),
    ),
    states_omitted: v.exactOptional(explained(countSchema, "Further states that are left out.")),
  }),
  v.title("Bucket"),
);
export type Bucket = Shape<typeof bucketSchema>;

const columnsSchema = v.object({
  from: v.array(time),
  to: v.array(time),
  completeness: v.array(share),
  source: v.array(v.picklist(SOURCES)),
  approximate: v.array(v.boolean()),
  mean: v.exactOptional(v.array(number)),
  min: v.exactOptional(v.array(number)),
  max: v.exactOptional(v.array(number)),
  sum: v.exactOptional(v.array(number)),
  count: v.exactOptional(v.array(number)),
  changes: v.exactOptional(v.array(number)),
  first: v.exactOptional(v.array(value)),
  last: v.exactOptional(v.array(value)),
  increase: v.exactOptional(v.array(number)),
  covered: v.exactOptional(v.array(number)),
  states: v.exactOptional(v.array(states)),
  states_omitted: v.exactOptional(v.array(countSchema)),
});
export type Columns = Shape<typeof columnsSchema>;

export const seriesStatisticsSchema = v.pipe(
  v.object({
    entity_id: v.string(),
    series: countSchema,
    kind: v.picklist(KINDS),
    unit: v.nullable(v.string()),
    device_class: v.nullable(v.string()),
    state_class: v.nullable(v.string()),
    buckets: v.exactOptional(
      explained(
        v.array(bucketSchema),
        "In the order of time. Buckets of which nothing is known are left out. Where readings were let go, one is as long as what is kept of them: from and to say so.",
      ),
    ),
    columns: v.exactOptional(columnsSchema),
    gaps: v.array(gapSchema),
  }),
  v.title("SeriesStatistics"),
  v.description("buckets with the form buckets, columns with the form columns."),
);
export type SeriesStatistics = Shape<typeof seriesStatisticsSchema>;

export const statisticsSchema = v.pipe(
  v.object({
    from: explained(timeSchema, "Where the first whole bucket begins."),
    to: explained(timeSchema, "Where the last whole bucket ends."),
    resolution: v.picklist(RESOLUTIONS),
    time_zone: explained(v.string(), "Whose days, weeks and months these are."),
    series: v.array(seriesStatisticsSchema),
    next_cursor: explained(v.nullable(v.string()), "The same question with this as cursor goes on; null at the end."),
  }),
  v.title("Statistics"),
);
export type StatisticsAnswer = Shape<typeof statisticsSchema>;
