import { Failure } from "../../../domain/failure.ts";
import { type Component, propertiesOf, propertyOf, textOf } from "./lines.ts";
import { durationOf, type Time, timesOf } from "./time/values.ts";
import { DAY_MS } from "./time/wall.ts";
import type { Zones } from "./time/zones.ts";

/** An event as a calendar holds it: what recurs, one of its occurrences that was moved, or a single one. */
export type Event = {
  readonly uid: string | null;
  readonly sequence: number;
  /** Of two with one sequence, the later one counts; 0 where it does not say. */
  readonly written: number;
  readonly start: Time;
  readonly lasts: Lasts;
  readonly rule: string | null;
  readonly more: readonly Time[];
  readonly except: readonly Time[];
  /** Which occurrence it stands for, and whether for those after it too. */
  readonly stands: { readonly for: Time; readonly andAfter: boolean } | null;
  readonly told: {
    readonly summary: string | null;
    readonly location: string | null;
    readonly description: string | null;
    readonly status: "confirmed" | "tentative" | "cancelled";
    readonly busy: boolean;
  };
};

/** `wallMs` by the clocks of its zone, then `exactMs` as long as it is. */
export type Lasts = { readonly wallMs: number; readonly exactMs: number };

/** Of what is kept of an event. */
const MOST_TITLE = 500;
const MOST_DESCRIPTION = 2_000;

/** @throws Failure `bad_time`, `unknown_zone` */
export function readEvent(component: Component, zones: Zones): Event {
  const times = (name: string, fallback?: Time): Time[] =>
    propertiesOf(component, name).flatMap((property) => timesOf(property, zones, fallback?.zone));
  const text = (name: string, most: number): string | null => {
    const value = textOf(propertyOf(component, name)?.value ?? "").trim();
    return value === "" ? null : value.length > most ? `${value.slice(0, most).toWellFormed()}…` : value;
  };
  const [start] = times("DTSTART");
  if (!start) throw new Failure("bad_time", "It does not say when it begins");
  const [standsFor] = times("RECURRENCE-ID", start);
  const status = propertyOf(component, "STATUS")?.value.trim().toLowerCase();
  return {
    uid: text("UID", MOST_TITLE),
    sequence: Number.parseInt(propertyOf(component, "SEQUENCE")?.value ?? "0", 10) || 0,
    written: writtenAt(component, zones),
    start,
    lasts: lastsOf(component, start, times("DTEND")[0]),
    rule: propertyOf(component, "RRULE")?.value ?? null,
    more: times("RDATE", start),
    except: times("EXDATE", start),
    stands: standsFor
      ? {
          for: standsFor,
          andAfter: propertyOf(component, "RECURRENCE-ID")?.parameters.RANGE?.toUpperCase() === "THISANDFUTURE",
        }
      : null,
    told: {
      summary: text("SUMMARY", MOST_TITLE),
      location: text("LOCATION", MOST_TITLE),
      description: text("DESCRIPTION", MOST_DESCRIPTION),
      status: status === "tentative" || status === "cancelled" ? status : "confirmed",
      busy: propertyOf(component, "TRANSP")?.value.trim().toUpperCase() !== "TRANSPARENT",
    },
  };
}

/**
 * Where both ends are in one zone, what lies between them is counted by its clocks: a night shift ends at six in the
 * night of a change too. What ends before it begins lasts no time.
 */
function lastsOf(component: Component, start: Time, end: Time | undefined): Lasts {
  if (end) {
    if (start.isDate) return { wallMs: Math.max(DAY_MS, end.wall - start.wall), exactMs: 0 };
    if (start.zone === end.zone) return { wallMs: Math.max(0, end.wall - start.wall), exactMs: 0 };
    return { wallMs: 0, exactMs: Math.max(0, end.zone.instant(end.wall) - start.zone.instant(start.wall)) };
  }
  const duration = durationOf(propertyOf(component, "DURATION")?.value ?? "");
  if (start.isDate) return { wallMs: Math.max(DAY_MS, duration?.daysMs ?? 0), exactMs: 0 };
  return { wallMs: duration?.daysMs ?? 0, exactMs: duration?.exactMs ?? 0 };
}

function writtenAt(component: Component, zones: Zones): number {
  const property = propertyOf(component, "LAST-MODIFIED") ?? propertyOf(component, "DTSTAMP");
  try {
    const [time] = property ? timesOf(property, zones) : [];
    return time ? time.zone.instant(time.wall) : 0;
  } catch {
    return 0;
  }
}
