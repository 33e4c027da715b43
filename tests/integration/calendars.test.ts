import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as v from "valibot";
import { Failure } from "../../src/domain/failure.ts";
import { createCalendar } from "../../src/domain/time/calendar.ts";
import { createHttp } from "../../src/platform/http/http.ts";
import { systemClock } from "../../src/platform/time/clock.ts";
import { createAsk, type RawAnswer } from "../../src/sources/asking/ask.ts";
import { caldav } from "../../src/sources/calendar/caldav.ts";
import { readCalendar } from "../../src/sources/calendar/ics/occurrences.ts";
import { expandRule } from "../../src/sources/calendar/ics/rule.ts";
import { wallOf } from "../../src/sources/calendar/ics/time/values.ts";
import { ianaZone } from "../../src/sources/calendar/ics/time/wall.ts";
import { eventually } from "../support/eventually.ts";
import { asked } from "../support/outside/asked.ts";
import { recordedAreAbsent, recordedFile } from "../support/outside/recorded.ts";
import { calendarTools } from "../support/tools/calendar-tools.ts";

/** What others make of the same calendars: python-dateutil, recurring-ical-events, and a CalDAV server, Radicale. */
const ROOT = join(import.meta.dirname, "../..");
const tools = await calendarTools();
const skip = typeof tools === "string" ? tools : false;
const python = async (given: readonly string[], input?: string): Promise<unknown> => {
  if (typeof tools === "string") throw new Error(tools);
  const { code, text } = await tools.python(given, input === undefined ? {} : { input });
  assert.equal(code, 0, text);
  return JSON.parse(text);
};
const scratch = mkdtempSync(join(tmpdir(), "calendars-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const seconds = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");

test("every rule of the table recurs as python-dateutil says, 40 times", { skip }, async (t) => {
  type Row = { name: string; start: string; zone: string; rule: string; first: string[] };
  const table = JSON.parse(
    readFileSync(join(ROOT, "src/sources/calendar/cases/recurrences.json"), "utf8"),
  ) as readonly Row[];
  const rows = table.map(({ name, start, zone, rule }) => [name, start, zone, rule]);
  const script = join(ROOT, "tests/integration/calendars/recurrences.py");
  const counted = (await python([script, "40"], JSON.stringify(rows))) as string[][];
  const wall = (text: string) => wallOf(text) as number;
  for (const [index, { name, start, zone: id, rule, first }] of table.entries()) {
    const zone = ianaZone(id);
    const own = expandRule({ start: wall(start), rule, from: 0, to: wall("21000101"), until: zone.wall });
    const told = own.slice(0, 40).map((at) => seconds(zone.instant(at)));
    assert.deepEqual(told, counted[index], `${name}: ${rule}`);
    assert.deepEqual(first, counted[index]?.slice(0, 12), `${name}: the table itself`);
  }
  t.diagnostic(`${table.length} rules, ${counted.flat().length} occurrences`);
});

/** Recorded feeds of which recurring-ical-events makes something else, and why what is ours is right. */
const DIFFERENT: { readonly [file: string]: string } = {
  "Office-2012-owa": "it takes a quoted Windows zone for no zone",
  "daily-count-exdate-recurrence-id":
    "an event that ends before it begins is turned round there, and has no length here",
  mm_12_events: "a whole day that ends on its own day has no length there",
  ms_timezones: "an event whose quotes end too late is lost there",
  "non-utc-until-ny": "an end without a zone is taken for UTC there, and the last day lost",
  "tv-show-episode": "of two events with one UID it keeps the first",
  "vfreebusy-zimbra": "it reads no VFREEBUSY",
};
const SAME = [
  "dst-transition-rules",
  "duplicate-uid-sequence",
  "event-with-valarm",
  "exchange-custom-tz",
  "festival-multiday-rrule",
  "google-calendar-kiev-tz",
  "google-recurrence-order",
  "meetup-timed-tz",
  "mm_RepeatingEvent.Oct21",
  "mm_exdate_la_at_midnight_dst",
  "mm_exdate_syd_at_midnight_std",
  "mm_fullday_until",
  "multi-era-vtimezone",
  "sabredav-school-holidays",
  "utf8-french-calendar",
  "yearly-recurring-unicode",
];

test("recorded feeds are read as recurring-ical-events reads them, but where it is known to be wrong", {
  skip: skip || recordedAreAbsent,
}, async (t) => {
  const [from, to] = ["2009-01-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00"];
  const names = [...SAME, ...Object.keys(DIFFERENT)];
  const files = names.map((name) => recordedFile(`ical/${name}.ics`));
  const script = join(ROOT, "tests/integration/calendars/feeds.py");
  const theirs = (await python([script, "Europe/Amsterdam", from, to, ...files])) as Record<string, string[][]>;
  let events = 0;
  for (const [index, name] of names.entries()) {
    const file = files[index] as string;
    const { occurrences } = await readCalendar({
      texts: [readFileSync(file, "utf8")],
      window: { from: Date.parse(from) * 1000, to: Date.parse(to) * 1000 },
      timeZone: "Europe/Amsterdam",
    });
    const ours = occurrences.map(({ start, end, summary }) => [
      seconds(start / 1000),
      seconds(end / 1000),
      summary ?? "",
    ]);
    const sorted = (rows: readonly string[][] | undefined) => (rows ?? []).map((row) => row.join(" ")).sort();
    if (name in DIFFERENT) assert.notDeepEqual(sorted(ours), sorted(theirs[file]), `${name}: it has learnt better`);
    else assert.deepEqual(sorted(ours), sorted(theirs[file]), name);
    events += ours.length;
  }
  t.diagnostic(`${SAME.length} feeds read alike, ${Object.keys(DIFFERENT).length} not; ${events} occurrences`);
});

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Radicale on loopback with a user `ann`; its log is shown where it does not start. */
async function startRadicale() {
  if (typeof tools === "string") throw new Error(tools);
  const port = await freePort();
  const folder = mkdtempSync(join(scratch, "radicale-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "users"), "ann:s3cret pass\n");
  const config = join(folder, "config");
  writeFileSync(
    config,
    [
      "[server]",
      `hosts = 127.0.0.1:${port}`,
      "[auth]",
      "type = htpasswd",
      `htpasswd_filename = ${join(folder, "users")}`,
      "htpasswd_encryption = plain",
      "delay = 0",
      "[storage]",
      `filesystem_folder = ${join(folder, "data")}`,
      "",
    ].join("\n"),
  );
  const server: ChildProcess = spawn(tools.interpreter, ["-m", "radicale", "--config", config], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [server.stdout, server.stderr]) stream?.on("data", (data) => (log += data));
  const url = `http://127.0.0.1:${port}/`;
  await eventually(30, async () => {
    assert.equal(server.exitCode, null, log);
    await fetch(`${url}.web/`);
  });
  const authorization = `Basic ${Buffer.from("ann:s3cret pass").toString("base64")}`;
  const put = async (method: string, path: string, type: string, body: string) => {
    const answer = await fetch(`${url}${path}`, { method, headers: { authorization, "content-type": type }, body });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  return {
    url,
    addCalendar: (name: string, shown: string, components = ["VEVENT"]) =>
      put(
        "MKCOL",
        `ann/${name}/`,
        "application/xml",
        `<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop><resourcetype><collection/><C:calendar/></resourcetype><C:supported-calendar-component-set>${components.map((component) => `<C:comp name="${component}"/>`).join("")}</C:supported-calendar-component-set><displayname>${shown}</displayname></prop></set></mkcol>`,
      ),
    addEvent: (calendar: string, uid: string, ...lines: readonly string[]) =>
      put(
        "PUT",
        `ann/${calendar}/${uid}.ics`,
        "text/calendar",
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", ...lines, "END:VCALENDAR", ""].join("\r\n"),
      ),
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await new Promise((resolve) => server.once("exit", resolve));
    },
  };
}

test("an account on a real CalDAV server is found and read, and nothing of it is kept for a report", {
  skip,
}, async (t) => {
  await using radicale = await startRadicale();
  await radicale.addCalendar("family", "Family &amp; friends");
  await radicale.addCalendar("days", "Feiertage");
  await radicale.addCalendar("tasks", "Tasks", ["VTODO"]);
  const event = (uid: string, ...lines: string[]) => [
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20260101T000000Z",
    ...lines,
    "END:VEVENT",
  ];
  await radicale.addEvent(
    "family",
    "choir",
    ...event(
      "choir",
      "DTSTART;TZID=Europe/Amsterdam:20261102T193000",
      "DTEND;TZID=Europe/Amsterdam:20261102T213000",
      "RRULE:FREQ=WEEKLY;COUNT=10",
      "EXDATE;TZID=Europe/Amsterdam:20261130T193000",
      "SUMMARY:Choir",
      "LOCATION:Church",
    ),
    ...event(
      "choir",
      "RECURRENCE-ID;TZID=Europe/Amsterdam:20261207T193000",
      "DTSTART;TZID=Europe/Amsterdam:20261208T190000",
      "DTEND;TZID=Europe/Amsterdam:20261208T200000",
      "SUMMARY:Concert",
    ),
  );
  await radicale.addEvent(
    "family",
    "old",
    ...event("old", "DTSTART:20200101T100000Z", "DTEND:20200101T110000Z", "SUMMARY:Long ago"),
  );
  await radicale.addEvent(
    "days",
    "xmas",
    ...event(
      "xmas",
      "DTSTART;VALUE=DATE:20201225",
      "DTEND;VALUE=DATE:20201227",
      "RRULE:FREQ=YEARLY",
      "TRANSP:TRANSPARENT",
      "SUMMARY:Weihnachten",
    ),
  );

  const raws: RawAnswer[] = [];
  const methods: string[] = [];
  const http = createHttp({ clock: systemClock });
  const ask = createAsk({
    http: (request) => {
      methods.push(request.method ?? "GET");
      return http(request);
    },
    userAgent: "HA-Ingestor/test (+https://example.org)",
    spend: () => {},
    onRaw: (raw) => void raws.push(raw),
    nowMs: () => Date.UTC(2026, 10, 26),
  });
  const read = (more: object) => {
    const settings = v.parse(caldav.settings, { url: radicale.url, username: "ann", password: "s3cret pass", ...more });
    const needs = asked(() => "", { settings, now: "2026-11-26T12:00:00Z" });
    return caldav.read({ ...needs, ask, place: { ...needs.place, calendar: createCalendar("Europe/Amsterdam") } });
  };

  const { facts, readings } = await read({ holiday_calendars: ["Feiertage"] });
  assert.deepEqual(facts?.calendars.map(({ name, holidays }) => [name, holidays]).sort(), [
    ["Family & friends", false],
    ["Feiertage", true],
  ]);
  assert.deepEqual(
    facts?.occurrences.map(({ summary, start, dates, location }) => [
      summary,
      seconds(start / 1000),
      dates?.to ?? null,
      location,
    ]),
    [
      ["Concert", "2026-12-08T18:00:00Z", null, null],
      ["Choir", "2026-12-14T18:30:00Z", null, "Church"],
      ["Choir", "2026-12-21T18:30:00Z", null, "Church"],
      ["Weihnachten", "2026-12-24T23:00:00Z", "2026-12-27", null],
      ["Choir", "2026-12-28T18:30:00Z", null, "Church"],
      ["Choir", "2027-01-04T18:30:00Z", null, "Church"],
    ],
  );
  assert.deepEqual(facts?.problems, []);
  assert.deepEqual(
    readings.map(({ quantity, value }) => [quantity, value]),
    [
      ["busy", "off"],
      ["occupancy", "unknown"],
      ["holiday", "none"],
    ],
  );
  t.diagnostic(`a read of two calendars: ${methods.join(", ")}`);

  const one = await read({ calendars: ["Feiertage", "Nobody's"] });
  assert.deepEqual(
    one.facts?.calendars.map(({ name }) => name),
    ["Feiertage"],
  );
  assert.deepEqual(
    one.facts?.problems.map(({ calendar, code }) => [calendar, code]),
    [["Nobody's", "unknown_calendar"]],
  );
  await assert.rejects(read({ password: "wrong" }), (error) => error instanceof Failure && error.code === "refused");
  // By the server's own word: /.well-known/caldav.
  assert.equal((await read({ url: `${radicale.url}somewhere/` })).facts?.calendars.length, 2);
  assert.doesNotMatch(JSON.stringify(raws), /Choir|s3cret|Weihnachten/);
});
