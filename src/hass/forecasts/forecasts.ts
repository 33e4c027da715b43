import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { ForecastKind, ForecastRow } from "../../domain/outside/forecast.ts";
import { microsFromRfc3339 } from "../../domain/time/time.ts";
import type { Call } from "../session/session.ts";

/**
 * What a weather entity of Home Assistant says of the times to come, in order of time.
 *
 * @throws Failure `not_connected`, `entity_absent`, `changed_shape`, and those of `call`
 */
export type HomeForecasts = (entityId: string, kind: ForecastKind) => Promise<readonly ForecastRow[]>;

/** More rows than that are no forecast: sixteen days of hours. */
const MOST_ROWS = 400;

/** An integration's slip in one value costs that value alone. */
const number = v.fallback(v.nullish(v.pipe(v.number(), v.finite())), null);
const NUMBERS = {
  temperature: number,
  templow: number,
  apparent_temperature: number,
  dew_point: number,
  humidity: number,
  pressure: number,
  cloud_coverage: number,
  uv_index: number,
  wind_speed: number,
  wind_gust_speed: number,
  precipitation: number,
  precipitation_probability: number,
};
const rowSchema = v.object({
  datetime: v.pipe(
    v.string(),
    v.check((text) => microsFromRfc3339(text) !== undefined, "no time with its zone"),
    v.transform((text) => microsFromRfc3339(text) as number),
  ),
  is_daytime: v.fallback(v.nullish(v.boolean()), null),
  condition: v.fallback(v.nullish(v.string()), null),
  wind_bearing: v.fallback(v.nullish(v.union([v.pipe(v.number(), v.finite()), v.string()])), null),
  ...NUMBERS,
});
const answerSchema = v.object({
  response: v.nullish(v.record(v.string(), v.object({ forecast: v.array(rowSchema) }))),
});

/** By the action `weather.get_forecasts`, which answers: forecasts are in no state of an entity. */
export function createHomeForecasts(needs: { readonly call: Call; readonly connected: () => boolean }): HomeForecasts {
  return async (entityId, kind) => {
    if (!needs.connected()) throw new Failure("not_connected", "Home Assistant is not connected", { retry: true });
    const answer = await needs
      .call({
        type: "call_service",
        domain: "weather",
        service: "get_forecasts",
        target: { entity_id: entityId },
        service_data: { type: kind },
        return_response: true,
      })
      .catch((error: unknown) => {
        throw error instanceof Failure && error.code === "command_refused" ? refused(error, entityId, kind) : error;
      });
    const parsed = v.safeParse(answerSchema, answer);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      const path = v.getDotPath(issue) ?? "the answer";
      throw new Failure("changed_shape", `Home Assistant's forecasts have another shape: ${path}: ${issue.message}`);
    }
    const own = parsed.output.response?.[entityId];
    if (!own) throw new Failure("entity_absent", `Home Assistant has no forecast of ${entityId}`, { retry: true });
    return own.forecast
      .slice(0, MOST_ROWS)
      .map(rowOf)
      .sort((a, b) => a.time - b.time);
  };
}

/** An entity that is not there, or that has no forecasts of this kind. */
function refused(error: Failure, entityId: string, kind: ForecastKind): Failure {
  const said = v.is(v.object({ message: v.string() }), error.cause) ? error.cause.message : error.message;
  const why = `Home Assistant tells no ${kind} forecast of ${entityId}: ${said}`;
  return new Failure("entity_absent", why, { retry: true, cause: error });
}

function rowOf(row: v.InferOutput<typeof rowSchema>): ForecastRow {
  const values: { [name: string]: number } = {};
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    const value = row[name];
    if (typeof value === "number") values[name] = value;
  }
  return {
    time: row.datetime,
    isDaytime: row.is_daytime ?? null,
    condition: row.condition ?? null,
    windBearing: row.wind_bearing ?? null,
    values,
  };
}
