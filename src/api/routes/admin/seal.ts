import { Hono } from "hono";
import * as v from "valibot";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { Seal } from "../../ports/ports.ts";
import { countSchema, json, type Shape } from "../../shapes/answers.ts";

const sealedSchema = v.object({
  readings: v.pipe(countSchema, v.description("In the store altogether.")),
  bytes: countSchema,
  files: countSchema,
});

const SEAL: RouteDescription = {
  id: "seal_store",
  tag: "Operation",
  summary: "Pack what was recorded lately into its small, lasting form now",
  description: "It happens by itself; this does it at once, and answers when it is done.",
  query: NO_PARAMETERS,
  answer: { json: sealedSchema },
  problems: ["store_unavailable"],
};

export const sealRoutes = ({ auth, seal }: { auth: Auth; seal: Seal }) =>
  new Hono<ApiEnv>().post("/store/seal", auth.needs("admin", SEAL), async (c) => {
    readQuery(c, NO_PARAMETERS);
    const { readings, bytes, files } = await seal();
    return json<Shape<typeof sealedSchema>>(c, { readings, bytes, files });
  });
