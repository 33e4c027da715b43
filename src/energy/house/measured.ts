import type { SignedMeter } from "../../domain/home/energy.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import { type EnergyNeeds, isUnknown, type Unknown } from "../needs.ts";
import { QUARTER, readPast } from "../past.ts";
import { countedOf, isWholeShare, shareOf, stepOf } from "./counted.ts";
import type { Ways } from "./parts.ts";
import { CHOOSE_METERS } from "./power.ts";
import { kwhPer, wattsPer } from "./units.ts";

/** A time in which the power is known: its mean, mostly of a quarter of an hour. */
export type KnownPower = Window & {
  readonly watts: number;
  /** The share of the time that the mean rests on; above 0. */
  readonly share: number;
  /** By counters: kWh that they told at a time; null: none of them moved, or it is by power sensors. */
  readonly step: number | null;
};

export type Measured = {
  readonly by: "power" | "energy" | null;
  readonly meters: readonly string[];
  /** In the order of time, none touching into another. */
  readonly known: readonly KnownPower[];
  /** The largest of the counters' mean steps over all of the time, in kWh; null: by power sensors, or nothing moved. */
  readonly step: number | null;
} & Partial<Unknown>;

const HOUR: Micros = 4 * QUARTER;

type Needs = Pick<EnergyNeeds, "statistics" | "clock" | "timeZone" | "named">;

export const isWhole = ({ share }: Pick<KnownPower, "share">): boolean => isWholeShare(share);

/** Of the time that the better way knows, so much is enough not to look at the other one. */
const ENOUGH = 0.9;

/** By the better of the two ways; by the other one where that knows more, and the better one not nearly all of the time. */
export async function readMeasured(needs: Needs, ways: Ways, window: Window, signal?: AbortSignal): Promise<Measured> {
  const order = ways.first === "power" ? (["power", "energy"] as const) : (["energy", "power"] as const);
  let best: Measured | undefined;
  if (window.from >= window.to) return { ...NOTHING, ...NO_TIME };
  for (const way of order) {
    const meters = ways[way];
    if (isUnknown(meters)) {
      best ??= { ...NOTHING, ...meters };
      continue;
    }
    const found = await (way === "power" ? byPower : byEnergy)(needs, meters, window, signal);
    if (!best || saysMore(found, best)) best = found;
    if (timeKnown(best) >= ENOUGH * (window.to - window.from)) break;
  }
  const { known = [], ...rest } = best ?? NOTHING;
  if (known.length > 0 || rest.why !== undefined) return { ...rest, known };
  return { ...rest, known, ...NO_TIME };
}

/** Of two that know nothing, one with meters says why, and one without any only that there are none. */
function saysMore(found: Measured, than: Measured): boolean {
  const rank = ({ by, meters }: Measured) => (by !== null ? 2 : Math.min(1, meters.length));
  return rank(found) === rank(than) ? timeKnown(found) > timeKnown(than) : rank(found) > rank(than);
}

const NO_TIME: Unknown = { why: "Nothing was recorded of that time", fix: "Ask for another time, or wait." };

const NOTHING: Measured = { by: null, meters: [], known: [], step: null };
const timeKnown = ({ known }: Measured): number =>
  known.reduce((sum, { from, to, share }) => sum + share * (to - from), 0);

const unmeasured = (meters: readonly SignedMeter[], why: string): Measured => ({
  ...NOTHING,
  meters: idsOf(meters),
  ...{ why, fix: CHOOSE_METERS },
});
const idsOf = (meters: readonly SignedMeter[]) => meters.map(({ entityId }) => entityId);

async function byPower(
  needs: Needs,
  meters: readonly SignedMeter[],
  window: Window,
  signal?: AbortSignal,
): Promise<Measured> {
  const parts: KnownPower[][] = [];
  for (const { entityId, sign } of meters) {
    const series = needs.named(entityId);
    if (!series) return unmeasured(meters, `${entityId} is not recorded`);
    const { buckets, unit } = await readPast(needs, series, ["mean", "covered"], window, signal);
    const per = wattsPer(unit);
    if (per === undefined) return unmeasured(meters, whyUnit(entityId, unit, "power"));
    parts.push(
      buckets.flatMap((bucket) => {
        const share = shareOf(bucket);
        if (bucket.mean === null || share <= 0) return [];
        return [{ from: bucket.from, to: bucket.to, watts: sign * bucket.mean * per, share, step: null }];
      }),
    );
  }
  return { by: "power", meters: idsOf(meters), known: together(parts), step: null };
}

async function byEnergy(
  needs: Needs,
  meters: readonly SignedMeter[],
  window: Window,
  signal?: AbortSignal,
): Promise<Measured> {
  const parts: KnownPower[][] = [];
  let step: number | null = null;
  // What a counter counts while nobody looks, it tells afterwards: so of the quarter before is asked, too.
  const wider = { from: window.from - QUARTER, to: window.to };
  for (const { entityId, sign } of meters) {
    const series = needs.named(entityId);
    if (!series) return unmeasured(meters, `${entityId} is not recorded`);
    const asked = ["increase", "covered", "changes", "first", "last"] as const;
    const { buckets, unit, stateClass } = await readPast(needs, series, asked, wider, signal);
    const per = kwhPer(unit);
    if (per === undefined) return unmeasured(meters, whyUnit(entityId, unit, "energy"));
    const counted = countedOf(buckets, stateClass === "total_increasing").filter(({ from }) => from >= window.from);
    parts.push(
      counted.map(({ from, to, amount, step: own }) => ({
        ...{ from, to, share: 1 },
        watts: (sign * amount * per * 1000) / ((to - from) / HOUR),
        step: own === null ? null : own * per,
      })),
    );
    const own = stepOf(buckets);
    if (own !== null) step = Math.max(step ?? 0, own * per);
  }
  return { by: "energy", meters: idsOf(meters), known: together(parts), step };
}

const whyUnit = (entityId: string, unit: string | null, what: string): string =>
  unit === null ? `${entityId} has no unit` : `${entityId}: its unit ${unit} is none of ${what}`;

/** The sum, where each of them is known: of all of the time where there are several, since parts of it may be others. */
export function together(parts: readonly (readonly KnownPower[])[]): readonly KnownPower[] {
  const [first = [], ...rest] = parts;
  if (rest.length === 0) return first;
  const others = rest.map((part) => new Map(part.filter(isWhole).map((one) => [`${one.from} ${one.to}`, one])));
  return first.filter(isWhole).flatMap((one) => {
    let { watts, step } = one;
    for (const other of others) {
      const found = other.get(`${one.from} ${one.to}`);
      if (!found) return [];
      watts += found.watts;
      if (found.step !== null) step = Math.max(step ?? 0, found.step);
    }
    return [{ ...one, watts, step }];
  });
}
