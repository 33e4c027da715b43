import { Failure } from "../../domain/failure.ts";
import type { EnergyMeters } from "../../domain/home/energy.ts";
import type { Window } from "../../domain/time/time.ts";
import { CHOOSE_METERS, houseMeters, sumOf, whyNoPower } from "../house/power.ts";
import { wattsPer } from "../house/units.ts";
import type { EnergyNeeds } from "../needs.ts";
import { type Effects, effectsOf, type PowerReading, type Switching } from "./effects.ts";

export type SwitchEffects = Effects & {
  readonly window: Window;
  /** Of the house's power. */
  readonly readings: number;
};

/** What can be switched by hand or by an automation, and is on or off. */
const OFF = new Set(["off", "closed", "idle", "standby"]);
const NEITHER = new Set(["unavailable", "unknown", ""]);

/** What switching things does to the power of the house, by what was recorded of both. */
export async function readEffects(
  needs: EnergyNeeds,
  meters: EnergyMeters,
  window: Window,
  signal?: AbortSignal,
): Promise<SwitchEffects> {
  const missing = whyNoPower(meters);
  if (missing) throw new Failure("no_meters", missing.why, { fix: missing.fix });
  const parts = [];
  for (const { entityId, sign } of houseMeters(meters)) {
    const series = needs.named(entityId);
    const per = series && wattsPer(needs.latest(series.id)?.attributes.unit_of_measurement);
    if (!series || per === undefined)
      throw new Failure("no_meters", `${entityId} is not recorded as a power`, {
        fix: CHOOSE_METERS,
      });
    const readings = (await needs.readings(series, window, signal)).map(({ time, state }): PowerReading => {
      const value = Number(state ?? Number.NaN);
      return { time, watts: state === null || state.trim() === "" || !Number.isFinite(value) ? null : value * per };
    });
    parts.push({ sign, readings });
  }
  const power = sumOf(parts);
  const switchings: Switching[] = [];
  for (const series of needs.switchable()) {
    let before: boolean | undefined;
    for (const { time, state } of await needs.readings(series, window, signal)) {
      const on = state === null || NEITHER.has(state) ? undefined : !OFF.has(state);
      if (on !== undefined && before !== undefined && on !== before && time >= window.from)
        switchings.push({ time, key: series.entityId, on });
      before = on;
    }
  }
  switchings.sort((a, b) => a.time - b.time);
  return { ...effectsOf(power, switchings), window, readings: power.length };
}
