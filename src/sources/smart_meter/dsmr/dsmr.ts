import * as v from "valibot";
import type { Provider } from "../../source.ts";
import { hear, LIVE_ENTRIES, LIVE_TOO_OLD_MS, liveRhythm } from "../address.ts";
import { readingsOf } from "./readings.ts";
import { isTelegramIn, readTelegram } from "./telegram.ts";

const settings = v.strictObject(LIVE_ENTRIES);

export const dsmr: Provider<v.InferOutput<typeof settings>, undefined> = {
  id: "dsmr",
  kind: "smart_meter",
  name: "DSMR meter (P1)",
  homepage: "https://www.netbeheernederland.nl",
  attribution: "Read from the meter's P1 port",
  settings,
  worksUnset: false,
  limits: [],
  everyMs: 30_000,
  tooOldMs: LIVE_TOO_OLD_MS,
  rhythm: liveRhythm,
  read: async (needs) => {
    const { bytes, isLive } = await hear(needs, isTelegramIn);
    const { now, place, settings: given } = needs;
    const telegram = readTelegram(bytes, !isLive);
    const { timeZone } = place.calendar;
    return { readings: readingsOf(telegram, { timeZone, now, isLive, phases: given.phases }), issues: [] };
  },
};
