import { Failure } from "../domain/failure.ts";
import type { EnergyMeters } from "../domain/home/energy.ts";
import { calendarOf } from "../domain/time/calendar.ts";
import type { Micros, Window } from "../domain/time/time.ts";
import { type AlwaysOnOf, readAlwaysOn } from "./always-on/read.ts";
import { type DaysOf, readDays } from "./days/read.ts";
import { readEffects, type SwitchEffects } from "./effects/read.ts";
import { type PowerNow, powerNow } from "./house/power.ts";
import { wattsPer } from "./house/units.ts";
import type { MeterBook } from "./meters/book.ts";
import { type EnergyNeeds, isUnknown, type Rate, type RateKind, type Unknown } from "./needs.ts";
import { type DailyProfile, type ProfileQuestion, readProfile } from "./profile/read.ts";
import { type DayPlan, planOf } from "./windows/plan.ts";
import { cheapestStretch, type NoStretch } from "./windows/today.ts";
import { areAlike, cheapestRun, lengthOf, type Placed, type Run, totalOf } from "./windows/windows.ts";

export type RateNow = {
  readonly source: string | null;
  readonly quantity: string;
  readonly unit: string;
  readonly value: number;
  readonly until: Micros;
};

/** There is a rate, and it says nothing of this moment: of others it may. */
export type RateSilent = Unknown & Pick<RateNow, "source" | "quantity" | "unit">;

export type EnergyNow = {
  readonly power: PowerNow;
  readonly price: RateNow | RateSilent | Unknown;
  readonly carbon: RateNow | RateSilent | Unknown;
  /** Of what comes from the grid now; below 0 while it is fed in at a price. null: not known. */
  readonly costPerHour: number | null;
  /** Grams of CO₂ in an hour of what comes from the grid now. */
  readonly carbonPerHour: number | null;
};

export type WindowQuestion = {
  readonly by: RateKind;
  readonly run: Run;
  /** From now where absent. */
  readonly from?: Micros | undefined;
  /** When it must be done; as far as is known where absent. */
  readonly to?: Micros | undefined;
  readonly source?: string | undefined;
};

export type FoundWindow = Placed & {
  readonly by: RateKind;
  readonly rate: Rate;
  /** What it costs, or emits, where it begins at once, without a pause; null: not known. */
  readonly atOnce: number | null;
  /** By the other rate, at the times that were found. */
  readonly other: { readonly rate: Rate; readonly total: number } | null;
  /** How far the rate is known. */
  readonly knownUntil: Micros;
  /** All that is known of the time it may take costs the same: nothing is gained by waiting. */
  readonly alike: boolean;
};

export type Energy = {
  now(): EnergyNow;
  /** @throws Failure `no_window`, `no_rate` */
  window(question: WindowQuestion): FoundWindow;
  /** The cheapest stretch of today of a length, whatever of it is over; or why there is none. */
  cheapestToday(length: Micros): Window | NoStretch;
  /** Whether anything says what power costs. */
  isPriced(): boolean;
  /** The slots of a local day, by rank. @throws Failure `no_rate` */
  plan(day: Window): DayPlan;
  /** By local day: the house and each device. @throws Failure `no_meters` */
  days(window: Window, signal?: AbortSignal): Promise<DaysOf>;
  /** @throws Failure `no_meters` */
  effects(window: Window, signal?: AbortSignal): Promise<SwitchEffects>;
  /** The house by the time of the local day. @throws Failure `no_meters` */
  profile(question: ProfileQuestion, signal?: AbortSignal): Promise<DailyProfile>;
  /** What is always taken. @throws Failure `no_meters` */
  alwaysOn(window: Window, signal?: AbortSignal): Promise<AlwaysOnOf>;
  readonly meters: MeterBook;
};

