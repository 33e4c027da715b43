import { fold, type IntsPlan, planInts } from "../coding/ints.ts";

type Planned = { readonly values: Float64Array; readonly plan: IntsPlan };

/** Distances as they are (`main` alone), or as numbers of periods (`main`) and how much each is off (`off`, folded). */
export type Rhythm = {
  /** In 1/PERIOD_SCALE of a unit: over many periods a rounded one would be far off. */
  readonly period: number;
  readonly main: Planned;
  readonly off: Planned | undefined;
  readonly cost: number;
};

export const PERIOD_SCALE = 256;
const SAMPLE = 192;
const WORTH_TRYING = 32;
/** What describes a second column, in bits. */
const SECOND_COLUMN = 200;
/** Times the scale it must stay exact. */
const LONGEST = 2 ** 44;

export function planRhythm(distances: Float64Array): Rhythm {
  const main = planned(distances);
  const whole: Rhythm = { period: 0, main, off: undefined, cost: main.plan.cost };
  if (distances.length < WORTH_TRYING || !distances.every((distance) => distance < LONGEST)) return whole;
  const period = findPeriod(distances);
  if (period === 0) return whole;
  const periods = new Float64Array(distances.length);
  const off = new Float64Array(distances.length);
  for (let i = 0; i < distances.length; i++) {
    const distance = distances[i] as number;
    const count = Math.round((distance * PERIOD_SCALE) / period);
    periods[i] = count;
    off[i] = fold(distance - Math.floor((count * period) / PERIOD_SCALE));
  }
  const found = { period, main: planned(periods), off: planned(off) };
  const cost = found.main.plan.cost + found.off.plan.cost + SECOND_COLUMN;
  return cost < whole.cost ? { ...found, cost } : whole;
}

const planned = (values: Float64Array): Planned => ({ values, plan: planInts(values) });

/** The period that a sample of the distances fits best, scaled; 0: none is worth trying. */
function findPeriod(distances: Float64Array): number {
  const stride = Math.max(1, Math.floor(distances.length / SAMPLE));
  const sample = distances.filter((_, i) => i % stride === 0).sort();
  const without = sample.reduce((bits, distance) => bits + Math.log2(distance + 1), 0);
  let best = 0;
  let least = without;
  const tried: number[] = [];
  for (const share of [0.02, 0.1, 0.2, 0.35, 0.5]) {
    const start = sample[Math.floor(share * (sample.length - 1))] as number;
    for (const divisor of [1, 2, 3]) {
      const period = refined(sample, start / divisor);
      if (period < 2 || tried.some((one) => Math.abs(one - period) < period / 500)) continue;
      tried.push(period);
      const bits = bitsWith(sample, period);
      if (bits < least) [least, best] = [bits, period];
    }
  }
  return best < 2 ? 0 : Math.round(best * PERIOD_SCALE);
}

/** Least squares over the distances that are few periods long, then over longer and longer ones. */
function refined(sample: Float64Array, start: number): number {
  let period = start;
  for (let most = 4; most <= 64 && period >= 1; most *= 2) {
    let products = 0;
    let squares = 0;
    for (const distance of sample) {
      const count = Math.round(distance / period);
      if (count === 0 || count > most) continue;
      products += distance * count;
      squares += count * count;
    }
    if (squares === 0) return 0;
    period = products / squares;
  }
  return period;
}

function bitsWith(sample: Float64Array, period: number): number {
  let bits = 0;
  // One logarithm for several factors.
  let product = 1;
  for (const distance of sample) {
    const count = Math.round(distance / period);
    product *= (count + 1) * (1 + 2 * Math.abs(distance - count * period));
    if (product > 1e200) {
      bits += Math.log2(product);
      product = 1;
    }
  }
  return bits + Math.log2(product);
}
