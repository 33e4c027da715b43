/** Calendars as they are answered when all is well: an hour, a whole day, and a weekly hour. Times are alike in every zone that is named. */

const EVENTS = {
  dentist: `BEGIN:VEVENT
UID:dentist@example.org
DTSTAMP:20261101T080000Z
DTSTART;TZID=Europe/Berlin:20261127T090000
DTEND;TZID=Europe/Berlin:20261127T100000
SUMMARY:Dentist
LOCATION:Main street 1
DESCRIPTION:Bring the card
STATUS:CONFIRMED
TRANSP:OPAQUE
SEQUENCE:1
END:VEVENT`,
  fair: `BEGIN:VEVENT
UID:fair@example.org
DTSTART;VALUE=DATE:20261128
DTEND;VALUE=DATE:20261129
SUMMARY:Fair
END:VEVENT`,
  yoga: `BEGIN:VEVENT
UID:yoga@example.org
DTSTART:20261126T170000Z
DTEND:20261126T180000Z
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Yoga
END:VEVENT`,
};
const calendar = (...events: readonly string[]) => `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
X-WR-CALNAME:Family
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
${events.join("\n")}
END:VCALENDAR
`;

const AT_HOME = { now: "2026-11-26T12:00:00Z", place: { timeZone: "Europe/Berlin", country: "DE" } };
/** They come out of all events together. */
const mayDiffer = ["busy", "occupancy"];

export const ICAL = {
  ...AT_HOME,
  mayDiffer,
  settings: { url: "https://calendar.example/home.ics" },
  texts: { calendar: calendar(EVENTS.dentist, EVENTS.fair, EVENTS.yoga) },
  nameOf: () => "calendar",
};

const multistatus = (...responses: readonly (readonly [href: string, props: string])[]) =>
  `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${responses
    .map(
      ([href, props]) =>
        `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`,
    )
    .join("")}</d:multistatus>`;
const object = (name: string, event: string): readonly [string, string] => [
  `/dav/cal/ann/family/${name}.ics`,
  `<d:getetag>"${name}"</d:getetag><c:calendar-data>${calendar(event)}</c:calendar-data>`,
];

export const CALDAV = {
  ...AT_HOME,
  mayDiffer,
  status: 207,
  settings: { url: "https://dav.example.org/dav/", username: "ann", password: "a secret one" },
  texts: {
    principal: multistatus([
      "/dav/",
      "<d:current-user-principal><d:href>/dav/p/ann/</d:href></d:current-user-principal>",
    ]),
    home: multistatus(["/dav/p/ann/", "<c:calendar-home-set><d:href>/dav/cal/ann/</d:href></c:calendar-home-set>"]),
    calendars: multistatus([
      "/dav/cal/ann/family/",
      '<d:displayname>Family</d:displayname><d:resourcetype><d:collection/><c:calendar/></d:resourcetype><c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set>',
    ]),
    reports: multistatus(["/dav/cal/ann/family/", "<d:supported-report-set/>"]),
    objects: multistatus(...Object.entries(EVENTS).map(([name, event]) => object(name, event))),
  },
  nameOf: ({ url, body }: { readonly url: URL; readonly body: string }) => {
    if (url.pathname.includes(".well-known")) return undefined;
    if (body.includes("current-user-principal")) return "principal";
    if (body.includes("calendar-home-set")) return "home";
    if (body.includes("supported-report-set")) return "reports";
    if (body.includes("calendar-query")) return "objects";
    return "calendars";
  },
};
