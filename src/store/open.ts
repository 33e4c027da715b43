import { Failure } from "../domain/failure.ts";
import type { Clock } from "../platform/time/clock.ts";
import type { Log } from "../platform/told/log.ts";
import { type EmbeddedNeeds, type EmbeddedStore, LOG_WINDOW_BYTES, openEmbeddedStore } from "./embedded/embedded.ts";
import { systemFiles } from "./embedded/files.ts";
import { EMBEDDED, openEmbeddedView } from "./embedded/reader/reader.ts";
import { makeScratch, type PlacedFile } from "./embedded/recovery/scratch.ts";
import { createMemoryStore, MEMORY } from "./memory/memory.ts";
import { openMemoryView } from "./memory/view.ts";
import type { Store, View, ViewReader } from "./store.ts";

export { LOG_WINDOW_BYTES };

export type StoreChoice = ({ readonly kind: "embedded" } & EmbeddedNeeds) | { readonly kind: "memory" };

export async function openStore(choice: { readonly kind: "embedded" } & EmbeddedNeeds): Promise<EmbeddedStore>;
export async function openStore(choice: StoreChoice): Promise<Store>;
export async function openStore(choice: StoreChoice): Promise<Store> {
  switch (choice.kind) {
    case "embedded":
      return openEmbeddedStore(choice);
    case "memory":
      return createMemoryStore();
  }
}

/**
 * Opens a copy of a store to read it: the files stay as they are, and no work that a running store does by itself is
 * begun. Closing it takes away what was made for that.
 */
export async function openStoreCopy(needs: {
  files: readonly PlacedFile[];
  clock: Clock;
  log: Log;
}): Promise<EmbeddedStore> {
  const scratch = makeScratch(needs.files);
  try {
    const store = await openEmbeddedStore({ ...needs, folder: scratch.folder, files: systemFiles, atRest: true });
    return { ...store, close: () => store.close().finally(scratch.remove) };
  } catch (error) {
    scratch.remove();
    throw error;
  }
}

/** Keeps every hub out of the store in a folder until the answer is called. @throws Failure `store_in_use` */
export { guardFolder as guardStore, writeFloor } from "./embedded/lock.ts";
export { positionsIn } from "./embedded/recovery/floor.ts";

/** Opens a view on any thread: synchronous reads in a worker, asynchronous ones on the main thread. */
export function openView(view: View): ViewReader {
  switch (view.engine) {
    case EMBEDDED:
      return openEmbeddedView(view);
    case MEMORY:
      return openMemoryView(view);
    default:
      throw new Failure("view_unknown", `A view of the engine ${view.engine} cannot be opened`, {
        fix: "Open it with the same version of the hub that made it",
      });
  }
}
