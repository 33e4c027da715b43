import { Hono } from "hono";
import * as v from "valibot";
import type { SourceStatus, Sources } from "../../../sources/sources.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readQuery } from "../../input/read.ts";
import { one, text, time } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import {
  type RateNowShape,
  type RateSlotsShape,
  rateNowSchema,
  rateNowShape,
  rateSlotsSchema,
  rateSlotsShape,
} from "../../shapes/outside/rates.ts";

type RateKind = "carbon" | "pricing";
/** The first that is known is told, where none is asked for. */
const QUANTITIES = {
  carbon: ["intensity", "marginal_intensity", "renewable_share", "fossil_share"],
  pricing: ["price", "market_price", "feed_in_price"],
} as const;
const WORDS = { carbon: "carbon intensity", pricing: "prices" } as const;

const source = one(v.pipe(text, v.description("Absent: the first of its kind that is switched on.")));
const nowParameters = v.strictObject({ source });
const slotParameters = (kind: RateKind) =>
  v.strictObject({
    source,
    quantity: one(v.picklist(QUANTITIES[kind], `is none of ${QUANTITIES[kind].join(", ")}`)),
    from: one(v.pipe(time, v.description("Slots that end later. Absent: all that were told, also of today."))),
    to: one(v.pipe(time, v.description("Slots that begin before."))),
  });
const SLOT_PARAMETERS = { carbon: slotParameters("carbon"), pricing: slotParameters("pricing") };

const described = (route: Omit<RouteDescription, "tag" | "problems">): RouteDescription => ({
  tag: "Outside",
  problems: ["no_rate", "not_found"],
  ...route,
});
const CARBON = described({
  id: "get_carbon",
  summary: "Carbon intensity of the grid's electricity now",
  description: "Averages and marginal figures are different quantities. What is not known is null and says why.",
  query: nowParameters,
  answer: { json: rateNowSchema },
});
const CARBON_FORECAST = described({
  id: "get_carbon_forecast",
  summary: "Carbon intensity to come, slot by slot",
  description: "Usually of intensity, or where that is not told of marginal_intensity.",
  query: SLOT_PARAMETERS.carbon,
  answer: { json: rateSlotsSchema },
});
const PRICING = described({
  id: "get_pricing",
  summary: "What a kWh costs now",
  description:
    "price is what the home pays and is there only where its tariff is known; market_price is what the market pays.",
  query: nowParameters,
  answer: { json: rateNowSchema },
});
const PRICING_SLOTS = described({
  id: "list_pricing_slots",
  summary: "Prices slot by slot, as far as they are known",
  description: "Usually of price, or where the tariff is not known of market_price.",
  query: SLOT_PARAMETERS.pricing,
  answer: { json: rateSlotsSchema },
});

/** Prices and carbon intensity, as their sources tell them. */
export const ratesRoutes = (needs: { auth: Auth; sources: Pick<Sources, "list" | "present" | "issue"> }) => {
  const { auth, sources } = needs;
  const sourceOf = (kind: RateKind, asked: string | undefined): SourceStatus => {
    const all = sources.list().filter((one) => one.kind === kind);
    const found = asked === undefined ? all.find(({ enabled }) => enabled) : all.find(({ id }) => id === asked);
    if (found) return found;
    if (asked !== undefined) throw refuse("not_found", `There is no source ${asked} of ${WORDS[kind]}`);
    throw refuse("no_rate", `No source of ${WORDS[kind]} is set up and switched on`, {
      fix: `Add a source of the kind ${kind}.`,
    });
  };
  const now = (kind: RateKind, asked: string | undefined): RateNowShape => {
    const found = sourceOf(kind, asked);
    return rateNowShape(found, sources.present(found.id));
  };
  const slots = (kind: RateKind, asked: v.InferOutput<(typeof SLOT_PARAMETERS)[RateKind]>): RateSlotsShape => {
    const found = sourceOf(kind, asked.source);
    const { quantity: wanted, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = asked;
    if (from >= to) throw refuse("invalid_request", "from is not before to");
    for (const quantity of wanted === undefined ? QUANTITIES[kind] : [wanted]) {
      const told = sources.issue(found.id, quantity);
      if (!told) continue;
      const { issue, provider, fetched, unit } = told;
      const within = issue.slots.filter((slot) => slot.to > from && slot.from < to);
      return rateSlotsShape(found, { quantity, provider, unit, issued: issue.issued, fetched, slots: within });
    }
    throw refuse("no_rate", `${found.name} has told nothing of ${wanted ?? WORDS[kind]} to come`, {
      ...(found.fix === undefined ? {} : { fix: found.fix }),
    });
  };
  return new Hono<ApiEnv>()
    .get("/carbon", auth.needs("read", CARBON), (c) =>
      json<RateNowShape>(c, now("carbon", readQuery(c, nowParameters).source)),
    )
    .get("/carbon/forecast", auth.needs("read", CARBON_FORECAST), (c) =>
      json<RateSlotsShape>(c, slots("carbon", readQuery(c, SLOT_PARAMETERS.carbon))),
    )
    .get("/pricing", auth.needs("read", PRICING), (c) =>
      json<RateNowShape>(c, now("pricing", readQuery(c, nowParameters).source)),
    )
    .get("/pricing/slots", auth.needs("read", PRICING_SLOTS), (c) =>
      json<RateSlotsShape>(c, slots("pricing", readQuery(c, SLOT_PARAMETERS.pricing))),
    );
};
