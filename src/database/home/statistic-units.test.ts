import assert from "node:assert/strict";
import { test } from "node:test";
import { keptStatisticUnits } from "./statistic-units.ts";

test("units of statistics are kept by series, a later one counts, and what cannot be read is forgotten", () => {
  const kept = new Map<string, unknown>();
  let writes = 0;
  const settings = {
    get: (key: string) => structuredClone(kept.get(key)),
    set: (key: string, value: unknown) => {
      writes++;
      kept.set(key, value);
    },
  };
  const units = keptStatisticUnits(settings);
  assert.equal(units.of(7), null);
  const first = new Map([
    [7, "kWh"],
    [12, "°C"],
  ]);
  units.note(first);
  units.note(first);
  units.note(new Map([[7, "MWh"]]));
  assert.equal(writes, 2);
  const again = keptStatisticUnits(settings);
  assert.deepEqual([again.of(7), again.of(12), again.of(1)], ["MWh", "°C", null]);
  kept.set("statistic_units", ["kWh"]);
  assert.equal(keptStatisticUnits(settings).of(7), null);
});
