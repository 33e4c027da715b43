import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { Issue, OutsideReading } from "../../domain/outside/outside.ts";
import { type Micros, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import { instant } from "../asking/instant.ts";
import type { Provider, ReadNeeds } from "../source.ts";
import { MINUTE, MOST_INTENSITY } from "./slots.ts";

const grams = v.pipe(v.number(), v.minValue(0), v.maxValue(MOST_INTENSITY));
const Slot = v.object({
  from: instant,
  to: instant,
  intensity: v.object({
    forecast: v.optional(v.nullable(grams), null),
    // Of slots that are over; regions never have one.
    actual: v.optional(v.nullable(grams), null),
  }),
  generationmix: v.optional(v.array(v.object({ fuel: v.string(), perc: v.nullable(v.number()) }))),
});
type Slot = v.InferOutput<typeof Slot>;
/** In outages `{}` comes with status 200. */
const National = v.object({ data: v.optional(v.array(Slot)) });
const Region = v.object({ data: v.array(Slot) });
/** One endpoint names the region in an object, another in a list of one. */
const Regional = v.object({ data: v.optional(v.union([Region, v.pipe(v.array(Region), v.length(1))])) });

const REGIONS: readonly string[] = [
  "North Scotland",
  "South Scotland",
  "North West England",
  "North East England",
  "Yorkshire",
  "North Wales and Merseyside",
  "South Wales",
  "West Midlands",
  "East Midlands",
  "East England",
  "South West England",
  "South England",
  "London",
  "South East England",
  "England",
  "Scotland",
  "Wales",
];

const settings = v.strictObject({
  region: v.optional(
    v.pipe(
      v.picklist(REGIONS),
      v.title("Region"),
      v.description("Of a region only forecasts are known. Empty: all of Great Britain"),
    ),
  ),
});
type Settings = v.InferOutput<typeof settings>;

const HOST = "https://api.carbonintensity.org.uk";
/** Looked back, for what was measured meanwhile. */
const BACK = 3 * 60 * MINUTE;
/** The longest time that can be asked for at once. */
const MOST_WINDOW = 14 * 24 * 60 * MINUTE;

export const ukCarbonIntensity: Provider<Settings, undefined> = {
  id: "uk_carbon_intensity",
  kind: "carbon",
  name: "UK Carbon Intensity",
  homepage: "https://carbonintensity.org.uk",
  attribution: "Carbon intensity from NESO, CC BY 4.0",
  settings,
  worksUnset: true,
  limits: [],
  everyMs: 30 * 60_000,
  tooOldMs: 2 * 3_600_000,
  unfit: (_, { country }) =>
    country === null || country === "GB"
      ? undefined
      : { why: "UK Carbon Intensity knows Great Britain alone", fix: "Choose another provider." },
  read: async (needs) => {
    const { now } = needs;
    const slots = await slotsOf(needs, `${minute(now - BACK)}/fw48h`);
    const known = slots.filter(({ from }) => from <= now).flatMap(toReadings);
    if (!slots.some(({ from, to, intensity }) => from <= now && now < to && told(intensity) !== null))
      throw new Failure("nothing_known", `${HOST} says nothing of now`, { retry: true });
    return { readings: known, issues: issuesOf(slots, now) };
  },
  readBetween: async (needs) => {
    const readings: OutsideReading[] = [];
    const to = Math.min(needs.window.to, needs.now);
    for (let from = needs.window.from; from < to; from += MOST_WINDOW) {
      const part: Window = { from, to: Math.min(to, from + MOST_WINDOW) };
      const slots = await slotsOf(needs, `${minute(part.from)}/${minute(part.to)}`);
      readings.push(...slots.filter((slot) => slot.from >= part.from && slot.from < part.to).flatMap(toReadings));
    }
    return { readings, issues: [] };
  },
};

async function slotsOf({ ask, settings: { region } }: ReadNeeds<Settings>, path: string): Promise<Slot[]> {
  const slots = await (async () => {
    if (region === undefined) return (await ask({ url: `${HOST}/intensity/${path}`, schema: National })).data;
    // By number: postcodes that exist are refused.
    const url = `${HOST}/regional/intensity/${path}/regionid/${REGIONS.indexOf(region) + 1}`;
    const { data } = await ask({ url, schema: Regional });
    return Array.isArray(data) ? data[0]?.data : data?.data;
  })();
  if (!slots?.length) throw new Failure("nothing_known", `${HOST} answered with nothing`, { retry: true });
  return slots;
}

const told = ({ actual, forecast }: Slot["intensity"]): number | null => actual ?? forecast;

function toReadings({ from: time, to: until, intensity, generationmix }: Slot): OutsideReading[] {
  const readings: OutsideReading[] = [];
  const value = told(intensity);
  if (value !== null)
    readings.push({
      quantity: "intensity",
      time,
      until,
      value,
      ...(intensity.actual === null ? { quality: "estimated" } : {}),
    });
  for (const [quantity, fuels] of Object.entries(SHARES)) {
    const share = shareOf(generationmix, fuels);
    if (share !== undefined) readings.push({ quantity, time, until, value: share, quality: "estimated" });
  }
  return readings;
}

/** What is imported, nuclear or "other" is neither. */
const SHARES: { readonly [quantity: string]: readonly string[] } = {
  renewable_share: ["biomass", "hydro", "solar", "wind"],
  fossil_share: ["coal", "gas"],
};

/** undefined: one of the fuels is not told, so that the sum would be too small. */
function shareOf(mix: Slot["generationmix"], fuels: readonly string[]): number | undefined {
  let sum = 0;
  for (const fuel of fuels) {
    const share = mix?.find((one) => one.fuel === fuel)?.perc;
    if (share === undefined || share === null) return undefined;
    sum += share;
  }
  return Math.round(sum * 10) / 10;
}

function issuesOf(slots: readonly Slot[], now: Micros): Issue[] {
  const issues: Issue[] = [];
  const add = (quantity: string, value: (slot: Slot) => number | null | undefined) => {
    const found = slots.flatMap((slot) => {
      const said = value(slot);
      return slot.to <= now || said === null || said === undefined
        ? []
        : [{ from: slot.from, to: slot.to, value: said }];
    });
    if (found.length > 0) issues.push({ quantity, issued: now, slots: found });
  };
  add("intensity", ({ intensity }) => intensity.forecast);
  for (const [quantity, fuels] of Object.entries(SHARES)) add(quantity, (slot) => shareOf(slot.generationmix, fuels));
  return issues;
}

/** `2026-11-26T19:00Z`, at a beginning of a slot. */
const minute = (time: Micros): string => `${microsToRfc3339(time - (time % (30 * MINUTE))).slice(0, 16)}Z`;
