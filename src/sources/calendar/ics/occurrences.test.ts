import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../../domain/failure.ts";
import { microsFromRfc3339, microsToRfc3339 } from "../../../domain/time/time.ts";
import { readCalendar } from "./occurrences.ts";

const calendar = (...lines: readonly string[]) => `BEGIN:VCALENDAR\r\n${lines.join("\r\n")}\r\nEND:VCALENDAR\r\n`;
const event = (...lines: readonly string[]) => ["BEGIN:VEVENT", ...lines, "END:VEVENT"].join("\r\n");

async function read(text: string, from = "2026-01-01", to = "2027-01-01", timeZone = "Europe/Amsterdam") {
  const read = await readCalendar({
    texts: [text],
    window: {
      from: microsFromRfc3339(`${from}T00:00:00Z`) as number,
      to: microsFromRfc3339(`${to}T00:00:00Z`) as number,
    },
    timeZone,
  });
  const short = (time: number) => microsToRfc3339(time).slice(5, 16);
  return { ...read, times: read.occurrences.map(({ start, end }) => `${short(start)}/${short(end)}`) };
}

test("an event whose ends are in different zones lasts as long as it does", async () => {
  const flight = event(
    "UID:flight",
    "DTSTART;TZID=Europe/Amsterdam:20260601T100000",
    "DTEND;TZID=America/New_York:20260601T120000",
    "RRULE:FREQ=MONTHLY;COUNT=7",
  );
  const { times } = await read(calendar(flight));
  assert.equal(times[0], "06-01T08:00/06-01T16:00");
  assert.equal(times[6], "12-01T09:00/12-01T17:00");
});

test("a night shift ends by the clock on the nights of a change, an event given by its length does not", async () => {
  const shift = event(
    "UID:shift",
    "DTSTART;TZID=Europe/Amsterdam:20260327T220000",
    "DTEND;TZID=Europe/Amsterdam:20260328T060000",
    "RRULE:FREQ=DAILY;COUNT=3",
  );
  assert.deepEqual((await read(calendar(shift))).times, [
    "03-27T21:00/03-28T05:00",
    "03-28T21:00/03-29T04:00",
    "03-29T20:00/03-30T04:00",
  ]);
  const timed = event("UID:timed", "DTSTART;TZID=Europe/Amsterdam:20260328T220000", "DURATION:PT8H");
  assert.deepEqual((await read(calendar(timed))).times, ["03-28T21:00/03-29T05:00"]);
  const days = event("UID:days", "DTSTART;TZID=Europe/Amsterdam:20260328T220000", "DURATION:P1DT1H");
  assert.deepEqual((await read(calendar(days))).times, ["03-28T21:00/03-29T21:00"]);
});

test("what takes place in an hour that is left out does so after it; one that comes twice is the first", async () => {
  const daily = event(
    "UID:a",
    "DTSTART;TZID=Europe/Amsterdam:20260328T023000",
    "DURATION:PT15M",
    "RRULE:FREQ=DAILY;COUNT=3",
  );
  assert.deepEqual((await read(calendar(daily))).times, [
    "03-28T01:30/03-28T01:45",
    "03-29T01:30/03-29T01:45",
    "03-30T00:30/03-30T00:45",
  ]);
  const twice = event("UID:b", "DTSTART;TZID=Europe/Amsterdam:20261025T023000", "DURATION:PT15M");
  assert.deepEqual((await read(calendar(twice))).times, ["10-25T00:30/10-25T00:45"]);
});

test("exceptions come as lists, as dates of a timed event, and in another zone than the event's", async () => {
  const daily = (...exceptions: string[]) =>
    calendar(
      event("UID:a", "DTSTART;TZID=Europe/Amsterdam:20260105T090000", "RRULE:FREQ=DAILY;COUNT=6", ...exceptions),
    );
  const days = async (text: string) => (await read(text)).times.map((time) => time.slice(3, 5));
  assert.deepEqual(await days(daily("EXDATE;TZID=Europe/Amsterdam:20260106T090000,20260107T090000")), [
    "05",
    "08",
    "09",
    "10",
  ]);
  assert.deepEqual(await days(daily("EXDATE;VALUE=DATE:20260106", "EXDATE;VALUE=DATE:20260108,20260109")), [
    "05",
    "07",
    "10",
  ]);
  assert.deepEqual(await days(daily("EXDATE:20260106T080000Z", "EXDATE;TZID=America/New_York:20260107T030000")), [
    "05",
    "08",
    "09",
    "10",
  ]);
  // Without a zone it is in the event's.
  assert.deepEqual(await days(daily("EXDATE:20260110T090000")), ["05", "06", "07", "08", "09"]);
  const whole = event(
    "UID:b",
    "DTSTART;VALUE=DATE:20260105",
    "RRULE:FREQ=DAILY;COUNT=4",
    "EXDATE:20260106T000000Z,20260107",
  );
  assert.deepEqual(
    (await read(calendar(whole))).occurrences.map(({ dates }) => dates?.from),
    ["2026-01-05", "2026-01-08"],
  );
});

