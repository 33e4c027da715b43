import { figureOf, type Goal, holds, type Measure, type RunLine } from "../goal.ts";
import { median } from "../measure/statistics.ts";

/** All runs of one measure. */
export type Row = {
  readonly goal: string;
  readonly name: string;
  readonly unit: string;
  readonly ours: Spread;
  readonly peer: (Spread & { readonly name: string }) | undefined;
  readonly verdicts: readonly Verdict[];
};

export type Spread = { readonly median: number; readonly worst: number; readonly runs: number };

export type Verdict = {
  readonly goal: string;
  readonly figure: number | undefined;
  readonly met: boolean | undefined;
  readonly runsMet: number;
  readonly runs: number;
};

export function summarize(lines: readonly RunLine[]): Row[] {
  const groups = new Map<string, { goal: string; measures: Measure[] }>();
  for (const line of lines)
    for (const measure of line.measures) {
      const key = `${line.goal} ${measure.name}`;
      const group = groups.get(key) ?? { goal: line.goal, measures: [] };
      group.measures.push(measure);
      groups.set(key, group);
    }
  return [...groups.values()].map(({ goal, measures }) => rowOf(goal, measures));
}

function rowOf(goal: string, measures: readonly Measure[]): Row {
  const [first] = measures as [Measure];
  const peers = measures.flatMap(({ peer }) => peer ?? []);
  const goals = first.goals ?? [];
  const moreIsBetter = goals.some(({ of, must }) => (must === "at least") !== (of === "peer / ours"));
  return {
    goal,
    name: first.name,
    unit: first.unit,
    ours: spread(
      measures.map(({ ours }) => ours),
      moreIsBetter,
    ),
    peer:
      first.peer && peers.length > 0
        ? {
            name: first.peer.name,
            ...spread(
              peers.map(({ value }) => value),
              moreIsBetter,
            ),
          }
        : undefined,
    verdicts: goals.map((one) => verdictOf(one, measures)),
  };
}

const spread = (values: readonly number[], moreIsBetter: boolean): Spread => ({
  median: median(values),
  worst: moreIsBetter ? Math.min(...values) : Math.max(...values),
  runs: values.length,
});

function verdictOf(goal: Goal, measures: readonly Measure[]): Verdict {
  const figures = measures.flatMap((measure) => figureOf(measure, goal.of) ?? []);
  const runsMet = figures.filter((figure) => holds(goal, figure)).length;
  const figure = figures.length === 0 ? undefined : median(figures);
  const met = figure === undefined ? undefined : goal.inEveryRun ? runsMet === measures.length : holds(goal, figure);
  return { goal: describeGoal(goal), figure, met, runsMet, runs: measures.length };
}

const SIGNS = { "at most": "≤", "at least": "≥", below: "<" } as const;
const describeGoal = ({ of, must, limit, inEveryRun }: Goal): string =>
  `${of === "ours" ? "" : `${of} `}${SIGNS[must]} ${formatNumber(limit)}${of === "ours" ? "" : "x"}${inEveryRun ? " in every run" : ""}`;

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (Number.isInteger(value)) return String(value);
  return value.toPrecision(size >= 100 ? 4 : 3);
}
