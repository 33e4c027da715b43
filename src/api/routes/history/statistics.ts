import { type Context, Hono } from "hono";
import { currentIdentity, type Series } from "../../../domain/data/series.ts";
import type { History, StatisticsRequest } from "../../../history/history.ts";
import { type StatisticsAnswer, statisticsSchema } from "../../../history/statistics/shapes.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { ENTITY_IN_PATH, findSeries } from "../../input/entity-filter.ts";
import { checkWindow } from "../../input/range.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import { checkPoints, statisticsParameters, statisticsQuestion } from "../../input/statistics.ts";
import type { Gate } from "../../limits/gate.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook } from "../../ports/ports.ts";
import { jsonBytes } from "../../shapes/answers.ts";

const ABOUT =
  "Means are weighted by time; days, weeks (from Monday) and months are local ones of 23, 24 or 25 hours. docs/api.md says what each function counts.";

const ONE: RouteDescription = {
  id: "get_statistics",
  tag: "History",
  summary: "What one entity amounts to, by hour, day, week, month or as a whole",
  description: ABOUT,
  limit: "history",
  path: { entity: ENTITY_IN_PATH },
  query: statisticsParameters,
  answer: { json: statisticsSchema },
  problems: ["unknown_entity", "busy", "store_unavailable"],
};
const QUERY: RouteDescription = {
  id: "query_statistics",
  tag: "History",
  summary: "What several entities amount to, by hour, day, week, month or as a whole",
  description: ABOUT,
  limit: "history",
  query: NO_PARAMETERS,
  body: statisticsQuestion,
  answer: { json: statisticsSchema },
  problems: ["unknown_entity", "payload_too_large", "busy", "store_unavailable"],
};

export const statisticsRoutes = (needs: {
  auth: Auth;
  history: History;
  series: SeriesBook;
  clock: Clock;
  gate: Gate;
  timeZone: () => string;
}) => {
  const { auth, history, series, clock, gate, timeZone } = needs;
  const named = (found: Series) => ({ id: found.id, entityId: currentIdentity(found).entityId });
  const answer = async (c: Context<ApiEnv>, request: StatisticsRequest) => {
    checkWindow(request, clock.now());
    checkPoints(request);
    return jsonBytes<StatisticsAnswer>(c, await gate.pass(c, () => history.statistics(request, c.req.raw.signal)));
  };
  return new Hono<ApiEnv>()
    .get("/statistics/:entity", auth.needs("read", ONE), (c) => {
      const { function: functions, time_zone: zone, ...asked } = readQuery(c, statisticsParameters);
      const found = findSeries(series, c.req.param("entity"));
      return answer(c, { ...asked, functions, timeZone: zone ?? timeZone(), series: [named(found)] });
    })
    .post("/statistics/query", auth.needs("read", QUERY), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { entities, time_zone: zone, ...asked } = await readBody(c, statisticsQuestion);
      // Two names of one series are one series.
      const found = new Map(entities.map((name) => findSeries(series, name)).map((one) => [one.id, named(one)]));
      return answer(c, { ...asked, timeZone: zone ?? timeZone(), series: [...found.values()] });
    });
};