test("a whole-day occurrence that was moved is where it was moved to, and nowhere else", async () => {
  const text = calendar(
    event("UID:bins", "DTSTART;VALUE=DATE:20260105", "RRULE:FREQ=WEEKLY;COUNT=3", "SUMMARY:Bins"),
    event("UID:bins", "RECURRENCE-ID;VALUE=DATE:20260112", "DTSTART;VALUE=DATE:20260113", "SUMMARY:Bins, a day later"),
  );
  const { occurrences } = await read(text);
  assert.deepEqual(
    occurrences.map(({ dates, recurrence, summary }) => [dates?.from, recurrence, summary]),
    [
      ["2026-01-05", "2026-01-05", "Bins"],
      ["2026-01-13", "2026-01-12", "Bins, a day later"],
      ["2026-01-19", "2026-01-19", "Bins"],
    ],
  );
});

test("an occurrence that was cancelled is told as such, and one that was changed for all after it changes those", async () => {
  const weekly = event(
    "UID:a",
    "DTSTART:20260105T090000Z",
    "DTEND:20260105T100000Z",
    "RRULE:FREQ=WEEKLY;COUNT=5",
    "SUMMARY:Choir",
  );
  const cancelled = event("UID:a", "RECURRENCE-ID:20260112T090000Z", "DTSTART:20260112T090000Z", "STATUS:CANCELLED");
  const later = event(
    "UID:a",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20260126T090000Z",
    "DTSTART:20260127T180000Z",
    "DTEND:20260127T200000Z",
    "SUMMARY:Choir, evenings",
  );
  const { occurrences, times } = await read(calendar(later, weekly, cancelled));
  assert.deepEqual(times, [
    "01-05T09:00/01-05T10:00",
    "01-12T09:00/01-12T09:00",
    "01-19T09:00/01-19T10:00",
    "01-27T18:00/01-27T20:00",
    "02-03T18:00/02-03T20:00",
  ]);
  assert.deepEqual(
    occurrences.map(({ status }) => status === "cancelled"),
    [false, true, false, false, false],
  );
  assert.deepEqual(
    [occurrences[4]?.summary, occurrences[4]?.recurrence],
    ["Choir, evenings", "2026-02-02T09:00:00.000000Z"],
  );
});

test("a changed occurrence whose event is not in the feed is told by itself", async () => {
  const { times } = await read(calendar(event("UID:a", "RECURRENCE-ID:20260112T090000Z", "DTSTART:20260113T090000Z")));
  assert.deepEqual(times, ["01-13T09:00/01-13T09:00"]);
});

test("further dates come beside a rule, once", async () => {
  const { times } = await read(
    calendar(
      event(
        "UID:a",
        "DTSTART:20260105T090000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=2",
        "RDATE:20260106T090000Z,20260110T090000Z",
        "RDATE;VALUE=PERIOD:20260112T090000Z/PT2H",
      ),
    ),
  );
  assert.deepEqual(
    times.map((time) => time.slice(0, 8)),
    ["01-05T09", "01-06T09", "01-10T09", "01-12T09"],
  );
});

test("what began before the window and lasts into it is told, and what ended before it is not", async () => {
  const text = calendar(
    event("UID:long", "DTSTART;VALUE=DATE:20251201", "DTEND;VALUE=DATE:20260201"),
    event("UID:weekly", "DTSTART:20200106T120000Z", "DTEND:20200109T120000Z", "RRULE:FREQ=WEEKLY"),
    event("UID:over", "DTSTART:20260106T100000Z", "DTEND:20260107T000000Z"),
  );
  const { occurrences } = await read(text, "2026-01-07", "2026-01-08");
  assert.deepEqual(
    occurrences.map(({ uid }) => uid),
    ["long", "weekly"],
  );
});

