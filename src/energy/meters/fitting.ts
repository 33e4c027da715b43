import type { Micros } from "../../domain/time/time.ts";
import { kwhPer, wattsPer } from "../house/units.ts";

export const QUANTITIES = ["energy", "power", "gas", "water"] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** What the hub records, as far as it matters for choosing a meter; by Home Assistant's own words. */
export type Recorded = {
  readonly entityId: string;
  readonly name: string | null;
  readonly deviceId: string | null;
  readonly areaId: string | null;
  readonly unit: string | null;
  readonly deviceClass: string | null;
  readonly stateClass: string | null;
  readonly state: string;
  readonly time: Micros;
};

/** Home Assistant's units of the volume of gas and water. */
const VOLUMES = new Set(["m³", "ft³", "CCF", "MCF", "L", "gal"]);
const COUNTERS = new Set(["total", "total_increasing"]);

/** Why something recorded is no meter of a quantity; undefined: it is one. Its name says nothing, only what it tells of itself. */
export function whyNot(
  quantity: Quantity,
  { unit, stateClass }: Pick<Recorded, "unit" | "stateClass">,
): string | undefined {
  if (unit === null) return "has no unit";
  if (!isUnitOf(quantity, unit)) return `has the unit ${unit}, which is none of ${UNITS_OF[quantity]}`;
  if (quantity === "power" || COUNTERS.has(stateClass ?? "")) return undefined;
  return `is no counter: its state_class is ${stateClass ?? "not told"}, not total_increasing or total`;
}

const UNITS_OF: { readonly [Q in Quantity]: string } = {
  energy: "energy",
  power: "power",
  gas: "volume or energy",
  water: "volume",
};

function isUnitOf(quantity: Quantity, unit: string): boolean {
  if (quantity === "power") return wattsPer(unit) !== undefined;
  if (quantity === "energy") return kwhPer(unit) !== undefined;
  return VOLUMES.has(unit) || (quantity === "gas" && kwhPer(unit) !== undefined);
}

/** What it may be chosen as: it says so itself by its class, its unit and how it counts. */
export const quantityOf = (recorded: Recorded): Quantity | undefined =>
  QUANTITIES.find((quantity) => recorded.deviceClass === quantity && whyNot(quantity, recorded) === undefined);
