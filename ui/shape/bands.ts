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

/**
 * The same state has the same colour throughout a chart and its legend, and keeps it while the window moves on: what
 * comes first in time has no say.
 */
export function bandColours(states: Iterable<string | null>): ReadonlyMap<string | null, BandColour> {
  const colours = new Map<string | null, BandColour>();
  const taken = new Set<BandColour>();
  let others = 0;
  for (const state of [...new Set(states)].sort(byClaim)) {
    const usual = usualColour(state);
    // "off" and "idle" are both at rest; in one chart they must still be told apart.
    const colour =
      usual === null || (usual !== "missing" && taken.has(usual)) ? OTHERS[others++ % OTHERS.length] : usual;
    colours.set(state, colour as BandColour);
    taken.add(colour as BandColour);
  }
  return colours;
}

function usualColour(state: string | null): BandColour | null {
  if (state === null || isMissing(state)) return "missing";
  if (ACTIVE.has(state.toLowerCase())) return "on";
  return AT_REST.has(state.toLowerCase()) ? "off" : null;
}

/** "on" and "off" before all others, then by name. */
const claim = (state: string | null) => `${state === "on" || state === "off" ? 0 : 1} ${state}`;
const byClaim = (a: string | null, b: string | null) => (claim(a) < claim(b) ? -1 : 1);
