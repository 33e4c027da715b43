/** Labels of one axis: all of one form, short where thousands do not matter, and with the digits that tell them apart. */
export function axisNumbers(splits: readonly number[], locale?: string): readonly string[] {
  const step = splits.length > 1 ? Math.abs((splits[1] as number) - (splits[0] as number)) : 1;
  const largest = splits.reduce((most, split) => Math.max(most, Math.abs(split)), 0);
  const short = largest >= 10_000 && step >= 100;
  const form = new Intl.NumberFormat(locale, {
    ...(short ? { notation: "compact" } : {}),
    maximumFractionDigits: short ? 2 : Math.min(9, Math.max(0, Math.ceil(-Math.log10(step || 1) - 1e-9))),
  });
  return splits.map((split) => form.format(split === 0 ? 0 : split));
}

/** A computed value, such as a mean: with the digits that mean something, never with those of the computer. */
export function formatFigure(value: number, locale?: string): string {
  const size = Math.abs(value);
  const digits = size >= 1_000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
  return value.toLocaleString(locale, { maximumFractionDigits: digits });
}

/** The part of a whole, without saying 0 or 100 of what is only nearly so. */
export function formatShare(share: number, locale?: string): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return `< ${(0.1).toLocaleString(locale)} %`;
  if (percent < 100 && percent > 99.9) return `> ${(99.9).toLocaleString(locale)} %`;
  return `${percent.toLocaleString(locale, { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`;
}
