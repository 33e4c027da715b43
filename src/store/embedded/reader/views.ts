import type { Position } from "../../../domain/data/reading.ts";

type Named = { readonly name: string };
type Placed = Named & { readonly base: Position; readonly limit: number };

/** The views and snapshots that are held, and the files that each may read. */
export function createViews() {
  let tokens = 0;
  const held = new Map<number, { readonly names: ReadonlySet<string>; readonly sealed: Position | "fixed" }>();
  return {
    /** `sealed`: up to where it reads blocks instead of segments; `fixed`: no byte of any file may change. */
    add: (files: readonly Named[], sealed: Position | "fixed"): number => {
      held.set(++tokens, { names: new Set(files.map(({ name }) => name)), sealed });
      return tokens;
    },
    remove: (token: number): boolean => held.delete(token),
    isInView: (name: string): boolean => [...held.values()].some(({ names }) => names.has(name)),
    /**
     * Whether records of some segments may become void: nobody copies them, and nobody finds them by an index or by
     * offsets. Who reads a segment by position alone reads it as it is now.
     */
    mayPurge: (segments: readonly Placed[]): boolean =>
      ![...held.values()].some(({ names, sealed }) =>
        segments.some(({ name, base, limit }) => names.has(name) && (sealed === "fixed" || base + limit > sealed)),
      ),
  };
}
