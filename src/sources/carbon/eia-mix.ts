/**
 * g CO₂ for each kWh that a plant makes, of this fuel: what U.S. plants of at least one megawatt emitted in 2023 by what
 * they made (EIA, State Electricity Profiles: 709 Mt by 675,115 GWh of coal, 790 by 1,806,063 of gas, 18 by 16,233 of
 * petroleum). Of what burns nothing it is 0. Mining, building and methane are not in it.
 */
const FACTORS: { readonly [fuel: string]: number } = {
  COL: 1050,
  NG: 437,
  OIL: 1109,
  NUC: 0,
  WAT: 0,
  SUN: 0,
  WND: 0,
  GEO: 0,
  /** Sun and wind with a battery beside them. */
  SNB: 0,
  WNB: 0,
};
const RENEWABLE = ["WAT", "SUN", "WND", "GEO", "SNB", "WNB"];
const FOSSIL = ["COL", "NG", "OIL"];
/** What comes out of a battery or a high lake was made by others, at another time. */
const STORED = ["BAT", "PS", "OES", "UES"];
/** Of more than that nobody can say what the whole emitted. */
const MOST_UNKNOWN = 0.05;

/** What of an hour's generation follows from its fuels. */
export type Mix = {
  /** g/kWh; undefined: too much is of a kind that has no factor. */
  readonly intensity: number | undefined;
  /** Percent. */
  readonly renewableShare: number;
  readonly fossilShare: number;
};

/** @param fuels MWh by EIA's words; below 0 a plant took more than it gave. undefined: nothing was made */
export function mixOf(fuels: ReadonlyMap<string, number>): Mix | undefined {
  const made = [...fuels].filter(([fuel, amount]) => amount > 0 && !STORED.includes(fuel));
  const sum = (wanted: (fuel: string) => boolean, weight: (fuel: string) => number = () => 1): number =>
    made.reduce((all, [fuel, amount]) => (wanted(fuel) ? all + amount * weight(fuel) : all), 0);
  const all = sum(() => true);
  if (all === 0) return undefined;
  const hasFactor = (fuel: string) => Object.hasOwn(FACTORS, fuel);
  const known = sum(hasFactor);
  const percent = (part: number): number => tenth((part / all) * 100);
  return {
    intensity:
      all - known > all * MOST_UNKNOWN ? undefined : tenth(sum(hasFactor, (fuel) => FACTORS[fuel] as number) / known),
    renewableShare: percent(sum((fuel) => RENEWABLE.includes(fuel))),
    fossilShare: percent(sum((fuel) => FOSSIL.includes(fuel))),
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
