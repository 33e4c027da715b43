import type { Attributes, Origin } from "../data/reading.ts";
import type { Micros } from "../time/time.ts";

/** What a source has stored: by name, not yet by series. */
export type OutsideItem =
  | {
      readonly kind: "reading";
      readonly entityId: string;
      readonly time: Micros;
      /** null: the source was removed. */
      readonly state: string | null;
      readonly attributes: Attributes;
      readonly origin: Origin;
    }
  | {
      /** The source knew nothing between the two times. */
      readonly kind: "gap";
      readonly entityId: string;
      readonly from: Micros;
      readonly to: Micros;
    };
