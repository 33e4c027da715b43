import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import { type Micros, microsFromRfc3339, microsToRfc3339, type Window } from "../../domain/time/time.ts";
import type { Provider, ReadNeeds } from "../source.ts";
import { type Mix, mixOf } from "./eia-mix.ts";
import { MINUTE } from "./slots.ts";

const HOUR: Micros = 60 * MINUTE;

const settings = v.strictObject({
  api_key: v.pipe(
    v.string(),
    v.minLength(1),
    v.title("API key"),
    v.description("From eia.gov/opendata; free"),
    v.metadata({ secret: true }),
  ),
  region: v.pipe(
    v.string(),
    v.regex(/^[A-Z0-9]{2,6}$/, "is no balancing authority such as CISO"),
    v.title("Balancing authority"),
    v.description("Such as CISO (California), ERCO (Texas), PJM, MISO, NYIS, ISNE, SWPP, BPAT"),
  ),
});
type Settings = v.InferOutput<typeof settings>;

/** The hour that ends then, by UTC. */
const period = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}$/, "no hour such as 2026-11-26T18"),
  v.transform((text) => microsFromRfc3339(`${text}:00:00Z`) ?? Number.NaN),
  v.number("no hour"),
);
/** A number, or one as a text. */
const amount = v.nullish(
  v.union([
    v.pipe(v.number(), v.finite()),
    v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/, "no decimal number"), v.transform(Number)),
  ]),
);
const answerSchema = v.object({
  response: v.object({
    data: v.array(
      v.object({
        period,
        respondent: v.string(),
        fueltype: v.string(),
        value: amount,
        "value-units": v.literal("megawatthours"),
      }),
    ),
  }),
});
type Row = v.InferOutput<typeof answerSchema>["response"]["data"][number];

const MOST_ROWS = 5_000;
/** More than a month of hours of sixteen fuels. */
const MOST_PAGES = 4;
const LOOKS_BACK: Micros = 36 * HOUR;
/** Authorities report one or two hours late, some more. */
const LATE: Micros = 6 * HOUR;

/** What the power plants of a region made, by fuel: how much of it was renewable and fossil, and an estimate of what it emitted. */
export const eia: Provider<Settings, undefined> = {
  id: "eia",
  kind: "carbon",
  name: "EIA hourly grid monitor",
  homepage: "https://www.eia.gov/electricity/gridmonitor/",
  attribution: "Generation from the U.S. Energy Information Administration (EIA-930); emissions estimated from it",
  terms: "For the contiguous United States; needs a free key. Public domain.",
  settings,
  worksUnset: false,
  limits: [
    { calls: 5, perMs: 1_000 },
    { calls: 9_000, perMs: 3_600_000 },
  ],
  everyMs: 30 * 60_000,
  tooOldMs: 8 * 3_600_000,
  async read(needs) {
    const { now, settings: given } = needs;
    const hours = await hoursOf(needs, { from: now - LOOKS_BACK, to: now });
    const latest = hours.at(-1);
    if (!latest || latest.time < now - LATE - HOUR)
      throw new Failure("nothing_known", `${given.region} has told EIA nothing of the last hours`, {
        fix: "Check the balancing authority.",
        retry: true,
      });
    const readings = readingsOf(latest);
    // An hour is told after it has ended, and is the latest that is known until the next is told.
    const until = Math.max(latest.time + HOUR, Math.min(now + HOUR, latest.time + LATE + HOUR));
    return { readings: readings.map((reading) => ({ ...reading, until })), issues: [] };
  },
  async readBetween(needs) {
    const { from, to } = needs.window;
    const hours = await hoursOf(needs, { from: from - LOOKS_BACK, to: Math.min(to, needs.now) });
    return { readings: hours.filter(({ time }) => time >= from && time < to).flatMap(readingsOf), issues: [] };
  },
};

type Hour = { readonly time: Micros; readonly mix: Mix };

function readingsOf({ time, mix }: Hour): OutsideReading[] {
  const reading = (quantity: string, value: number | undefined): OutsideReading[] =>
    value === undefined ? [] : [{ quantity, time, until: time + HOUR, value, quality: "estimated" }];
  return [
    ...reading("intensity", mix.intensity),
    ...reading("renewable_share", mix.renewableShare),
    ...reading("fossil_share", mix.fossilShare),
  ];
}

/** In order of time; those of which a fuel is missing that the region told within a day and a half are left out. */
async function hoursOf(needs: ReadNeeds<Settings>, window: Window): Promise<readonly Hour[]> {
  const rows = (await rowsOf(needs, window)).filter(({ respondent }) => respondent === needs.settings.region);
  const byTime = new Map<Micros, Map<string, number>>();
  for (const { period: end, fueltype, value } of rows) {
    const fuels = byTime.get(end - HOUR) ?? new Map<string, number>();
    byTime.set(end - HOUR, fuels);
    if (typeof value === "number") fuels.set(fueltype, value);
  }
  const times = [...byTime.keys()].sort((a, b) => a - b);
  return times.flatMap((time) => {
    const fuels = byTime.get(time) as ReadonlyMap<string, number>;
    const lately = times.filter((other) => other <= time && other > time - LOOKS_BACK);
    const told = new Set(lately.flatMap((other) => [...(byTime.get(other)?.keys() ?? [])]));
    const mix = [...told].every((fuel) => fuels.has(fuel)) ? mixOf(fuels) : undefined;
    return mix ? [{ time, mix }] : [];
  });
}

async function rowsOf({ ask, settings: given }: ReadNeeds<Settings>, { from, to }: Window): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = new URLSearchParams([
      ["frequency", "hourly"],
      ["data[0]", "value"],
      ["facets[respondent][]", given.region],
      ["start", hourText(from)],
      ["end", hourText(to)],
      ["sort[0][column]", "period"],
      ["sort[0][direction]", "asc"],
      ["offset", String(page * MOST_ROWS)],
      ["length", String(MOST_ROWS)],
      ["api_key", given.api_key],
    ]);
    const url = `https://api.eia.gov/v2/electricity/rto/fuel-type-data/data/?${query}`;
    const { data } = (await ask({ url, schema: answerSchema })).response;
    rows.push(...data);
    if (data.length < MOST_ROWS) break;
  }
  return rows;
}

const hourText = (time: Micros): string => microsToRfc3339(time).slice(0, 13);
