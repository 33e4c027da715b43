import { storeKeepsItsPromises } from "../conformance.ts";
import { openStore } from "../open.ts";

storeKeepsItsPromises("memory", {
  profile: { engine: "memory", durable: false, seals: false, rollsUp: false },
  open: async () => {
    const store = await openStore({ kind: "memory" });
    return { store, reopen: async () => store, dispose: () => store.close() };
  },
});
