import * as v from "valibot";
import { EXPORT_COLUMNS, EXPORT_FORMATS, EXPORT_KINDS } from "../../exchange/plan.ts";
import { entityFilter } from "./entity-filter.ts";
import { times } from "./range.ts";
import { many, one, text, time, truth } from "./schemas.ts";

const format = v.picklist(EXPORT_FORMATS, `is none of ${EXPORT_FORMATS.join(", ")}`);
const kind = v.picklist(EXPORT_KINDS, `is none of ${EXPORT_KINDS.join(", ")}`);
const column = v.picklist(EXPORT_COLUMNS, `is none of ${EXPORT_COLUMNS.join(", ")}`);

const { q: _, ...filters } = entityFilter.entries;
const severalOf = <S extends v.GenericSchema<string>>(schema: S) =>
  v.optional(v.pipe(v.array(schema), v.maxLength(100, "is given more than 100 times")));

export const exportParameters = v.strictObject({
  format: one(format),
  kind: severalOf(kind),
  entity: many,
  ...filters,
  from: one(time),
  to: one(time),
  column: severalOf(column),
  times: one(times),
  type: many,
  spreadsheet: one(truth),
});

const MOST_NAMES = 5_000;
const names = v.optional(
  v.pipe(
    v.array(text, "is not a list"),
    v.minLength(1, "is empty; leave it out for all"),
    v.maxLength(MOST_NAMES, `names more than ${MOST_NAMES}`),
  ),
);
const listOf = <S extends v.GenericSchema<string>>(schema: S) =>
  v.optional(v.pipe(v.array(schema, "is not a list"), v.minLength(1, "is empty"), v.maxLength(100, "is too long")));
const truthful = v.optional(v.boolean("is neither true nor false"));

export const exportQuestion = v.strictObject({
  format: v.optional(format),
  kinds: listOf(kind),
  entities: names,
  domains: names,
  areas: names,
  devices: names,
  labels: names,
  integrations: names,
  removed: truthful,
  from: v.optional(time),
  to: v.optional(time),
  columns: listOf(column),
  times: v.optional(times),
  types: names,
  spreadsheet: truthful,
});
export type ExportQuestion = v.InferOutput<typeof exportQuestion>;
