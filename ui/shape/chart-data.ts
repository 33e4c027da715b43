import type { Gap, Point } from "../api-types.ts";

/** Seconds since the epoch with a fraction: what uPlot's time axis counts in. */
export type Seconds = number;
export type Span = { readonly from: Seconds; readonly to: Seconds };
export type Stretch = Span & { readonly state: string | null };

/** What a chart is drawn from: the readings of a window, the last one before it, and the holes. */
export type Recorded = {
  readonly points: readonly Point[];
  /** The state that held when the window began; null: none recorded before. */
  readonly before: Point | null;
  readonly gaps: readonly Span[];
  readonly window: Span;
  /** Nothing is drawn past it: the future holds no readings. */
  readonly now: Seconds;
};

const MISSING = new Set(["unavailable", "unknown", ""]);
export const isMissing = (state: string | null): boolean => state === null || MISSING.has(state);

export const secondsOfMicros = (micros: number): Seconds => micros / 1_000_000;

/** Numbers where the entity measures something, or where every state that is not missing is a number. */
export function chartKind(states: Iterable<string | null>, hasUnit: boolean): "numbers" | "texts" | "nothing" {
  let numbers = 0;
  let texts = 0;
  let missing = 0;
  for (const state of states) {
    if (state === null || MISSING.has(state)) missing++;
    else if (numberOf(state) === null) texts++;
    else numbers++;
  }
  if (numbers > 0 && (hasUnit || texts === 0)) return "numbers";
  return texts + numbers + missing > 0 ? "texts" : "nothing";
}

export function numberOf(state: string | null): number | null {
  if (state === null || state.trim() === "") return null;
  const value = Number(state);
  return Number.isFinite(value) ? value : null;
}

/** What held from when to when, cut at the gaps and at now. Attribute-only readings do not cut a stretch. */
export function toStretches({ points, before, gaps, window, now }: Recorded): readonly Stretch[] {
  const end = Math.min(window.to, now);
  const holes = mergeSpans(gaps);
  const stretches: Stretch[] = [];
  const put = (from: Seconds, to: Seconds, state: string | null) => {
    const last = stretches.at(-1);
    if (last && last.state === state && last.to === from) stretches[stretches.length - 1] = { ...last, to };
    else stretches.push({ from, to, state });
  };
  let hole = 0;
  const hold = (from: Seconds, to: Seconds, state: string | null) => {
    let start = from;
    while (hole < holes.length && (holes[hole] as Span).to <= start) hole++;
    for (let i = hole; i < holes.length && (holes[i] as Span).from < to; i++) {
      const { from: cut, to: again } = holes[i] as Span;
      if (cut > start) put(start, cut, state);
      start = Math.max(start, again);
    }
    if (start < to) put(start, to, state);
  };
  let held = before === null ? undefined : { from: window.from, state: before[1] };
  for (const [micros, state] of points) {
    const at = secondsOfMicros(micros);
    if (at < window.from || at >= end) continue;
    if (held) hold(held.from, at, held.state);
    held = { from: at, state };
  }
  if (held) hold(held.from, end, held.state);
  return stretches;
}

/** Columns for uPlot: every stretch is a level from its start to its end; null where there is no number. */
export function toLine(stretches: readonly Stretch[]): { readonly xs: number[]; readonly ys: (number | null)[] } {
  const xs: number[] = [];
  const ys: (number | null)[] = [];
  let end: Seconds | undefined;
  for (const { from, to, state } of stretches) {
    const value = numberOf(state);
    if (end !== undefined && (from > end || value === null)) {
      xs.push(end);
      ys.push(null);
    }
    xs.push(from, to);
    ys.push(value, value);
    end = to;
  }
  return { xs, ys };
}

/** Stretches in which there was no number though the entity was recorded. */
export const withoutNumber = (stretches: readonly Stretch[]): readonly Stretch[] =>
  stretches.filter((stretch) => numberOf(stretch.state) === null);

/** How long each state held, longest first. */
export function timeInStates(stretches: readonly Stretch[]): readonly { state: string | null; seconds: Seconds }[] {
  const seconds = new Map<string | null, number>();
  for (const { from, to, state } of stretches) seconds.set(state, (seconds.get(state) ?? 0) + to - from);
  return [...seconds].map(([state, held]) => ({ state, seconds: held })).sort((a, b) => b.seconds - a.seconds);
}

export function extremes(stretches: readonly Stretch[]): { readonly min: number; readonly max: number } | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { state } of stretches) {
    const value = numberOf(state);
    if (value === null) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : null;
}

export function stretchAt(stretches: readonly Stretch[], at: Seconds): Stretch | undefined {
  let low = 0;
  let high = stretches.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const stretch = stretches[middle] as Stretch;
    if (at < stretch.from) high = middle - 1;
    else if (at >= stretch.to) low = middle + 1;
    else return stretch;
  }
  return undefined;
}

/** The holes of a window that concern states, clipped to it and joined where they touch. */
export function gapSpans(gaps: readonly Gap[], window: Span): readonly Span[] {
  return mergeSpans(
    gaps
      .filter((gap) => gap.kind === "states")
      .map((gap) => ({
        from: Math.max(window.from, Date.parse(gap.from) / 1000),
        to: Math.min(window.to, Date.parse(gap.to) / 1000),
      }))
      .filter(({ from, to }) => from < to),
  );
}

function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
}
