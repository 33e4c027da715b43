import { Hono } from "hono";
import * as v from "valibot";
import { currentIdentity } from "../../../domain/data/series.ts";
import type { Selector } from "../../../domain/home/selector.ts";
import { MOST_RULES, NO_RULES, type RetentionRules } from "../../../retention/plan/rules.ts";
import type { Retention } from "../../../retention/retention.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text, wholeNumber } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook, States } from "../../ports/ports.ts";
import { json } from "../../shapes/answers.ts";
import {
  keepSchema,
  type PreviewShape,
  previewSchema,
  previewShape,
  type RetentionShape,
  retentionSchema,
  retentionShape,
  ruledSchema,
  selectorSchema,
} from "../../shapes/retention.ts";
import { presentTraits } from "./traits.ts";

const rules = v.pipe(
  v.array(v.strictObject({ select: selectorSchema, what: v.optional(ruledSchema), keep: keepSchema }), "is not a list"),
  v.maxLength(MOST_RULES, `has more than ${MOST_RULES} rules`),
);
const said = {
  defaults: v.optional(
    v.strictObject({
      readings: v.optional(keepSchema),
      events: v.optional(keepSchema),
      rollups: v.optional(keepSchema),
    }),
  ),
  budget_bytes: v.optional(v.nullable(wholeNumber(0, Number.MAX_SAFE_INTEGER))),
};
const wanted = v.strictObject({ ...said, rules });
const asIf = v.strictObject({ ...said, rules: v.optional(rules), include_announced: v.optional(v.boolean()) });
const which = v.strictObject({ plan: v.optional(text) });

const GET: RouteDescription = {
  id: "get_retention",
  tag: "Operation",
  summary: "How long what is kept, what will go when, and what went last",
  query: NO_PARAMETERS,
  answer: { json: retentionSchema },
};
const PUT: RouteDescription = {
  id: "replace_retention",
  tag: "Operation",
  summary: "Says how long what is kept, in place of what was said before",
  description:
    "Nothing goes at once: the next quiet hour of the home (next_run) does what is due. Ask for a preview before. What is absent is as it is without rules: everything within the automatic budget, rollups for ever.",
  query: NO_PARAMETERS,
  body: wanted,
  answer: { json: retentionSchema },
  problems: ["payload_too_large"],
};
const PREVIEW: RouteDescription = {
  id: "preview_retention",
  tag: "Operation",
  summary: "What would go now, counted",
  description:
    "With the body {} by the rules in force, else as if these held. include_announced: also what is announced and not yet due.",
  query: NO_PARAMETERS,
  body: asIf,
  limit: "history",
  answer: { json: previewSchema },
  problems: ["payload_too_large", "store_unavailable"],
};
const RUN: RouteDescription = {
  id: "run_retention",
  tag: "Operation",
  summary: "Lets go what is due, or what a preview said",
  description:
    "It goes on in the background; last_run tells how it ended. What a preview counted is what goes, unless readings of that time came in since.",
  query: NO_PARAMETERS,
  body: which,
  answer: { json: retentionSchema },
  problems: ["action_unavailable", "clock_untrusted", "store_unavailable"],
};

export const retentionRoutes = (needs: { auth: Auth; retention: Retention; series: SeriesBook; states: States }) => {
  const { auth, retention, series, states } = needs;
  const now = async (): Promise<RetentionShape> =>
    retentionShape(retention.rules(), retention.state(), await retention.budget(), presentTraits(series, states));
  /** A rule for one entity follows its renames. */
  const bound = (select: Selector): Selector => {
    const found = select.kind === "entity" ? series.named(select.value) : undefined;
    return found ? { ...select, series: found.id } : select;
  };
  const rulesOf = (given: v.InferOutput<typeof wanted>): RetentionRules => ({
    defaults: { ...NO_RULES.defaults, ...given.defaults },
    rules: given.rules.map(({ select, what = "readings", keep }) => ({ select: bound(select), what, keep })),
    budgetBytes: given.budget_bytes ?? null,
  });
  const nameOf = (id: number): string => {
    const found = series.get(id);
    return found ? currentIdentity(found).entityId : `#${id}`;
  };
  return new Hono<ApiEnv>()
    .get("/retention", auth.needs("read", GET), async (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<RetentionShape>(c, await now());
    })
    .put("/retention", auth.needs("admin", PUT), async (c) => {
      readQuery(c, NO_PARAMETERS);
      retention.change(rulesOf(await readBody(c, wanted)));
      return json<RetentionShape>(c, await now());
    })
    .post("/retention/preview", auth.needs("read", PREVIEW), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { include_announced: atOnce = false, ...given } = await readBody(c, asIf);
      const isAsked = Object.values(given).some((value) => value !== undefined);
      const preview = await retention.preview({
        atOnce,
        ...(isAsked ? { rules: rulesOf({ ...given, rules: given.rules ?? [] }) } : {}),
      });
      const { time } = retention.state();
      const refused = time.trusted ? null : { why: time.why, fix: time.fix };
      return json<PreviewShape>(c, previewShape(preview, nameOf, refused));
    })
    .post("/retention/run", auth.needs("admin", RUN), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { plan } = await readBody(c, which);
      await retention.run(plan);
      return json<RetentionShape>(c, await now());
    });
};
