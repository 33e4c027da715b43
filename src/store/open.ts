import { Failure } from "../domain/failure.ts";
import { createMemoryStore, MEMORY } from "./memory/memory.ts";
import { openMemoryView } from "./memory/view.ts";
import type { Store, View, ViewReader } from "./store.ts";

export type StoreChoice = { readonly kind: "memory" };

export async function openStore(choice: StoreChoice): Promise<Store> {
  switch (choice.kind) {
    case "memory":
      return createMemoryStore();
  }
}

/** Opens a view on any thread. */
export function openView(view: View): ViewReader {
  switch (view.engine) {
    case MEMORY:
      return openMemoryView(view);
    default:
      throw new Failure("view_unknown", `A view of the engine ${view.engine} cannot be opened`, {
        fix: "Open it with the same version of the hub that made it",
      });
  }
}
