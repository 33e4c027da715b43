import { type Context, Hono } from "hono";
import { currentIdentity, type Series } from "../../../domain/series.ts";
import type { Answer, History } from "../../../history/history.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { ENTITY_IN_PATH, findSeries } from "../../input/entity-filter.ts";
import { checkWindow, historyParameters, historyQuestion } from "../../input/range.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook } from "../../ports/ports.ts";
import { type HistoryAnswer, historySchema, jsonBytes } from "../../shapes/answers.ts";

const ONE: RouteDescription = {
  id: "get_history",
  tag: "History",
  summary: "What one entity was, point by point",
  path: { entity: ENTITY_IN_PATH },
  query: historyParameters,
  answer: { json: historySchema },
  problems: ["unknown_entity", "store_unavailable"],
};
const QUERY: RouteDescription = {
  id: "query_history",
  tag: "History",
  summary: "What several entities were, point by point",
  query: NO_PARAMETERS,
  body: historyQuestion,
  answer: { json: historySchema },
  problems: ["unknown_entity", "payload_too_large", "store_unavailable"],
};

export const historyRoutes = (needs: { auth: Auth; history: History; series: SeriesBook; clock: Clock }) => {
  const { auth, history, series, clock } = needs;
  const named = (found: Series) => ({ id: found.id, entityId: currentIdentity(found).entityId });
  const answer = async (c: Context<ApiEnv>, points: Promise<Answer>) => jsonBytes<HistoryAnswer>(c, await points);
  return new Hono<ApiEnv>()
    .get("/history/:entity", auth.needs("read", ONE), (c) => {
      const asked = readQuery(c, historyParameters);
      checkWindow(asked, clock.now());
      const found = findSeries(series, c.req.param("entity"));
      return answer(c, history.points({ ...asked, series: [named(found)] }, c.req.raw.signal));
    })
    .post("/history/query", auth.needs("read", QUERY), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { entities, ...asked } = await readBody(c, historyQuestion);
      checkWindow(asked, clock.now());
      // Two names of one series are one series.
      const found = new Map(entities.map((name) => findSeries(series, name)).map((one) => [one.id, named(one)]));
      return answer(c, history.points({ ...asked, series: [...found.values()] }, c.req.raw.signal));
    });
};
