import { Hono } from "hono";
import * as v from "valibot";
import { createChooser, faultOfSelector, sameSelector } from "../../../domain/home/selector.ts";
import type { ThinningRule } from "../../../domain/home/thinning.ts";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { type InputError, refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook, States, ThinningBook } from "../../ports/ports.ts";
import { countSchema, json, type Shape, timeSchema } from "../../shapes/answers.ts";
import { selectorSchema, selectorShape } from "../../shapes/retention.ts";
import { presentTraits } from "./traits.ts";

const MOST_RULES = 1_000;
const LONGEST_SECONDS = 7 * 86_400;

const positive = (most: number) =>
  v.pipe(v.number("is not a number"), v.gtValue(0, "is not above 0"), v.maxValue(most, `is above ${most}`));

const wanted = v.strictObject({
  thinning: v.pipe(
    v.array(
      v.strictObject({
        select: selectorSchema,
        min_change: v.optional(v.nullable(positive(1e12))),
        min_interval_seconds: v.optional(v.nullable(positive(LONGEST_SECONDS))),
      }),
      "is not a list",
    ),
    v.maxLength(MOST_RULES, `has more than ${MOST_RULES} rules`),
  ),
});

const recordingSchema = v.pipe(
  v.object({
    thinning: v.array(
      v.object({
        select: selectorSchema,
        min_change: v.nullable(v.number()),
        min_interval_seconds: v.nullable(v.number()),
        since: timeSchema,
        entities: v.pipe(countSchema, v.description("For how many entities of now it is the rule that holds.")),
      }),
    ),
    dropped: v.pipe(countSchema, v.description("Readings that rules dropped since the hub started.")),
  }),
  v.title("Recording"),
);
export type RecordingShape = Shape<typeof recordingSchema>;

const GET: RouteDescription = {
  id: "get_recording",
  tag: "Operation",
  summary: "Of what less is recorded, by choice",
  query: NO_PARAMETERS,
  answer: { json: recordingSchema },
};
const PUT: RouteDescription = {
  id: "replace_recording",
  tag: "Operation",
  summary: "Says of what less is recorded from now on, in place of what was said before",
  description:
    "min_change drops numbers that differ by less from the last one kept, min_interval_seconds keeps of what comes within it only the last. Removals, unavailable, first values and changed units are always kept; the present and the live stream stay exact. What is dropped is gone; history's thinned says since when and by which rule. To record nothing of an entity, exclude it.",
  query: NO_PARAMETERS,
  body: wanted,
  answer: { json: recordingSchema },
  problems: ["payload_too_large", "store_unavailable"],
};

export const recordingRoutes = (needs: { auth: Auth; thinning: ThinningBook; series: SeriesBook; states: States }) => {
  const { auth, thinning, series, states } = needs;
  const now = (): RecordingShape => {
    const rules = thinning.list();
    const held = Map.groupBy(presentTraits(series, states), createChooser(rules));
    return {
      thinning: rules.map((rule) => ({
        select: selectorShape(rule.select),
        min_change: rule.minChange,
        min_interval_seconds: rule.minInterval === null ? null : rule.minInterval / 1e6,
        since: microsToRfc3339(rule.since),
        entities: held.get(rule)?.length ?? 0,
      })),
      dropped: thinning.dropped(),
    };
  };
  const ruleOf = (given: v.InferOutput<typeof wanted>["thinning"][number]): ThinningRule => {
    const { select, min_change: minChange = null, min_interval_seconds: seconds = null } = given;
    const found = select.kind === "entity" ? series.named(select.value) : undefined;
    return {
      select: found ? { ...select, series: found.id } : select,
      minChange,
      minInterval: seconds === null ? null : Math.round(seconds * 1e6),
    };
  };
  return new Hono<ApiEnv>()
    .get("/recording", auth.needs("read", GET), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<RecordingShape>(c, now());
    })
    .put("/recording", auth.needs("admin", PUT), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const rules = (await readBody(c, wanted)).thinning.map(ruleOf);
      checkThinning(rules);
      await thinning.replace(rules);
      return json<RecordingShape>(c, now());
    });
};

function checkThinning(rules: readonly ThinningRule[]): void {
  const errors: InputError[] = [];
  for (const [i, { select, minChange, minInterval }] of rules.entries()) {
    const fault = faultOfSelector(select);
    if (fault) errors.push({ path: `thinning[${i}].select.value`, message: fault });
    const first = rules.findIndex((other) => sameSelector(other.select, select));
    if (first < i) errors.push({ path: `thinning[${i}].select`, message: `is the same as that of thinning[${first}]` });
    if (minChange === null && minInterval === null)
      errors.push({ path: `thinning[${i}]`, message: "has neither min_change nor min_interval_seconds" });
  }
  const [first] = errors;
  if (first) throw refuse("invalid_request", `Body: ${first.path}: ${first.message}`, { errors });
}