/** What the home's energy is, costs and emits; by its meters and what sources say of prices and carbon. */
export function createEnergy(needs: EnergyNeeds): Energy {
  const { clock } = needs;
  const calendar = () => calendarOf(needs.timeZone());
  const metersOrFail = (): EnergyMeters => {
    const meters = needs.meters.get();
    if (isUnknown(meters)) throw new Failure("no_meters", meters.why, { fix: meters.fix });
    return meters;
  };
  const rateOrFail = (kind: RateKind, source?: string): Rate => {
    const rate = needs.rate(kind, source);
    if (isUnknown(rate)) throw new Failure("no_rate", rate.why, { fix: rate.fix });
    return rate;
  };

  const meterNow = (entityId: string) => {
    const series = needs.named(entityId);
    const reading = series && needs.latest(series.id);
    if (!reading || reading.state === null) return { watts: null, why: "it is not recorded" };
    const per = wattsPer(reading.attributes.unit_of_measurement);
    const value = Number(reading.state);
    if (per === undefined) return { watts: null, why: "its unit is none of power" };
    if (reading.state.trim() === "" || !Number.isFinite(value)) return { watts: null, why: `it is ${reading.state}` };
    return { watts: value * per };
  };
  const rateNow = (kind: RateKind): RateNow | RateSilent | Unknown => {
    const rate = needs.rate(kind);
    if (isUnknown(rate)) return rate;
    const now = clock.now();
    const slot = rate.slots.find(({ from, to }) => from <= now && now < to);
    const { source, quantity, unit } = rate;
    if (!slot)
      return {
        source,
        quantity,
        unit,
        why: `${source ?? "The dashboard"} says nothing of this time`,
        fix: "See Data sources.",
      };
    return { source, quantity, unit, value: slot.value, until: slot.to };
  };

  return {
    now: () => {
      const meters = needs.meters.get();
      const nothing = { house: null, grid: null, solar: null, battery: null };
      const power = isUnknown(meters) ? { ...nothing, ...meters } : powerNow(meters, meterNow);
      const [price, carbon] = [rateNow("price"), rateNow("carbon")];
      const perHour = (rate: RateNow | Unknown) =>
        isUnknown(rate) || power.grid === null ? null : (power.grid / 1000) * rate.value;
      // What is fed in is paid by another price, and takes no carbon back.
      const isDrawn = power.grid !== null && power.grid >= 0;
      return {
        power,
        price,
        carbon,
        costPerHour: isDrawn ? perHour(price) : null,
        carbonPerHour: isDrawn ? perHour(carbon) : null,
      };
    },
    window: ({ by, run, source, ...asked }) => {
      const rate = rateOrFail(by, source);
      const knownUntil = rate.slots.at(-1)?.to ?? clock.now();
      const from = Math.max(asked.from ?? clock.now(), clock.now());
      const within = { from, to: asked.to ?? Math.max(knownUntil, from + lengthOf(run)) };
      const placed = cheapestRun(run, rate.slots, within);
      const other = needs.rate(by === "price" ? "carbon" : "price");
      const total = isUnknown(other) ? null : totalOf(run.stages, placed.parts, other.slots);
      return {
        ...placed,
        by,
        rate,
        knownUntil,
        alike: areAlike(rate.slots, within),
        atOnce: totalOf(run.stages, [{ from, to: from + lengthOf(run) }], rate.slots),
        other: isUnknown(other) || total === null ? null : { rate: other, total },
      };
    },
    cheapestToday: (length) => {
      const rate = needs.rate("price");
      if (isUnknown(rate)) return { why: rate.why };
      const from = calendar().startOf("day", clock.now());
      return cheapestStretch(length, rate.slots, { from, to: calendar().nextAfter("day", from) });
    },
    isPriced: () => !isUnknown(needs.rate("price")),
    plan: (day) => {
      const carbon = needs.rate("carbon");
      return planOf(day, rateOrFail("price"), isUnknown(carbon) ? undefined : carbon);
    },
    days: (window, signal) => readDays(needs, metersOrFail(), window, calendar(), signal),
    effects: (window, signal) => readEffects(needs, metersOrFail(), window, signal),
    profile: (question, signal) => readProfile(needs, metersOrFail(), question, calendar(), signal),
    alwaysOn: (window, signal) => readAlwaysOn(needs, metersOrFail(), window, calendar(), signal),
    meters: needs.meters,
  };
}
