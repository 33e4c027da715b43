import { FAULTS } from "../faults/faults.ts";
import { testFaults } from "../faults/runner/as-tests.ts";

testFaults(FAULTS.filter(({ home }) => home === "simulated"));
