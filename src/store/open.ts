import { Failure } from "../domain/failure.ts";
import { type EmbeddedNeeds, type EmbeddedStore, openEmbeddedStore } from "./embedded/embedded.ts";
import { EMBEDDED, openEmbeddedView } from "./embedded/reader/reader.ts";
import { createMemoryStore, MEMORY } from "./memory/memory.ts";
import { openMemoryView } from "./memory/view.ts";
import type { Store, View, ViewReader } from "./store.ts";

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
