/**
 * Labels for a time axis: hours and minutes (seconds where ticks are closer than a minute), with the day under the
 * first tick of each further day; days alone where ticks are a day or more apart.
 */
export function timeLabels(
  splits: readonly number[],
  stepSeconds: number,
  more: { locale?: string; timeZone?: string } = {},
): readonly string[] {
  const zone = more.timeZone === undefined ? {} : { timeZone: more.timeZone };
  const day = new Intl.DateTimeFormat(more.locale, { month: "short", day: "numeric", ...zone });
  const clock = new Intl.DateTimeFormat(more.locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(stepSeconds < 60 ? { second: "2-digit" } : {}),
    hourCycle: "h23",
    ...zone,
  });
  let before: string | undefined;
  return splits.map((seconds) => {
    const date = new Date(seconds * 1000);
    const today = day.format(date);
    if (stepSeconds >= 86_400) return today;
    const label = before !== undefined && before !== today ? `${clock.format(date)}\n${today}` : clock.format(date);
    before = today;
    return label;
  });
}
