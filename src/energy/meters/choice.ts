import * as v from "valibot";
import { type DashboardPrice, type EnergyMeters, meterOf } from "../../domain/home/energy.ts";
import { type Quantity, type Recorded, whyNot } from "./fitting.ts";
import { deviceUsesOf, usesOf } from "./uses.ts";

/** The meters that the user chose for the hub. */
export type Choice = {
  readonly meters: EnergyMeters;
  /** They are used also where the energy dashboard is set up. */
  readonly insteadOfDashboard: boolean;
};

export type Fault = { readonly path: string; readonly message: string };

/** Of meters that are chosen here a price is not told: sources of prices do. */
export const NO_PRICE: DashboardPrice = { entityId: null, fixed: null };

const id = v.nullable(v.string());
const power = v.array(v.object({ entityId: v.string(), sign: v.picklist([1, -1]) }));
const price = v.object({ entityId: id, fixed: v.nullable(v.number()) });
const kept: v.GenericSchema<unknown, Choice> = v.object({
  meters: v.object({
    grid: v.array(v.object({ imported: id, exported: id, power, price, exportPrice: price })),
    solar: v.array(v.object({ energy: id, power })),
    battery: v.array(v.object({ discharged: id, charged: id, power })),
    gas: v.array(v.string()),
    water: v.array(v.string()),
    devices: v.array(v.object({ energy: id, power: id, name: id, within: id })),
  }),
  insteadOfDashboard: v.boolean(),
});

/** A choice as it was kept; undefined: there is none, or it is none of this version's. */
export function readChoice(value: unknown): Choice | undefined {
  const read = v.safeParse(kept, value);
  return read.success ? read.output : undefined;
}

/** Everything that is wrong with a choice, by where it stands in it. */
export function faultsOf(meters: EnergyMeters, recorded: (meter: string) => Recorded | undefined): Fault[] {
  const faults: Fault[] = [];
  const first = new Map<string, string>();
  const look = (path: string, meter: string, quantity: Quantity, taken: (by: string) => string) => {
    const known = recorded(meter);
    const why = known ? whyNot(quantity, known) : "is not recorded";
    if (why !== undefined) faults.push({ path, message: `${meter} ${why}` });
    const by = first.get(meter);
    if (by === undefined) first.set(meter, path);
    else faults.push({ path, message: taken(by) });
  };
  for (const { path, meter, quantity } of usesOf(meters))
    look(path, meter, quantity, (by) => `${meter} is chosen as ${by} already`);
  const wholeHouse = new Set(first.keys());
  for (const { path, meter, quantity } of deviceUsesOf(meters))
    look(path, meter, quantity, (by) =>
      wholeHouse.has(meter)
        ? `${meter} measures the whole house (${by}), so it is no device`
        : `${meter} is chosen as ${by} already`,
    );
  return [...faults, ...emptyOf(meters), ...withinFaultsOf(meters)];
}

function emptyOf({ grid, solar, battery, gas, water, devices }: EnergyMeters): Fault[] {
  const message = "names no meter";
  const empty: Fault[] = [];
  for (const [i, { imported, exported, power: sensors }] of grid.entries())
    if (imported === null && exported === null && sensors.length === 0) empty.push({ path: `grid[${i}]`, message });
  for (const [i, { energy, power: sensors }] of solar.entries())
    if (energy === null && sensors.length === 0) empty.push({ path: `solar[${i}]`, message });
  for (const [i, { discharged, charged, power: sensors }] of battery.entries())
    if (discharged === null && charged === null && sensors.length === 0) empty.push({ path: `battery[${i}]`, message });
  for (const [i, device] of devices.entries())
    if (meterOf(device) === "") empty.push({ path: `devices[${i}]`, message });
  if (grid.length + solar.length + battery.length + gas.length + water.length + devices.length === 0)
    empty.push({ path: "grid", message: "no meter is chosen at all; to drop the choice, send DELETE" });
  return empty;
}

function withinFaultsOf({ devices }: EnergyMeters): Fault[] {
  const parent = new Map(devices.map((device) => [meterOf(device), device.within]));
  return devices.flatMap((device, i) => {
    const path = `devices[${i}].within`;
    if (device.within === null) return [];
    if (!parent.has(device.within)) return [{ path, message: `${device.within} is the meter of no other device` }];
    let at: string | null = device.within;
    for (let step = 0; at !== null && step <= devices.length; step++) {
      if (at === meterOf(device)) return [{ path, message: "goes round in a circle" }];
      at = parent.get(at) ?? null;
    }
    return [];
  });
}
