/** The demo home on paper: what stands where. Values come from the model (home.ts). */

export type FloorPlan = {
  readonly id: string;
  readonly name: string;
  readonly level: number | null;
  readonly icon: string;
};
export type AreaPlan = {
  readonly id: string;
  readonly name: string;
  readonly floor: string;
  readonly icon: string;
  readonly labels?: readonly string[];
};
export type LabelPlan = { readonly id: string; readonly name: string; readonly color: string; readonly icon: string };

/** An integration that is set up, and whether it is a cloud of its own. */
export type IntegrationPlan = { readonly domain: string; readonly title: string };

export type DevicePlan = {
  readonly key: string;
  readonly name: string;
  readonly integration: string;
  readonly area?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly version?: string;
  readonly via?: string;
  readonly labels?: readonly string[];
  readonly service?: boolean;
  readonly entities: readonly EntityPlan[];
};

export type EntityPlan = {
  /** Unique in the home; the model knows entities by it. */
  readonly key: string;
  readonly domain: string;
  /** The entity's own name; null: it is called like its device. */
  readonly name: string | null;
  readonly deviceClass?: string;
  readonly stateClass?: "measurement" | "total" | "total_increasing";
  readonly unit?: string;
  readonly category?: "config" | "diagnostic";
  readonly precision?: number;
  readonly icon?: string;
  readonly translationKey?: string;
  readonly labels?: readonly string[];
  readonly disabled?: boolean;
  readonly hidden?: boolean;
  /** Attributes that never change, beside class and unit. */
  readonly attributes?: { readonly [name: string]: unknown };
  /** What it starts with, before the model writes. */
  readonly start: string;
};

/** Entities without a device: helpers, automations, people, or (without an integration entry) sun and zones. */
export type LoosePlan = EntityPlan & {
  readonly platform: string;
  readonly entityId: string;
  readonly registered: boolean;
  readonly area?: string;
  readonly categories?: { readonly [scope: string]: string };
};

export type HomePlan = {
  readonly floors: readonly FloorPlan[];
  readonly areas: readonly AreaPlan[];
  readonly labels: readonly LabelPlan[];
  readonly categories: { readonly [scope: string]: readonly { id: string; name: string; icon: string }[] };
  readonly integrations: readonly IntegrationPlan[];
  readonly devices: readonly DevicePlan[];
  readonly loose: readonly LoosePlan[];
};
