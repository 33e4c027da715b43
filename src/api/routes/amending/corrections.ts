import { Hono } from "hono";
import * as v from "valibot";
import type { Amending } from "../../../amending/amending.ts";
import { currentIdentity } from "../../../domain/data/series.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { findSeries } from "../../input/entity-filter.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text, time, wellFormed } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook } from "../../ports/ports.ts";
import {
  type CorrectedShape,
  type CorrectionsPreviewShape,
  correctedSchema,
  correctedShape,
  correctionsPreviewSchema,
  correctionsPreviewShape,
} from "../../shapes/amending.ts";
import { json, type Shape } from "../../shapes/answers.ts";

const MOST = 500;
const LONGEST_STATE = 255;

const correction = v.strictObject({
  entity: text,
  time: v.pipe(time, v.description("Of a reading, to the microsecond.")),
  state: v.optional(
    v.pipe(
      v.string("is not a text"),
      v.maxLength(LONGEST_STATE, `is longer than ${LONGEST_STATE} characters`),
      wellFormed,
      v.description("What it should have been."),
    ),
  ),
  attributes: v.optional(
    v.pipe(v.record(v.string(), v.unknown(), "is not an object"), v.description("Absent: they stay as they are.")),
  ),
  remove: v.optional(
    v.pipe(v.literal(true, "is not true"), v.description("In place of a state: there was no such reading.")),
  ),
});
const wanted = v.strictObject({
  corrections: v.pipe(
    v.array(correction, "is not a list"),
    v.minLength(1, "is empty"),
    v.maxLength(MOST, `has more than ${MOST} corrections`),
  ),
});
const which = v.strictObject({ plan: text });
const listSchema = v.pipe(v.object({ corrections: v.array(correctedSchema) }), v.title("Corrections"));

const LIST: RouteDescription = {
  id: "list_corrections",
  tag: "Operation",
  summary: "What was corrected when, newest first",
  query: NO_PARAMETERS,
  answer: { json: listSchema },
};
const PREVIEW: RouteDescription = {
  id: "preview_corrections",
  tag: "Operation",
  summary: "What readings are now, and what they would be",
  description: "Each reading is named by its entity and its exact time. Nothing changes yet.",
  query: NO_PARAMETERS,
  body: wanted,
  limit: "history",
  answer: { json: correctionsPreviewSchema },
  problems: ["unknown_entity", "not_found", "payload_too_large", "store_unavailable"],
};
const CORRECT: RouteDescription = {
  id: "make_corrections",
  tag: "Operation",
  summary: "Corrects readings as a preview said",
  description:
    "All of them or none. From the answer on everything is told of the corrected readings, whose origin is corrected; listeners on /live hear them.",
  query: NO_PARAMETERS,
  body: which,
  answer: { json: correctedSchema },
  problems: ["action_unavailable", "store_unavailable"],
};

export const correctionsRoutes = (needs: { auth: Auth; amending: Amending; series: SeriesBook }) => {
  const { auth, amending, series } = needs;
  const nameOf = (id: number): string => {
    const found = series.get(id);
    return found ? currentIdentity(found).entityId : `#${id}`;
  };
  return new Hono<ApiEnv>()
    .get("/corrections", auth.needs("admin", LIST), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<Shape<typeof listSchema>>(c, { corrections: amending.corrections().map(correctedShape) });
    })
    .post("/corrections/preview", auth.needs("admin", PREVIEW), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const given = await readBody(c, wanted);
      const seen = new Set<string>();
      const corrections = given.corrections.map(({ entity, time: at, state, attributes, remove }, i) => {
        const found = findSeries(series, entity);
        const wrong = (message: string) =>
          refuse("invalid_request", `corrections[${i}]: ${message}`, {
            errors: [{ path: `corrections[${i}]`, message }],
          });
        if ((state === undefined) === (remove === undefined)) throw wrong("has neither state nor remove, or both");
        if (remove && attributes) throw wrong("has attributes of a reading that is to be removed");
        const key = `${found.id} ${at}`;
        if (seen.has(key)) throw wrong("is of the same reading as one before");
        seen.add(key);
        return { series: found.id, time: at, instead: state === undefined ? null : { state, attributes } };
      });
      const preview = await amending
        .previewCorrections(corrections)
        .catch((error: { code?: string; message: string }) => {
          if (error.code !== "reading_unknown") throw error;
          throw refuse("not_found", error.message, { fix: "Take the time from its history, to the microsecond." });
        });
      return json<CorrectionsPreviewShape>(c, correctionsPreviewShape(preview, nameOf));
    })
    .post("/corrections", auth.needs("admin", CORRECT), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { plan } = await readBody(c, which);
      return json<CorrectedShape>(c, correctedShape(await amending.correct(plan)));
    });
};
