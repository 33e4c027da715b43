import { createAccount, type DAVAccount, type DAVCalendar, fetchCalendarObjects, fetchCalendars } from "tsdav";
import * as v from "valibot";
import { Failure } from "../../domain/failure.ts";
import type { CalendarFacts } from "../../domain/outside/occurrence.ts";
import type { Window } from "../../domain/time/time.ts";
import type { Ask, Provider, Request } from "../source.ts";
import { answered, type CalendarRead, windowAt } from "./answered.ts";
import { readCalendar } from "./ics/occurrences.ts";
import { COMMON_ENTRIES } from "./settings.ts";

const names = v.array(v.pipe(v.string(), v.trim(), v.minLength(1, "is empty"), v.maxLength(200, "is too long")));

const settings = v.strictObject({
  url: v.pipe(
    v.string(),
    v.trim(),
    v.regex(/^https?:\/\/\S+$/i, "is no address that begins with https://"),
    v.title("Address"),
    v.description(
      "Of the server: https://caldav.icloud.com, https://caldav.fastmail.com, a Nextcloud's /remote.php/dav.",
    ),
  ),
  username: v.pipe(v.string(), v.minLength(1, "is empty"), v.title("User name")),
  password: v.pipe(
    v.string(),
    v.minLength(1, "is empty"),
    v.title("Password"),
    v.description("Where the provider has app passwords (iCloud, Fastmail, Nextcloud), make one for this."),
    v.metadata({ secret: true }),
  ),
  calendars: v.pipe(
    v.optional(names, []),
    v.title("Calendars"),
    v.description("By their names; none: all of the account."),
  ),
  holiday_calendars: v.pipe(
    v.optional(names, []),
    v.title("Public holidays"),
    v.description("Those whose whole days are public holidays."),
  ),
  ...COMMON_ENTRIES,
});
type Settings = v.InferOutput<typeof settings>;

const MOST_BYTES = 10_000_000;
const MOST_CALENDARS = 50;

/** An account on a CalDAV server; what is in its calendars is asked for by time and expanded here. */
export const caldav: Provider<Settings, CalendarFacts> = {
  id: "caldav",
  kind: "calendar",
  name: "CalDAV account",
  homepage: "https://www.rfc-editor.org/rfc/rfc4791",
  attribution: "",
  terms:
    "Google's calendars need a sign-in that this hub does not have: use Home Assistant's Google Calendar, or the calendar's secret iCal address.",
  settings,
  worksUnset: false,
  // A read is about eight calls, and three for each calendar.
  limits: [{ calls: 1_000, perMs: 3_600_000 }],
  everyMs: 15 * 60_000,
  tooOldMs: 24 * 3_600_000,
  async read(needs) {
    const { settings: given, place, now } = needs;
    const dav = davThrough(needs.ask, given);
    const account: DAVAccount = await around(
      () => createAccount({ account: { serverUrl: given.url, accountType: "caldav" }, ...dav.options }),
      dav,
    );
    const all = await around(() => fetchCalendars({ account, ...dav.options }), dav);
    const wanted = all
      .filter((calendar) => (calendar.components ?? ["VEVENT"]).includes("VEVENT"))
      .filter((calendar) => given.calendars.length === 0 || given.calendars.includes(nameOf(calendar)))
      .slice(0, MOST_CALENDARS);
    const window = windowAt(now, place.calendar);
    const read: CalendarRead[] = [];
    for (const calendar of wanted) {
      const name = nameOf(calendar);
      const texts = await around(() => textsOf(calendar, window, dav), dav);
      const { occurrences, problems } = await readCalendar({
        texts,
        calendar: name,
        window,
        timeZone: place.calendar.timeZone,
      });
      const holidays = given.holiday_calendars.includes(name);
      read.push({ id: new URL(calendar.url).pathname, name, holidays, occurrences, problems });
    }
    const missing = given.calendars.filter((name) => !read.some((calendar) => calendar.name === name));
    const answer = answered(needs, read);
    const facts = answer.facts as CalendarFacts;
    const absent = missing.map((name) => ({
      calendar: name,
      code: "unknown_calendar",
      why: "The account has no calendar of this name",
    }));
    return { ...answer, facts: { ...facts, problems: [...facts.problems, ...absent] } };
  },
};

