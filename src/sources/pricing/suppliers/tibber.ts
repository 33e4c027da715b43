import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import { instant } from "../../asking/instant.ts";
import { dayAhead } from "../market.ts";
import { rounded, slotsFromPoints } from "../slots.ts";
import { tariffEntries } from "../tariff/formula.ts";

const perKwh = v.pipe(v.number(), v.minValue(-20), v.maxValue(100));
const Price = v.object({
  total: perKwh,
  energy: v.optional(v.nullable(perKwh), null),
  startsAt: instant,
  currency: v.optional(v.nullable(v.string()), null),
});
const PriceInfo = v.object({
  current: v.optional(v.nullable(Price), null),
  today: v.array(Price),
  tomorrow: v.optional(v.nullable(v.array(Price)), []),
});
const Home = v.object({
  id: v.optional(v.string()),
  currentSubscription: v.nullable(v.object({ priceInfo: v.nullable(PriceInfo) })),
});
const Answer = v.object({
  data: v.nullish(v.object({ viewer: v.object({ homes: v.array(Home) }) })),
  errors: v.optional(
    v.array(v.object({ message: v.string(), extensions: v.optional(v.object({ code: v.optional(v.string()) })) })),
  ),
});

const PRICE = "{ total energy startsAt currency }";
// Without the resolution hours are told.
const QUERY = `{ viewer { homes { id currentSubscription { priceInfo(resolution: QUARTER_HOURLY) {
  current ${PRICE} today ${PRICE} tomorrow ${PRICE} } } } } }`;

export const tibber = dayAhead({
  id: "tibber",
  name: "Tibber",
  homepage: "https://tibber.com",
  attribution: "Prices from Tibber",
  settings: v.strictObject({
    token: v.pipe(
      v.string(),
      v.nonEmpty(),
      v.title("Access token"),
      v.description("From developer.tibber.com, of your own account"),
      v.metadata({ secret: true }),
    ),
    home: v.optional(
      v.pipe(
        v.string(),
        v.nonEmpty(),
        v.title("Home"),
        v.description("The id of one of several homes of the account; empty: the first that has a subscription"),
      ),
    ),
    feed_in: tariffEntries.feed_in,
  }),
  tariff: (settings) => settings,
  limits: [{ calls: 100, perMs: 5 * 60_000 }],
  publication: ({ calendar }) => ({ calendar, from: 13 * 60, until: 20 * 60 }),
  past: false,
  fetch: async ({ ask, settings, place }) => {
    const answer = await ask({
      url: "https://api.tibber.com/v1-beta/gql",
      method: "POST",
      headers: { authorization: `Bearer ${settings.token}`, "content-type": "application/json" },
      body: JSON.stringify({ query: QUERY }),
      schema: Answer,
    });
    const error = answer.errors?.[0];
    if (error || !answer.data) throw refusal(error);
    const homes = answer.data.viewer.homes.filter(({ id }) => settings.home === undefined || id === settings.home);
    const info = homes.map((home) => home.currentSubscription?.priceInfo).find((found) => found != null);
    if (!info)
      throw new Failure("nothing_known", "Tibber knows no home with a subscription under this token", {
        fix: "Check the home's id, or use another provider.",
      });
    const prices = [...info.today, ...(info.tomorrow ?? [])];
    const currency = prices[0]?.currency ?? info.current?.currency ?? place.currency;
    if (currency === null)
      throw new Failure("changed_shape", "api.tibber.com does not say in which currency its prices are");
    return {
      currency,
      retail: slotsFromPoints(prices.map(({ startsAt, total }) => ({ from: startsAt, value: rounded(total) }))),
      market: slotsFromPoints(
        prices.map(({ startsAt, energy }) => ({ from: startsAt, value: energy === null ? null : rounded(energy) })),
      ),
    };
  },
});

/** GraphQL says that it refuses with status 200. */
function refusal(
  error:
    | { readonly message: string; readonly extensions?: { readonly code?: string | undefined } | undefined }
    | undefined,
) {
  const words = error?.message.slice(0, 120) ?? "no data";
  if (error?.extensions?.code === "UNAUTHENTICATED")
    return new Failure("refused", `Tibber refuses the token: ${words}`, { fix: "Check the access token." });
  if (!error) return new Failure("changed_shape", "api.tibber.com answered with neither data nor an error");
  return new Failure("provider_failed", `Tibber answered with an error: ${words}`, { retry: true });
}
