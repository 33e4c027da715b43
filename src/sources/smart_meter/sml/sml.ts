import * as v from "valibot";
import type { Provider } from "../../source.ts";
import { hear, LIVE_ENTRIES, LIVE_TOO_OLD_MS, liveRhythm } from "../address.ts";
import { readingsOf } from "./readings.ts";
import { isFrameIn, readFrame } from "./transport.ts";

const settings = v.strictObject(LIVE_ENTRIES);

export const sml: Provider<v.InferOutput<typeof settings>, undefined> = {
  id: "sml",
  kind: "smart_meter",
  name: "SML meter (optical head)",
  homepage: "https://www.bsi.bund.de",
  attribution: "Read from the meter's optical interface",
  settings,
  worksUnset: false,
  limits: [],
  everyMs: 30_000,
  tooOldMs: LIVE_TOO_OLD_MS,
  rhythm: liveRhythm,
  read: async (needs) => {
    const { bytes } = await hear(needs, isFrameIn);
    const { now, settings: given } = needs;
    return { readings: readingsOf(readFrame(bytes), { now, phases: given.phases }), issues: [] };
  },
};