test("a whole day is a day of the home's zone, also where that has no midnight", async () => {
  const text = calendar(event("UID:a", "DTSTART;VALUE=DATE:20260906", "SUMMARY:Election"));
  for (const [zone, from, to] of [
    ["Pacific/Auckland", "09-05T12:00", "09-06T12:00"],
    ["America/Los_Angeles", "09-06T07:00", "09-07T07:00"],
    // Its clocks go from 24:00 to 01:00.
    ["America/Santiago", "09-06T04:00", "09-07T03:00"],
  ])
    assert.deepEqual((await read(text, "2026-09-01", "2026-10-01", zone)).times, [`${from}/${to}`], zone);
});

test("a zone that nobody describes costs its events, and is told without what they are about", async () => {
  const text = calendar(
    event("UID:a", "DTSTART;TZID=Somewhere/Else:20260105T090000", "SUMMARY:Secret"),
    event("UID:b", "DTSTART:20260105T090000Z"),
    event("UID:c", "SUMMARY:Secret too"),
    event("UID:d", "DTSTART:20261305T090000Z"),
  );
  const { occurrences, problems } = await read(text);
  assert.deepEqual(
    occurrences.map(({ uid }) => uid),
    ["b"],
  );
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["unknown_zone", "bad_time", "bad_time"],
  );
  assert.doesNotMatch(JSON.stringify(problems), /Secret/);
});

test("a described zone from the year 1 has its offset; one with a prefix, and X-LIC-LOCATION, are the named ones", async () => {
  const zone = (id: string, ...lines: string[]) =>
    ["BEGIN:VTIMEZONE", `TZID:${id}`, ...lines, "END:VTIMEZONE"].join("\r\n");
  const standard = [
    "BEGIN:STANDARD",
    "DTSTART:00010101T000000",
    "TZOFFSETFROM:+0530",
    "TZOFFSETTO:+0530",
    "END:STANDARD",
  ];
  const text = calendar(
    zone("Mine", ...standard),
    zone("Outlook", "X-LIC-LOCATION:Europe/Berlin", ...standard),
    event("UID:a", "DTSTART;TZID=Mine:20260701T090000"),
    event("UID:b", "DTSTART;TZID=Outlook:20260702T090000"),
    event("UID:c", "DTSTART;TZID=/example.org/20050126_1/Europe/Berlin:20260703T090000"),
    event("UID:d", 'DTSTART;TZID="Tasmania Standard Time":20260704T090000'),
    event("UID:e", 'DTSTART;TZID="tzone://Microsoft/Utc":20260705T090000'),
  );
  const { times, problems } = await read(text);
  assert.deepEqual(
    times.map((time) => time.slice(0, 11)),
    ["07-01T03:30", "07-02T07:00", "07-03T07:00", "07-03T23:00", "07-05T09:00"],
  );
  assert.deepEqual(problems, []);
});

