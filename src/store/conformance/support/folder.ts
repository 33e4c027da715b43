import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../platform/time/clock.ts";
import { silentLog } from "../../../platform/told/log.ts";
import type { EmbeddedNeeds, EmbeddedStore } from "../../embedded/embedded.ts";
import { openStore } from "../../open.ts";

/** A folder for one test, gone when it ends. */
export async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Of the log alone: `seals: true` brings the blocks in. */
export const openIn = (folder: string, more: Partial<EmbeddedNeeds> = {}): Promise<EmbeddedStore> =>
  openStore({ kind: "embedded", folder, clock: systemClock, log: silentLog, seals: false, ...more });

/** Opens, runs and closes, also when the test fails. */
export async function using<T>(opening: Promise<EmbeddedStore>, run: (store: EmbeddedStore) => Promise<T>): Promise<T> {
  const store = await opening;
  let result: T;
  try {
    result = await run(store);
  } catch (error) {
    // Why the test failed is told, not what closing says of it.
    await store.close().catch(() => {});
    throw error;
  }
  await store.close();
  return result;
}
