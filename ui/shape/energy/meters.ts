import type { EnergyMeters, MeterCandidate, MeterChoice } from "../../api-energy-types.ts";
import type { Field, Settings } from "../../api-outside-types.ts";
import { t } from "../../text/text.ts";
import { readable } from "../format.ts";

/** What meters are called, as far as Home Assistant names them. */
export type MeterNames = readonly Pick<MeterCandidate, "entity_id" | "name">[];

/** An entity as it is read: by its own name, else made readable. */
export function meterName(id: string, names: MeterNames): string {
  const name = names.find(({ entity_id }) => entity_id === id)?.name;
  return name ?? readable(id.slice(id.indexOf(".") + 1));
}

/** What is in use now as a choice: what somebody chose, else what the dashboard has, to begin with. */
export function choiceOf({ choice, whole_house, circuits }: EnergyMeters): MeterChoice {
  if (choice) return choice;
  const of = (kind: "grid" | "solar" | "battery") => {
    const own = whole_house.filter(({ role }) => role.startsWith(`${kind}.`));
    return [...new Set(own.map((one) => one.of))].map((at) => {
      const found = own.filter((one) => one.of === at);
      const meter = (role: string) => found.find((one) => one.role === `${kind}.${role}`)?.meter ?? null;
      const power = found
        .filter(({ role }) => role === `${kind}.power`)
        .map(({ meter: entity_id, inverted }) => ({ entity_id, inverted }));
      return { meter, power };
    });
  };
  const all = (role: "gas" | "water") => whole_house.filter((one) => one.role === role).map(({ meter }) => meter);
  return {
    grid: of("grid").map(({ meter, power }) => ({ imported: meter("imported"), exported: meter("exported"), power })),
    solar: of("solar").map(({ meter, power }) => ({ energy: meter("energy"), power })),
    battery: of("battery").map(({ meter, power }) => ({
      discharged: meter("discharged"),
      charged: meter("charged"),
      power,
    })),
    gas: all("gas"),
    water: all("water"),
    devices: circuits.map(({ energy, power, name, within }) => ({ energy, power, name, within })),
  };
}

/** The form in which meters are chosen from those that were detected; what is chosen already stays on offer. */
export function meterFields(meters: EnergyMeters): readonly Field[] {
  const { candidates, dashboard } = meters;
  const chosen = choiceOf(meters);
  const offer = (quantity: MeterCandidate["quantity"], held: readonly (string | null | undefined)[]) => {
    const found = candidates.filter((one) => one.quantity === quantity);
    const ids = [...found.map((one) => one.entity_id), ...held.filter((id) => typeof id === "string")];
    const choices = [...new Set(ids)].sort((a, b) => meterName(a, candidates).localeCompare(meterName(b, candidates)));
    const names = Object.fromEntries(choices.map((id) => [id, offerText(id, candidates)]));
    return { choices, choice_names: names };
  };
  const { grid = [], solar = [], battery = [], gas = [], water = [], devices = [] } = chosen;
  const parts = [...grid, ...solar, ...battery];
  const energy = offer("energy", [
    ...grid.flatMap((one) => [one.imported, one.exported]),
    ...solar.map((one) => one.energy),
    ...battery.flatMap((one) => [one.discharged, one.charged]),
    ...devices.flatMap((one) => [one.energy, one.within]),
  ]);
  const power = offer("power", [
    ...parts.flatMap((one) => one.power ?? []).map((one) => one.entity_id),
    ...devices.map((one) => one.power),
  ]);
  const select = (name: string, title: string, from: typeof energy): Field => ({
    name,
    type: "choice",
    title,
    required: false,
    ...from,
  });
  const powers: Field = {
    name: "power",
    type: "list",
    title: t("meters.power"),
    description: t("meters.power.hint"),
    required: false,
    item: [
      select("entity_id", t("meters.power.sensor"), power),
      { name: "inverted", type: "truth", title: t("meters.inverted"), required: false },
    ],
  };
  const list = (name: string, title: string, item: readonly Field[], description?: string): Field => ({
    name,
    type: "list",
    title,
    required: false,
    item,
    ...(description === undefined ? {} : { description }),
  });
  const ticks = (name: "gas" | "water", held: readonly string[]): readonly Field[] => {
    const from = offer(name, held);
    if (from.choices.length === 0) return [];
    return [
      list(name, t(`meters.role.${name}`), [{ ...select("value", t(`meters.role.${name}`), from), required: true }]),
    ];
  };
  const instead: Field = {
    name: "instead_of_dashboard",
    type: "truth",
    title: t("meters.instead"),
    description: t("meters.instead.hint"),
    required: false,
  };
  return untold([
    ...(dashboard === "set_up" || chosen.instead_of_dashboard ? [instead] : []),
    list(
      "grid",
      t("meters.grid"),
      [
        select("imported", t("meters.role.grid.imported"), energy),
        select("exported", t("meters.role.grid.exported"), energy),
        powers,
      ],
      t("meters.grid.hint"),
    ),
    list("solar", t("meters.solar"), [select("energy", t("meters.role.solar.energy"), energy), powers]),
    list("battery", t("meters.battery"), [
      select("discharged", t("meters.role.battery.discharged"), energy),
      select("charged", t("meters.role.battery.charged"), energy),
      powers,
    ]),
    ...ticks("gas", gas),
    ...ticks("water", water),
    list(
      "devices",
      t("meters.devices"),
      [
        { name: "name", type: "text", title: t("meters.device.name"), required: false },
        select("energy", t("meters.device.energy"), energy),
        select("power", t("meters.device.power"), power),
        select("within", t("meters.device.within"), energy),
      ],
      t("meters.devices.hint"),
    ),
  ]);
}

/** The form as a whole says that everything in it is optional. */
const untold = (fields: readonly Field[]): readonly Field[] =>
  fields.map((field) => ({ ...field, untold: true, ...(field.item ? { item: untold(field.item) } : {}) }));

/** `Heat pump energy (1,204.5 kWh)`: what it says now helps to tell meters of like names apart. */
function offerText(id: string, candidates: readonly MeterCandidate[]): string {
  const found = candidates.find(({ entity_id }) => entity_id === id);
  const name = meterName(id, candidates);
  const number = Number(found?.state || Number.NaN);
  if (!found || !Number.isFinite(number)) return name;
  return `${name} (${number.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${found.unit ?? ""})`;
}

/** What is sent: entries in which nothing was chosen are left out. */
export function chosenOf(settings: Settings): MeterChoice {
  const filled = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value;
    return value
      .map((one: unknown) =>
        isRecord(one) ? Object.fromEntries(Object.entries(one).map(([k, v]) => [k, filled(v)])) : one,
      )
      .filter((one: unknown) => !isRecord(one) || Object.values(one).some((held) => hasMeter(held)));
  };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, filled(value)])) as MeterChoice;
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A direction or an empty list alone names no meter. */
const hasMeter = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : typeof value === "string");
