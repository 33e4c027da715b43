import { Hono } from "hono";
import * as v from "valibot";
import { forecastName, outsideName } from "../../../domain/outside/names.ts";
import { inUnit } from "../../../domain/outside/units.ts";
import { type ScoreAnswer, scoreSchema } from "../../../history/forecasts/shapes.ts";
import type { History } from "../../../history/history.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import { QUANTITIES } from "../../../sources/quantities.ts";
import type { Sources } from "../../../sources/sources.ts";
import { JUDGED } from "../../../sources/weather/judged.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { findSeries } from "../../input/entity-filter.ts";
import { readQuery } from "../../input/read.ts";
import { one, text, time } from "../../input/schemas.ts";
import type { Gate } from "../../limits/gate.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import type { SeriesBook, States } from "../../ports/ports.ts";
import { jsonBytes } from "../../shapes/answers.ts";
import { chosenSource } from "./chosen.ts";

const DAY = 86_400_000_000;
const LONGEST_DAYS = 92;
const USUAL_DAYS = 30;

const quantities = Object.keys(JUDGED);
const parameters = v.strictObject({
  source: one(v.pipe(text, v.description("Another source than the first of weather."))),
  quantity: one(v.picklist(quantities, `is none of ${quantities.join(", ")}`)),
  entity: one(
    v.pipe(text, v.description("Judge by this sensor of the home instead of by what the source itself said later.")),
  ),
  from: one(time),
  to: one(time),
});

const SCORE: RouteDescription = {
  id: "get_weather_score",
  tag: "Outside",
  summary: "How far forecasts were from what came, by hours ahead",
  description: `Of the forecasts that were made in at most ${LONGEST_DAYS} days, usually the last ${USUAL_DAYS}; usually of temperature.`,
  query: parameters,
  limit: "history",
  answer: { json: scoreSchema },
  problems: ["not_found", "unknown_entity", "busy", "store_unavailable"],
};

export const scoreRoutes = (needs: {
  auth: Auth;
  clock: Clock;
  gate: Gate;
  sources: Pick<Sources, "list">;
  series: SeriesBook;
  states: States;
  history: Pick<History, "score">;
}) => {
  const { auth, clock, gate, sources, series, states, history } = needs;
  const own = (source: string, quantity: string, name: typeof outsideName): number => {
    const found = series.named(name(source, quantity));
    if (found) return found.id;
    throw refuse("not_found", `The source ${source} has not said anything of ${quantity} yet`, {
      fix: "Ask again when it has; api/v1/sources says how it is doing.",
    });
  };
  return new Hono<ApiEnv>().get("/weather/score", auth.needs("read", SCORE), async (c) => {
    const asked = readQuery(c, parameters);
    const { quantity = "temperature", entity } = asked;
    const to = asked.to ?? clock.now();
    const from = asked.from ?? to - USUAL_DAYS * DAY;
    if (from >= to) throw refuse("invalid_request", "from is not before to");
    if (to - from > LONGEST_DAYS * DAY)
      throw refuse("invalid_request", `from: more than ${LONGEST_DAYS} days before to`);
    const source = chosenSource(sources, "weather", asked.source).id;
    const { truth, by } = JUDGED[quantity] as (typeof JUDGED)[string];
    if (entity !== undefined && truth === "sum")
      throw refuse(
        "invalid_request",
        `entity: ${quantity} is judged by the source alone, which says of what time it is`,
      );
    const forecast = own(source, quantity, forecastName);
    const came = entity === undefined ? own(source, by, outsideName) : findSeries(series, entity).id;
    const unit = entity === undefined ? null : unitOf(states.get(came)?.attributes.unit_of_measurement, by);
    const request = { window: { from, to }, forecast, came, truth, unit };
    return jsonBytes<ScoreAnswer>(c, await gate.pass(c, () => history.score(request, c.req.raw.signal)));
  });
};

/** @throws Failure `invalid_request`: it measures something else */
function unitOf(said: unknown, quantity: string): { readonly from: string; readonly to: string } | null {
  const to = QUANTITIES.weather[quantity]?.unit ?? null;
  const from = typeof said === "string" ? said : null;
  if (from === to) return null;
  if (from === null || to === null || inUnit(0, from, to) === undefined)
    throw refuse("invalid_request", `entity: it is in ${from ?? "no unit"}, and ${quantity} in ${to ?? "none"}`);
  return { from, to };
}
