import { Hono } from "hono";
import * as v from "valibot";
import { calendarOf } from "../../../domain/time/calendar.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import { DAY_KINDS, lastDays } from "../../../energy/days/local.ts";
import type { Energy } from "../../../energy/energy.ts";
import type { Clock } from "../../../platform/time/clock.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { one, time } from "../../input/schemas.ts";
import type { Gate } from "../../limits/gate.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import { type AlwaysOnShape, alwaysOnSchema, alwaysOnShape } from "../../shapes/outside/energy/always-on.ts";
import {
  type DaysShape,
  daysSchema,
  daysShape,
  type EffectsShape,
  effectsSchema,
  effectsShape,
} from "../../shapes/outside/energy/past.ts";
import { type ProfileShape, profileSchema, profileShape } from "../../shapes/outside/energy/profile.ts";

const MINUTE: Micros = 60_000_000;
const DAY: Micros = 1440 * MINUTE;
/** Every quarter of an hour of every meter is read. */
const LONGEST_DAYS = 92;
const LONGEST_EFFECTS = 31;
const USUAL_DAYS = 7;
/** Four of each day of the week. */
const USUAL_WHOLE_DAYS = 28;
const SLOTS = ["15", "60"] as const;
const USUAL_SLOT = "60";

const range = { from: one(time), to: one(time) };
const rangeParameters = v.strictObject(range);
const profileParameters = v.strictObject({
  ...range,
  days: one(v.picklist(DAY_KINDS, `is none of ${DAY_KINDS.join(", ")}`)),
  slot: one(
    v.pipe(v.picklist(SLOTS, `is none of ${SLOTS.join(", ")}`), v.description("The length of a slot in minutes.")),
  ),
});

type Described = Pick<RouteDescription, "id" | "summary" | "description" | "query" | "answer">;
const described = (route: Described): RouteDescription => ({
  tag: "Outside",
  limit: "history",
  problems: ["no_meters", "busy", "store_unavailable"],
  ...route,
});
const DAYS = described({
  id: "get_energy_days",
  summary: "By day: the house and each device in kWh, cost and carbon",
  description: `At most ${LONGEST_DAYS} days, usually the last ${USUAL_DAYS}. The quarter of an hour that is on is left out.`,
  query: rangeParameters,
  answer: { json: daysSchema },
});
const EFFECTS = described({
  id: "get_energy_effects",
  summary: "What switching each thing does to the power of the house",
  description: `At most ${LONGEST_EFFECTS} days, usually the last ${USUAL_DAYS}.`,
  query: rangeParameters,
  answer: { json: effectsSchema },
});
const WHOLE_DAYS = `At most ${LONGEST_DAYS} days, usually the last ${USUAL_WHOLE_DAYS} whole ones.`;
const PROFILE = described({
  id: "get_energy_profile",
  summary: "The power of the house by the time of the local day",
  description: `${WHOLE_DAYS} By power sensors or else by counters of energy; what is not known is not filled in. An hour that clocks show twice counts twice.`,
  query: profileParameters,
  answer: { json: profileSchema },
});
const ALWAYS_ON = described({
  id: "get_energy_always_on",
  summary: "What the house and each device take however little happens, and what that costs in a year",
  description: `${WHOLE_DAYS} The median, over the days, of each day's least hour.`,
  query: rangeParameters,
  answer: { json: alwaysOnSchema },
});

export const energyPastRoutes = (needs: {
  auth: Auth;
  energy: Energy;
  clock: Clock;
  gate: Gate;
  timeZone: () => string;
}) => {
  const { auth, energy, clock, gate, timeZone } = needs;
  const checked = ({ from, to }: Window, longestDays: number): Window => {
    if (from >= to) throw refuse("invalid_request", "from is not before to");
    // An hour for clocks that are put back.
    if (to - from > longestDays * DAY + 60 * MINUTE)
      throw refuse("invalid_request", `from: more than ${longestDays} days before to`);
    return { from, to };
  };
  const windowOf = (asked: v.InferOutput<typeof rangeParameters>, longestDays: number): Window => {
    const to = asked.to ?? clock.now();
    return checked({ from: asked.from ?? to - USUAL_DAYS * DAY, to }, longestDays);
  };
  const wholeDaysOf = (asked: v.InferOutput<typeof rangeParameters>): Window => {
    const usual = lastDays(USUAL_WHOLE_DAYS, asked.to ?? clock.now(), calendarOf(timeZone()));
    return checked({ from: asked.from ?? usual.from, to: asked.to ?? usual.to }, LONGEST_DAYS);
  };
  return new Hono<ApiEnv>()
    .get("/energy/days", auth.needs("read", DAYS), async (c) => {
      const window = windowOf(readQuery(c, rangeParameters), LONGEST_DAYS);
      const days = await gate.pass(c, () => energy.days(window, c.req.raw.signal));
      return json<DaysShape>(c, daysShape(days));
    })
    .get("/energy/effects", auth.needs("read", EFFECTS), async (c) => {
      const window = windowOf(readQuery(c, rangeParameters), LONGEST_EFFECTS);
      const effects = await gate.pass(c, () => energy.effects(window, c.req.raw.signal));
      return json<EffectsShape>(c, effectsShape(effects));
    })
    .get("/energy/profile", auth.needs("read", PROFILE), async (c) => {
      const { days = "all", slot: minutes = USUAL_SLOT, ...asked } = readQuery(c, profileParameters);
      const slot = Number(minutes) * MINUTE;
      const question = { window: wholeDaysOf(asked), days, slot };
      const found = await gate.pass(c, () => energy.profile(question, c.req.raw.signal));
      return json<ProfileShape>(c, profileShape(found, { timeZone: timeZone(), days, slot }));
    })
    .get("/energy/always-on", auth.needs("read", ALWAYS_ON), async (c) => {
      const window = wholeDaysOf(readQuery(c, rangeParameters));
      const found = await gate.pass(c, () => energy.alwaysOn(window, c.req.raw.signal));
      return json<AlwaysOnShape>(c, alwaysOnShape(found, timeZone()));
    });
};
