import type { Micros } from "../../domain/time/time.ts";
import { median } from "../median.ts";

/** The power of the whole house, held until the next reading; null: not known from then on. In order of time. */
export type PowerReading = { readonly time: Micros; readonly watts: number | null };

/** Something was switched on or off. In order of time. */
export type Switching = { readonly time: Micros; readonly key: string; readonly on: boolean };

/** What switching one thing does to the power of the house. */
export type Effect = {
  readonly key: string;
  /** Median over the switchings that count; what it takes when it is on. */
  readonly watts: number;
  /** Half of them lie within this of the median. */
  readonly spread: number;
  readonly switchings: number;
  /** Of these, alone in their time and with the power known on both sides: they count. */
  readonly used: number;
  /** Something else was switched at the same time, so that nobody can tell which of them it was. */
  readonly crowded: number;
  /** The power was not known around them. */
  readonly unknown: number;
  /**
   * 0 to 1: the least share of switchings, at 95 %, that have this effect; 0 where the median does not stand out of
   * what the house does by itself.
   */
  readonly confidence: number;
};

export type Effects = {
  readonly effects: readonly Effect[];
  /** How long around a switching nothing else may be switched. */
  readonly around: Micros;
  /** What the power changes by in such a time when nothing is switched: the median of it. */
  readonly noise: number;
};

const SECOND: Micros = 1_000_000;
/** Meters and switches tell of the same moment up to this long apart. */
const GUARD: Micros = 2 * SECOND;
const LEAST_AROUND: Micros = 20 * SECOND;
const MOST_AROUND: Micros = 180 * SECOND;
/** A meter is given the time of so many of its readings to tell. */
const READINGS_AROUND = 2.5;
/** From the median of deviations to a standard deviation, where they are normal. */
const MAD_TO_SIGMA = 1.4826;
/** An effect agrees with the median within a third of it, or within what the house does by itself. */
const AGREES_SHARE = 1 / 3;
const AGREES_SIGMAS = 3;
/** Below this many standard errors it does not stand out. */
const STANDS_OUT = 3;
/** Quiet times looked at for the noise. */
const MOST_QUIET = 2_000;

/**
 * How much the power of the house rises when each thing is switched on and falls when it is switched off. A switching
 * with another one near it is not used, since its effect cannot be told apart.
 */
export function effectsOf(power: readonly PowerReading[], switchings: readonly Switching[]): Effects {
  const around = aroundOf(power);
  const step = createStep(power, around);
  const noise = noiseOf(power, switchings, around, step);
  const byKey = new Map<string, { deltas: number[]; switchings: number; crowded: number; unknown: number }>();
  for (const [i, { time, key, on }] of switchings.entries()) {
    const own = byKey.get(key) ?? { deltas: [], switchings: 0, crowded: 0, unknown: 0 };
    byKey.set(key, own);
    own.switchings++;
    const before = switchings[i - 1];
    const after = switchings[i + 1];
    if ((before && time - before.time < around) || (after && after.time - time < around)) {
      own.crowded++;
      continue;
    }
    const delta = step(time);
    if (delta === null) own.unknown++;
    else own.deltas.push(on ? delta : -delta);
  }
  const sigma = MAD_TO_SIGMA * noise;
  const effects = [...byKey].map(([key, { deltas, ...counts }]): Effect => {
    const watts = median(deltas) ?? 0;
    const spread = median(deltas.map((delta) => Math.abs(delta - watts))) ?? 0;
    const near = Math.max(AGREES_SHARE * Math.abs(watts), AGREES_SIGMAS * sigma);
    const agree = deltas.filter((delta) => delta * watts > 0 && Math.abs(delta - watts) <= near).length;
    const error = Math.max(sigma, MAD_TO_SIGMA * spread) / Math.sqrt(deltas.length || 1);
    const confidence = Math.abs(watts) > STANDS_OUT * error ? leastShare(agree, deltas.length) : 0;
    return { key, watts, spread, ...counts, used: deltas.length, confidence };
  });
  return { effects: effects.sort((a, b) => Math.abs(b.watts) - Math.abs(a.watts)), around, noise };
}

/** As long as the meter needs to tell what changed: some of its usual intervals. */
function aroundOf(power: readonly PowerReading[]): Micros {
  const intervals = power.slice(1).map(({ time }, i) => time - (power[i] as PowerReading).time);
  return Math.min(MOST_AROUND, Math.max(LEAST_AROUND, READINGS_AROUND * (median(intervals) ?? 0)));
}

/** What the power changed by around a time: mean of the second half after it less mean of the time before it. */
function createStep(power: readonly PowerReading[], around: Micros): (time: Micros) => number | null {
  const mean = createMean(power);
  return (time) => {
    const before = mean(time - around, time - GUARD);
    const after = mean(time + around / 2, time + around);
    return before === null || after === null ? null : after - before;
  };
}

/** The time-weighted mean between two times; null where the power was not known for all of it. */
function createMean(power: readonly PowerReading[]): (from: Micros, to: Micros) => number | null {
  return (from, to) => {
    let at = lastAt(power, from);
    if (at < 0) return null;
    let sum = 0;
    for (let start = from; start < to; at++) {
      const { watts } = power[at] as PowerReading;
      if (watts === null) return null;
      const end = Math.min(to, power[at + 1]?.time ?? to);
      sum += watts * (end - start);
      start = end;
    }
    return sum / (to - from);
  };
}

/** The last reading at or before a time; -1: none. */
function lastAt(power: readonly PowerReading[], time: Micros): number {
  let [low, high] = [0, power.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((power[middle] as PowerReading).time <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function noiseOf(
  power: readonly PowerReading[],
  switchings: readonly Switching[],
  around: Micros,
  step: (time: Micros) => number | null,
): number {
  const [first, last] = [power[0], power.at(-1)];
  if (!first || !last) return 0;
  const every = Math.max(2 * around, (last.time - first.time) / MOST_QUIET);
  const found: number[] = [];
  let next = 0;
  for (let time = first.time + around; time <= last.time - around; time += every) {
    while (next < switchings.length && (switchings[next] as Switching).time < time - around) next++;
    const near = switchings[next];
    if (near && near.time <= time + around) continue;
    const delta = step(time);
    if (delta !== null) found.push(Math.abs(delta));
  }
  return median(found) ?? 0;
}

/** The lower end of Wilson's interval of a share, at 95 %. */
function leastShare(hits: number, of: number): number {
  if (of === 0) return 0;
  const z = 1.96;
  const share = hits / of;
  const middle = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return Math.max(0, (middle - half) / (1 + (z * z) / of));
}
