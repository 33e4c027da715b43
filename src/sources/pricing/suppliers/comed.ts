import * as v from "valibot";
import { Failure } from "../../../domain/failure.ts";
import type { Micros } from "../../../domain/time/time.ts";
import type { Provider } from "../../source.ts";
import { answerOf } from "../market.ts";
import { MINUTE, rounded } from "../slots.ts";
import { type Tariff, tariffEntries } from "../tariff/formula.ts";

const text = v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/, "no decimal number"), v.transform(Number));
const Answer = v.array(
  v.object({
    millisUTC: v.pipe(text, v.safeInteger()),
    // Cents.
    price: v.pipe(text, v.minValue(-300), v.maxValue(1000)),
  }),
);
const FIVE_MINUTES: Micros = 5 * MINUTE;
const HOLDS: Micros = 20 * MINUTE;

const settings = v.strictObject(tariffEntries);

/** Prices of the last five minutes, all through the day; nobody knows those to come. */
export const comed: Provider<Tariff, undefined> = {
  id: "comed",
  kind: "pricing",
  name: "ComEd hourly pricing",
  homepage: "https://hourlypricing.comed.com",
  attribution: "Prices from ComEd",
  settings,
  worksUnset: false,
  limits: [],
  everyMs: 5 * 60_000,
  tooOldMs: 20 * 60_000,
  read: async ({ ask, settings: tariff, now }) => {
    const url = "https://hourlypricing.comed.com/api?type=5minutefeed";
    // What stands before it adds cookies with characters that no header may have.
    const rows = await ask({ url, schema: Answer, lenient: true });
    if (rows.length === 0) throw new Failure("nothing_known", "ComEd answered with no prices", { retry: true });
    const market = rows.map(({ millisUTC, price }) => ({
      from: millisUTC * 1000,
      to: millisUTC * 1000 + FIVE_MINUTES,
      value: rounded(price / 100),
    }));
    const { readings, units } = answerOf({ currency: "USD", market }, tariff, now);
    return {
      // Each holds until the next is out, which takes its time.
      readings: readings.map((reading) => ({ ...reading, until: reading.time + HOLDS })),
      // What was is no issue of what is to come.
      issues: [],
      ...(units ? { units } : {}),
    };
  },
};
