import { type EnergyMeters, type MeteredDevice, meterOf, wholeHouseMeters } from "../../domain/home/energy.ts";
import { isUnknown, type Named, type Unknown } from "../needs.ts";
import { type Choice, type Fault, faultsOf, readChoice } from "./choice.ts";
import { type Quantity, quantityOf, type Recorded, whyNot } from "./fitting.ts";
import { deviceUsesOf, type Use, usesOf } from "./uses.ts";

export type Candidate = Recorded & {
  readonly quantity: Quantity;
  /** Where it stands among the meters in use. */
  readonly usedAs: readonly string[];
};

type Told = { readonly unit: string | null /** Why it cannot be used. */; readonly why?: string };

export type MetersTold = {
  readonly from: "dashboard" | "chosen" | null;
  readonly why?: string;
  readonly fix?: string;
  readonly dashboard: "set_up" | "not_set_up" | "unknown";
  readonly wholeHouse: readonly (Use & Told)[];
  readonly circuits: readonly (MeteredDevice & Told & { readonly meter: string })[];
  readonly choice: Choice | undefined;
  readonly candidates: readonly Candidate[];
};

/** Which meters are the home's. */
export type MeterBook = {
  get(): EnergyMeters | Unknown;
  told(): MetersTold;
  faults(choice: Choice): readonly Fault[];
  choose(choice: Choice): void;
  /** Back to the energy dashboard. */
  unchoose(): void;
};

export type MeterBookNeeds = {
  /** Home Assistant's energy dashboard; undefined: it is not set up; a reason: it has not been told yet. */
  readonly dashboard: () => EnergyMeters | Unknown | undefined;
  readonly kept: { get(): unknown; set(value: unknown): void; remove(): void };
  /** Everything that is there and recorded. */
  readonly recorded: () => Iterable<Recorded>;
  /** By a present name or a former one: a meter that is renamed stays chosen. */
  readonly named: (entityId: string) => Named | undefined;
  readonly onChange: () => void;
};

export const NOT_SET_UP: Unknown = {
  why: "The energy dashboard is not set up",
  fix: "Set it up in Home Assistant: Settings, Dashboards, Energy. Or choose meters for the hub alone.",
};

/**
 * The energy dashboard's meters where it is set up, else those that the user chose here; the other way round where the
 * user says so. What is recorded is proposed, and never used before it is chosen.
 */
export function createMeterBook(needs: MeterBookNeeds): MeterBook {
  const { kept, recorded, named } = needs;
  let choice = readChoice(kept.get());
  /** One without any meter is as good as none. */
  const dashboard = () => {
    const told = needs.dashboard();
    return told && !isUnknown(told) && usesOf(told).length + told.devices.length === 0 ? undefined : told;
  };

  const inUse = (): { from: "dashboard" | "chosen"; meters: EnergyMeters } | Unknown => {
    const told = dashboard();
    const isSetUp = told !== undefined && !isUnknown(told);
    if (choice && (choice.insteadOfDashboard || !isSetUp)) return { from: "chosen", meters: choice.meters };
    if (isSetUp) return { from: "dashboard", meters: told };
    return told ?? NOT_SET_UP;
  };
  const byName = () => {
    const known = new Map([...recorded()].map((one) => [one.entityId, one]));
    return (meter: string) => known.get(meter) ?? known.get(named(meter)?.entityId ?? "");
  };

  return {
    get: () => {
      const now = inUse();
      return isUnknown(now) ? now : now.meters;
    },
    told: () => {
      const told = dashboard();
      const now = inUse();
      const find = byName();
      const fitting = (meter: string, quantity: Quantity): Told => {
        const known = find(meter);
        const why = known ? whyNot(quantity, known) : "is not recorded";
        return { unit: known?.unit ?? null, ...(why === undefined ? {} : { why: `${meter} ${why}` }) };
      };
      const used = isUnknown(now) ? undefined : now.meters;
      return {
        ...(isUnknown(now) ? { from: null, ...now } : { from: now.from }),
        dashboard: told === undefined ? "not_set_up" : isUnknown(told) ? "unknown" : "set_up",
        wholeHouse: used ? usesOf(used).map((use) => ({ ...use, ...fitting(use.meter, use.quantity) })) : [],
        circuits: used ? circuitsOf(used, fitting) : [],
        choice,
        candidates: candidatesOf(recorded(), used, named),
      };
    },
    faults: ({ meters }) => faultsOf(meters, byName()),
    choose: (chosen) => {
      kept.set(chosen);
      choice = chosen;
      needs.onChange();
    },
    unchoose: () => {
      kept.remove();
      choice = undefined;
      needs.onChange();
    },
  };
}

function circuitsOf(
  meters: EnergyMeters,
  fitting: (meter: string, quantity: Quantity) => Told,
): MetersTold["circuits"] {
  const wholeHouse = wholeHouseMeters(meters);
  return meters.devices.map((device) => {
    const meter = meterOf(device);
    const told = fitting(meter, device.energy === null ? "power" : "energy");
    if (!wholeHouse.has(meter)) return { meter, ...device, ...told };
    return { meter, ...device, ...told, why: `${meter} measures the whole house: it does not count as a device` };
  });
}

function candidatesOf(
  recorded: Iterable<Recorded>,
  used: EnergyMeters | undefined,
  named: MeterBookNeeds["named"],
): Candidate[] {
  const uses = used ? [...usesOf(used), ...deviceUsesOf(used)] : [];
  const places = Map.groupBy(uses, ({ meter }) => named(meter)?.entityId ?? meter);
  return [...recorded]
    .flatMap((one): Candidate[] => {
      const quantity = quantityOf(one);
      if (!quantity) return [];
      return [{ ...one, quantity, usedAs: (places.get(one.entityId) ?? []).map(({ path }) => path) }];
    })
    .sort((a, b) => (a.entityId < b.entityId ? -1 : 1));
}
