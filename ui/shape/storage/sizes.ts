import { STORED_KINDS, type Storage, type StoredKind } from "../../api-storage-types.ts";

export type MonthBar = {
  /** null: of no month, such as what is not sealed yet. */
  readonly month: string | null;
  readonly bytes: number;
  readonly parts: readonly { readonly kind: StoredKind; readonly bytes: number; readonly from: number }[];
};

/** A bar for each month, oldest first, what belongs to none last; months without anything between are there, too. */
export function monthBars(months: Storage["months"]): readonly MonthBar[] {
  const names = [...new Set(months.flatMap(({ month }) => month ?? []))].sort();
  const all: (string | null)[] = [...everyMonth(names[0], names.at(-1))];
  if (months.some(({ month, bytes }) => month === null && bytes > 0)) all.push(null);
  return all.map((name) => {
    let from = 0;
    const parts = STORED_KINDS.flatMap((kind) => {
      const bytes = months
        .filter((one) => one.month === name && one.kind === kind)
        .reduce((sum, one) => sum + one.bytes, 0);
      if (bytes === 0) return [];
      from += bytes;
      return [{ kind, bytes, from: from - bytes }];
    });
    return { month: name, bytes: from, parts };
  });
}

/** Past that many, bars are narrower than a finger; the newest are shown. */
export const MOST_BARS = 36;

function* everyMonth(first: string | undefined, last: string | undefined): Generator<string> {
  if (first === undefined || last === undefined) return;
  let [year = 0, month = 0] = first.split("-").map(Number);
  for (let name = first; name <= last; ) {
    yield name;
    month++;
    if (month > 12) {
      month = 1;
      year++;
    }
    name = `${year}-${String(month).padStart(2, "0")}`;
  }
}

export function sizeByKind(
  months: Storage["months"],
): readonly { readonly kind: StoredKind; readonly bytes: number }[] {
  return STORED_KINDS.map((kind) => ({
    kind,
    bytes: months.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.bytes, 0),
  })).filter(({ bytes }) => bytes > 0);
}

/** `2026-11` as a person says it. */
export const monthName = (month: string, locale?: string): string => formatMonth(month, "long", true, locale);

const MOST_LABELS = 12;

/** Under the bars, at most a dozen, the newest among them; a year is said where it begins. */
export function monthLabels(bars: readonly MonthBar[], ofNone: string, locale?: string): readonly string[] {
  const step = Math.ceil(bars.length / MOST_LABELS);
  let year = "";
  return bars.map(({ month }, index) => {
    if ((bars.length - 1 - index) % step !== 0) return "";
    if (month === null) return ofNone;
    const begins = month.slice(0, 4) !== year;
    year = month.slice(0, 4);
    const name = formatMonth(month, "short", false, locale);
    return begins ? `${name}\n${year}` : name;
  });
}

function formatMonth(month: string, form: "short" | "long", withYear: boolean, locale: string | undefined): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1, 15)).toLocaleDateString(locale, {
    month: form,
    ...(withYear ? { year: "numeric" } : {}),
    timeZone: "UTC",
  });
}

/** The hub counts up to 30 days by what each of them will bring; past that the day's growth goes on as it is. */
export function daysUntilBudget({ days_left, growth, budget }: Pick<Storage, "days_left" | "growth" | "budget">) {
  if (days_left !== null) return days_left;
  const perDay = growth?.bytes_per_day ?? null;
  return perDay === null || perDay <= 0 ? null : Math.max(0, (budget.bytes - budget.used) / perDay);
}

/** How near the end is: a budget that lasts for years needs nobody. */
export function daysTone(days: number | null): "ok" | "degraded" | "broken" {
  if (days === null || days > 60) return "ok";
  return days > 14 ? "degraded" : "broken";
}
