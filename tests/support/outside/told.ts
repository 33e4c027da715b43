import type { Answered } from "../../../src/sources/source.ts";

type Value = number | string;
export type Told = {
  /** By quantity (of one of several: `<key> <quantity>`): [time, value], or [from, until, value]. */
  readonly readings: {
    readonly [quantity: string]: readonly (readonly [string, Value] | readonly [string, string, Value])[];
  };
  /** By quantity: [from, to, value]. */
  readonly issues: { readonly [quantity: string]: readonly (readonly [string, string, Value])[] };
  readonly issued?: string;
};

/** A time to the second, as a person writes it. */
export const plain = (micros: number): string => new Date(micros / 1000).toISOString().replace(".000Z", "Z");

/** What a provider answered, in the form of a case's expected.json. */
export function told({ readings, issues }: Answered<unknown>): Told {
  const byQuantity: Record<string, (readonly [string, Value] | readonly [string, string, Value])[]> = {};
  for (const { quantity, of, time, until, value } of readings) {
    const name = of ? `${of.key} ${quantity}` : quantity;
    byQuantity[name] ??= [];
    byQuantity[name].push(until === undefined ? [plain(time), value] : [plain(time), plain(until), value]);
  }
  const issued = new Set(issues.map((issue) => plain(issue.issued)));
  return {
    readings: byQuantity,
    issues: Object.fromEntries(
      issues.map(({ quantity, slots }) => [
        quantity,
        slots.map(({ from, to, value }) => [plain(from), plain(to), value] as const),
      ]),
    ),
    ...(issued.size === 1 ? { issued: [...issued][0] as string } : {}),
  };
}
