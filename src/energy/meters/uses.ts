import type { EnergyMeters, SignedMeter } from "../../domain/home/energy.ts";
import type { Quantity } from "./fitting.ts";

export const ROLES = [
  "grid.imported",
  "grid.exported",
  "grid.power",
  "solar.energy",
  "solar.power",
  "battery.discharged",
  "battery.charged",
  "battery.power",
  "gas",
  "water",
] as const;
export type Role = (typeof ROLES)[number];

/** A meter in its place among those of the whole house. */
export type Use = {
  readonly role: Role;
  /** Which grid connection, solar system or battery; which meter of gas or water. */
  readonly of: number;
  /** Where it stands in a choice: `grid[0].imported`. */
  readonly path: string;
  readonly meter: string;
  readonly inverted: boolean;
  readonly quantity: Quantity;
};

/** The meters of the whole house, one by one. */
export function usesOf({ grid, solar, battery, gas, water }: EnergyMeters): Use[] {
  const counter = (role: Role, of: number, path: string, meter: string | null): Use[] =>
    meter === null ? [] : [{ role, of, path, meter, inverted: false, quantity: "energy" }];
  const sensors = (role: Role, of: number, path: string, power: readonly SignedMeter[]): Use[] =>
    power.map(({ entityId, sign }, i) => ({
      ...{ role, of, path: `${path}[${i}].entity_id`, meter: entityId },
      ...{ inverted: sign === -1, quantity: "power" as const },
    }));
  const plain = (role: "gas" | "water", meters: readonly string[]): Use[] =>
    meters.map((meter, of) => ({ role, of, path: `${role}[${of}]`, meter, inverted: false, quantity: role }));
  return [
    ...grid.flatMap(({ imported, exported, power }, i) => [
      ...counter("grid.imported", i, `grid[${i}].imported`, imported),
      ...counter("grid.exported", i, `grid[${i}].exported`, exported),
      ...sensors("grid.power", i, `grid[${i}].power`, power),
    ]),
    ...solar.flatMap(({ energy, power }, i) => [
      ...counter("solar.energy", i, `solar[${i}].energy`, energy),
      ...sensors("solar.power", i, `solar[${i}].power`, power),
    ]),
    ...battery.flatMap(({ discharged, charged, power }, i) => [
      ...counter("battery.discharged", i, `battery[${i}].discharged`, discharged),
      ...counter("battery.charged", i, `battery[${i}].charged`, charged),
      ...sensors("battery.power", i, `battery[${i}].power`, power),
    ]),
    ...plain("gas", gas),
    ...plain("water", water),
  ];
}

/** The meters of devices, one by one. */
export function deviceUsesOf({ devices }: EnergyMeters): Pick<Use, "path" | "meter" | "quantity">[] {
  return devices.flatMap(({ energy, power }, i) => [
    ...(energy === null ? [] : [{ path: `devices[${i}].energy`, meter: energy, quantity: "energy" as const }]),
    ...(power === null ? [] : [{ path: `devices[${i}].power`, meter: power, quantity: "power" as const }]),
  ]);
}
