import * as v from "valibot";
import { isTimeZone } from "../../domain/time/calendar.ts";
import { MOST_LIMIT } from "../../history/history.ts";
import { MOST_POINTS } from "../../history/statistics/request.ts";
import { RESOLUTIONS } from "../../history/statistics/resolutions.ts";
import { FUNCTIONS } from "../../history/statistics/shapes.ts";
import { refuse } from "../errors.ts";
import { entityNames, times } from "./range.ts";
import { one, time, wholeNumber, wholeNumberText } from "./schemas.ts";

const CHOICES = ["auto", ...RESOLUTIONS] as const;
const resolution = v.picklist(CHOICES, `is none of ${CHOICES.join(", ")}`);
const functionName = v.picklist(FUNCTIONS, `is none of ${FUNCTIONS.join(", ")}`);
const form = v.picklist(["buckets", "columns"], "is neither buckets nor columns");
const zone = v.pipe(
  v.string("is not a text"),
  v.maxLength(100, "is no time zone"),
  v.check(isTimeZone, "is no time zone such as Europe/Berlin"),
  v.metadata({ description: "Whose days, weeks and months; absent: the home's.", examples: ["Europe/Berlin"] }),
);
const functions = v.pipe(v.array(functionName, "is not a list"), v.minLength(1, "is empty"), v.maxLength(50));

export const statisticsParameters = v.strictObject({
  from: one(time),
  to: one(time),
  resolution: one(resolution),
  points: one(wholeNumberText(1, MOST_POINTS)),
  function: v.optional(v.pipe(v.array(v.string()), v.maxLength(50, "is given more than 50 times"), functions)),
  time_zone: one(zone),
  form: one(form),
  times: one(times),
  limit: one(wholeNumberText(1, MOST_LIMIT)),
  cursor: one(v.string()),
});

export const statisticsQuestion = v.strictObject({
  entities: entityNames,
  from: v.optional(time),
  to: v.optional(time),
  resolution: v.optional(resolution),
  points: v.optional(wholeNumber(1, MOST_POINTS)),
  functions: v.optional(functions),
  time_zone: v.optional(zone),
  form: v.optional(form),
  times: v.optional(times),
  limit: v.optional(wholeNumber(1, MOST_LIMIT)),
  cursor: v.optional(v.string("is not a text")),
});

/** Points choose the resolution; beside a chosen one they would be ignored. */
export function checkPoints(asked: { resolution?: string | undefined; points?: number | undefined }): void {
  if (asked.points === undefined || (asked.resolution ?? "auto") === "auto") return;
  const message = "choose the resolution, and one is given";
  throw refuse("invalid_request", `points: ${message}`, { errors: [{ path: "points", message }] });
}
