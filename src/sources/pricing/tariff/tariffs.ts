import * as v from "valibot";
import type { Calendar } from "../../../domain/time/calendar.ts";
import type { Micros, Window } from "../../../domain/time/time.ts";
import type { Answered, Place, Provider } from "../../source.ts";
import { answerOf } from "../market.ts";
import { MINUTE, type PriceSlot } from "../slots.ts";
import { createLocalTime, type LocalTime, WEEKDAYS, type Weekday } from "./local-time.ts";

/** Today and the days after it: further than any plan looks ahead. */
const DAYS = 4;
/** Tariffs change on multiples of it. */
const STEP: Micros = 5 * MINUTE;

const perKwh = (title: string, description: string) =>
  v.pipe(
    v.number(),
    v.minValue(-1000),
    v.maxValue(100_000),
    v.title(title),
    v.description(description),
    v.metadata({ unit: "per kWh" }),
  );
const currencyEntry = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^[A-Z]{3}$/, "three capital letters, such as EUR"),
    v.title("Currency"),
    v.description("Three letters, such as EUR; empty: the one that Home Assistant is set to"),
  ),
);
const feedInEntry = v.optional(perKwh("Feed-in price", "What the home is paid for each kWh that it feeds in"));

const clock = (title: string) =>
  v.pipe(
    v.string(),
    v.regex(/^([01]\d|2[0-3]):[0-5][05]$|^24:00$/, "a time such as 22:00, in steps of five minutes"),
    v.title(title),
    v.description("Local time, such as 06:00"),
  );
const date = (title: string) =>
  v.pipe(
    v.string(),
    v.regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "a month and a day, such as 04-01"),
    v.title(title),
    v.description("Month and day, such as 04-01"),
  );
const Period = v.strictObject({
  price: perKwh("Price", "All in: with grid fees, taxes and VAT"),
  from: clock("From"),
  to: v.pipe(clock("Until"), v.description("Local time; earlier than the beginning: until that time of the next day")),
  days: v.optional(
    v.pipe(
      v.array(v.picklist(WEEKDAYS)),
      v.minLength(1),
      v.title("Days"),
      v.description("Weekdays on which it begins; empty: all. Public holidays are days like any other"),
    ),
  ),
  season_from: v.optional(date("First day of the season")),
  season_to: v.optional(date("Last day of the season")),
});
export type Period = v.InferOutput<typeof Period>;

const fixedSettings = v.strictObject({
  price: perKwh("Price", "All in: with grid fees, taxes and VAT"),
  currency: currencyEntry,
  feed_in: feedInEntry,
});
const timeOfUseSettings = v.strictObject({
  periods: v.pipe(
    v.array(Period),
    v.minLength(1),
    v.maxLength(50),
    v.title("Periods"),
    v.description("The first that fits a moment says its price"),
  ),
  otherwise: perKwh("Price otherwise", "Of the times that are in no period, all in"),
  currency: currencyEntry,
  feed_in: feedInEntry,
});
type Common = { readonly currency?: string | undefined; readonly feed_in?: number | undefined };

export const fixedTariff = tariff<v.InferOutput<typeof fixedSettings>>({
  id: "fixed",
  name: "Fixed price",
  settings: fixedSettings,
  priceAt:
    ({ price }) =>
    () =>
      price,
});

export const timeOfUseTariff = tariff<v.InferOutput<typeof timeOfUseSettings>>({
  id: "time_of_use",
  name: "Price by time of day",
  settings: timeOfUseSettings,
  priceAt:
    ({ periods, otherwise }) =>
    (local) =>
      periods.find((period) => holds(period, local))?.price ?? otherwise,
});

/** A tariff that the user states: it is known for all times, and nobody is asked. */
function tariff<Settings extends Common>(given: {
  readonly id: string;
  readonly name: string;
  readonly settings: Provider<Settings>["settings"];
  readonly priceAt: (settings: Settings) => (local: LocalTime) => number;
}): Provider<Settings, undefined> {
  const answer = (settings: Settings, place: Place, window: Window, now: Micros): Answered => {
    const retail = slotsOf(window, place.calendar, given.priceAt(settings));
    const { feed_in: fed } = settings;
    const feedIn = fed === undefined ? {} : { feedIn: slotsOf(window, place.calendar, () => fed) };
    const currency = settings.currency ?? place.currency ?? "";
    return answerOf({ currency, retail, ...feedIn }, {}, now);
  };
  return {
    id: given.id,
    kind: "pricing",
    name: given.name,
    homepage: "",
    attribution: "Your own figures",
    settings: given.settings,
    worksUnset: false,
    limits: [],
    everyMs: 3_600_000,
    tooOldMs: 24 * 3_600_000,
    unfit: (settings, { currency }) =>
      settings.currency === undefined && currency === null
        ? {
            why: "Home Assistant does not say which currency the home has",
            fix: "Name the currency in the settings of this source.",
          }
        : undefined,
    read: async ({ settings, place, now }) => {
      const { calendar } = place;
      let to = now;
      for (let day = 0; day < DAYS; day++) to = calendar.nextAfter("day", to);
      const midnight = calendar.nextAfter("day", now);
      return { ...answer(settings, place, { from: calendar.startOf("day", now), to }, now), next: midnight };
    },
    readBetween: async ({ settings, place, now, window }) => {
      const { readings, units } = answer(settings, place, { ...window, to: Math.min(window.to, now) }, now);
      return { readings, issues: [], ...(units ? { units } : {}) };
    },
  };
}

/**
 * By what the clocks show at each step, so that an hour that comes twice has its price twice and one that is left out
 * has none. A slot ends with the day at the latest.
 */
function slotsOf({ from, to }: Window, calendar: Calendar, priceAt: (local: LocalTime) => number): PriceSlot[] {
  const local = createLocalTime(calendar.timeZone);
  const slots: PriceSlot[] = [];
  let midnight = calendar.nextAfter("day", from);
  let open: PriceSlot | undefined;
  for (let time = from; time < to; time = Math.min(time + STEP - (time % STEP), midnight)) {
    if (time === midnight) midnight = calendar.nextAfter("day", time);
    const value = priceAt(local(time));
    const end = Math.min(time + STEP - (time % STEP), midnight, to);
    if (open && open.value === value && open.to === time && calendar.startOf("day", time) !== time) {
      open = { ...open, to: end };
      slots[slots.length - 1] = open;
    } else {
      open = { from: time, to: end, value };
      slots.push(open);
    }
  }
  return slots;
}

function holds(period: Period, local: LocalTime): boolean {
  const [from, to] = [minutes(period.from), minutes(period.to)];
  const beganToday = from < to ? from <= local.minute && local.minute < to : local.minute >= from;
  const beganYesterday = from >= to && local.minute < to;
  if (!beganToday && !beganYesterday) return false;
  const weekday = beganToday ? local.weekday : (WEEKDAYS[(WEEKDAYS.indexOf(local.weekday) + 6) % 7] as Weekday);
  if (period.days && !period.days.includes(weekday)) return false;
  return inSeason(period, local);
}

/** From its first day to its last, over the new year where the last is the earlier one. */
function inSeason({ season_from: first, season_to: last }: Period, { month, day }: LocalTime): boolean {
  if (first === undefined && last === undefined) return true;
  const today = `${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const [from, to] = [first ?? "01-01", last ?? "12-31"];
  return from <= to ? from <= today && today <= to : today >= from || today <= to;
}

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
