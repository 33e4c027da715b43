import type { PartState, Time } from "./api-types.ts";

/** The world outside and what it means for the home, as docs/api.md has it. */

export type Settings = { readonly [name: string]: unknown };
export type ChosenProvider = { readonly provider: string; readonly settings: Settings };

/** What somebody chose: whom to ask, the preferred one first. */
export type SourceChoice = {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly providers: readonly ChosenProvider[];
};

export type Budget = {
  readonly calls: number;
  readonly per_seconds: number;
  readonly used: number;
  readonly left: number;
};

export type ProviderStatus = {
  readonly provider: string;
  readonly name: string;
  readonly attribution: string;
  readonly state: "unasked" | "ok" | "resting" | "refused" | "unfit";
  readonly why?: string;
  readonly fix?: string;
  readonly resting_until?: Time;
  readonly last_success: Time | null;
  readonly last_failure: Time | null;
  readonly calls: number;
  readonly budgets: readonly Budget[];
};

export type Source = SourceChoice & {
  readonly state: PartState;
  readonly why?: string;
  readonly fix?: string;
  readonly in_use: string | null;
  readonly last_success: Time | null;
  readonly next_read: Time | null;
  readonly waits_for?: string;
  readonly statuses: readonly ProviderStatus[];
};
export type Sources = { readonly sources: readonly Source[]; readonly proposed: readonly SourceChoice[] };

/** One setting, as a form asks for it. A list of plain values has one field in `item`, called `value`. */
export type Field = {
  readonly name: string;
  readonly type: "text" | "number" | "integer" | "truth" | "choice" | "list" | "group";
  readonly title: string;
  readonly description?: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly unit?: string;
  readonly secret?: boolean;
  readonly choices?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly item?: readonly Field[];
  readonly fields?: readonly Field[];
};

export type ProviderKind = {
  readonly id: string;
  readonly name: string;
  readonly homepage: string;
  readonly attribution: string;
  readonly terms?: string;
  readonly works_unset: boolean;
  readonly every_seconds: number;
  readonly form: readonly Field[];
  readonly unfit?: { readonly why: string; readonly fix: string };
};
export type SourceKind = { readonly kind: string; readonly providers: readonly ProviderKind[] };

export type SourceTest = {
  readonly ok: boolean;
  readonly providers: readonly {
    readonly provider: string;
    readonly ok: boolean;
    readonly readings: number;
    readonly issues: number;
    readonly facts: boolean;
    readonly why?: string;
    readonly fix?: string;
  }[];
};

export type RawAnswer = {
  readonly time: Time;
  readonly provider: string;
  /** Host and path, without the query. */
  readonly where: string;
  readonly status: number;
  readonly text: string;
};

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
