import { FAULTS } from "../faults/faults.ts";
import { testFaults } from "../faults/runner/as-tests.ts";
import { coreUnavailable } from "../support/core/core.ts";

testFaults(
  FAULTS.filter(({ home }) => home === "Core"),
  await coreUnavailable(),
);
