import type { DiskRoom } from "../../platform/disk.ts";
import type { RetentionRules } from "./rules.ts";

const MOST_BYTES = 10_000_000_000;

export type Budget = { readonly bytes: number; readonly source: "automatic" | "chosen" };

/** What the store may take: what the user says, else the smaller of 10 GB and a quarter of the disk. */
export function budgetOf({ budgetBytes }: RetentionRules, room: DiskRoom | null): Budget {
  if (budgetBytes !== null) return { bytes: budgetBytes, source: "chosen" };
  const quarter = room === null ? MOST_BYTES : Math.floor(room.total / 4);
  return { bytes: Math.min(MOST_BYTES, quarter), source: "automatic" };
}
