import * as v from "valibot";
import type { EnergyMeters, SignedMeter } from "../../../../domain/home/energy.ts";
import { microsToRfc3339 } from "../../../../domain/time/time.ts";
import type { MetersTold } from "../../../../energy/meters/book.ts";
import { type Choice, NO_PRICE } from "../../../../energy/meters/choice.ts";
import { QUANTITIES } from "../../../../energy/meters/fitting.ts";
import { ROLES } from "../../../../energy/meters/uses.ts";
import { text } from "../../../input/schemas.ts";
import { countSchema, type Shape, timeSchema } from "../../answers.ts";
import { explained, unknown } from "./common.ts";

const MOST = 500;

const id = v.optional(v.nullable(text));
const list = <S extends v.GenericSchema>(of: S) =>
  v.optional(v.pipe(v.array(of, "is not a list"), v.maxLength(MOST, `holds more than ${MOST}`)));
const power = list(
  v.strictObject({
    entity_id: text,
    inverted: v.optional(explained(v.boolean("is neither true nor false"), "It tells the other direction.")),
  }),
);

/** What is chosen, as it is sent; entity ids all over. */
export const choiceBody = v.strictObject({
  instead_of_dashboard: v.optional(
    explained(v.boolean("is neither true nor false"), "Use these also where the energy dashboard is set up."),
  ),
  grid: list(v.strictObject({ imported: id, exported: id, power })),
  solar: list(v.strictObject({ energy: id, power })),
  battery: list(v.strictObject({ discharged: id, charged: id, power })),
  gas: list(text),
  water: list(text),
  devices: list(
    v.strictObject({
      energy: id,
      power: id,
      name: id,
      within: v.optional(explained(v.nullable(text), "The meter of the device that counts this one, too.")),
    }),
  ),
});
type ChoiceBody = v.InferOutput<typeof choiceBody>;

const meter = { unit: v.nullable(v.string()), why: v.exactOptional(explained(v.string(), "Why it is of no use.")) };
const nullableText = v.nullable(v.string());
const sensors = v.array(v.object({ entity_id: v.string(), inverted: v.boolean() }));

const choiceSchema = v.object({
  instead_of_dashboard: v.boolean(),
  grid: v.array(v.object({ imported: nullableText, exported: nullableText, power: sensors })),
  solar: v.array(v.object({ energy: nullableText, power: sensors })),
  battery: v.array(v.object({ discharged: nullableText, charged: nullableText, power: sensors })),
  gas: v.array(v.string()),
  water: v.array(v.string()),
  devices: v.array(v.object({ energy: nullableText, power: nullableText, name: nullableText, within: nullableText })),
});

export const metersSchema = v.pipe(
  v.object({
    from: explained(
      v.nullable(v.picklist(["dashboard", "chosen"])),
      "Whose meters are used: the energy dashboard's, or those chosen here; null: none, why says it.",
    ),
    ...unknown,
    dashboard: v.picklist(["set_up", "not_set_up", "unknown"]),
    whole_house: v.array(
      v.object({
        role: v.picklist(ROLES),
        of: explained(countSchema, "Which grid connection, solar system or battery."),
        meter: v.string(),
        inverted: v.boolean(),
        ...meter,
      }),
    ),
    circuits: explained(
      v.array(
        v.object({
          meter: v.string(),
          energy: nullableText,
          power: nullableText,
          name: nullableText,
          within: explained(nullableText, "The meter that counts this one, too."),
          ...meter,
        }),
      ),
      "Devices and circuits: parts of the house.",
    ),
    choice: explained(
      v.nullable(choiceSchema),
      "What is chosen here, whether or not it is used; to be sent back changed.",
    ),
    candidates: explained(
      v.array(
        v.object({
          entity_id: v.string(),
          name: nullableText,
          device_id: nullableText,
          area_id: nullableText,
          quantity: v.picklist(QUANTITIES),
          unit: nullableText,
          device_class: nullableText,
          state_class: nullableText,
          state: v.string(),
          time: timeSchema,
          used_as: explained(v.array(v.string()), "Where it stands among the meters in use."),
        }),
      ),
      "Everything recorded that may be chosen, by its class, unit and way of counting. None is used before it is chosen.",
    ),
  }),
  v.title("EnergyMeters"),
);
export type MetersShape = Shape<typeof metersSchema>;

/** What was sent as the choice that it is. */
export function choiceOf(body: ChoiceBody): Choice {
  const sensorsOf = (given: PowerBody): SignedMeter[] =>
    (given ?? []).map(({ entity_id: entityId, inverted = false }) => ({ entityId, sign: inverted ? -1 : 1 }));
  const meters: EnergyMeters = {
    grid: (body.grid ?? []).map((one) => ({
      imported: one.imported ?? null,
      exported: one.exported ?? null,
      power: sensorsOf(one.power),
      price: NO_PRICE,
      exportPrice: NO_PRICE,
    })),
    solar: (body.solar ?? []).map((one) => ({ energy: one.energy ?? null, power: sensorsOf(one.power) })),
    battery: (body.battery ?? []).map((one) => ({
      discharged: one.discharged ?? null,
      charged: one.charged ?? null,
      power: sensorsOf(one.power),
    })),
    gas: body.gas ?? [],
    water: body.water ?? [],
    devices: (body.devices ?? []).map((one) => ({
      energy: one.energy ?? null,
      power: one.power ?? null,
      name: one.name ?? null,
      within: one.within ?? null,
    })),
  };
  return { meters, insteadOfDashboard: body.instead_of_dashboard ?? false };
}
type PowerBody = v.InferOutput<typeof power>;

function choiceShape({ meters, insteadOfDashboard }: Choice): MetersShape["choice"] {
  const sensorsOf = (given: readonly SignedMeter[]) =>
    given.map(({ entityId, sign }) => ({ entity_id: entityId, inverted: sign === -1 }));
  return {
    instead_of_dashboard: insteadOfDashboard,
    grid: meters.grid.map(({ imported, exported, power: given }) => ({ imported, exported, power: sensorsOf(given) })),
    solar: meters.solar.map(({ energy, power: given }) => ({ energy, power: sensorsOf(given) })),
    battery: meters.battery.map(({ power: given, ...one }) => ({ ...one, power: sensorsOf(given) })),
    gas: meters.gas,
    water: meters.water,
    devices: meters.devices,
  };
}

export const metersShape = (told: MetersTold): MetersShape => ({
  from: told.from,
  ...(told.why === undefined ? {} : { why: told.why }),
  ...(told.fix === undefined ? {} : { fix: told.fix }),
  dashboard: told.dashboard,
  whole_house: told.wholeHouse.map(({ path: _, quantity: __, ...use }) => use),
  circuits: told.circuits,
  choice: told.choice ? choiceShape(told.choice) : null,
  candidates: told.candidates.map((one) => ({
    entity_id: one.entityId,
    name: one.name,
    device_id: one.deviceId,
    area_id: one.areaId,
    quantity: one.quantity,
    unit: one.unit,
    device_class: one.deviceClass,
    state_class: one.stateClass,
    state: one.state,
    time: microsToRfc3339(one.time),
    used_as: one.usedAs,
  })),
});
