import type { Attributes, Origin } from "../data/reading.ts";
import type { Micros } from "../time/time.ts";

/** Of a reading that took another's place since its source said something else: the state that was said before. */
export const INSTEAD_OF = "instead_of";

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
      /** What a slot amounted to: said anew, it takes the place of what was said of that time before. */
      readonly replaces?: true;
    }
  | {
      /** The source knew nothing between the two times. */
      readonly kind: "gap";
      readonly entityId: string;
      readonly from: Micros;
      readonly to: Micros;
    };
