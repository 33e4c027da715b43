import type { Time } from "./api-types.ts";

/** The energy of the home, as docs/api.md has it. */

export type Rate = {
  /** null: the fixed price of the energy dashboard. */
  readonly source: string | null;
  readonly quantity: string;
  readonly unit: string;
};
export type RateNow = {
  readonly source: string | null;
  readonly quantity: string | null;
  readonly unit: string | null;
  readonly value: number | null;
  readonly until: Time | null;
  readonly why?: string;
  readonly fix?: string;
};
export type EnergyNow = {
  readonly time: Time;
  readonly power: {
    readonly house: number | null;
    /** Below 0: fed in. */
    readonly grid: number | null;
    readonly solar: number | null;
    /** Below 0: charging. */
    readonly battery: number | null;
    readonly why?: string;
    readonly fix?: string;
  };
  readonly price: RateNow;
  readonly carbon: RateNow;
  readonly cost_per_hour: number | null;
  readonly carbon_per_hour: number | null;
};

export type Span = { readonly from: Time; readonly to: Time };
export type EnergyWindow = {
  readonly by: "price" | "carbon";
  readonly rate: Rate;
  readonly parts: readonly Span[];
  readonly kwh: number;
  readonly total: number;
  readonly mean: number | null;
  readonly at_once: number | null;
  readonly other: (Rate & { readonly total: number }) | null;
  readonly known_until: Time;
  /** Nothing is gained by waiting. */
  readonly alike: boolean;
  readonly now: boolean;
};
export type PlanSlot = Span & {
  readonly price: number;
  readonly carbon: number | null;
  readonly level: "cheap" | "usual" | "dear";
};
export type EnergyPlan = Span & {
  readonly price: Rate;
  readonly carbon: Rate | null;
  /** The share of the day that is priced. */
  readonly known: number;
  readonly mean: number | null;
  /** No time of the day is cheaper than another. */
  readonly alike: boolean;
  readonly slots: readonly PlanSlot[];
};
export type EnergyDay = Span & {
  readonly kwh: number;
  readonly cost: number | null;
  readonly priced_kwh: number;
  readonly carbon_g: number | null;
  readonly rated_kwh: number;
};
export type EnergyDays = {
  readonly price: Rate | null;
  readonly carbon: Rate | null;
  readonly imported: readonly EnergyDay[];
  readonly exported: readonly EnergyDay[];
  readonly solar: readonly EnergyDay[];
  readonly house: readonly EnergyDay[];
  readonly devices: readonly {
    readonly meter: string;
    readonly name: string | null;
    readonly within: string | null;
    readonly days: readonly EnergyDay[];
    readonly why?: string;
  }[];
};
export type EnergyEffects = Span & {
  readonly readings: number;
  readonly around_seconds: number;
  readonly noise: number;
  readonly effects: readonly {
    readonly entity_id: string;
    readonly watts: number;
    readonly spread: number;
    readonly switchings: number;
    readonly used: number;
    readonly crowded: number;
    readonly unknown: number;
    readonly confidence: number;
  }[];
};

/** Where a figure is not known: why, and what mends it. */
type Unknown = { readonly why?: string; readonly fix?: string };

/** How a run uses power: `minutes` long at `watts`, one stage after the other. */
export type RunStage = { readonly minutes: number; readonly watts: number };
export type WindowQuestion = {
  readonly by: "price" | "carbon";
  readonly stages: readonly RunStage[];
  readonly split: boolean;
  readonly to?: Time;
};

export type MeterRole =
  | "grid.imported"
  | "grid.exported"
  | "grid.power"
  | "solar.energy"
  | "solar.power"
  | "battery.discharged"
  | "battery.charged"
  | "battery.power"
  | "gas"
  | "water";

