import type { Micros } from "../time/time.ts";
import type { Selector } from "./selector.ts";

/** Records less of what a user finds too much, without leaving it out. */
export type ThinningRule = {
  readonly select: Selector;
  /** A number that differs from the last one kept by less is not kept; null: any is. */
  readonly minChange: number | null;
  /** Of what comes within this time after one that was kept, only the last is kept; null: all. */
  readonly minInterval: Micros | null;
};

/** From when to when a rule dropped readings of a series; `to` null: it still does. */
export type ThinnedSpan = { readonly from: Micros; readonly to: Micros | null; readonly rule: ThinningRule };
