import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { testEnergyNeeds } from "../../../tests/support/hub/test-energy.ts";
import { identity, reading, startTestHub } from "../../../tests/support/hub/test-hub.ts";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import type { SignedMeter } from "../../domain/home/energy.ts";
import { readMeasured, together } from "./measured.ts";
import type { Ways } from "./parts.ts";

const MINUTE = 60_000_000;
const QUARTER = 15 * MINUTE;
const START = Date.parse("2026-11-20T00:00:00Z") * 1000;
const quarterAt = (i: number) => START + i * QUARTER;
const plus = (entityId: string): SignedMeter => ({ entityId, sign: 1 });
const none = { why: "none", fix: "none" };
const ways = (more: Partial<Ways>): Ways => ({ power: none, energy: none, first: "power", ...more });

const clock = createTestClock(quarterAt(96) + 7 * MINUTE);
const hub = startTestHub();
after(() => hub.close());
const needs = { ...testEnergyNeeds(() => hub, { timeZone: "UTC" }), clock };

const SENSOR = { device_class: "power", unit_of_measurement: "kW", state_class: "measurement" };
const COUNTER = { device_class: "energy", unit_of_measurement: "Wh", state_class: "total_increasing" };
let last = 0;
async function record(entityId: string, attributes: object, rows: readonly (readonly [at: number, state: string])[]) {
  const series = ++last;
  await hub.addSeries(series, identity(entityId, { from: START }));
  await hub.record(
    rows.map(([at, state]) => reading(series, state, { time: at, changed: at, attributes: { ...attributes } })),
  );
  return series;
}
const window = { from: START, to: quarterAt(4) };
const measured = (asked: Ways, of = window) => readMeasured(needs, asked, of);

test("a power sensor is known as far as it told a number, and the quarter that is on is left out", async () => {
  await record("sensor.power", SENSOR, [
    [quarterAt(0), "1"],
    [quarterAt(0) + 5 * MINUTE, "4"],
    [quarterAt(1) + 10 * MINUTE, "unavailable"],
    [quarterAt(2) + 5 * MINUTE, "2"],
  ]);
  const found = await measured(ways({ power: [plus("sensor.power")] }));
  assert.deepEqual([found.by, found.meters, found.step, found.why], ["power", ["sensor.power"], null, undefined]);
  const rounded = found.known.map(({ from, watts, share }) => [
    (from - START) / QUARTER,
    Math.round(watts),
    Math.round(share * 1000),
  ]);
  assert.deepEqual(rounded, [
    [0, 3000, 1000],
    [1, 4000, 667],
    [2, 2000, 667],
    [3, 2000, 1000],
  ]);
  const late = await measured(ways({ power: [plus("sensor.power")] }), { from: quarterAt(94), to: quarterAt(98) });
  assert.deepEqual(
    late.known.map(({ from }) => (from - START) / QUARTER),
    [94, 95],
  );
});

test("what a counter tells after it was not heard is not put into the quarter in which it tells it", async () => {
  await record("sensor.counter", COUNTER, [
    [quarterAt(0) - 10 * MINUTE, "900"],
    [quarterAt(0) + MINUTE, "1000"],
    [quarterAt(1) + 5 * MINUTE, "1050"],
    [quarterAt(2) + 5 * MINUTE, "unavailable"],
    [quarterAt(6), "5000"],
    [quarterAt(6) + MINUTE, "5100"],
    [quarterAt(7) + MINUTE, "5150"],
    [quarterAt(7) + 2 * MINUTE, "5200"],
  ]);
  const found = await measured(ways({ energy: [plus("sensor.counter")] }), { from: START, to: quarterAt(8) });
  // The first quarter begins with a counter that is known since less than a quarter before.
  assert.deepEqual(
    found.known.map(({ from, watts, step }) => [(from - START) / QUARTER, Math.round(watts), step]),
    [
      [1, 200, 0.05],
      [7, 400, 0.05],
    ],
  );
  assert.equal(found.by, "energy");
});

test("a counter that shows the same after a break stood still meanwhile, one that shows another says nothing of it", async () => {
  const night = async (name: string, morning: string) => {
    await record(name, { ...COUNTER, unit_of_measurement: "kWh" }, [
      [quarterAt(0) - 30 * MINUTE, "4.9"],
      [quarterAt(0) + 5 * MINUTE, "5"],
      [quarterAt(1) + 5 * MINUTE, "unavailable"],
      [quarterAt(6) + 10 * MINUTE, morning],
      [quarterAt(7) + MINUTE, "5.5"],
      [quarterAt(8) + MINUTE, "5.7"],
    ]);
    const { known } = await measured(ways({ energy: [plus(name)] }), { from: START, to: quarterAt(9) });
    return known.map(({ from, watts }) => [(from - START) / QUARTER, Math.round(watts)]);
  };
  // Of the morning's first quarters it is not known whether the break was over.
  assert.deepEqual(await night("sensor.inverter", "5"), [
    [0, 400],
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
    [5, 0],
    [8, 800],
  ]);
  assert.deepEqual(await night("sensor.restarted", "5.2"), [
    [0, 400],
    [8, 800],
  ]);
});

