import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { CalendarFacts } from "../../domain/outside/occurrence.ts";
import type { Provider } from "../source.ts";
import { answered, windowAt } from "./answered.ts";
import { readCalendar } from "./ics/occurrences.ts";
import { COMMON_ENTRIES } from "./settings.ts";

const settings = v.strictObject({
  url: v.pipe(
    v.string(),
    v.trim(),
    v.regex(/^(?:webcals?|https?):\/\/\S+$/i, "is no address that begins with https:// or webcal://"),
    v.title("Address"),
    v.description("The calendar's iCal address (.ics), such as the secret address of a Google calendar."),
    v.metadata({ secret: true }),
  ),
  name: v.optional(
    v.pipe(v.string(), v.trim(), v.maxLength(100, "is too long"), v.title("Name"), v.description("Else its own.")),
  ),
  holidays: v.pipe(
    v.optional(v.boolean(), false),
    v.title("Public holidays"),
    v.description("The whole days of this calendar are public holidays."),
  ),
  ...COMMON_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

const MOST_BYTES = 10_000_000;
const NO_CALENDAR_FIX =
  "Use the address of the calendar's file, not that of its page; it often ends in .ics and needs no login.";

/** Any calendar that is published as a file: Google, Outlook, iCloud, Nextcloud, a club's or a school's. */
export const icsUrl: Provider<Settings, CalendarFacts> = {
  id: "ics",
  kind: "calendar",
  name: "iCal address",
  homepage: "https://www.rfc-editor.org/rfc/rfc5545",
  attribution: "",
  settings,
  worksUnset: false,
  // Of all such calendars together: every one has a host of its own.
  limits: [{ calls: 600, perMs: 3_600_000 }],
  everyMs: 15 * 60_000,
  tooOldMs: 24 * 3_600_000,
  async read(needs) {
    const { ask, settings: given, place, now } = needs;
    const text = await ask({
      url: given.url.replace(/^webcals?:/i, "https:"),
      as: "text",
      schema: v.string(),
      secret: true,
      mostBytes: MOST_BYTES,
    }).catch((error: unknown) => {
      if (!(error instanceof Failure) || error.code !== "unexpected_status") throw error;
      throw new Failure(error.code, error.message, { fix: NO_CALENDAR_FIX, cause: error });
    });
    const { timeZone } = place.calendar;
    const of = given.name === undefined || given.name === "" ? {} : { calendar: given.name };
    const read = await readCalendar({ texts: [text], ...of, window: windowAt(now, place.calendar), timeZone }).catch(
      (error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        throw new Failure(error.code, "What is at this address is no calendar", { fix: NO_CALENDAR_FIX, cause: error });
      },
    );
    const name = of.calendar ?? read.name ?? "calendar";
    return answered(needs, [{ ...read, id: "ics", name, holidays: given.holidays }]);
  },
};
