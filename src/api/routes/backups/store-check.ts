import { Hono } from "hono";
import * as v from "valibot";
import type { Backups } from "../../../backup/backups.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Refetch } from "../../ports/ports.ts";
import { countSchema, json, type Shape } from "../../shapes/answers.ts";
import { underWaySchema, verifiedSchema, verifiedShape } from "../../shapes/backup.ts";

const checkSchema = v.pipe(
  v.object({ under_way: underWaySchema, last: v.nullable(verifiedSchema) }),
  v.title("StoreCheck"),
);
const refetchedSchema = v.pipe(
  v.object({
    holes: v.pipe(countSchema, v.description("Stretches of time that Home Assistant is asked for again.")),
    entities: countSchema,
  }),
  v.title("Refetch"),
);

const LAST: RouteDescription = {
  id: "get_store_check",
  tag: "Operation",
  summary: "What came of the last check of the store",
  query: NO_PARAMETERS,
  answer: { json: checkSchema },
};
const CHECK: RouteDescription = {
  id: "check_store",
  tag: "Operation",
  summary: "Begins to read back everything in the store, while recording goes on",
  description: "What is damaged is named, served around, and told as a gap.",
  query: NO_PARAMETERS,
  answer: { json: checkSchema },
  problems: ["action_unavailable"],
};
const REFETCH: RouteDescription = {
  id: "refetch_damaged",
  tag: "Operation",
  summary: "Asks Home Assistant again for what damage took from the store",
  description:
    "Home Assistant's recorder keeps some days. What it still has is stored with origin filled; the gaps stay listed. Recording is interrupted for a moment.",
  query: NO_PARAMETERS,
  answer: { json: refetchedSchema },
  problems: ["action_unavailable"],
};

export const storeCheckRoutes = (needs: { auth: Auth; backups: Backups; refetch: Refetch }) => {
  const { auth, backups, refetch } = needs;
  const now = (): Shape<typeof checkSchema> => {
    const last = backups.store.last();
    const work = backups.underWay();
    return {
      under_way: work?.kind === "store_verification" ? work : null,
      last: last ? verifiedShape(last) : null,
    };
  };
  return new Hono<ApiEnv>()
    .get("/store/verify", auth.needs("admin", LAST), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<Shape<typeof checkSchema>>(c, now());
    })
    .post("/store/verify", auth.needs("admin", CHECK), (c) => {
      readQuery(c, NO_PARAMETERS);
      backups.store.begin();
      return json<Shape<typeof checkSchema>>(c, now());
    })
    .post("/store/refetch", auth.needs("admin", REFETCH), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<Shape<typeof refetchedSchema>>(c, refetch());
    });
};
