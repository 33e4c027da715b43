import { amending } from "./conformance/amending.ts";
import { byPosition } from "./conformance/by-position.ts";
import { exactness } from "./conformance/exactness.ts";
import { ordering } from "./conformance/ordering.ts";
import { properties } from "./conformance/properties.ts";
import { rollups } from "./conformance/rollups.ts";
import { shed } from "./conformance/shed.ts";
import { statistics } from "./conformance/statistics.ts";
import { summaries } from "./conformance/summaries.ts";
import type { Store, StoreProfile } from "./store.ts";

/** One store under test; `reopen` closes it and opens what it left behind. */
export type Opened = {
  readonly store: Store;
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
};

export type Suite = {
  readonly name: string;
  readonly profile: StoreProfile;
  /** Random histories to try; what one costs differs between engines. */
  readonly runs?: number;
  open(): Promise<Opened>;
};

/** Every promise of store.ts, for any engine. What a profile cannot hold is skipped by name. */
export function storeKeepsItsPromises(name: string, needs: Omit<Suite, "name">): void {
  const suite: Suite = { name, ...needs };
  exactness(suite);
  ordering(suite);
  byPosition(suite);
  properties(suite);
  statistics(suite);
  summaries(suite);
  shed(suite);
  rollups(suite);
  amending(suite);
}

export async function withStore(suite: Suite, run: (opened: Opened) => Promise<void>): Promise<void> {
  const opened = await suite.open();
  try {
    await run(opened);
  } finally {
    await opened.dispose();
  }
}
