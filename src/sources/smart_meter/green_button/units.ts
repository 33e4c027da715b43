import type { ReadingType } from "./document.ts";

/** ESPI's codes of units, and what one of them is in the units that are stored. */
const UNITS: { readonly [uom: number]: { readonly of: "energy" | "volume"; readonly factor: number } } = {
  /** m³ */
  42: { of: "volume", factor: 1 },
  /** Wh */
  72: { of: "energy", factor: 0.001 },
  /** Cubic feet */
  119: { of: "volume", factor: 0.028316846592 },
  /** US gallons */
  128: { of: "volume", factor: 0.003785411784 },
  /** BTU (IT) */
  132: { of: "energy", factor: 0.00029307107017222 },
  /** Litres */
  134: { of: "volume", factor: 0.001 },
  /** Therms of the United States */
  169: { of: "energy", factor: 29.3001111 },
};

/** A value is what was used between the beginning and the end; all other meanings are no sum over a slot. */
const OVER_INTERVAL = new Set<number | undefined>([undefined, 0, 4]);
const FORWARD = 1;
const REVERSE = 19;

export type Meant = { readonly quantity: string; readonly factor: number; readonly exponent: number };

/**
 * What the values of a reading type are.
 *
 * @param kind of the usage point: 0 electricity, 1 gas, 2 water
 * @returns a text: why they are not taken
 */
export function meaningOf(type: ReadingType, kind: number | undefined): Meant | string {
  const { accumulationBehaviour, commodity, flowDirection, powerOfTenMultiplier = 0, uom } = type;
  if (!OVER_INTERVAL.has(accumulationBehaviour)) return "Counter readings, which are no use over a time";
  if (uom === undefined) return "Values of which the file does not say the unit";
  const unit = UNITS[uom];
  if (!unit) return `Values in a unit that is not taken (ESPI code ${uom}), such as power or cost`;
  if (Math.abs(powerOfTenMultiplier) > 12) return `Values with an impossible multiplier (10^${powerOfTenMultiplier})`;
  const { of, factor } = unit;
  const found = (quantity: string): Meant => ({ quantity, factor, exponent: powerOfTenMultiplier });
  const what = serviceOf(kind, commodity, uom);
  if (what === "gas") return found(of === "energy" ? "gas_energy_interval" : "gas_interval");
  if (what === "water") return of === "volume" ? found("water_interval") : "Water that is not told as a volume";
  if (what !== "electricity")
    return "Values of which the file does not say whether they are of electricity, gas or water";
  if (of === "volume") return "Electricity that is not told as energy";
  if (flowDirection === undefined || flowDirection === 0 || flowDirection === FORWARD) return found("import_interval");
  if (flowDirection === REVERSE) return found("export_interval");
  return "Sums of both directions, in which what was fed in is taken off";
}

/** By the usage point, else by what flows, else by a unit that only one of them has. */
function serviceOf(kind: number | undefined, commodity: number | undefined, uom: number): string | undefined {
  if (kind !== undefined) return ["electricity", "gas", "water"][kind];
  if (commodity !== undefined) return COMMODITIES[commodity];
  return OF_UNIT[uom];
}

const OF_UNIT: { readonly [uom: number]: string } = { 72: "electricity", 128: "water", 169: "gas" };

const COMMODITIES: { readonly [code: number]: string } = {
  1: "electricity",
  2: "electricity",
  7: "gas",
  8: "gas",
  9: "water",
};

export type Quality = "measured" | "estimated" | "preliminary" | "forecast";

/** ESPI's codes of how good a reading is. */
export function qualityOf(code: number | undefined): Quality {
  if (code === 12) return "forecast";
  if (code !== undefined && [7, 8, 9, 11, 13, 15].includes(code)) return "estimated";
  return code === 10 || code === 14 ? "preliminary" : "measured";
}