test("of a time that nobody heard the same holds: a counter that shows the same after it stood still", async () => {
  const gap = async (name: string, after: readonly (readonly [at: number, state: string])[]) => {
    const series = await record(name, { ...COUNTER, unit_of_measurement: "kWh" }, [
      [quarterAt(0) - 30 * MINUTE, "5"],
      [quarterAt(0) + 5 * MINUTE, "5.1"],
      ...after,
    ]);
    const window = { from: quarterAt(1) + 5 * MINUTE, to: quarterAt(3) + 10 * MINUTE };
    await hub.recordGaps([{ kind: "states", series, ...window, cause: "disconnected" }]);
    const { known } = await measured(ways({ energy: [plus(name)] }), { from: START, to: quarterAt(6) });
    return known.map(({ from, watts }) => [(from - START) / QUARTER, Math.round(watts)]);
  };
  const again = [
    [quarterAt(3) + 10 * MINUTE, "5.1"],
    [quarterAt(4) + MINUTE, "5.2"],
  ] as const;
  assert.deepEqual(await gap("sensor.again", again), [
    [0, 400],
    [1, 0],
    [2, 0],
    [5, 0],
  ]);
  // Nothing had changed when it was heard again.
  assert.deepEqual(
    await gap("sensor.still", []),
    [400, 0, 0, 0, 0, 0].map((watts, i) => [i, watts]),
  );
  assert.deepEqual(await gap("sensor.more", [[quarterAt(3) + 10 * MINUTE, "5.3"]]), [
    [0, 400],
    [4, 0],
    [5, 0],
  ]);
});

test("several meters are summed where each of them is known for the whole of the time", async () => {
  await record("sensor.roof", { ...SENSOR, unit_of_measurement: "W" }, [
    [quarterAt(0), "500"],
    [quarterAt(1) + 14 * MINUTE, "unknown"],
    [quarterAt(3), "700"],
  ]);
  const meters = [plus("sensor.power"), { entityId: "sensor.roof", sign: -1 } as const];
  const found = await measured(ways({ power: meters }));
  assert.deepEqual(
    found.known.map(({ from, watts, share }) => [(from - START) / QUARTER, Math.round(watts), share]),
    [
      [0, 2500, 1],
      [3, 1300, 1],
    ],
  );
});

test("the other way is taken where the better one is not there, is of another unit, or knows less", async () => {
  const counter = [plus("sensor.counter")];
  for (const power of [[plus("sensor.nobody")], counter, none])
    assert.equal((await measured(ways({ power, energy: counter }))).by, "energy");
  assert.equal((await measured(ways({ power: [plus("sensor.power")], energy: counter }))).by, "power");
  await record("sensor.new", SENSOR, [[quarterAt(3), "1"]]);
  const wide = { from: START, to: quarterAt(4) };
  assert.equal(
    (await measured(ways({ power: [plus("sensor.new")], energy: [plus("sensor.counter")] }), wide)).by,
    "power",
  );
  await record("sensor.old", COUNTER, [[quarterAt(0) - 30 * MINUTE, "1"]]);
  assert.equal(
    (await measured(ways({ power: [plus("sensor.new")], energy: [plus("sensor.old")] }), wide)).by,
    "energy",
  );
});

test("what is not known says why: no meter, another unit, nothing recorded", async () => {
  const why = async (asked: Partial<Ways>, of = window) => (await measured(ways(asked), of)).why;
  assert.equal(await why({}), "none");
  assert.match(String(await why({ power: [plus("sensor.nobody")] })), /sensor.nobody is not recorded/);
  assert.match(String(await why({ power: [plus("sensor.counter")] })), /Wh is none of power/);
  // What is wrong with a meter that is there says more than that there is no other one.
  assert.match(String(await why({ energy: [plus("sensor.power")] })), /kW is none of energy/);
  const silent = await measured(ways({ energy: [plus("sensor.still")] }), {
    from: START - 96 * QUARTER,
    to: START - 95 * QUARTER,
  });
  assert.deepEqual([silent.by, silent.why], ["energy", "Nothing was recorded of that time"]);
  const before = { from: START - 96 * QUARTER, to: START - 92 * QUARTER };
  assert.match(String(await why({ power: [plus("sensor.power")] }, before)), /Nothing was recorded/);
  assert.match(String(await why({ power: [plus("sensor.power")] }, { from: START, to: START })), /Nothing/);
});

test("together, a time is known where all parts know it whole, and is their sum", () => {
  const part = fc.array(fc.record({ watts: fc.integer({ min: -9, max: 9 }), share: fc.constantFrom(0, 0.5, 1) }), {
    minLength: 5,
    maxLength: 5,
  });
  const known = (own: readonly { watts: number; share: number }[]) =>
    own.flatMap(({ watts, share }, i) =>
      share === 0 ? [] : [{ from: quarterAt(i), to: quarterAt(i + 1), watts, share, step: null }],
    );
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 4 }), (parts) => {
      const expected = Array.from({ length: 5 }, (_, i) => i)
        .filter((i) => parts.every((own) => own[i]?.share === 1))
        .map((i) => [quarterAt(i), parts.reduce((sum, own) => sum + (own[i]?.watts ?? 0), 0)]);
      const found = together(parts.map(known)).map(({ from, watts }) => [from, watts + 0]);
      assert.deepEqual(
        found,
        expected.map(([from, watts]) => [from, (watts ?? 0) + 0]),
      );
    }),
  );
});
