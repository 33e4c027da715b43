import { type Context, Hono } from "hono";
import type { Annotations } from "../../../database/home/annotations.ts";
import type { SeriesId } from "../../../domain/data/reading.ts";
import { currentIdentity, type Series } from "../../../domain/data/series.ts";
import type { Window } from "../../../domain/time/time.ts";
import type { Answer, History } from "../../../history/history.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { ENTITY_IN_PATH, findSeries } from "../../input/entity-filter.ts";
import { atQuestion, checkWindow, historyParameters, historyQuestion } from "../../input/range.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { Gate } from "../../limits/gate.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook, States } from "../../ports/ports.ts";
import { presentEntities } from "../../ports/present.ts";
import { annotationShapes } from "../../shapes/annotation.ts";
import { type AtAnswer, atSchema, type HistoryAnswer, historySchema, jsonBytes } from "../../shapes/answers.ts";

const ONE: RouteDescription = {
  id: "get_history",
  tag: "History",
  summary: "What one entity was, point by point",
  limit: "history",
  path: { entity: ENTITY_IN_PATH },
  query: historyParameters,
  answer: { json: historySchema },
  problems: ["unknown_entity", "busy", "store_unavailable"],
};
const QUERY: RouteDescription = {
  id: "query_history",
  tag: "History",
  summary: "What several entities were, point by point",
  limit: "history",
  query: NO_PARAMETERS,
  body: historyQuestion,
  answer: { json: historySchema },
  problems: ["unknown_entity", "payload_too_large", "busy", "store_unavailable"],
};

const AT: RouteDescription = {
  id: "get_states_at",
  tag: "History",
  summary: "What many entities were at one moment",
  limit: "history",
  query: NO_PARAMETERS,
  body: atQuestion,
  answer: { json: atSchema },
  problems: ["unknown_entity", "payload_too_large", "busy", "store_unavailable"],
};

export const historyRoutes = (needs: {
  auth: Auth;
  history: History;
  series: SeriesBook;
  annotations: Annotations;
  states: States;
  clock: Clock;
  gate: Gate;
}) => {
  const { auth, history, series, annotations, states, clock, gate } = needs;
  const named = (found: Series) => ({ id: found.id, entityId: currentIdentity(found).entityId });
  const answer = async (c: Context<ApiEnv>, points: () => Promise<Answer>) =>
    jsonBytes<HistoryAnswer>(c, await gate.pass(c, points));
  const notes = (wanted: boolean | undefined, ids: readonly SeriesId[]) =>
    wanted ? (window: Window) => JSON.stringify(annotationShapes(annotations.list(window, ids), series)) : undefined;
  return new Hono<ApiEnv>()
    .get("/history/:entity", auth.needs("read", ONE), (c) => {
      const { annotations: wanted, max_points: mostPoints, ...asked } = readQuery(c, historyParameters);
      checkWindow(asked, clock.now());
      const found = findSeries(series, c.req.param("entity"));
      const request = { ...asked, mostPoints, series: [named(found)], annotations: notes(wanted, [found.id]) };
      return answer(c, () => history.points(request, c.req.raw.signal));
    })
    .post("/history/query", auth.needs("read", QUERY), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { entities, annotations: wanted, max_points: mostPoints, ...asked } = await readBody(c, historyQuestion);
      checkWindow(asked, clock.now());
      // Two names of one series are one series.
      const found = new Map(entities.map((name) => findSeries(series, name)).map((one) => [one.id, named(one)]));
      const request = {
        ...asked,
        mostPoints,
        series: [...found.values()],
        annotations: notes(wanted, [...found.keys()]),
      };
      return answer(c, () => history.points(request, c.req.raw.signal));
    })
    .post("/history/at", auth.needs("read", AT), async (c) => {
      readQuery(c, NO_PARAMETERS);
      const { entities, time, attributes } = await readBody(c, atQuestion);
      if (time > clock.now()) {
        const message = "has not come yet";
        throw refuse("invalid_request", `time: ${message}`, { errors: [{ path: "time", message }] });
      }
      const asked =
        entities?.map((name) => findSeries(series, name)) ??
        [...presentEntities(states, series)].map((one) => one.series);
      const found = new Map(asked.map((one) => [one.id, named(one)]));
      const request = { series: [...found.values()], time, attributes };
      return jsonBytes<AtAnswer>(c, await gate.pass(c, () => history.at(request, c.req.raw.signal)));
    });
};
