import type { EnergyMeters } from "../../domain/home/energy.ts";
import type { Calendar } from "../../domain/time/calendar.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import { type DayKind, daysIn } from "../days/local.ts";
import { type Measured, readMeasured } from "../house/measured.ts";
import { PARTS, type Part, waysOf } from "../house/parts.ts";
import type { EnergyNeeds } from "../needs.ts";
import { lastQuarter, QUARTER } from "../past.ts";
import { type Profile, profileOf } from "./profile.ts";

export type ProfileQuestion = {
  readonly window: Window;
  readonly days: DayKind;
  readonly slot: Micros;
};

export type PartProfile = Profile & Omit<Measured, "known" | "step">;

export type DailyProfile = {
  /** As it was looked at: whole quarters of an hour, none that is not over. */
  readonly window: Window;
  readonly days: number;
  readonly parts: { readonly [P in Part]: PartProfile };
};

/** What the house takes by the time of the local day. */
export async function readProfile(
  needs: EnergyNeeds,
  meters: EnergyMeters,
  asked: ProfileQuestion,
  calendar: Calendar,
  signal?: AbortSignal,
): Promise<DailyProfile> {
  const from = Math.floor(asked.window.from / QUARTER) * QUARTER;
  const end = Math.ceil(asked.window.to / QUARTER) * QUARTER;
  const window = { from, to: Math.max(from, Math.min(end, lastQuarter(needs.clock.now()))) };
  const days = daysIn(window, asked.days, calendar);
  const parts: Partial<Record<Part, PartProfile>> = {};
  for (const part of PARTS) {
    const { known, step: _, ...told } = await readMeasured(needs, waysOf(part, meters), window, signal);
    parts[part] = { ...told, ...profileOf(known, days, asked.slot, calendar) };
  }
  return { window, days: days.length, parts: parts as Record<Part, PartProfile> };
}
