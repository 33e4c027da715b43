import { Failure } from "../../../domain/failure.ts";
import type { OutsideReading } from "../../../domain/outside/outside.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { createLocalClock, localMs } from "../local-clock.ts";
import type { Telegram } from "./telegram.ts";

const HOUR: Micros = 3_600_000_000;
/** Gas and water meters report to the electricity meter about once an hour, some water meters once a day. */
const M_BUS: { readonly [type: number]: { readonly quantity: string; readonly holds: Micros } } = {
  3: { quantity: "gas", holds: 3 * HOUR },
  7: { quantity: "water", holds: 26 * HOUR },
};
const CHANNELS = [1, 2, 3, 4, 5, 6, 7, 8];
/** Of a telegram that came just now: what a meter's clock may be off by. */
const MOST_OFF: Micros = 60_000_000;

const FACTORS: { readonly [unit: string]: { readonly of: string; readonly factor: number } } = {
  kWh: { of: "kWh", factor: 1 },
  Wh: { of: "kWh", factor: 0.001 },
  kW: { of: "W", factor: 1000 },
  W: { of: "W", factor: 1 },
  V: { of: "V", factor: 1 },
  A: { of: "A", factor: 1 },
  m3: { of: "m³", factor: 1 },
};

/** To the meter's own precision: sums and factors of floats have more digits than it has. */
const rounded = (value: number): number => Number(value.toFixed(4));

/** @throws Failure `changed_shape` where it is another unit than this one's */
function quantityIn(text: string, code: string, unit: string): number | undefined {
  const [, digits, given = ""] = /^(\d{1,9}(?:\.\d{1,6})?)\*([A-Za-z0-9]+)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const { of, factor } = FACTORS[given] ?? { of: "", factor: 1 };
  if (of !== unit) throw new Failure("changed_shape", `The meter's telegram has ${code} in ${given}, not in ${unit}`);
  return rounded(Number(digits) * factor);
}

/** S: the clocks are on summer time, W: they are not. undefined: masked, or no time. */
export function timeIn(
  text: string | undefined,
  { clock, now }: { readonly clock: ReturnType<typeof createLocalClock>; readonly now: Micros },
): Micros | undefined {
  const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([SW])?$/.exec(text ?? "");
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = localMs(2000 + year, month, day, hour, minute, second);
  const instants = local === undefined ? [] : clock(local);
  if (match[7] === "S") return instants[0];
  return match[7] === "W" ? instants.at(-1) : (instants.findLast((time) => time <= now) ?? instants[0]);
}

/** What a telegram tells, in the units that are stored. Of whom it is, is not read. */
export function readingsOf(
  telegram: Telegram,
  given: { readonly timeZone: string; readonly now: Micros; readonly isLive: boolean; readonly phases: boolean },
): OutsideReading[] {
  const { now, isLive, phases } = given;
  const clock = createLocalClock(given.timeZone);
  const said = timeIn(telegram.get("0-0:1.0.0")?.[0], { clock, now });
  const time =
    said === undefined || (isLive && Math.abs(said - now) > MOST_OFF)
      ? now
      : // Of what lies ahead, the meter's clock is wrong.
        Math.min(said, now);
  const readings: OutsideReading[] = [];
  const add = (quantity: string, value: number | undefined) => {
    if (value !== undefined) readings.push({ quantity, time, value });
  };
  /** Of channel 0, or 1 in Greece. */
  const get = (code: string, unit: string): number | undefined => {
    for (const prefix of ["1-0", "1-1"]) {
      const text = telegram.get(`${prefix}:${code}`)?.at(-1);
      if (text !== undefined) return quantityIn(text, code, unit);
    }
    return undefined;
  };
  /** A meter that counts what is fed in tells that power, too: without it, the other one alone would be another. */
  const isTwoWay = [...telegram.keys()].some((code) => /:2\.8\.\d$/.test(code));
  const difference = (to: number | undefined, from: number | undefined) =>
    to === undefined || (from === undefined && isTwoWay) ? undefined : rounded(to - (from ?? 0));
  /** One counter for all tariffs, or the sum of those that there are. */
  const total = (code: number): number | undefined => {
    const tariffs = [1, 2, 3, 4].map((tariff) => get(`${code}.8.${tariff}`, "kWh"));
    const [first, second] = tariffs;
    const sum = tariffs.reduce<number>((a, b) => a + (b ?? 0), 0);
    return get(`${code}.8.0`, "kWh") ?? (first === undefined || second === undefined ? undefined : rounded(sum));
  };

  add("power", difference(get("1.7.0", "W"), get("2.7.0", "W")));
  add("import_energy", total(1));
  add("export_energy", total(2));
  for (const tariff of [1, 2]) {
    add(`import_energy_t${tariff}`, get(`1.8.${tariff}`, "kWh"));
    add(`export_energy_t${tariff}`, get(`2.8.${tariff}`, "kWh"));
  }
  add("quarter_power", get("1.4.0", "W"));
  add("month_peak_power", get("1.6.0", "W"));
  if (phases)
    for (const phase of [1, 2, 3]) {
      const code = 20 * phase;
      add(`power_l${phase}`, difference(get(`${code + 1}.7.0`, "W"), get(`${code + 2}.7.0`, "W")));
      add(`voltage_l${phase}`, get(`${code + 12}.7.0`, "V"));
      add(`current_l${phase}`, get(`${code + 11}.7.0`, "A"));
    }
  return [...readings, ...mBus(telegram, { clock, now, time })];
}

/** Meters that report by wire or radio to this one; of two of a kind (one was exchanged) the one that reported last. */
function mBus(
  telegram: Telegram,
  given: { readonly clock: ReturnType<typeof createLocalClock>; readonly now: Micros; readonly time: Micros },
): OutsideReading[] {
  const latest = new Map<string, OutsideReading>();
  for (const channel of CHANNELS) {
    const kind = M_BUS[Number(telegram.get(`0-${channel}:24.1.0`)?.[0])];
    const told = kind && reportOf(telegram, channel);
    if (!told || told.value === undefined) continue;
    const { quantity, holds } = kind;
    const time = Math.min(timeIn(told.at, given) ?? given.time, given.now);
    const before = latest.get(quantity);
    if (!before || before.time < time) latest.set(quantity, { quantity, time, until: time + holds, value: told.value });
  }
  return [...latest.values()];
}

function reportOf(
  telegram: Telegram,
  channel: number,
): { readonly at: string | undefined; readonly value: number | undefined } | undefined {
  for (const register of ["24.2.1", "24.2.3"]) {
    const code = `0-${channel}:${register}`;
    const [at, value] = telegram.get(code) ?? [];
    if (value !== undefined) return { at, value: quantityIn(value, code, "m³") };
  }
  // DSMR 2 and 3: (time)(status)(minutes)(values)(register)(unit)(value)
  const [at, , , , , unit, digits] = telegram.get(`0-${channel}:24.3.0`) ?? [];
  if (unit === undefined || digits === undefined) return undefined;
  return { at, value: quantityIn(`${digits}*${unit}`, `0-${channel}:24.3.0`, "m³") };
}
