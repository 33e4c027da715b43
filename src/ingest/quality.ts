import type { Attributes, Flaw } from "../domain/data/reading.ts";
import { domainOf } from "../domain/data/series.ts";
import type { Micros } from "../domain/time/time.ts";

const NO_FLAWS: readonly Flaw[] = Object.freeze([]);
const FUTURE: Micros = 5 * 60 * 1_000_000;

/** States that any entity may have whatever its class. */
const WITHOUT_VALUE = new Set(["unavailable", "unknown", ""]);

/** Sensor classes whose state is text by definition; every other class with a unit must be a number. */
const TEXT_CLASSES = new Set(["date", "enum", "timestamp", "uptime"]);
const ON_OFF_DOMAINS = new Set(["automation", "binary_sensor", "input_boolean", "light", "switch"]);

/** Bounds that physics or the unit sets; by unit or by class and unit. */
const BOUNDS: { readonly [name: string]: readonly [number, number] } = {
  "battery|%": [0, 100],
  "humidity|%": [0, 100],
  "moisture|%": [0, 100],
  "temperature|°C": [-273.15, 10_000],
  "temperature|°F": [-459.67, 20_000],
  "temperature|K": [0, 10_000],
  "illuminance|lx": [0, Number.MAX_VALUE],
};

type Check = {
  readonly numeric: boolean;
  readonly onOff: boolean;
  readonly bounds: readonly [number, number] | undefined;
  readonly unit: unknown;
};

/** Marks what cannot be right. Nothing is refused: a marked reading is stored like any other. */
export type Quality = (reading: {
  readonly entityId: string;
  readonly state: string | null;
  readonly attributes: Attributes;
  readonly time: Micros;
  readonly now: Micros;
  readonly previousAttributes: Attributes | undefined;
}) => readonly Flaw[];

export function createQuality(): Quality {
  // Attributes rarely change, and unchanged ones are the same object: what they demand is worked out once.
  const checks = new WeakMap<Attributes, Check>();
  const checkFor = (entityId: string, attributes: Attributes): Check => {
    const known = checks.get(attributes);
    if (known) return known;
    const domain = domainOf(entityId);
    const { device_class, unit_of_measurement: unit, state_class } = attributes;
    const check: Check = {
      numeric:
        domain === "sensor" &&
        (state_class !== undefined || (unit !== undefined && unit !== null)) &&
        !TEXT_CLASSES.has(String(device_class)),
      onOff: ON_OFF_DOMAINS.has(domain),
      bounds: BOUNDS[`${device_class}|${unit}`],
      unit,
    };
    checks.set(attributes, check);
    return check;
  };

  return ({ entityId, state, attributes, time, now, previousAttributes }) => {
    if (state === null) return NO_FLAWS;
    const check = checkFor(entityId, attributes);
    let flaws: Flaw[] | undefined;
    const mark = (flaw: Flaw) => {
      flaws ??= [];
      flaws.push(flaw);
    };
    if (time > now + FUTURE) mark("clock_skew");
    if (!WITHOUT_VALUE.has(state)) {
      if (check.numeric) {
        const value = state.trim() === "" ? Number.NaN : Number(state);
        if (!Number.isFinite(value)) mark("not_numeric");
        else if (check.bounds && (value < check.bounds[0] || value > check.bounds[1])) mark("impossible_value");
      } else if (check.onOff && state !== "on" && state !== "off") mark("unknown_state");
      if (previousAttributes && previousAttributes !== attributes && unitChanged(check, previousAttributes))
        mark("unit_changed");
    }
    return flaws ?? NO_FLAWS;
  };
}

const unitChanged = (check: Check, previous: Attributes): boolean =>
  typeof check.unit === "string" &&
  typeof previous.unit_of_measurement === "string" &&
  previous.unit_of_measurement !== check.unit;
