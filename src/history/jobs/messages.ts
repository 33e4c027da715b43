import type { Damage, View } from "../../store/store.ts";

/** What goes to and from a worker that reads views. */
export type ToWorker<Plan> =
  | { readonly kind: "start"; readonly job: number; readonly view: View; readonly plan: Plan }
  /** The reader has taken a chunk: one more may follow. */
  | { readonly kind: "more"; readonly job: number }
  | { readonly kind: "cancel"; readonly job: number };

export type FromWorker =
  | { readonly kind: "chunk"; readonly job: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end"; readonly job: number; readonly damages: readonly Damage[] }
  | {
      readonly kind: "failed";
      readonly job: number;
      readonly code: string;
      readonly message: string;
      readonly damages: readonly Damage[];
    };