export type WholeHouseMeter = {
  readonly role: MeterRole;
  /** Which grid, roof or battery, from 0. */
  readonly of: number;
  readonly meter: string;
  readonly inverted: boolean;
  readonly unit: string | null;
  readonly why?: string;
};
export type CircuitMeter = {
  readonly meter: string;
  readonly energy: string | null;
  readonly power: string | null;
  readonly name: string | null;
  readonly within: string | null;
  readonly unit: string | null;
  readonly why?: string;
};
export type MeterCandidate = {
  readonly entity_id: string;
  readonly name: string | null;
  readonly device_id: string | null;
  readonly area_id: string | null;
  readonly quantity: "energy" | "power" | "gas" | "water";
  readonly unit: string | null;
  readonly device_class: string | null;
  readonly state_class: string | null;
  readonly state: string;
  readonly time: Time;
  readonly used_as: readonly string[];
};

type PowerOf = { readonly entity_id: string; readonly inverted?: boolean };
/** Meters that somebody chose, where the dashboard has none or is not to be used. */
export type MeterChoice = {
  readonly instead_of_dashboard?: boolean;
  readonly grid?: readonly {
    readonly imported?: string | null;
    readonly exported?: string | null;
    readonly power?: readonly PowerOf[];
  }[];
  readonly solar?: readonly { readonly energy?: string | null; readonly power?: readonly PowerOf[] }[];
  readonly battery?: readonly {
    readonly discharged?: string | null;
    readonly charged?: string | null;
    readonly power?: readonly PowerOf[];
  }[];
  readonly gas?: readonly string[];
  readonly water?: readonly string[];
  readonly devices?: readonly {
    readonly energy?: string | null;
    readonly power?: string | null;
    readonly name?: string | null;
    readonly within?: string | null;
  }[];
};
export type EnergyMeters = Unknown & {
  readonly from: "dashboard" | "chosen" | null;
  readonly dashboard: "set_up" | "not_set_up" | "unknown";
  readonly whole_house: readonly WholeHouseMeter[];
  readonly circuits: readonly CircuitMeter[];
  readonly choice: MeterChoice | null;
  readonly candidates: readonly MeterCandidate[];
};

export type ProfileSlot = {
  /** By the home's clock: `07:15`. */
  readonly at: string;
  readonly mean: number | null;
  /** Of the means that this slot had on single days. */
  readonly least: number | null;
  readonly most: number | null;
  readonly known: number;
  readonly days: number;
};
export type ProfilePart = Unknown & {
  /** null: there is no meter of it. */
  readonly by: "power" | "energy" | null;
  readonly meters: readonly string[];
  readonly known: number;
  readonly mean: number | null;
  readonly kwh_per_day: number | null;
  readonly slots: readonly ProfileSlot[];
};
export type EnergyProfile = Span & {
  readonly time_zone: string;
  readonly days: string;
  readonly slot_minutes: number;
  readonly days_in_window: number;
  readonly house: ProfilePart;
  readonly imported: ProfilePart;
  readonly exported: ProfilePart;
  readonly solar: ProfilePart;
};

export type AlwaysOnFigure = Unknown & {
  readonly by: "power" | "energy" | null;
  readonly watts: number | null;
  readonly spread: number | null;
  /** A counter that counts coarsely can tell no less than this. */
  readonly precise_to: number | null;
  readonly days: number;
  readonly kwh_per_year: number | null;
  readonly cost_per_year: number | null;
};
export type AlwaysOn = Span & {
  readonly time_zone: string;
  readonly hour_minutes: number;
  readonly least_days: number;
  readonly price: Rate | null;
  readonly price_mean: number | null;
  readonly house: AlwaysOnFigure;
  readonly devices: readonly (AlwaysOnFigure & {
    readonly meter: string;
    readonly name: string | null;
    readonly within: string | null;
  })[];
  /** What devices with a figure make up together. */
  readonly explained: {
    readonly watts: number;
    readonly share: number | null;
    readonly devices: number;
    readonly of: number;
  };
};