/** The client reads a name of figures as a number. */
function nameOf({ displayName, url }: { displayName?: unknown; url: string }): string {
  const name = ["string", "number", "boolean"].includes(typeof displayName) ? String(displayName).trim() : "";
  return name === "" ? new URL(url).pathname : name;
}

async function textsOf(calendar: DAVCalendar, window: Window, dav: Dav): Promise<string[]> {
  const iso = (time: number) => new Date(time / 1000).toISOString();
  const objects = await fetchCalendarObjects({
    calendar,
    timeRange: { start: iso(window.from), end: iso(window.to) },
    // What a server calls its objects is its own affair: not all end in .ics.
    urlFilter: () => true,
    useMultiGet: false,
    ...dav.options,
  });
  return objects.flatMap(({ data }) => (typeof data === "string" && data !== "" ? [data] : []));
}

type Dav = ReturnType<typeof davThrough>;

/** The client's `fetch`, asked through `ask`: so that what is asked is counted, capped, and kept from the log. */
function davThrough(ask: Ask, { url: home, username, password }: Pick<Settings, "url" | "username" | "password">) {
  let failure: Failure | undefined;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
  const through: typeof fetch = async (input, init = {}) => {
    const url = String(input);
    try {
      if (!isSameSite(new URL(url).hostname, new URL(home).hostname))
        throw new Failure(
          "unexpected_status",
          `The server sends us on to ${new URL(url).host}, which is not followed`,
          {
            fix: "If that is where the calendars are, use its address.",
          },
        );
      return await ask<Response>({
        url,
        method: (init.method ?? "GET") as NonNullable<Request<unknown>["method"]>,
        headers: { ...(init.headers as Record<string, string>), authorization },
        ...(typeof init.body === "string" ? { body: init.body } : {}),
        as: "text",
        schema: v.instance(Response),
        secret: true,
        mostBytes: MOST_BYTES,
        // What a server does not have is an answer to whoever looks for it; the rest are failures.
        onStatus: (status, text) =>
          status < 300 || status === 404 || status === 405 ? answer(status, text) : undefined,
        ...(init.redirect === "manual"
          ? { onRedirect: (to) => new Response(null, { status: 301, headers: { location: to } }) }
          : {}),
      });
    } catch (error) {
      if (error instanceof Failure) failure = error;
      throw error;
    }
  };
  return { options: { headers: {}, fetch: through }, failure: () => failure };
}

const answer = (status: number, text: string): Response => {
  const headers = { "content-type": /^\s*</.test(text) ? "application/xml" : "text/plain" };
  return new Response(status === 204 ? null : text, { status, headers });
};

/** Names of one owner, such as caldav.icloud.com and p42-caldav.icloud.com: the password goes to no other. */
function isSameSite(a: string, b: string): boolean {
  const siteOf = (host: string) => {
    const labels = host.toLowerCase().split(".");
    return labels.slice((labels.at(-2)?.length ?? 0) <= 3 ? -3 : -2).join(".");
  };
  return a.toLowerCase() === b.toLowerCase() || (/[a-z]$/i.test(a) && a.includes(".") && siteOf(a) === siteOf(b));
}

/** The client has words of its own for what failed, or none: what was answered says it better. */
async function around<T>(act: () => Promise<T>, dav: Dav): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw (
      dav.failure() ??
      new Failure("no_calendar", "The server at this address does not answer as a CalDAV server does", {
        fix: "Check the address: some servers want a path, such as Nextcloud's /remote.php/dav.",
        cause: error,
      })
    );
  }
}
