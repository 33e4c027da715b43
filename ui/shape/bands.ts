import { isMissing } from "./chart-data.ts";

/** A colour by its role in style/tokens.css: `--band-on`, `--band-3`, … */
export type BandColour = "on" | "off" | "missing" | "1" | "2" | "3" | "4" | "5" | "6";

const ACTIVE = new Set([
  "on",
  "open",
  "home",
  "playing",
  "unlocked",
  "cleaning",
  "heating",
  "cooling",
  "detected",
  "true",
]);
const AT_REST = new Set([
  "off",
  "closed",
  "not_home",
  "idle",
  "standby",
  "locked",
  "docked",
  "paused",
  "clear",
  "false",
]);
const OTHERS = ["1", "2", "3", "4", "5", "6"] as const;

/** The same state has the same colour throughout a chart and its legend; the first come get distinct ones. */
export function bandColours(states: Iterable<string | null>): ReadonlyMap<string | null, BandColour> {
  const colours = new Map<string | null, BandColour>();
  let others = 0;
  for (const state of states) {
    if (colours.has(state)) continue;
    if (state === null || isMissing(state)) colours.set(state, "missing");
    else if (ACTIVE.has(state.toLowerCase())) colours.set(state, "on");
    else if (AT_REST.has(state.toLowerCase())) colours.set(state, "off");
    else colours.set(state, OTHERS[others++ % OTHERS.length] as BandColour);
  }
  return colours;
}