test("a described zone changes its clocks when its rules say, in both halves of the earth", async () => {
  const rules = (name: string, at: string, from: string, to: string, rule: string) => [
    `BEGIN:${name}`,
    `DTSTART:${at}`,
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    `RRULE:${rule}`,
    `END:${name}`,
  ];
  const text = (south: boolean) =>
    calendar(
      "BEGIN:VTIMEZONE",
      "TZID:Mine",
      ...(south
        ? [
            ...rules("STANDARD", "16010101T030000", "+1100", "+1000", "FREQ=YEARLY;BYDAY=1SU;BYMONTH=4"),
            ...rules("DAYLIGHT", "16010101T020000", "+1000", "+1100", "FREQ=YEARLY;BYDAY=1SU;BYMONTH=10"),
          ]
        : [
            ...rules("STANDARD", "16010101T030000", "+0200", "+0100", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
            ...rules("DAYLIGHT", "16010101T020000", "+0100", "+0200", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"),
          ]),
      "END:VTIMEZONE",
      event("UID:a", "DTSTART;TZID=Mine:20260101T013000", "RRULE:FREQ=WEEKLY;COUNT=52"),
      // Every half hour of the nights in which the clocks of either are set.
      ...["20260329", "20261025", "20260405", "20261004"].map((day) =>
        event(`UID:${day}`, `DTSTART;TZID=Mine:${day}T000000`, "RRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=10"),
      ),
    );
  for (const [south, name] of [
    [false, "Europe/Berlin"],
    [true, "Australia/Sydney"],
  ] as const) {
    const named = text(south).replaceAll("DTSTART;TZID=Mine", `DTSTART;TZID=${name}`);
    assert.deepEqual((await read(text(south))).times, (await read(named)).times, name);
  }
});

test("what is no calendar is a failure; one that is broken or cut off gives what it holds", async () => {
  for (const text of ["", "<html><body>Sign in</body></html>", '{"a":1}', "BEGIN:VCARD\nEND:VCARD"])
    await assert.rejects(read(text), (error) => error instanceof Failure && error.code === "no_calendar", text);
  const good = event("UID:a", "DTSTART:20260105T090000Z");
  for (const text of [
    `BEGIN:VCALENDAR\n${good}`,
    `\uFEFFBEGIN:VCALENDAR\n${good}\nEND:VCALENDAR`,
    calendar("garbage", "X-WR-CALNAME", good, "BEGIN:VEVENT"),
    calendar("BEGIN:VEVENT", "UID:open", good),
    calendar(event("UID:a", "DTSTART:20260105T090000Z", "BEGIN:VALARM", "TRIGGER:-PT5M", "DTSTART:20270101T000000Z")),
    calendar(good).toLowerCase().replace("20260105t090000z", "20260105T090000Z"),
  ])
    assert.deepEqual((await read(text)).times, ["01-05T09:00/01-05T09:00"], text);
});

test("a calendar of any size is cut at 5,000 events, and says so; long texts are cut", async () => {
  const hourly = event("UID:a", "DTSTART:20260101T000000Z", "RRULE:FREQ=HOURLY", `DESCRIPTION:${"word ".repeat(1000)}`);
  const { occurrences, problems } = await read(calendar(hourly));
  assert.equal(occurrences.length, 5_000);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["too_many"],
  );
  assert.equal(occurrences[0]?.description?.length, 2_001);
});

test("a line that is made to be slow to read is read at once", async () => {
  const slow = [`X-A;B=${",".repeat(50_000)}`, `X-B;${"C=,,,,,,,,,,;".repeat(2_000)}`, `X-C;D="${'"'.repeat(20_000)}`];
  assert.deepEqual((await read(calendar(...slow, event("UID:a", "DTSTART:20260105T090000Z")))).times.length, 1);
});

test("of a described zone whose rules of several eras do not end, each holds until the next of its kind", async () => {
  const rules = (name: string, at: string, from: string, to: string, rule: string) => [
    `BEGIN:${name}`,
    `DTSTART:${at}`,
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    `RRULE:FREQ=YEARLY;${rule}`,
    `END:${name}`,
  ];
  const text = calendar(
    "BEGIN:VTIMEZONE",
    "TZID:Mine",
    ...rules("STANDARD", "16711029T020000", "-0400", "-0500", "BYDAY=-1SU;BYMONTH=10"),
    ...rules("DAYLIGHT", "16710404T020000", "-0500", "-0400", "BYDAY=1SU;BYMONTH=4"),
    ...rules("STANDARD", "20071104T020000", "-0400", "-0500", "BYDAY=1SU;BYMONTH=11"),
    ...rules("DAYLIGHT", "20070311T020000", "-0500", "-0400", "BYDAY=2SU;BYMONTH=3"),
    "END:VTIMEZONE",
    // Between the ends of summer of the two eras.
    event("UID:a", "DTSTART;TZID=Mine:20261028T090000"),
    event("UID:b", "DTSTART;TZID=Mine:20261103T090000"),
  );
  assert.deepEqual(
    (await read(text)).times.map((time) => time.slice(0, 11)),
    ["10-28T13:00", "11-03T14:00"],
  );
});

test("a recurrence that ends on a date has its last occurrence on that day", async () => {
  const timed = event("UID:a", "DTSTART;TZID=Europe/Amsterdam:20260105T230000", "RRULE:FREQ=DAILY;UNTIL=20260107");
  assert.equal((await read(calendar(timed))).times.length, 3);
  const whole = event("UID:b", "DTSTART;VALUE=DATE:20260105", "RRULE:FREQ=DAILY;UNTIL=20260107T000000Z");
  assert.equal((await read(calendar(whole))).times.length, 3);
});
