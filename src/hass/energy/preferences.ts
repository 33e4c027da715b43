import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { DashboardPrice, EnergyMeters, SignedMeter } from "../../domain/home/energy.ts";
import type { Call } from "../session/session.ts";

const id = v.nullish(v.string());
const price = v.nullish(v.number());
const powerConfig = v.object({
  stat_rate: id,
  stat_rate_inverted: id,
  stat_rate_from: id,
  stat_rate_to: id,
});
const power = { stat_rate: id, power_config: v.nullish(powerConfig) };
const prices = { entity_energy_price: id, number_energy_price: price };

/** One object for each connection to the grid, since Home Assistant 2026.3. */
const grid = v.object({
  type: v.literal("grid"),
  stat_energy_from: id,
  stat_energy_to: id,
  ...prices,
  entity_energy_price_export: id,
  number_energy_price_export: price,
  ...power,
});
/** Before it: lists of what flows in and out. */
const gridOfFlows = v.object({
  type: v.literal("grid"),
  flow_from: v.array(v.object({ stat_energy_from: v.string(), ...prices })),
  flow_to: v.array(v.object({ stat_energy_to: v.string(), ...prices })),
  power: v.optional(v.array(v.object(power)), []),
});
const solar = v.object({ type: v.literal("solar"), stat_energy_from: v.string(), ...power });
const battery = v.object({
  type: v.literal("battery"),
  stat_energy_from: v.string(),
  stat_energy_to: v.string(),
  ...power,
});
const gas = v.object({ type: v.literal("gas"), stat_energy_from: v.string() });
const water = v.object({ type: v.literal("water"), stat_energy_from: v.string() });
/** Kinds that a later Home Assistant adds are none of ours. */
const later = v.pipe(
  v.object({ type: v.string() }),
  v.transform(() => ({ type: "later" as const })),
);
type Source =
  | v.InferOutput<typeof grid>
  | (Omit<v.InferOutput<typeof gridOfFlows>, "type"> & { type: "flows" })
  | v.InferOutput<typeof solar | typeof battery | typeof gas | typeof water | typeof later>;

const BY_TYPE: { readonly [type: string]: v.GenericSchema<unknown, Source> } = { grid, solar, battery, gas, water };
const flows = v.pipe(
  gridOfFlows,
  v.transform((source) => ({ ...source, type: "flows" as const })),
);

const preferences = v.object({
  energy_sources: v.array(
    v.lazy((source): v.GenericSchema<unknown, Source> => {
      if (v.is(v.object({ flow_from: v.unknown() }), source)) return flows;
      return (v.is(v.object({ type: v.string() }), source) ? BY_TYPE[source.type] : undefined) ?? later;
    }),
  ),
  device_consumption: v.array(
    v.object({ stat_consumption: v.string(), stat_rate: id, name: id, included_in_stat: id }),
  ),
});

/**
 * The meters of Home Assistant's energy dashboard; undefined: the user has not set it up.
 *
 * @throws Failure `changed_shape`, and those of `call`
 */
export async function readEnergyMeters(call: Call): Promise<EnergyMeters | undefined> {
  const answer = await call({ type: "energy/get_prefs" }).catch((error: unknown) => {
    // Home Assistant's word for a dashboard without settings.
    if (error instanceof Failure && v.is(v.object({ code: v.literal("not_found") }), error.cause)) return undefined;
    throw error;
  });
  if (answer === undefined) return undefined;
  const parsed = v.safeParse(preferences, answer);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const path = v.getDotPath(issue) ?? "the answer";
    throw new Failure(
      "changed_shape",
      `Home Assistant's energy settings have another shape: ${path}: ${issue.message}`,
    );
  }
  return metersOf(parsed.output);
}

function metersOf(told: v.InferOutput<typeof preferences>): EnergyMeters {
  const of = <T extends Source["type"]>(type: T) =>
    told.energy_sources.filter((source): source is Source & { type: T } => source.type === type);
  return {
    grid: [...of("grid").map(connectionOf), ...of("flows").flatMap(flowsOf)],
    solar: of("solar").map((source) => ({ energy: source.stat_energy_from, power: signed(source) })),
    battery: of("battery").map((source) => ({
      discharged: source.stat_energy_from,
      charged: source.stat_energy_to,
      power: signed(source),
    })),
    gas: of("gas").map(({ stat_energy_from: meter }) => meter),
    water: of("water").map(({ stat_energy_from: meter }) => meter),
    devices: told.device_consumption.map((device) => ({
      energy: device.stat_consumption,
      power: device.stat_rate ?? null,
      name: device.name ?? null,
      within: device.included_in_stat ?? null,
    })),
  };
}

type Connection = EnergyMeters["grid"][number];

const connectionOf = (source: Source & { type: "grid" }): Connection => ({
  imported: source.stat_energy_from ?? null,
  exported: source.stat_energy_to ?? null,
  power: signed(source),
  price: priceOf(source.entity_energy_price, source.number_energy_price),
  exportPrice: priceOf(source.entity_energy_price_export, source.number_energy_price_export),
});

function flowsOf(source: Source & { type: "flows" }): Connection[] {
  const none = { imported: null, exported: null, power: [], price: NO_PRICE, exportPrice: NO_PRICE };
  return [
    ...source.flow_from.map((flow) => ({
      ...none,
      imported: flow.stat_energy_from,
      price: priceOf(flow.entity_energy_price, flow.number_energy_price),
    })),
    ...source.flow_to.map((flow) => ({
      ...none,
      exported: flow.stat_energy_to,
      exportPrice: priceOf(flow.entity_energy_price, flow.number_energy_price),
    })),
    ...source.power.map((meter) => ({ ...none, power: signed(meter) })),
  ];
}

const NO_PRICE: DashboardPrice = { entityId: null, fixed: null };
const priceOf = (entityId: string | null | undefined, fixed: number | null | undefined): DashboardPrice => ({
  entityId: entityId ?? null,
  fixed: fixed ?? null,
});

type Power = {
  readonly stat_rate?: string | null | undefined;
  readonly power_config?: v.InferOutput<typeof powerConfig> | null | undefined;
};

/** The user's own sensors where they are told; `stat_rate` may be a sensor that Home Assistant made of them. */
function signed({ stat_rate: rate, power_config: config }: Power): SignedMeter[] {
  const meters: [string | null | undefined, 1 | -1][] = config
    ? [
        [config.stat_rate, 1],
        [config.stat_rate_inverted, -1],
        [config.stat_rate_from, 1],
        [config.stat_rate_to, -1],
      ]
    : [[rate, 1]];
  return meters.flatMap(([entityId, sign]) => (entityId == null ? [] : [{ entityId, sign }]));
}
