import type { StatusBoard } from "../platform/told/status-board.ts";
import type { Damage } from "./store.ts";

/** What hinders writing, and how to mend it; null: nothing does. */
export type StoreTrouble = { readonly why: string; readonly fix: string } | null;

/** Tells on the status board how the store is doing: `damages` is asked anew each time. */
export function createStoreStatus({ status }: { status: StatusBoard }) {
  let damages = (): readonly Damage[] => [];
  let trouble: StoreTrouble = null;
  const tell = () => status.set("store", describe(damages(), trouble));
  return {
    tell,
    onTrouble: (told: StoreTrouble) => {
      trouble = told;
      tell();
    },
    watch: (store: { damages(): readonly Damage[] }) => {
      damages = store.damages;
      tell();
    },
  };
}

/** Damage stays told until it is gone: everything else is served, and Home Assistant may still hold what was lost. */
function describe(damages: readonly Damage[], trouble: StoreTrouble): Parameters<StatusBoard["set"]>[1] {
  const [first, ...more] = damages;
  if (trouble) return { state: "degraded", ...trouble };
  if (!first) return { state: "ok" };
  const others = more.length === 0 ? "" : `, and ${more.length} more`;
  return {
    state: "degraded",
    why: `${first.length} bytes of ${first.file} at ${first.offset} cannot be read (${first.why})${others}. Everything else is served.`,
    fix: "Check the disk. What was lost is listed as gaps; a backup of the data folder can bring it back.",
  };
}
