import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { EntityNow, Provider } from "../source.ts";
import { MINUTE, MOST_INTENSITY } from "./slots.ts";

const entity = (title: string, description: string) =>
  v.pipe(
    v.string(),
    v.regex(/^[a-z0-9_]+\.[a-z0-9_]+$/, "an entity such as sensor.co2_intensity"),
    v.title(title),
    v.description(description),
  );
const settings = v.strictObject({
  intensity: entity("Carbon intensity", "An entity in g/kWh, such as sensor.electricity_maps_co2_intensity"),
  fossil_share: v.optional(entity("Fossil share", "An entity in %, such as the fossil fuel percentage beside it")),
});
type Settings = v.InferOutput<typeof settings>;

/** Grams of CO₂ or of its equivalent per kWh, in the spellings that integrations use. kg/MWh is the same. */
const GRAMS = /^(g|kg|t)\s*(co[2\u2082])?(e|eq|-eq)?\s*\/\s*([km]wh)$/i;

export const carbonEntity: Provider<Settings, undefined> = {
  id: "entity",
  kind: "carbon",
  name: "An entity of Home Assistant",
  homepage: "https://www.home-assistant.io",
  attribution: "Home Assistant",
  settings,
  worksUnset: false,
  limits: [],
  // Nobody outside is asked.
  everyMs: 60_000,
  tooOldMs: 3 * 3_600_000,
  ofHome: (entities) => {
    const found = entities.filter((one) => /co[2\u2082]/i.test(unitOf(one)) && GRAMS.test(unitOf(one)));
    const [only, ...others] = found.filter((one) => numberOf(one) !== undefined);
    // Of several nobody here knows which is the grid's.
    return only && others.length === 0 ? { intensity: only.entityId } : undefined;
  },
  read: async ({ settings: given, entity: find, now }) => {
    const readings: OutsideReading[] = [];
    const held = (found: EntityNow) => ({ time: Math.min(found.time, now), until: now + 60 * MINUTE });
    const found = find(given.intensity);
    const value = found && numberOf(found);
    if (found === undefined || value === undefined)
      throw new Failure(
        "entity_absent",
        `${given.intensity} ${found ? `is ${found.state} now` : "is no entity that is recorded"}`,
        {
          retry: true,
        },
      );
    readings.push({ quantity: "intensity", ...held(found), value: gramsOf(found, value) });
    const share = given.fossil_share === undefined ? undefined : find(given.fossil_share);
    const percent = share && numberOf(share);
    if (
      share &&
      percent !== undefined &&
      percent >= 0 &&
      percent <= 100 &&
      share.attributes.unit_of_measurement === "%"
    )
      readings.push({ quantity: "fossil_share", ...held(share), value: percent });
    return { readings, issues: [] };
  },
};

function numberOf({ state }: EntityNow): number | undefined {
  const value = state.trim() === "" ? Number.NaN : Number(state);
  return Number.isFinite(value) ? value : undefined;
}

const unitOf = ({ attributes }: EntityNow): string => String(attributes.unit_of_measurement ?? "");

function gramsOf(found: EntityNow, value: number): number {
  const { entityId } = found;
  const unit = unitOf(found);
  const [, mass, , , energy] = GRAMS.exec(unit) ?? [];
  if (mass === undefined || energy === undefined)
    throw new Failure("unknown_unit", `${entityId} has the unit "${unit}", which is no carbon intensity`, {
      fix: "Choose an entity in g/kWh.",
    });
  const grams = { g: 1, kg: 1000, t: 1e6 }[mass.toLowerCase()] ?? 1;
  const perKwh = (value * grams) / (energy.toLowerCase() === "mwh" ? 1000 : 1);
  if (perKwh >= 0 && perKwh <= MOST_INTENSITY) return perKwh;
  throw new Failure("impossible_value", `${entityId} says ${value} ${unit}, which no grid emits`);
}
