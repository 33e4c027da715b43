import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { OutsideReading } from "../../domain/outside/outside.ts";
import type { Provider } from "../source.ts";
import { readEntityPrices } from "./entity-shapes.ts";
import { answerOf } from "./market.ts";
import { HOUR } from "./slots.ts";
import { retailPrice, tariffEntries } from "./tariff/formula.ts";

const entityId = v.pipe(v.string(), v.regex(/^[a-z0-9_]+\.[a-z0-9_]+$/, "an entity such as sensor.electricity_price"));
const settings = v.strictObject({
  entity: v.pipe(
    entityId,
    v.title("Entity"),
    v.description("What an integration of Home Assistant says of the price, such as sensor.nordpool_kwh_se3_sek"),
  ),
  tomorrow: v.optional(
    v.pipe(
      entityId,
      v.title("Entity of tomorrow"),
      v.description("Where the prices of tomorrow have an entity of their own, as Octopus Energy does"),
    ),
  ),
  is_market: v.optional(
    v.pipe(
      v.boolean(),
      v.title("A market price"),
      v.description("It is the market's price, before fees and taxes, which the figures below are added to"),
    ),
    false,
  ),
  ...tariffEntries,
});
type Settings = v.InferOutput<typeof settings>;

const HOLDS = HOUR;

/** What the home has already need not be asked of a provider again. */
export const pricingEntity: Provider<Settings, undefined> = {
  id: "entity",
  kind: "pricing",
  name: "An entity of Home Assistant",
  homepage: "https://www.home-assistant.io",
  attribution: "Home Assistant",
  settings,
  worksUnset: false,
  limits: [],
  // Nobody outside is asked.
  everyMs: 60_000,
  tooOldMs: 3 * 3_600_000,
  read: async ({ settings: given, entity, place, now }) => {
    const found = entity(given.entity);
    if (!found)
      throw new Failure(
        "entity_absent",
        `Home Assistant has no entity ${given.entity}, or it is excluded from recording`,
        {
          fix: "Choose another entity.",
        },
      );
    const home = { currency: place.currency, calendar: place.calendar, now };
    const today = readEntityPrices(found, home);
    const next = given.tomorrow === undefined ? undefined : entity(given.tomorrow);
    // Before tomorrow's prices are out its entity may have no unit.
    const later =
      next && next.state !== "unavailable"
        ? readEntityPrices(
            {
              ...next,
              attributes: { unit_of_measurement: found.attributes.unit_of_measurement, ...next.attributes },
            },
            home,
          ).slots
        : [];
    const slots = [...today.slots, ...later];
    const current = slots.find(({ from, to }) => from <= now && now < to);
    if (current === undefined && today.now === undefined)
      throw new Failure("entity_absent", `${given.entity} is ${found.state} now`, { retry: true });
    const { currency } = today;
    const answer = answerOf({ currency, ...(given.is_market ? { market: slots } : { retail: slots }) }, given, now);
    if (current !== undefined || today.now === undefined) return answer;
    // The state alone holds until it changes, and for a while after it was last looked at.
    const held = { time: Math.min(found.time, now), until: now + HOLDS };
    const readings: OutsideReading[] = [
      { quantity: given.is_market ? "market_price" : "price", ...held, value: today.now },
    ];
    const retail = given.is_market ? retailPrice(today.now, given) : undefined;
    if (retail !== undefined) readings.push({ quantity: "price", ...held, value: retail });
    if (given.feed_in !== undefined) readings.push({ quantity: "feed_in_price", ...held, value: given.feed_in });
    const units = Object.fromEntries(readings.map(({ quantity }) => [quantity, `${currency}/kWh`]));
    return { readings: [...answer.readings, ...readings], issues: answer.issues, units: { ...answer.units, ...units } };
  },
};
