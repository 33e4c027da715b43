import type { EnergyMeters, SignedMeter } from "../../domain/home/energy.ts";
import { isUnknown, type Unknown } from "../needs.ts";
import { CHOOSE_METERS, houseMeters, whyNoPower } from "./power.ts";

/** What of the house is told by the time of day. */
export const PARTS = ["house", "imported", "exported", "solar"] as const;
export type Part = (typeof PARTS)[number];

/** The meters that together are a part: power sensors, or counters of energy. */
export type Ways = {
  readonly power: readonly SignedMeter[] | Unknown;
  readonly energy: readonly SignedMeter[] | Unknown;
  /** Which of them tells it better. */
  readonly first: "power" | "energy";
};

export function waysOf(part: Part, meters: EnergyMeters): Ways {
  if (part === "house")
    return { power: whyNoPower(meters) ?? houseMeters(meters), energy: houseCounters(meters), first: "power" };
  if (part === "solar") return solarWays(meters);
  const counters = meters.grid.flatMap((one) => one[part] ?? []).map(plus);
  return {
    power: part === "imported" ? importPower(meters) : exportPower(meters),
    energy: counters.length > 0 ? counters : missing(`No meter counts what ${DIRECTION[part]} the grid`),
    first: "energy",
  };
}

const DIRECTION = { imported: "comes from", exported: "goes to" } as const;

/** The counters that together are the house: imported − exported + solar + what the battery gave − what it took. */
export function houseCounters({ grid, solar, battery }: EnergyMeters): readonly SignedMeter[] | Unknown {
  const imported = grid.flatMap((one) => one.imported ?? []);
  if (grid.length > 0 && imported.length === 0) return missing("No meter counts what comes from the grid");
  const roofs = solar.flatMap(({ energy }) => energy ?? []);
  if (roofs.length < solar.length) return missing("A solar system has no meter of energy");
  const given = battery.flatMap(({ discharged }) => discharged ?? []);
  const taken = battery.flatMap(({ charged }) => charged ?? []);
  if (Math.min(given.length, taken.length) < battery.length) return missing("A battery has no meters of energy");
  if (imported.length + roofs.length === 0) return missing("No meter measures the house");
  const exported = grid.flatMap((one) => one.exported ?? []);
  return [...[...imported, ...roofs, ...given].map(plus), ...[...exported, ...taken].map(minus)];
}

function solarWays({ solar }: EnergyMeters): Ways {
  const sensors = solar.flatMap(({ power }) => power);
  const counters = solar.flatMap(({ energy }) => energy ?? []).map(plus);
  const none = missing("There is no meter of a solar system");
  const every = solar.length > 0 && solar.every(({ power }) => power.length > 0);
  return {
    power: every ? sensors : none,
    energy: counters.length > 0 && counters.length === solar.length ? counters : none,
    first: "power",
  };
}

/** A sensor that tells import less export cannot tell either, unless nothing is ever exported. */
function importPower(meters: EnergyMeters): readonly SignedMeter[] | Unknown {
  const sides = sidesOf(meters);
  if (!isUnknown(sides)) return sides.map(([from]) => from);
  const { grid, solar, battery } = meters;
  const feedsIn = solar.length + battery.length > 0 || grid.some(({ exported }) => exported !== null);
  const sensors = grid.flatMap(({ power }) => power);
  return feedsIn || sensors.length === 0 ? sides : sensors;
}

function exportPower(meters: EnergyMeters): readonly SignedMeter[] | Unknown {
  const sides = sidesOf(meters);
  return isUnknown(sides) ? sides : sides.map(([, to]) => ({ ...to, sign: 1 }));
}

/** Where every connection has a sensor for each direction. */
function sidesOf({ grid }: EnergyMeters): readonly (readonly [from: SignedMeter, to: SignedMeter])[] | Unknown {
  const measured = grid.filter(({ power }) => power.length > 0);
  const sides = measured.flatMap(({ power }) => {
    const [from, to] = [power.find(({ sign }) => sign === 1), power.find(({ sign }) => sign === -1)];
    return power.length === 2 && from && to ? [[from, to] as const] : [];
  });
  if (measured.length > 0 && sides.length === measured.length) return sides;
  return missing("No sensor tells import and export apart");
}

const plus = (entityId: string): SignedMeter => ({ entityId, sign: 1 });
const minus = (entityId: string): SignedMeter => ({ entityId, sign: -1 });
const missing = (why: string): Unknown => ({ why, fix: CHOOSE_METERS });
