import * as v from "valibot";
import { isTimeZone } from "../../../domain/time/calendar.ts";
import { ENCODINGS } from "../decode.ts";
import { TIME_FORMATS } from "./times.ts";

export const DELIMITERS = [";", ",", "tab", "|"] as const;
export const UNITS = ["kWh", "Wh", "MWh", "m³", "l"] as const;
export type Unit = (typeof UNITS)[number];
export const MEASURES = ["import", "export", "gas", "water"] as const;

const column = (title: string, description: string) =>
  v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200), v.title(title), v.description(description)));

/** How a file is to be read. Nothing of it must be set before a file was looked at, which proposes all of it. */
export const mappingSettings = v.strictObject({
  time_column: column("Column of the time", "Its name in the first line of the table, or # and its number"),
  clock_column: column("Column of the time of day", "Where date and time of day are apart"),
  end_column: column("Column of the end", "Where each row says when it ends"),
  value_column: column("Column of the value", "What was used in the time of the row; no counter reading"),
  unit_column: column("Column of the unit", "Where each row says its unit"),
  quality_column: column("Column of the quality", "Where each row says whether it is estimated"),
  estimated: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(200),
      v.title("Words for estimated"),
      v.description("Of that column, with commas between them; empty: whatever stands there"),
    ),
  ),
  measures: v.optional(
    v.pipe(
      v.picklist(MEASURES),
      v.title("What is measured"),
      v.description("Electricity from the grid (import) or to it (export), gas or water"),
    ),
    "import",
  ),
  unit: v.optional(v.pipe(v.picklist(UNITS), v.title("Unit"))),
  delimiter: v.optional(v.pipe(v.picklist(DELIMITERS), v.title("Between columns"))),
  decimal: v.optional(v.pipe(v.picklist([",", "."]), v.title("Decimal sign"))),
  encoding: v.optional(v.pipe(v.picklist(ENCODINGS), v.title("Encoding"))),
  time_format: v.optional(v.pipe(v.picklist(TIME_FORMATS), v.title("Form of times"))),
  time_zone: v.optional(
    v.pipe(
      v.string(),
      v.check(isTimeZone, "is no time zone such as Europe/Vienna or +01:00"),
      v.title("Time zone"),
      v.description("Empty: the home's. Files in winter time all year have +01:00 or the like"),
    ),
  ),
  times_are: v.optional(
    v.pipe(v.picklist(["begin", "end"]), v.title("A time is"), v.description("Of its row, where there is no end")),
    "begin",
  ),
  minutes: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(44_640),
      v.title("Length of a row"),
      v.description("Where rows do not say when they end"),
      v.metadata({ unit: "min" }),
    ),
  ),
});
export type Mapping = v.InferOutput<typeof mappingSettings>;
