import { Hono } from "hono";
import * as v from "valibot";
import { calendarOf } from "../../../domain/time/calendar.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import type { Energy } from "../../../energy/energy.ts";
import { RATE_KINDS } from "../../../energy/needs.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readBody, readQuery } from "../../input/read.ts";
import { NO_PARAMETERS, one, text, time, truth, wholeNumber, wholeNumberText } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import {
  type EnergyNowShape,
  energyNowSchema,
  nowShape,
  type PlanShape,
  planSchema,
  planShape,
  type WindowShape,
  windowAnswerSchema,
  windowShape,
} from "../../shapes/outside/energy/now.ts";

const MINUTE: Micros = 60_000_000;
const LONGEST_RUN = 7 * 1440;
const MOST_WATTS = 100_000;
const DEFAULT_WATTS = 1_000;
const DEFAULT_MINUTES = 60;
const MOST_STAGES = 50;

const by = v.picklist(RATE_KINDS, `is none of ${RATE_KINDS.join(", ")}`);
const windowParameters = v.strictObject({
  by: one(by),
  minutes: one(wholeNumberText(1, LONGEST_RUN)),
  watts: one(wholeNumberText(-MOST_WATTS, MOST_WATTS)),
  split: one(truth),
  from: one(time),
  to: one(time),
  source: one(text),
});
const windowQuestion = v.strictObject({
  by: v.optional(by),
  stages: v.pipe(
    v.array(
      v.strictObject({ minutes: wholeNumber(1, LONGEST_RUN), watts: wholeNumber(-MOST_WATTS, MOST_WATTS) }),
      "is not a list",
    ),
    v.minLength(1, "is empty"),
    v.maxLength(MOST_STAGES, `holds more than ${MOST_STAGES} stages`),
    v.description("What the device does, in order, with what it takes in each stage."),
  ),
  split: v.optional(v.boolean("is neither true nor false")),
  from: v.optional(time),
  to: v.optional(v.pipe(time, v.description("When it must be done; absent: as far as the rate is known."))),
  source: v.optional(v.pipe(text, v.description("Another source than the first of its kind."))),
});
const planParameters = v.strictObject({
  day: one(
    v.pipe(
      v.string(),
      v.regex(/^(today|tomorrow|\d{4}-\d{2}-\d{2})$/, "is neither today nor tomorrow nor a date such as 2026-11-26"),
    ),
  ),
});
const described = (route: Omit<RouteDescription, "tag">): RouteDescription => ({ tag: "Outside", ...route });
const NOW = described({
  id: "get_energy_now",
  summary: "Power, price and carbon now, and what an hour of it costs and emits",
  query: NO_PARAMETERS,
  answer: { json: energyNowSchema },
});
const FIND = described({
  id: "find_energy_window",
  summary: "When a run is cheapest or cleanest",
  description: "Of equal ones the earliest. Times whose price is not known are not used.",
  query: windowParameters,
  answer: { json: windowAnswerSchema },
  problems: ["no_rate", "no_window"],
});
const FIND_STAGES = described({
  ...FIND,
  id: "find_energy_window_of_stages",
  summary: "When a run of several stages is cheapest or cleanest",
  query: NO_PARAMETERS,
  body: windowQuestion,
  limit: "now",
});
const PLAN = described({
  id: "get_energy_plan",
  summary: "A day's prices and carbon, slot by slot, by rank",
  query: planParameters,
  answer: { json: planSchema },
  problems: ["no_rate"],
});
export const energyRoutes = (needs: { auth: Auth; energy: Energy; clock: Clock; timeZone: () => string }) => {
  const { auth, energy, clock, timeZone } = needs;
  const find = ({ by: rate = "price", stages, split = false, ...asked }: v.InferOutput<typeof windowQuestion>) => {
    if (split && stages.length > 1)
      throw refuse("invalid_request", "split: only a run of one stage may pause", {
        errors: [{ path: "split", message: "only a run of one stage may pause" }],
      });
    const run = { stages: stages.map(({ minutes, watts }) => ({ length: minutes * MINUTE, watts })), split };
    return windowShape(energy.window({ by: rate, run, ...asked }), clock.now());
  };
  const dayOf = (asked: string): Window => {
    const calendar = calendarOf(timeZone());
    const today = calendar.startOf("day", clock.now());
    if (asked === "today") return { from: today, to: calendar.nextAfter("day", today) };
    // Noon of the UTC clock lies in the local day of that date in all zones but those past +12.
    const noon = Date.parse(`${asked}T12:00:00Z`) * 1000;
    if (asked !== "tomorrow" && Number.isNaN(noon))
      throw refuse("invalid_request", `day: ${asked} is no date`, {
        errors: [{ path: "day", message: "is no date of the calendar" }],
      });
    const from = asked === "tomorrow" ? calendar.nextAfter("day", today) : calendar.startOf("day", noon);
    return { from, to: calendar.nextAfter("day", from) };
  };
  return new Hono<ApiEnv>()
    .get("/energy/now", auth.needs("read", NOW), (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<EnergyNowShape>(c, nowShape(energy.now(), clock.now()));
    })
    .get("/energy/window", auth.needs("read", FIND), (c) => {
      const { minutes = DEFAULT_MINUTES, watts = DEFAULT_WATTS, ...asked } = readQuery(c, windowParameters);
      return json<WindowShape>(c, find({ ...asked, stages: [{ minutes, watts }] }));
    })
    .post("/energy/window", auth.needs("read", FIND_STAGES), async (c) => {
      readQuery(c, NO_PARAMETERS);
      return json<WindowShape>(c, find(await readBody(c, windowQuestion)));
    })
    .get("/energy/plan", auth.needs("read", PLAN), (c) => {
      const { day = "today" } = readQuery(c, planParameters);
      return json<PlanShape>(c, planShape(energy.plan(dayOf(day))));
    });
};
