import { Hono } from "hono";
import * as v from "valibot";
import { microsToRfc3339 } from "../../../domain/time/time.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Facts } from "../../ports/ports.ts";
import { json, type Shape, timeSchema } from "../../shapes/answers.ts";
import { API_VERSIONS, apiVersionsSchema, INTEGRATION_MIN } from "../../shapes/published.ts";

const infoSchema = v.pipe(
  v.object({
    name: v.literal("ha-ingestor"),
    version: v.string(),
    server_id: v.string(),
    api: apiVersionsSchema,
    integration_min: v.pipe(v.string(), v.description("The oldest version of the integration that can work with it.")),
    home: v.pipe(
      v.object({
        name: v.nullable(v.string()),
        simulated: v.boolean(),
        home_assistant_version: v.nullable(v.string()),
        time_zone: v.nullable(v.string()),
        currency: v.nullable(v.string()),
        unit_system: v.nullable(v.record(v.string(), v.string())),
        latitude: v.nullable(v.number()),
        longitude: v.nullable(v.number()),
      }),
      v.description("A field not known yet is null."),
    ),
    started: timeSchema,
    store_engine: v.string(),
  }),
  v.title("Info"),
);
export type Info = Shape<typeof infoSchema>;

const INFO: RouteDescription = {
  id: "get_info",
  tag: "Health",
  summary: "Which hub this is, which versions it speaks, whose home it records",
  query: NO_PARAMETERS,
  answer: { json: infoSchema },
};

export const infoRoutes = ({ auth, facts }: { auth: Auth; facts: Facts }) =>
  new Hono<ApiEnv>().get("/info", auth.needs("read", INFO), (c) => {
    readQuery(c, NO_PARAMETERS);
    const home = facts.home();
    return json<Info>(c, {
      name: "ha-ingestor",
      version: facts.version,
      server_id: facts.serverId,
      api: API_VERSIONS,
      integration_min: INTEGRATION_MIN,
      home: {
        name: home?.name ?? null,
        simulated: home?.simulated ?? facts.simulated,
        home_assistant_version: home?.version ?? null,
        time_zone: home?.timeZone ?? null,
        currency: home?.currency ?? null,
        unit_system: home?.unitSystem ?? null,
        latitude: home?.latitude ?? null,
        longitude: home?.longitude ?? null,
      },
      started: microsToRfc3339(facts.started),
      store_engine: facts.storeEngine,
    });
  });
