import type { Change } from "../home/home.ts";
import type { Statistic } from "./statistic.ts";

/** What Home Assistant's recorder holds of the time before the hub: by entity, not yet by series. */
export type PastItem =
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "statistic"; readonly entityId: string; readonly statistic: Omit<Statistic, "series"> };
