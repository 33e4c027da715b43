/** A power meter; −1: it tells the other direction. */
export type SignedMeter = { readonly entityId: string; readonly sign: 1 | -1 };

/** What a kWh costs or is paid for, as the energy dashboard knows it; both null: it does not. */
export type DashboardPrice = { readonly entityId: string | null; readonly fixed: number | null };

/**
 * The meters of the home, as the user chose them for Home Assistant's energy dashboard or for the hub alone. A meter of
 * energy is named by its statistic: an entity's id, or `source:name` of a statistic that has no entity.
 */
export type EnergyMeters = {
  readonly grid: readonly {
    readonly imported: string | null;
    readonly exported: string | null;
    /** Together positive while power comes from the grid; empty: none is chosen. */
    readonly power: readonly SignedMeter[];
    readonly price: DashboardPrice;
    readonly exportPrice: DashboardPrice;
  }[];
  readonly solar: readonly { readonly energy: string | null; readonly power: readonly SignedMeter[] }[];
  readonly battery: readonly {
    readonly discharged: string | null;
    readonly charged: string | null;
    /** Together positive while it gives power. */
    readonly power: readonly SignedMeter[];
  }[];
  readonly gas: readonly string[];
  readonly water: readonly string[];
  readonly devices: readonly MeteredDevice[];
};

export type MeteredDevice = {
  /** null: it has a power sensor alone. */
  readonly energy: string | null;
  readonly power: string | null;
  /** What the user called it; null: the entity's own name. */
  readonly name: string | null;
  /** The meter of which it is a part. */
  readonly within: string | null;
};

export const NO_METERS: EnergyMeters = { grid: [], solar: [], battery: [], gas: [], water: [], devices: [] };

/** By what a device is named: its meter of energy, else of power. */
export const meterOf = ({ energy, power }: Pick<MeteredDevice, "energy" | "power">): string => energy ?? power ?? "";

/** Every meter that measures the house, the roof or the battery: none of them is a device's, whatever a list says. */
export function wholeHouseMeters({ grid, solar, battery, gas, water }: EnergyMeters): ReadonlySet<string> {
  const ids = [
    ...grid.flatMap(({ imported, exported }) => [imported, exported]),
    ...solar.map(({ energy }) => energy),
    ...battery.flatMap(({ discharged, charged }) => [discharged, charged]),
    ...[...grid, ...solar, ...battery].flatMap(({ power }) => power.map(({ entityId }) => entityId)),
    ...gas,
    ...water,
  ];
  return new Set(ids.filter((id) => id !== null));
}
