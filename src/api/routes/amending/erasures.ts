import { Hono } from "hono";
import * as v from "valibot";
import type { Amending } from "../../../amending/amending.ts";
import { currentIdentity } from "../../../domain/data/series.ts";
import { ALL_TIME } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { findSeries } from "../../input/entity-filter.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, text, time } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook } from "../../ports/ports.ts";
import {
  type ErasurePreviewShape,
  erasurePreviewSchema,
  erasurePreviewShape,
  type ReceiptShape,
  receiptSchema,
  receiptShape,
} from "../../shapes/amending.ts";
import { json, type Shape } from "../../shapes/answers.ts";

const MOST_ENTITIES = 100;

const wanted = v.strictObject({
  entities: v.pipe(
    v.array(text, "is not a list"),
    v.minLength(1, "names no entity"),
    v.maxLength(MOST_ENTITIES, `names more than ${MOST_ENTITIES} entities`),
  ),
  from: v.optional(v.pipe(time, v.description("Absent: from the beginning."))),
  to: v.optional(v.pipe(time, v.description("Not inside; absent: up to the end."))),
  events: v.optional(
    v.pipe(v.boolean("is neither true nor false"), v.description("Also events that mention an entity; as a rule yes.")),
  ),
  backups: v.optional(
    v.pipe(
      v.picklist(["replace", "keep"], "is neither replace nor keep"),
      v.description("replace (as a rule): a new backup is made without it, then the others are removed."),
    ),
  ),
});
const which = v.strictObject({ plan: text });
const listSchema = v.pipe(v.object({ erasures: v.array(receiptSchema) }), v.title("Erasures"));

const LIST: RouteDescription = {
  id: "list_erasures",
  tag: "Operation",
  summary: "What was erased when, and where it is gone from; newest first",
  query: NO_PARAMETERS,
  answer: { json: listSchema },
};
const PREVIEW: RouteDescription = {
  id: "preview_erasure",
  tag: "Operation",
  summary: "What erasing entities, or a time of them, would remove, counted",
  description:
    "Everything that was recorded of them in the time: readings, Home Assistant's long-term statistics, rollups, and events that mention them by a name that they have or had. Nothing goes yet.",
  query: NO_PARAMETERS,
  body: wanted,
  limit: "history",
  answer: { json: erasurePreviewSchema },
  problems: ["unknown_entity", "payload_too_large", "store_unavailable"],
};
const ERASE: RouteDescription = {
  id: "make_erasure",
  tag: "Operation",
  summary: "Erases what a preview said, for good",
  description:
    "It goes on in the background, through restarts; the receipt says how far it is. Gaps with the cause erased take its place. What Home Assistant itself holds, and its backups, are not reached.",
  query: NO_PARAMETERS,
  body: which,
  answer: { json: receiptSchema },
  problems: ["action_unavailable", "store_unavailable"],
};

export const erasuresRoutes = (needs: { auth: Auth; amending: Amending; series: SeriesBook }) => {
  const { auth, amending, series } = needs;
  const nameOf = (id: number): string => {
    const found = series.get(id);
    return found ? currentIdentity(found).entityId : `#${id}`;
  };
  return new Hono<ApiEnv>()
    .get("/erasures", auth.needs("admin", LIST), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<Shape<typeof listSchema>>(c, { erasures: amending.erasures().map(receiptShape) });
    })
    .post("/erasures/preview", auth.needs("admin", PREVIEW), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { entities, from, to, events = true, backups = "replace" } = await readBody(c, wanted);
      const window = { from: from ?? ALL_TIME.from, to: to ?? ALL_TIME.to };
      if (window.from >= window.to) throw refuse("invalid_request", "The time ends before it begins");
      const ids = [...new Set(entities.map((name) => findSeries(series, name).id))];
      const preview = await amending.previewErasure({ series: ids, window, withEvents: events, backups });
      return json<ErasurePreviewShape>(c, erasurePreviewShape(preview, nameOf));
    })
    .post("/erasures", auth.needs("admin", ERASE), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { plan } = await readBody(c, which);
      return json<ReceiptShape>(c, receiptShape(amending.erase(plan)));
    });
};
