import type { Placed } from "../data/compare.ts";

type Window = { readonly from: number; readonly to: number };

/** What witnesses saw of Home Assistant's entities, in any order: changes, rows of its recorder, states of snapshots. */
export type Seen = { readonly entityId: string; readonly updated: number; readonly state: string | null };

/**
 * Whether a row belongs to an entity that was never there before an interruption, was gone again when it ended, and is not
 * named by the logbook: its name is in nothing that Home Assistant answers to those who do not know it already
 * (docs/architecture.md, "What cannot be known"). Both ends of an interruption are outside of it.
 */
export function whatCameAndWent(
  seen: readonly Seen[],
  interruptions: readonly Window[],
  inLogbook: ReadonlySet<string | undefined>,
): (row: Placed) => boolean {
  const seenOf = new Map<string, Seen[]>();
  for (const one of seen) seenOf.set(one.entityId, [...(seenOf.get(one.entityId) ?? []), one]);
  const wasWholly = (entityId: string, { from, to }: Window): boolean => {
    const until = (seenOf.get(entityId) ?? []).filter(({ updated }) => updated < to);
    const last = until.reduce<Seen | undefined>((a, b) => (a && a.updated > b.updated ? a : b), undefined);
    return last?.state === null && until.every(({ updated }) => updated > from);
  };
  return ({ entityId, time }) =>
    !inLogbook.has(entityId) &&
    interruptions.some((one) => one.from < time && time < one.to && wasWholly(entityId, one));
}
