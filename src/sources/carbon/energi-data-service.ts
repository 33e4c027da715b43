import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import { utcInstant } from "../asking/instant.ts";
import type { Provider, ReadNeeds } from "../source.ts";
import { joined, MINUTE, MOST_INTENSITY } from "./slots.ts";

const Answer = v.object({
  records: v.array(
    v.object({
      // The Danish column has no offset, and its hour in October comes twice.
      Minutes5UTC: utcInstant,
      CO2Emission: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(MOST_INTENSITY))),
    }),
  ),
});

const settings = v.strictObject({
  area: v.pipe(
    v.picklist(["DK1", "DK2"]),
    v.title("Area"),
    v.description("DK1 west of the Great Belt, DK2 east of it"),
  ),
});
type Settings = v.InferOutput<typeof settings>;

const STEP = 5 * MINUTE;

export const energiDataServiceCarbon: Provider<Settings, undefined> = {
  id: "energi_data_service_co2",
  kind: "carbon",
  name: "Energi Data Service",
  homepage: "https://www.energidataservice.dk",
  attribution: "Carbon intensity from Energinet's Energi Data Service",
  settings,
  worksUnset: false,
  // One call a minute for each of two data sets.
  limits: [{ calls: 2, perMs: 60_000 }],
  everyMs: 15 * 60_000,
  tooOldMs: 60 * 60_000,
  read: async (needs) => {
    const { now } = needs;
    const measured = await slotsOf(needs, "CO2Emis", "now-PT2H", undefined);
    const told = await slotsOf(needs, "CO2EmisProg", "now-PT1H", undefined);
    const newest = measured.at(-1);
    if (!newest) throw new Failure("nothing_known", "Energi Data Service measured nothing lately", { retry: true });
    const slots = joined(told);
    return {
      // The newest value holds until the next is out.
      readings: measured.map(({ from, to, value }) => ({
        quantity: "intensity",
        time: from,
        until: from === newest.from ? Math.max(to, now + 20 * MINUTE) : to,
        value,
      })),
      issues: slots.length > 0 ? [{ quantity: "intensity", issued: now, slots }] : [],
    };
  },
  readBetween: async (needs) => {
    const text = (time: number) => new Date(time / 1000).toISOString().slice(0, 16);
    const { from, to } = needs.window;
    const slots = await slotsOf(needs, "CO2Emis", text(from), text(to));
    const readings = slots.map((slot) => ({
      quantity: "intensity",
      time: slot.from,
      until: slot.to,
      value: slot.value,
    }));
    return { readings: readings.filter(({ time }) => time >= from && time < to), issues: [] };
  },
};

async function slotsOf({ ask, settings: { area } }: ReadNeeds<Settings>, set: string, start: string, end?: string) {
  const query = new URLSearchParams({
    start,
    ...(end === undefined ? {} : { end }),
    timezone: "UTC",
    filter: JSON.stringify({ PriceArea: [area] }),
    limit: "0",
  });
  const { records } = await ask({ url: `https://api.energidataservice.dk/dataset/${set}?${query}`, schema: Answer });
  return records
    .flatMap(({ Minutes5UTC: from, CO2Emission: value }) => (value === null ? [] : [{ from, to: from + STEP, value }]))
    .sort((a, b) => a.from - b.from);
}
