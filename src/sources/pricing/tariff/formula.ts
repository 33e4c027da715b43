import * as v from "valibot";
import { rounded } from "../slots.ts";

const amount = v.pipe(v.number(), v.minValue(-1000), v.maxValue(1000));

/** What a supplier adds to the market's price. A home that says none of it is told the market's price alone. */
export const tariffEntries = {
  surcharge: v.optional(
    v.pipe(
      amount,
      v.title("Surcharge"),
      v.description("What the supplier adds to the market price of each kWh, before VAT"),
      v.metadata({ unit: "per kWh" }),
    ),
  ),
  vat: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.maxValue(100),
      v.title("VAT"),
      v.description("Value added tax on the market price and the surcharge"),
      v.metadata({ unit: "%" }),
    ),
  ),
  fees: v.optional(
    v.pipe(
      amount,
      v.title("Fees"),
      v.description("Grid fees, levies and taxes of each kWh, with the VAT that is on them"),
      v.metadata({ unit: "per kWh" }),
    ),
  ),
  feed_in: v.optional(
    v.pipe(
      amount,
      v.title("Feed-in price"),
      v.description("What the home is paid for each kWh that it feeds in, where that is a fixed price"),
      v.metadata({ unit: "per kWh" }),
    ),
  ),
};

export type Tariff = {
  readonly surcharge?: number | undefined;
  /** Percent. */
  readonly vat?: number | undefined;
  readonly fees?: number | undefined;
  readonly feed_in?: number | undefined;
};

export const hasFormula = ({ surcharge, vat, fees }: Tariff): boolean =>
  surcharge !== undefined || vat !== undefined || fees !== undefined;

/**
 * ((market + surcharge) × (1 + VAT)) + fees, per kWh. A negative market price lowers it, and VAT with it, as suppliers
 * bill it. Unknown: the tariff says none of the three, so what the home pays is not known.
 */
export function retailPrice(market: number, tariff: Tariff): number | undefined {
  if (!hasFormula(tariff)) return undefined;
  const { surcharge = 0, vat = 0, fees = 0 } = tariff;
  return rounded((market + surcharge) * (1 + vat / 100) + fees);
}
