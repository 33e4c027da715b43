import type { Calendar } from "../../domain/time/calendar.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { PricedSlot } from "../windows/windows.ts";

/** What a meter counted in a time. */
export type Amount = Window & { readonly kwh: number };

export type DayAmount = Window & {
  readonly kwh: number;
  /** null: no price is known of any of it. */
  readonly cost: number | null;
  /** Of how many kWh the price is known. */
  readonly priced_kwh: number;
  /** Grams of CO₂-equivalent; null: nothing is known of any of it. */
  readonly carbon_g: number | null;
  readonly rated_kwh: number;
};

export type Rates = { readonly price: readonly PricedSlot[]; readonly carbon: readonly PricedSlot[] };

/**
 * What was counted by local day, and what it cost and emitted: each amount is taken as even over its time, which is
 * exact where prices do not change inside it. An amount whose time is not wholly priced counts as far as it is.
 *
 * @param amounts in order of time, as are the rates
 */
export function byDay(amounts: readonly Amount[], rates: Rates, calendar: Calendar): DayAmount[] {
  const [priceOf, carbonOf] = [createRating(rates.price), createRating(rates.carbon)];
  const days: { from: Micros; to: Micros; kwh: number; price: Rated; carbon: Rated }[] = [];
  for (const amount of amounts) {
    let day = days.at(-1);
    if (!day || amount.from >= day.to) {
      const from = calendar.startOf("day", amount.from);
      day = {
        from,
        to: calendar.nextAfter("day", from),
        kwh: 0,
        price: { kwh: 0, total: 0 },
        carbon: { kwh: 0, total: 0 },
      };
      days.push(day);
    }
    day.kwh += amount.kwh;
    add(day.price, priceOf(amount));
    add(day.carbon, carbonOf(amount));
  }
  return days.map(({ from, to, kwh, price, carbon }) => ({
    from,
    to,
    kwh,
    cost: price.kwh === 0 && kwh !== 0 ? null : price.total,
    priced_kwh: price.kwh,
    carbon_g: carbon.kwh === 0 && kwh !== 0 ? null : carbon.total,
    rated_kwh: carbon.kwh,
  }));
}

type Rated = { kwh: number; total: number };
const add = (sum: Rated, more: Rated) => {
  sum.kwh += more.kwh;
  sum.total += more.total;
};

/** Amounts come in order of time, and so does what they are rated by. */
function createRating(slots: readonly PricedSlot[]): (amount: Amount) => Rated {
  let first = 0;
  return ({ from, to, kwh }) => {
    while (first < slots.length && (slots[first] as PricedSlot).to <= from) first++;
    const rated = { kwh: 0, total: 0 };
    for (let i = first; i < slots.length; i++) {
      const slot = slots[i] as PricedSlot;
      if (slot.from >= to) break;
      const share = kwh * ((Math.min(to, slot.to) - Math.max(from, slot.from)) / (to - from));
      rated.kwh += share;
      rated.total += share * slot.value;
    }
    return rated;
  };
}

/** Two or more meters as one, such as imported − exported + solar: where each of them is known. */
export function combined(parts: readonly { readonly sign: 1 | -1; readonly amounts: readonly Amount[] }[]): Amount[] {
  const [first, ...rest] = parts;
  if (!first) return [];
  const found = rest.map(({ sign, amounts }) => ({
    sign,
    by: new Map(amounts.map((one) => [`${one.from} ${one.to}`, one])),
  }));
  return first.amounts.flatMap(({ from, to, kwh }) => {
    let sum = first.sign * kwh;
    for (const { sign, by } of found) {
      const one = by.get(`${from} ${to}`);
      if (!one) return [];
      sum += sign * one.kwh;
    }
    return [{ from, to, kwh: sum }];
  });
}
