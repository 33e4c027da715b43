import * as v from "valibot";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { FileImport } from "../../../sources/sources.ts";
import { countSchema, type Shape, timeSchema } from "../answers.ts";

const sumSchema = v.object({
  quantity: v.string(),
  name: v.string(),
  unit: v.nullable(v.string()),
  readings: countSchema,
  from: timeSchema,
  to: timeSchema,
  sum: v.number(),
});

export const fileImportSchema = v.pipe(
  v.object({
    provider: v.string(),
    preview: v.pipe(v.boolean(), v.description("Nothing was stored.")),
    readings: countSchema,
    from: v.nullable(timeSchema),
    to: v.nullable(timeSchema),
    sums: v.array(sumSchema),
    left_out: v.pipe(
      v.array(v.object({ why: v.string(), count: countSchema, where: v.exactOptional(v.string()) })),
      v.description("What was not taken; where the first of them is."),
    ),
    notes: v.array(v.string()),
    proposed: v.exactOptional(
      v.pipe(
        v.record(v.string(), v.unknown()),
        v.description("Settings of the provider that the file seems to want, for somebody to confirm and to save."),
      ),
    ),
    columns: v.exactOptional(v.array(v.string())),
    rows: v.exactOptional(v.pipe(v.array(v.array(v.string())), v.description("The first rows of a table."))),
  }),
  v.title("FileImport"),
);
export type FileImportShape = Shape<typeof fileImportSchema>;

export const fileImportShape = (told: FileImport): FileImportShape => {
  const { from, to, sums, leftOut, notes, proposed, columns, rows, ...rest } = told;
  return {
    ...rest,
    from: from === null ? null : microsToRfc3339(from),
    to: to === null ? null : microsToRfc3339(to),
    sums: sums.map((sum) => ({ ...sum, from: microsToRfc3339(sum.from), to: microsToRfc3339(sum.to) })),
    left_out: leftOut.map((one) => ({ ...one })),
    notes: [...notes],
    ...(proposed === undefined ? {} : { proposed: { ...proposed } }),
    ...(columns === undefined ? {} : { columns: [...columns] }),
    ...(rows === undefined ? {} : { rows: rows.map((row) => [...row]) }),
  };
};
