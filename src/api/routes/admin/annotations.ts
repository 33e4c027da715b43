import { Hono } from "hono";
import * as v from "valibot";
import type { Annotations } from "../../../database/home/annotations.ts";
import { DAY } from "../../../history/history.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { Caller } from "../../auth/caller.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { findSeries } from "../../input/entity-filter.ts";
import { annotationsParameters, checkWindow } from "../../input/range.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text, time, wellFormed } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook } from "../../ports/ports.ts";
import { annotationShape, annotationShapes } from "../../shapes/annotation.ts";
import { type AnnotationShape, annotationSchema, json } from "../../shapes/answers.ts";

const LONGEST_NOTE = 2_000;
const noteText = v.pipe(
  v.string("is not a text"),
  v.minLength(1, "is empty"),
  v.maxLength(LONGEST_NOTE, `is longer than ${LONGEST_NOTE} characters`),
  wellFormed,
);
const list = v.optional(v.pipe(v.array(text, "is not a list"), v.maxLength(50, "has more than 50 entries")), []);

const note = v.strictObject({
  text: noteText,
  from: v.optional(time),
  to: v.optional(v.nullable(time)),
  entities: list,
  tags: list,
});

const LIST: RouteDescription = {
  id: "list_annotations",
  tag: "History",
  summary: "Notes that touch a window",
  description: "With entity: those that concern it, those that concern everything included.",
  query: annotationsParameters,
  answer: { json: v.object({ annotations: v.array(annotationSchema) }) },
  problems: ["unknown_entity"],
};
const CREATE: RouteDescription = {
  id: "create_annotation",
  tag: "History",
  summary: "Puts a note at a time",
  description: "from defaults to now; without to it is a moment.",
  query: NO_PARAMETERS,
  body: note,
  answer: { status: 201, json: annotationSchema },
  problems: ["unknown_entity", "limit_reached"],
};
const REMOVE: RouteDescription = {
  id: "delete_annotation",
  tag: "History",
  summary: "Deletes a note",
  path: { id: "The annotation's id." },
  query: NO_PARAMETERS,
  answer: { status: 204, description: "It is gone." },
  problems: ["not_found"],
};

export const annotationsRoutes = (needs: {
  auth: Auth;
  annotations: Annotations;
  series: SeriesBook;
  clock: Clock;
}) => {
  const { auth, annotations, series, clock } = needs;
  return new Hono<ApiEnv>()
    .get("/annotations", auth.needs("read", LIST), (c) => {
      const asked = readQuery(c, annotationsParameters);
      const now = clock.now();
      checkWindow(asked, now);
      // What was just written is in the window that ends now.
      const { to = now + 1 } = asked;
      const { from = to - DAY } = asked;
      const only = asked.entity === undefined ? undefined : [findSeries(series, asked.entity).id];
      const found = annotationShapes(annotations.list({ from, to }, only), series);
      return json<{ annotations: AnnotationShape[] }>(c, { annotations: found });
    })
    .post("/annotations", auth.needs("write", CREATE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const given = await readBody(c, note);
      const { from = clock.now(), to = null } = given;
      if (to !== null && to <= from) {
        const message = "is not after from";
        throw refuse("invalid_request", `Body: to: ${message}`, { errors: [{ path: "to", message }] });
      }
      const ids = [...new Set(given.entities.map((name) => findSeries(series, name).id))];
      const { name } = c.get("caller") as Caller;
      const made = annotations.add({
        from,
        until: to,
        text: given.text,
        series: ids,
        tags: given.tags,
        createdBy: name,
      });
      c.header("cache-control", "no-store");
      return c.json(annotationShape(made, series), 201);
    })
    .delete("/annotations/:id", auth.needs("write", REMOVE), (c) => {
      readQuery(c, NO_PARAMETERS);
      const id = c.req.param("id");
      if (!annotations.remove(id)) throw refuse("not_found", `There is no annotation ${id}`);
      return c.body(null, 204);
    });
};
