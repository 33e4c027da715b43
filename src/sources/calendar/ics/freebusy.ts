import type { Occurrence } from "../../../domain/outside/occurrence.ts";
import type { Window } from "../../../domain/time/time.ts";
import { type Component, propertiesOf } from "./lines.ts";
import { durationOf, timesOf } from "./time/values.ts";
import type { Zones } from "./time/zones.ts";

/** What somebody publishes of their time without saying what it is: `FREEBUSY` periods, each as a nameless event. */
export function freeBusyOf(
  component: Component,
  { calendar, zones, window }: { calendar: string; zones: Zones; window: Window },
): Occurrence[] {
  return propertiesOf(component, "FREEBUSY").flatMap((property) => {
    const type = property.parameters.FBTYPE?.toUpperCase() ?? "BUSY";
    if (type === "FREE") return [];
    return property.value.split(",").flatMap((period): Occurrence[] => {
      const [from = "", to = ""] = period.split("/");
      const instantOf = (value: string) => {
        const [time] = timesOf({ ...property, value }, zones);
        return time ? time.zone.instant(time.wall) * 1000 : 0;
      };
      const start = instantOf(from);
      const duration = durationOf(to);
      const end = duration ? start + (duration.daysMs + duration.exactMs) * 1000 : instantOf(to);
      if (start >= window.to || end <= window.from) return [];
      const nameless = { uid: null, recurrence: null, dates: null, summary: null, location: null, description: null };
      return [
        {
          calendar,
          ...nameless,
          start,
          end,
          status: type.endsWith("TENTATIVE") ? "tentative" : "confirmed",
          busy: true,
        },
      ];
    });
  });
}
