import { Failure } from "../../../domain/failure.ts";
import type { OutsideReading } from "../../../domain/outside/outside.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { type Value, valuesIn } from "./values.ts";

/** The message that holds a meter's values (SML_GetList.Res). */
const GET_LIST = 0x0701n;

/** DLMS unit codes. */
const UNITS: { readonly [code: string]: { readonly unit: string; readonly exponent: number } } = {
  "27": { unit: "W", exponent: 0 },
  "30": { unit: "kWh", exponent: -3 },
  "33": { unit: "A", exponent: 0 },
  "35": { unit: "V", exponent: 0 },
};

/** What an entry of the list says: `1.8.0` and a value in W, kWh, A or V. */
type Entry = { readonly value: number; readonly unit: string };

/** Serial numbers of DZG meters (DVS74) that send powers above 327.67 W as if they were negative. */
const WRONG_SIGNS = [
  [42_000_000, 48_999_999],
  [55_000_000, 58_999_999],
] as const;
const DZG = [0x0a, 0x01, 0x44, 0x5a, 0x47];

const itemsOf = (value: Value | undefined): readonly Value[] => (value?.kind === "list" ? value.items : []);

/** @throws Failure `changed_shape` */
export function readingsOf(
  frame: Uint8Array,
  { now, phases }: { readonly now: Micros; readonly phases: boolean },
): OutsideReading[] {
  const entries = entriesOf(frame);
  const get = (code: string, unit: string): number | undefined => {
    const entry = entries.get(code);
    if (!entry) return undefined;
    if (entry.unit !== unit)
      throw new Failure("changed_shape", `The meter tells ${code} in ${entry.unit}, not in ${unit}`);
    // A counter does not count below nothing.
    return unit === "kWh" && entry.value < 0 ? undefined : entry.value;
  };
  const total = (code: number): number | undefined => {
    const [first, second] = [get(`${code}.8.1`, "kWh"), get(`${code}.8.2`, "kWh")];
    const sum = first === undefined || second === undefined ? undefined : Number((first + second).toFixed(7));
    return get(`${code}.8.0`, "kWh") ?? sum;
  };
  /** A meter that counts what is fed in tells that power, too: without it, the other one alone would be another. */
  const isTwoWay = [...entries.keys()].some((code) => /^2\.8\.\d$/.test(code));
  const difference = (to: number | undefined, from: number | undefined) =>
    to === undefined || (from === undefined && isTwoWay) ? undefined : Number((to - (from ?? 0)).toFixed(4));
  const readings: OutsideReading[] = [];
  const add = (quantity: string, value: number | undefined) => {
    if (value !== undefined) readings.push({ quantity, time: now, value });
  };
  add("power", get("16.7.0", "W") ?? difference(get("1.7.0", "W"), get("2.7.0", "W")));
  add("import_energy", total(1));
  add("export_energy", total(2));
  for (const tariff of [1, 2]) {
    add(`import_energy_t${tariff}`, get(`1.8.${tariff}`, "kWh"));
    add(`export_energy_t${tariff}`, get(`2.8.${tariff}`, "kWh"));
  }
  if (phases)
    for (const phase of [1, 2, 3]) {
      const code = 20 * phase;
      const both = difference(get(`${code + 1}.7.0`, "W"), get(`${code + 2}.7.0`, "W"));
      add(`power_l${phase}`, get(`${code + 16}.7.0`, "W") ?? both);
      add(`voltage_l${phase}`, get(`${code + 12}.7.0`, "V"));
      add(`current_l${phase}`, get(`${code + 11}.7.0`, "A"));
    }
  return readings;
}

/** By `C.D.E` of the codes 1-0:C.D.E. */
function entriesOf(frame: Uint8Array): Map<string, Entry> {
  let messages: Value[];
  try {
    messages = valuesIn(frame);
  } catch (cause) {
    throw new Failure("changed_shape", "The meter's transmission is whole, and cannot be read", { cause });
  }
  const entries = new Map<string, Entry>();
  for (const message of messages) {
    const [tag, body] = itemsOf(itemsOf(message)[3]);
    if (tag?.kind !== "number" || tag.value !== GET_LIST) continue;
    const [, server, , , list] = itemsOf(body);
    const rows = itemsOf(list).map(itemsOf);
    const hasWrongSigns = [server, ...rows.map(([, , , , , value]) => value)].some(isOfWrongSigns);
    for (const row of rows) {
      const entry = entryOf(row, hasWrongSigns);
      if (entry && !entries.has(entry.code)) entries.set(entry.code, entry);
    }
  }
  if (entries.size === 0) throw new Failure("changed_shape", "The meter's transmission holds no values of it");
  return entries;
}

function entryOf(row: readonly Value[], hasWrongSigns: boolean): (Entry & { readonly code: string }) | undefined {
  const [name, , , unitCode, scaler, value] = row;
  if (name?.kind !== "bytes" || name.bytes.length !== 6 || value?.kind !== "number") return undefined;
  const [a, b, c, d, e] = name.bytes;
  if (a !== 1 || b !== 0 || unitCode?.kind !== "number") return undefined;
  const known = UNITS[String(unitCode.value)];
  if (!known) return undefined;
  const { unit, exponent } = known;
  // The first 16 or 24 bits of a positive number, sent as a signed one; negative ones are sent in four bytes there.
  const isWrong = hasWrongSigns && unit === "W" && value.signed && value.size < 4;
  const whole = isWrong ? BigInt.asUintN(8 * value.size, value.value) : value.value;
  const scale = exponent + (scaler?.kind === "number" ? Number(scaler.value) : 0);
  return { code: `${c}.${d}.${e}`, unit, value: Number(`${whole}e${scale}`) };
}

function isOfWrongSigns(value: Value | undefined): boolean {
  if (value?.kind !== "bytes" || value.bytes.length !== 10) return false;
  if (!DZG.every((byte, i) => value.bytes[i] === byte)) return false;
  const serial = Number.parseInt(Buffer.from(value.bytes.subarray(5)).toString("hex"), 16);
  return WRONG_SIGNS.some(([from, to]) => serial >= from && serial <= to);
}
