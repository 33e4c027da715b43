import type { Micros } from "../time/time.ts";

/** What was found when Home Assistant's history was asked for what its recorder does not keep. */
export type RecorderLook =
  | { readonly kind: "not_asked" }
  | {
      readonly kind: "asked";
      readonly asked: Micros;
      /** The moment of the past whose states were asked for. */
      readonly moment: Micros;
      readonly lookedAt: number;
      /** Entities that Home Assistant has had for too short a time to say anything of them. */
      readonly tooNew: number;
      /** Entity ids, sorted. */
      readonly unrecorded: readonly string[];
    }
  | { readonly kind: "failed"; readonly asked: Micros; readonly why: string; readonly fix: string };
