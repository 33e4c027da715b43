import type { MEASURES, Unit } from "./settings.ts";

const NAMES: { readonly [name: string]: Unit } = {
  kwh: "kWh",
  wh: "Wh",
  mwh: "MWh",
  "m³": "m³",
  m3: "m³",
  "m^3": "m³",
  cbm: "m³",
  l: "l",
  liter: "l",
  litre: "l",
  litres: "l",
};

/** The unit that a cell names, however it is written. */
export const unitIn = (cell: string): Unit | undefined => NAMES[cell.trim().toLowerCase()];

/** The unit in a column's name: `Verbrauch in kWh`, `Usage [m3]`. */
export function unitInName(name: string): Unit | undefined {
  const words = name.split(/[^\p{L}\d³^]+/u);
  // A letter alone is no unit of water in a name.
  const found = words.filter((word) => word.length > 1).map(unitIn);
  return found.find((unit) => unit !== undefined);
}

const TO_KWH: { readonly [unit: string]: number } = { kWh: 1, Wh: 0.001, MWh: 1_000 };
const TO_CUBIC: { readonly [unit: string]: number } = { "m³": 1, l: 0.001 };

/** undefined: nobody measures this in that. */
export function meantBy(
  measures: (typeof MEASURES)[number],
  unit: Unit,
): { readonly quantity: string; readonly factor: number } | undefined {
  const [energy, volume] = [TO_KWH[unit], TO_CUBIC[unit]];
  const found = (quantity: string, factor: number | undefined) =>
    factor === undefined ? undefined : { quantity, factor };
  if (measures === "water") return found("water_interval", volume);
  if (measures === "gas") return found("gas_interval", volume) ?? found("gas_energy_interval", energy);
  return found(`${measures}_interval`, energy);
}
