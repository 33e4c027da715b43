import assert from "node:assert/strict";
import { test } from "node:test";
import { type EnergyMeters, NO_METERS } from "../../domain/home/energy.ts";
import type { Unknown } from "../needs.ts";
import { createMeterBook } from "./book.ts";
import { NO_PRICE } from "./choice.ts";
import type { Recorded } from "./fitting.ts";

const recorded = (entityId: string, more: Partial<Recorded> = {}): Recorded => ({
  ...{ entityId, name: null, deviceId: null, areaId: null, state: "1", time: 0 },
  ...{ unit: "kWh", deviceClass: "energy", stateClass: "total_increasing" },
  ...more,
});
const metersOf = (imported: string, devices: EnergyMeters["devices"] = []): EnergyMeters => ({
  ...NO_METERS,
  grid: [{ imported, exported: null, power: [], price: NO_PRICE, exportPrice: NO_PRICE }],
  devices,
});
const device = (energy: string, within: string | null = null) => ({ energy, power: null, name: null, within });

function open(dashboard: EnergyMeters | Unknown | undefined, kept?: unknown) {
  const state = { dashboard, kept, changes: 0, names: new Map<string, string>() };
  const own = [recorded("sensor.a"), recorded("sensor.b"), recorded("sensor.c")];
  const book = createMeterBook({
    dashboard: () => state.dashboard,
    kept: {
      get: () => state.kept,
      set: (value) => {
        state.kept = JSON.parse(JSON.stringify(value));
      },
      remove: () => {
        state.kept = undefined;
      },
    },
    recorded: () => own,
    named: (id) => {
      const entityId = state.names.get(id) ?? id;
      return own.some((one) => one.entityId === entityId) ? { id: 1, entityId } : undefined;
    },
    onChange: () => {
      state.changes++;
    },
  });
  return { book, state };
}
const imported = (meters: EnergyMeters | Unknown) => ("why" in meters ? meters.why : meters.grid[0]?.imported);

test("the energy dashboard's meters are used, else those chosen, and none that nobody chose", () => {
  const { book, state } = open(undefined);
  assert.match(String(imported(book.get())), /not set up/);
  assert.deepEqual([book.told().from, book.told().dashboard, book.told().candidates.length], [null, "not_set_up", 3]);
  book.choose({ meters: metersOf("sensor.a"), insteadOfDashboard: false });
  assert.deepEqual([imported(book.get()), book.told().from, state.changes], ["sensor.a", "chosen", 1]);
  state.dashboard = metersOf("sensor.b");
  assert.deepEqual(
    [imported(book.get()), book.told().from, book.told().dashboard],
    ["sensor.b", "dashboard", "set_up"],
  );
  assert.equal(book.told().choice?.meters.grid[0]?.imported, "sensor.a");
  book.choose({ meters: metersOf("sensor.a"), insteadOfDashboard: true });
  assert.deepEqual([imported(book.get()), book.told().from], ["sensor.a", "chosen"]);
  book.unchoose();
  assert.deepEqual([imported(book.get()), state.kept, state.changes], ["sensor.b", undefined, 3]);
  assert.equal(book.told().choice, undefined);
});

test("a dashboard without a meter is as good as none, one that is not told yet is not", () => {
  const empty = open(NO_METERS);
  assert.deepEqual([empty.book.told().dashboard, empty.book.told().from], ["not_set_up", null]);
  const silent = open({ why: "not told yet", fix: "wait" });
  assert.deepEqual([silent.book.told().dashboard, silent.book.told().why], ["unknown", "not told yet"]);
  silent.book.choose({ meters: metersOf("sensor.a"), insteadOfDashboard: false });
  assert.equal(imported(silent.book.get()), "sensor.a");
});

test("a choice is there again after a restart, and follows a meter that is renamed", () => {
  const first = open(undefined);
  first.book.choose({ meters: metersOf("sensor.old", [device("sensor.b")]), insteadOfDashboard: false });
  const { book, state } = open(undefined, first.state.kept);
  assert.match(String(book.told().wholeHouse[0]?.why), /sensor.old is not recorded/);
  state.names.set("sensor.old", "sensor.a");
  const told = book.told();
  assert.deepEqual([told.wholeHouse[0]?.why, told.wholeHouse[0]?.unit], [undefined, "kWh"]);
  assert.deepEqual(
    told.candidates.map(({ entityId, usedAs }) => [entityId, ...usedAs]),
    [["sensor.a", "grid[0].imported"], ["sensor.b", "devices[0].energy"], ["sensor.c"]],
  );
});

test("whole house and circuits stand apart; a whole-house meter among the devices says that it does not count", () => {
  const { book } = open(metersOf("sensor.a", [device("sensor.a"), device("sensor.b"), device("sensor.c", "sensor.b")]));
  const { wholeHouse, circuits } = book.told();
  assert.deepEqual(
    wholeHouse.map(({ role, of, meter }) => [role, of, meter]),
    [["grid.imported", 0, "sensor.a"]],
  );
  assert.deepEqual(
    circuits.map(({ meter, within, why }) => [meter, within, why !== undefined]),
    [
      ["sensor.a", null, true],
      ["sensor.b", null, false],
      ["sensor.c", "sensor.b", false],
    ],
  );
});
