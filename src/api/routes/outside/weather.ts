import { Hono } from "hono";
import * as v from "valibot";
import type { SourceKind } from "../../../domain/outside/outside.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import { isOfDays, QUANTITIES } from "../../../sources/quantities.ts";
import type { Sources } from "../../../sources/sources.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { many, one, text, wholeNumberText } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import {
  type ForecastShape,
  forecastSchema,
  forecastShape,
  nowShape,
  type OutsideNowShape,
  outsideNowSchema,
} from "../../shapes/outside/present.ts";
import { chosenSource } from "./chosen.ts";

const HOUR = 3_600_000_000;
const MOST_HOURS = 16 * 24;

const nowParameters = v.strictObject({
  source: one(v.pipe(text, v.description("Another source than the first of its kind."))),
});
const forecastParameters = v.strictObject({
  ...nowParameters.entries,
  quantity: many,
  hours: one(v.pipe(wholeNumberText(1, MOST_HOURS), v.description("How far ahead; absent: as far as is known."))),
});
const described = (route: Pick<RouteDescription, "id" | "summary" | "query" | "answer">): RouteDescription => ({
  tag: "Outside",
  ...route,
  problems: ["not_found"],
});

const WEATHER = described({
  id: "get_weather",
  summary: "The weather now",
  query: nowParameters,
  answer: { json: outsideNowSchema },
});
const WEATHER_FORECAST = described({
  id: "get_weather_forecast",
  summary: "The weather to come, by slots and days",
  query: forecastParameters,
  answer: { json: forecastSchema },
});
const AIR = described({
  id: "get_air_quality",
  summary: "The air now",
  query: nowParameters,
  answer: { json: outsideNowSchema },
});
const AIR_FORECAST = described({
  id: "get_air_quality_forecast",
  summary: "The air to come, by slots",
  query: forecastParameters,
  answer: { json: forecastSchema },
});

/** Weather and air quality, as the sources say them. */
export const weatherRoutes = (needs: {
  auth: Auth;
  clock: Clock;
  sources: Pick<Sources, "list" | "present" | "issue">;
}) => {
  const { auth, clock, sources } = needs;
  const now = (kind: SourceKind, { source }: v.InferOutput<typeof nowParameters>): OutsideNowShape => {
    const chosen = chosenSource(sources, kind, source);
    return nowShape(chosen, sources.present(chosen.id));
  };
  const forecast = (kind: SourceKind, asked: v.InferOutput<typeof forecastParameters>): ForecastShape => {
    const known = Object.keys(QUANTITIES[kind]);
    const wrong = asked.quantity?.find((quantity) => !known.includes(quantity));
    if (wrong !== undefined)
      throw refuse("invalid_request", `quantity: ${wrong} is not known here; known are ${known.join(", ")}`, {
        errors: [{ path: "quantity", message: `${wrong} is not known here` }],
      });
    const chosen = chosenSource(sources, kind, asked.source);
    const issues = known
      .filter((quantity) => asked.quantity === undefined || asked.quantity.includes(quantity))
      .flatMap((quantity) => sources.issue(chosen.id, quantity) ?? []);
    const from = clock.now();
    const to = asked.hours === undefined ? Number.MAX_SAFE_INTEGER : from + asked.hours * HOUR;
    return forecastShape(chosen, issues, { from, to, isOfDays });
  };

  return new Hono<ApiEnv>()
    .get("/weather", auth.needs("read", WEATHER), (c) =>
      json<OutsideNowShape>(c, now("weather", readQuery(c, nowParameters))),
    )
    .get("/weather/forecast", auth.needs("read", WEATHER_FORECAST), (c) =>
      json<ForecastShape>(c, forecast("weather", readQuery(c, forecastParameters))),
    )
    .get("/air-quality", auth.needs("read", AIR), (c) =>
      json<OutsideNowShape>(c, now("air_quality", readQuery(c, nowParameters))),
    )
    .get("/air-quality/forecast", auth.needs("read", AIR_FORECAST), (c) =>
      json<ForecastShape>(c, forecast("air_quality", readQuery(c, forecastParameters))),
    );
};
