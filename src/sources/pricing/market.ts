import { Failure } from "../../domain/failure.ts";
import type { Issue, OutsideReading } from "../../domain/outside/outside.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Answered, Limit, Place, Provider, ReadNeeds, SettingsSchema } from "../source.ts";
import { askAgain, type Publication, twoDays } from "./publication.ts";
import { begun, type PriceSlot, rounded, tidy } from "./slots.ts";
import { retailPrice, type Tariff } from "./tariff/formula.ts";

/** What a provider of prices answers: of the market, of the tariff, or of both. */
export type Prices = {
  /** ISO 4217. */
  readonly currency: string;
  /** Before taxes and fees. */
  readonly market?: readonly PriceSlot[];
  /** What the home pays, where the provider itself says it. */
  readonly retail?: readonly PriceSlot[];
  /** What the home is paid, where the provider itself says it. */
  readonly feedIn?: readonly PriceSlot[];
  readonly issued?: Micros;
  /** May still change. */
  readonly preliminary?: boolean;
};

/**
 * Readings and issues of prices. What the home pays is the provider's own word, else the tariff's formula over the
 * market's price, else unknown.
 */
export function answerOf(prices: Prices, tariff: Tariff, now: Micros): Answered {
  const market = tidy(prices.market ?? []);
  const retail = prices.retail ? tidy(prices.retail) : through(market, (value) => retailPrice(value, tariff));
  const feedIn = prices.feedIn
    ? tidy(prices.feedIn)
    : through(market.length > 0 ? market : retail, () => tariff.feed_in);
  const readings: OutsideReading[] = [];
  const issues: Issue[] = [];
  const units: { [quantity: string]: string } = {};
  for (const [quantity, slots] of [
    ["market_price", market],
    ["price", retail],
    ["feed_in_price", feedIn],
  ] as const) {
    if (slots.length === 0) continue;
    units[quantity] = `${prices.currency}/kWh`;
    for (const reading of begun(quantity, slots, now))
      readings.push(prices.preliminary ? { ...reading, quality: "preliminary" } : reading);
    issues.push({ quantity, issued: prices.issued ?? now, slots });
  }
  return { readings, issues, units };
}

function through(slots: readonly PriceSlot[], price: (market: number) => number | undefined): PriceSlot[] {
  return slots.flatMap((slot) => {
    const value = price(slot.value);
    return value === undefined ? [] : [{ ...slot, value: rounded(value) }];
  });
}

/** A provider of the prices of whole days, published a day ahead. */
export function dayAhead<Settings>(given: {
  readonly id: string;
  readonly name: string;
  readonly homepage: string;
  readonly attribution: string;
  readonly terms?: string;
  readonly settings: SettingsSchema<Settings>;
  readonly worksUnset?: boolean;
  /** Of the settings, what makes the market's price the home's. */
  readonly tariff: (settings: Settings) => Tariff;
  readonly limits: readonly Limit[];
  readonly publication: (place: Place) => Publication;
  /** Whether days before now can be asked for. */
  readonly past?: boolean;
  readonly unfit?: (settings: Settings, place: Place) => { readonly why: string; readonly fix: string } | undefined;
  /** The prices of a time that begins and ends with a day. */
  readonly fetch: (needs: ReadNeeds<Settings>, window: Window) => Promise<Prices>;
}): Provider<Settings, undefined> {
  const { publication, past = true, fetch: pricesOf, unfit, terms, tariff, ...rest } = given;
  return {
    ...rest,
    kind: "pricing",
    worksUnset: given.worksUnset ?? false,
    everyMs: 3_600_000,
    // A price holds for its slot, a day at most.
    tooOldMs: 24 * 3_600_000,
    ...(terms === undefined ? {} : { terms }),
    ...(unfit ? { unfit } : {}),
    read: async (needs) => {
      const { now, place, settings } = needs;
      const days = publication(place);
      const { today, tomorrow } = twoDays(days.calendar, now);
      const prices = await pricesOf(needs, { from: today.from, to: tomorrow.to });
      const known = tidy(prices.market?.length ? prices.market : (prices.retail ?? []));
      if (!known.some(({ to }) => to > now))
        throw new Failure("nothing_known", `${given.name} has no prices of now or later`, { retry: true });
      return { ...answerOf(prices, tariff(settings), now), ...askAgain(known, now, days) };
    },
    ...(past
      ? {
          readBetween: async (needs) => {
            const { calendar } = publication(needs.place);
            const to = Math.min(needs.window.to, needs.now);
            if (to <= needs.window.from) return { readings: [], issues: [] };
            const days = { from: calendar.startOf("day", needs.window.from), to: calendar.nextAfter("day", to - 1) };
            const { readings, units } = answerOf(await pricesOf(needs, days), tariff(needs.settings), needs.now);
            const within = readings.filter(({ time }) => time >= needs.window.from && time < to);
            return { readings: within, issues: [], ...(units ? { units } : {}) };
          },
        }
      : {}),
  };
}
