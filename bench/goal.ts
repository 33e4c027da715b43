import type { Machine } from "./report/machine.ts";

/** `short` shows that a goal can be met in a few minutes; `long` is the form that the goal names. */
export type Form = "short" | "long";

/** One figure of one run, ours beside the peer's. */
export type Measure = {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer?: { readonly name: string; readonly value: number };
  /** What it must hold; absent: printed for orientation. */
  readonly goals?: readonly Goal[];
};

export type Goal = {
  readonly of: "ours" | "ours / peer" | "peer / ours";
  readonly must: "at most" | "at least" | "below";
  readonly limit: number;
  /** Counts of losses must hold in every run; everything else by the median of the runs. */
  readonly inEveryRun?: boolean;
};

export type Outcome = {
  readonly measures: readonly Measure[];
  /** What a reader must know to read the figures: durability, sizes, what was left out and why. */
  readonly notes: readonly string[];
};

export type RunContext = {
  readonly form: Form;
  /** How many changes were asked for, of those goals that let it be chosen; undefined: as the form has it. */
  readonly changes: number | undefined;
  /** From 1. Which side goes first alternates with it. */
  readonly run: number;
  /** An empty folder on a real disk, removed after the run. */
  readonly folder: string;
  /** The hub as it ships: the bundle's main.js. */
  readonly hubEntry: string;
  readonly say: (progress: string) => void;
};

export type Bench = {
  readonly id: string;
  readonly title: string;
  readonly workload: string;
  /** Why it cannot run here; false: it can. */
  readonly unavailable: (form: Form) => Promise<string | false>;
  readonly run: (context: RunContext) => Promise<Outcome>;
};

/** One line of the output. */
export type RunLine = Outcome & {
  readonly goal: string;
  readonly title: string;
  readonly workload: string;
  readonly form: Form;
  readonly run: number;
  readonly at: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly seconds: number;
};

export const figureOf = ({ ours, peer }: Measure, of: Goal["of"]): number | undefined => {
  if (of === "ours") return ours;
  if (!peer) return undefined;
  return of === "ours / peer" ? ours / peer.value : peer.value / ours;
};

export function holds({ must, limit }: Goal, figure: number): boolean {
  if (!Number.isFinite(figure)) return false;
  if (must === "at most") return figure <= limit;
  return must === "below" ? figure < limit : figure >= limit;
}
