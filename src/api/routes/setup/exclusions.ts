import { Hono } from "hono";
import * as v from "valibot";
import { currentIdentity } from "../../../domain/data/series.ts";
import { createPatternMatcher } from "../../../domain/home/exclusion.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Excluding, SeriesBook } from "../../ports/ports.ts";
import { countSchema, json, type Shape, timeSchema } from "../../shapes/answers.ts";

const MOST_PATTERNS = 5_000;

const wanted = v.strictObject({
  patterns: v.pipe(
    v.array(
      v.pipe(
        text,
        v.regex(
          /^[a-z0-9_*?]+\.[a-z0-9_*?]+$/,
          "is no entity_id and no pattern such as camera.* or sensor.*_linkquality",
        ),
      ),
      "is not a list",
    ),
    v.maxLength(MOST_PATTERNS, `has more than ${MOST_PATTERNS} patterns`),
  ),
});

const exclusionsSchema = v.pipe(
  v.object({
    exclusions: v.array(
      v.object({
        pattern: v.string(),
        since: timeSchema,
        entities: v.pipe(countSchema, v.description("Entities of now that it matches by name.")),
      }),
    ),
    entities: v.pipe(v.array(v.string()), v.description("Every entity of which nothing is recorded now.")),
  }),
  v.title("Exclusions"),
);
export type ExclusionsShape = Shape<typeof exclusionsSchema>;

const LIST: RouteDescription = {
  id: "list_exclusions",
  tag: "Operation",
  summary: "What is not recorded, by choice",
  query: NO_PARAMETERS,
  answer: { json: exclusionsSchema },
};
const REPLACE: RouteDescription = {
  id: "replace_exclusions",
  tag: "Operation",
  summary: "Says what is not recorded from now on, in place of what was said before",
  description:
    "What no longer matches is recorded again, and the time between becomes a gap with the cause excluded. What was recorded before stays.",
  query: NO_PARAMETERS,
  body: wanted,
  answer: { json: exclusionsSchema },
  problems: ["payload_too_large", "store_unavailable"],
};

export const exclusionsRoutes = (needs: { auth: Auth; excluding: Excluding; series: SeriesBook }) => {
  const { auth, excluding, series } = needs;
  const now = (): ExclusionsShape => {
    const held = [...series.all()].filter((one) => currentIdentity(one).holdsName);
    const names = held.map((one) => currentIdentity(one).entityId);
    return {
      exclusions: excluding.list().map(({ pattern, since }) => ({
        pattern,
        since: microsToRfc3339(since),
        entities: names.filter(createPatternMatcher([pattern])).length,
      })),
      entities: held
        .filter(({ id }) => excluding.has(id))
        .map((one) => currentIdentity(one).entityId)
        .sort(),
    };
  };
  return new Hono<ApiEnv>()
    .get("/exclusions", auth.needs("read", LIST), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<ExclusionsShape>(c, now());
    })
    .put("/exclusions", auth.needs("admin", REPLACE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { patterns } = await readBody(c, wanted);
      await excluding.replace(patterns);
      return json<ExclusionsShape>(c, now());
    });
};
