import * as v from "valibot";
import type { Provider } from "../../source.ts";
import { decode, encodingOf } from "../decode.ts";
import { awaitsFiles } from "../intervals.ts";
import { readDocument } from "./document.ts";
import { readEntries } from "./read.ts";

const settings = v.strictObject({
  usage_point: v.optional(
    v.pipe(
      v.string(),
      v.trim(),
      v.maxLength(100),
      v.title("Meter"),
      v.description("Which one, where the file holds several (usage points); empty: there is one"),
    ),
  ),
  times_are_local: v.optional(
    v.pipe(
      v.boolean(),
      v.title("Times are those of the clock"),
      v.description("The standard has UTC; some utilities write what the clock on the wall shows"),
    ),
    false,
  ),
});
type Settings = v.InferOutput<typeof settings>;

export const greenButton: Provider<Settings, undefined> = {
  id: "green_button",
  kind: "smart_meter",
  name: "Green Button file",
  homepage: "https://www.greenbuttonalliance.org",
  attribution: "From a Green Button file of the utility",
  settings,
  worksUnset: true,
  limits: [],
  everyMs: 24 * 3_600_000,
  tooOldMs: 24 * 3_600_000,
  read: awaitsFiles("a Green Button file to be handed in"),
  fileTypes: [".xml"],
  readFile: (bytes, { settings: given, place }) =>
    readEntries(readDocument(decode(bytes, encodingOf(bytes))), {
      timeZone: place.calendar.timeZone,
      timesAreLocal: given.times_are_local,
      usagePoint: given.usage_point,
    }),
};
