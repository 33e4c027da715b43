import { Failure } from "../../../../domain/failure.ts";
import type { Property } from "../lines.ts";
import { DAY_MS, UTC, type Wall, type Zone } from "./wall.ts";
import type { Zones } from "./zones.ts";

/** A time of a calendar: what the clocks of its zone show. */
export type Time = { readonly wall: Wall; readonly zone: Zone; readonly isDate: boolean };

const TIME = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?$/i;

/** undefined: it is none. A zone in it is left out. */
export function wallOf(value: string): Wall | undefined {
  const parts = TIME.exec(value.trim());
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // Years of two digits are other years to Date.UTC.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  // A leap second is the second after.
  if (hour > 24 || minute > 59 || second > 60) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** What it says counts, not what its parameters say it is: dates are written with `VALUE=DATE` and without. */
export function timesOf(property: Property, zones: Zones, fallback = zones.floating): Time[] {
  const { TZID: id } = property.parameters;
  return property.value.split(",").map((given) => {
    // Of a period, when it begins.
    const value = (given.split("/")[0] as string).trim();
    const wall = wallOf(value);
    if (wall === undefined) throw new Failure("bad_time", `${property.name} is no time`);
    if (/^\d{8}$/.test(value)) return { wall, zone: zones.floating, isDate: true };
    if (/z$/i.test(value)) return { wall, zone: UTC, isDate: false };
    const zone = id === undefined || id === "" ? fallback : zones.named(id);
    if (!zone) throw new Failure("unknown_zone", `${property.name} is in a time zone that nobody describes: ${id}`);
    return { wall, zone, isDate: false };
  });
}

const DURATION = /^([+-])?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;

/** Days are those of the calendar, the rest is as long as it is. undefined: it is none. */
export function durationOf(value: string): { readonly daysMs: number; readonly exactMs: number } | undefined {
  const parts = DURATION.exec(value.trim());
  if (!parts || parts[1] === "-") return undefined;
  const [weeks, days, hours, minutes, seconds] = parts.slice(2).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { daysMs: (weeks * 7 + days) * DAY_MS, exactMs: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}
