import * as v from "valibot";
import type { Corrected, CorrectionsPreview, ErasurePreview, Receipt } from "../../amending/amending.ts";
import { ALL_TIME, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import { attributesSchema, countSchema, type Shape, timeSchema } from "./answers.ts";

const entity = { entity_id: v.string(), series: countSchema };
const attributes = v.exactOptional(attributesSchema);
const state = v.nullable(v.string());

export const correctionsPreviewSchema = v.pipe(
  v.object({
    plan: v.pipe(v.string(), v.description("To be given to POST /corrections.")),
    expires: timeSchema,
    corrections: v.array(
      v.object({
        ...entity,
        time: timeSchema,
        before: v.pipe(
          v.array(v.object({ state, attributes })),
          v.description("All readings of that very time, which give way together."),
        ),
        after: v.pipe(v.nullable(v.object({ state, attributes })), v.description("null: the reading is taken out.")),
      }),
    ),
  }),
  v.title("CorrectionsPreview"),
);
export type CorrectionsPreviewShape = Shape<typeof correctionsPreviewSchema>;

export const correctedSchema = v.pipe(
  v.object({
    id: v.string(),
    at: timeSchema,
    readings: v.array(v.object({ ...entity, time: timeSchema, what: v.picklist(["replaced", "removed"]) })),
  }),
  v.title("Corrected"),
  v.description("What was corrected when; not what it said."),
);
export type CorrectedShape = Shape<typeof correctedSchema>;

const countsSchema = v.object({
  readings: countSchema,
  statistics: v.pipe(countSchema, v.description("Of Home Assistant's recorder, that reach into the time.")),
  rollups: v.pipe(countSchema, v.description("Of readings let go before, that reach into the time: they go whole.")),
  events: v.pipe(countSchema, v.description("That mention one of the entities.")),
});
const from = v.pipe(v.nullable(timeSchema), v.description("null: from the beginning."));
const to = v.pipe(v.nullable(timeSchema), v.description("null: up to the end."));

export const erasurePreviewSchema = v.pipe(
  v.object({
    plan: v.pipe(v.string(), v.description("To be given to POST /erasures.")),
    expires: timeSchema,
    entities: v.array(v.object(entity)),
    from,
    to,
    removes: countsSchema,
    backups: v.object({
      choice: v.picklist(["replace", "keep"]),
      ids: v.pipe(v.array(v.string()), v.description("Those that hold any of it, or may.")),
    }),
    refused: v.nullable(v.object({ why: v.string(), fix: v.string() })),
  }),
  v.title("ErasurePreview"),
);
export type ErasurePreviewShape = Shape<typeof erasurePreviewSchema>;

export const receiptSchema = v.pipe(
  v.object({
    id: v.string(),
    state: v.picklist(["running", "done", "failed"]),
    asked: timeSchema,
    ended: v.nullable(timeSchema),
    entities: v.array(v.object(entity)),
    from,
    to,
    removed: countsSchema,
    gaps: countSchema,
    gone_from: v.object({
      answers: v.pipe(v.nullable(timeSchema), v.description("Since when no answer tells any of it.")),
      files: v.pipe(v.nullable(timeSchema), v.description("Since when no file of the store holds any of it.")),
    }),
    backups: v.object({
      choice: v.picklist(["replace", "keep"]),
      made: v.pipe(v.nullable(v.string()), v.description("The one made in place of the others.")),
      removed: v.array(v.string()),
      held: v.pipe(v.array(v.string()), v.description("Those that hold it still, by choice.")),
    }),
    set_aside: v.pipe(
      v.array(v.string()),
      v.description("Unreadable files that were set aside: whether they hold any of it nobody can tell."),
    ),
    why: v.exactOptional(v.string()),
    fix: v.exactOptional(v.string()),
  }),
  v.title("Erasure"),
  v.description("The receipt of an erasure."),
);
export type ReceiptShape = Shape<typeof receiptSchema>;

export const correctionsPreviewShape = (
  preview: CorrectionsPreview,
  nameOf: (series: number) => string,
): CorrectionsPreviewShape => ({
  plan: preview.id,
  expires: microsToRfc3339(preview.expires),
  corrections: preview.corrections.map(({ series, time, before, after }) => ({
    ...{ entity_id: nameOf(series), series, time: microsToRfc3339(time) },
    before: before.map((one) => ({ state: one.state, attributes: one.attributes })),
    after: after && { state: after.state, attributes: after.attributes },
  })),
});

export const correctedShape = ({ id, at, readings }: Corrected): CorrectedShape => ({
  id,
  at: microsToRfc3339(at),
  readings: readings.map(({ series, entityId, time, what }) => ({
    ...{ entity_id: entityId, series, time: microsToRfc3339(time), what },
  })),
});

const endsOf = (window: Window) => ({
  from: window.from <= ALL_TIME.from ? null : microsToRfc3339(window.from),
  to: window.to >= ALL_TIME.to ? null : microsToRfc3339(window.to),
});

export const erasurePreviewShape = (
  { id, expires, wanted, counts, backups, refused }: ErasurePreview,
  nameOf: (series: number) => string,
): ErasurePreviewShape => ({
  plan: id,
  expires: microsToRfc3339(expires),
  entities: wanted.series.map((series) => ({ entity_id: nameOf(series), series })),
  ...endsOf(wanted.window),
  removes: counts,
  backups: { choice: wanted.backups, ids: [...backups] },
  refused,
});

export const receiptShape = (receipt: Receipt): ReceiptShape => {
  const { id, state, asked, ended, entities, window, removed, gaps, answers, files, backups, setAside, why, fix } =
    receipt;
  const time = (micros: number | null) => micros && microsToRfc3339(micros);
  return {
    ...{ id, state, asked: microsToRfc3339(asked), ended: time(ended) as ReceiptShape["ended"] },
    entities: entities.map(({ series, entityId }) => ({ entity_id: entityId, series })),
    ...endsOf(window),
    ...{ removed, gaps, backups, set_aside: setAside },
    gone_from: { answers: time(answers), files: time(files) } as ReceiptShape["gone_from"],
    ...(why === undefined ? {} : { why }),
    ...(fix === undefined ? {} : { fix }),
  };
};
