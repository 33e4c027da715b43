import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../tests/support/outside/asked.ts";
import { told } from "../../../tests/support/outside/told.ts";
import type { Failure } from "../../domain/failure.ts";
import type { EntityNow } from "../source.ts";
import { pricingEntity } from "./entity.ts";

const NOW = "2026-11-26T10:30:00Z";
const entity = (
  entityId: string,
  state: string,
  attributes: Record<string, unknown>,
  time = "2026-11-26T10:00:00Z",
): EntityNow => ({
  entityId,
  state,
  attributes,
  time: Date.parse(time) * 1000,
});
const read = (settings: object, ...entities: EntityNow[]) =>
  pricingEntity.read(
    asked(() => assert.fail("nobody outside is asked"), {
      settings: v.parse(pricingEntity.settings, settings),
      now: NOW,
      entities,
    }),
  );
const slots = [
  { start: "2026-11-26T10:00:00Z", end: "2026-11-26T11:00:00Z", value: 0.2 },
  { start: "2026-11-26T11:00:00Z", end: "2026-11-26T12:00:00Z", value: 0.3 },
];

test("slots of an entity are the home's price, at once and to come", async () => {
  const answered = await read(
    { entity: "sensor.p" },
    entity("sensor.p", "0.2", { unit_of_measurement: "EUR/kWh", raw_today: slots }),
  );
  assert.deepEqual(told(answered).readings, { price: [["2026-11-26T10:00:00Z", "2026-11-26T11:00:00Z", 0.2]] });
  assert.equal(answered.issues[0]?.slots.length, 2);
  assert.deepEqual(answered.units, { price: "EUR/kWh" });
});

test("a market price goes through the formula", async () => {
  const answered = await read(
    { entity: "sensor.p", is_market: true, vat: 25, fees: 0.1 },
    entity("sensor.p", "0.2", { unit_of_measurement: "EUR/kWh", raw_today: slots }),
  );
  assert.deepEqual(
    answered.readings.map(({ quantity, value }) => [quantity, value]),
    [
      ["market_price", 0.2],
      ["price", 0.35],
    ],
  );
});

test("a price that stands in the state alone holds from when it was said, for as long as it is said", async () => {
  const said = entity("input_number.p", "0.2748", { unit_of_measurement: "AUD/kWh" }, "2026-10-01T00:00:00Z");
  const answered = await read({ entity: "input_number.p" }, said);
  assert.deepEqual(told(answered).readings, { price: [["2026-10-01T00:00:00Z", "2026-11-26T11:30:00Z", 0.2748]] });
  assert.deepEqual([answered.issues, answered.units?.price], [[], "AUD/kWh"]);
});

test("the formula and the feed-in price hold for a state alone as well", async () => {
  const said = entity("sensor.p", "0.1", { unit_of_measurement: "EUR/kWh" });
  const settings = { entity: "sensor.p", is_market: true, vat: 20, fees: 0.1, feed_in: 0.06 };
  const { readings, units } = await read(settings, said);
  assert.deepEqual(
    readings.map(({ quantity, value }) => [quantity, value]),
    [
      ["market_price", 0.1],
      ["price", 0.22],
      ["feed_in_price", 0.06],
    ],
  );
  assert.deepEqual(Object.values(units ?? {}), ["EUR/kWh", "EUR/kWh", "EUR/kWh"]);
});

test("tomorrow may have an entity of its own, which has nothing before its prices are out", async () => {
  const today = entity("event.today", "2026-11-26T10:00:00Z", {
    unit_of_measurement: "GBP/kWh",
    rates: [{ start: slots[0]?.start, end: slots[0]?.end, value_inc_vat: 0.2 }],
  });
  const tomorrow = { rates: [{ start: slots[1]?.start, end: slots[1]?.end, value_inc_vat: 0.3 }] };
  const settings = { entity: "event.today", tomorrow: "event.tomorrow" };
  const count = async (...entities: EntityNow[]) => (await read(settings, ...entities)).issues[0]?.slots.length;
  assert.equal(await count(today, entity("event.tomorrow", "2026-11-26T10:00:00Z", tomorrow)), 2);
  assert.equal(await count(today, entity("event.tomorrow", "unavailable", {})), 1);
  assert.equal(await count(today), 1);
});

test("an entity that is not there, is unavailable, or is no price is said so", async () => {
  const code = (settings: object, ...entities: EntityNow[]) =>
    read(settings, ...entities).then(
      () => "read",
      (error: Failure) => error.code,
    );
  assert.equal(await code({ entity: "sensor.p" }), "entity_absent");
  assert.equal(
    await code({ entity: "sensor.p" }, entity("sensor.p", "unavailable", { unit_of_measurement: "EUR/kWh" })),
    "entity_absent",
  );
  assert.equal(
    await code({ entity: "sensor.p" }, entity("sensor.p", "21.5", { unit_of_measurement: "°C" })),
    "unknown_unit",
  );
  assert.equal(
    await code({ entity: "sensor.p" }, entity("sensor.p", "79.4", { unit_of_measurement: "EUR/kWh" })),
    "impossible_value",
  );
  assert.ok(!v.safeParse(pricingEntity.settings, { entity: "price" }).success);
});
