import { isTimeZone } from "../../../../domain/time/calendar.ts";
import { type Component, propertyOf, textOf } from "../lines.ts";
import { describedZone } from "./vtimezone.ts";
import { ianaZone, UTC, type Zone } from "./wall.ts";
import { windowsZone } from "./windows-zones.ts";

/** The zones of one calendar. */
export type Zones = {
  /** Of times without a zone: the calendar's own, else the home's. */
  readonly floating: Zone;
  /** undefined: nobody says what it is. */
  named(id: string): Zone | undefined;
};

/** @param described the calendar's `VTIMEZONE` components */
export function createZones(needs: {
  readonly described: readonly Component[];
  readonly own: string | undefined;
  readonly home: string;
}): Zones {
  const described = new Map(needs.described.map((zone) => [idOf(propertyOf(zone, "TZID")?.value ?? ""), zone]));
  const found = new Map<string, Zone | undefined>();
  const find = (id: string): Zone | undefined => {
    const zone = described.get(id);
    const name = ianaName(id) ?? (zone && ianaName(idOf(propertyOf(zone, "X-LIC-LOCATION")?.value ?? "")));
    if (name !== undefined) return name === "UTC" ? UTC : ianaZone(name);
    if (zone) return describedZone(zone);
    const shown = shownName(id);
    return shown === undefined ? undefined : ianaZone(shown);
  };
  const named = (given: string): Zone | undefined => {
    const id = idOf(given);
    if (!found.has(id)) found.set(id, find(id));
    return found.get(id);
  };
  return { named, floating: (needs.own === undefined ? undefined : named(needs.own)) ?? ianaZone(needs.home) };
}

const idOf = (value: string): string => textOf(value).trim().replace(/^"|"$/g, "");

/** tz database's own name, one with a prefix (`/example.org/20050126_1/Europe/Berlin`), or Windows'. */
function ianaName(id: string): string | undefined {
  if (id === "") return undefined;
  if (/(?:^|\/)(?:Z|UTC|GMT)$/i.test(id)) return "UTC";
  const windows = windowsZone(id);
  if (windows !== undefined) return windows;
  const parts = id.split("/");
  for (let from = 0; from < Math.min(parts.length, 5); from++) {
    const name = parts.slice(from).join("/");
    // Intl takes offsets for zones too, which are none that anybody keeps.
    if (/^[A-Za-z]/.test(name) && (parts.length - from > 1 || from === 0) && isTimeZone(name)) return name;
  }
  return undefined;
}

/**
 * What Windows shows in place of a zone's name: `(UTC-05:00) Eastern Time (US & Canada)`, or cities. Only a city that
 * is a zone's own, and that has this offset in winter or summer, says which it is.
 */
function shownName(id: string): string | undefined {
  const parts = /^\((?:UTC|GMT)(?:([+-])(\d{2}):?(\d{2}))?\)\s*(.+)$/.exec(id);
  if (!parts) return undefined;
  const [, sign, hours, minutes, names = ""] = parts;
  const american = /^(\w+) Time \(US & Canada\)$/.exec(names);
  if (american) return windowsZone(`${american[1]} Standard Time`);
  const offset = (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  for (const city of names.split(",")) {
    const name = cities().get(city.trim().replaceAll(" ", "_").toLowerCase());
    if (name !== undefined && hasOffset(name, offset)) return name;
  }
  return undefined;
}

const hasOffset = (name: string, offset: number): boolean =>
  [0, 6].some((month) => {
    const time = Date.UTC(2026, month, 1);
    return ianaZone(name).wall(time) - time === offset;
  });

let byCity: ReadonlyMap<string, string> | undefined;
function cities(): ReadonlyMap<string, string> {
  byCity ??= new Map(
    Intl.supportedValuesOf("timeZone").map((name) => [(name.split("/").at(-1) as string).toLowerCase(), name]),
  );
  return byCity;
}
