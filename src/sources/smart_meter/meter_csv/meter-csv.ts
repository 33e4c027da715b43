import type { Provider } from "../../source.ts";
import { awaitsFiles } from "../intervals.ts";
import { lookAtTable } from "./propose.ts";
import { readTable } from "./read.ts";
import { type Mapping, mappingSettings } from "./settings.ts";

export const meterCsv: Provider<Mapping, undefined> = {
  id: "meter_csv",
  kind: "smart_meter",
  name: "Table of a grid operator (CSV)",
  homepage: "https://www.rfc-editor.org/rfc/rfc4180",
  attribution: "From a file of the grid operator",
  settings: mappingSettings,
  worksUnset: true,
  limits: [],
  everyMs: 24 * 3_600_000,
  tooOldMs: 24 * 3_600_000,
  read: awaitsFiles("a table of your grid operator to be handed in"),
  fileTypes: [".csv", ".txt"],
  readFile: (bytes, { settings, place }) => readTable(bytes, settings, place.calendar.timeZone),
  lookAtFile: (bytes, { settings, place }) => lookAtTable(bytes, settings, place.country),
};
