import type { PartState } from "../status.ts";
import type { Micros } from "../time/time.ts";
import type { SourceId, SourceKind } from "./outside.ts";

/** How a source is doing, without its settings. */
export type SourceNow = {
  readonly id: SourceId;
  readonly kind: SourceKind;
  readonly name: string;
  readonly state: PartState;
  readonly why?: string;
  readonly fix?: string;
  /** The provider whose answer holds now. */
  readonly inUse: string | null;
  readonly lastSuccess: Micros | null;
  readonly waitsFor?: string;
  /** It is no longer set up. */
  readonly removed?: true;
};
