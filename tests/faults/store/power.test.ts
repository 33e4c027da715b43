import { testFaults } from "../runner/as-tests.ts";
import { powerCuts } from "./power.ts";

/** By itself, for the seeded run: `tests/system/faults.test.ts` runs it with all the others. */
testFaults([powerCuts]);
