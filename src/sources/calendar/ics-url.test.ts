import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../tests/support/outside/asked.ts";
import { Failure } from "../../domain/failure.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { icsUrl } from "./ics-url.ts";

const NOW = "2026-11-26T12:00:00Z";
const event = (...lines: readonly string[]) => ["BEGIN:VEVENT", ...lines, "END:VEVENT"].join("\r\n");
const calendar = (...lines: readonly string[]) =>
  ["BEGIN:VCALENDAR", "X-WR-CALNAME:Ann's", ...lines, "END:VCALENDAR", ""].join("\r\n");
const DENTIST = event(
  "UID:d",
  "DTSTART:20261126T113000Z",
  "DTEND:20261126T123000Z",
  "SUMMARY:Dentist",
  "DESCRIPTION:Room 3",
);
const ADDRESS = "webcal://calendar.example.org/ical/private-s3cret/basic.ics";

const settingsOf = (more: object = {}) => v.parse(icsUrl.settings, { url: ADDRESS, ...more });
const needs = (answer: Parameters<typeof asked>[0], more: object = {}) =>
  asked(answer, { settings: settingsOf(more), now: NOW, place: { timeZone: "Europe/Amsterdam" } });

test("a webcal address is asked encrypted; what is on, and what the next days bring, is said", async () => {
  const asking = needs(() => calendar(DENTIST));
  const { facts, issues, readings } = await icsUrl.read(asking);
  assert.deepEqual(
    asking.requests.map(({ url }) => url),
    ["https://calendar.example.org/ical/private-s3cret/basic.ics"],
  );
  assert.deepEqual(facts?.calendars, [{ id: "ics", name: "Ann's", holidays: false }]);
  assert.deepEqual(
    [facts?.window.from, facts?.window.to].map((time) => microsToRfc3339(time as number)),
    ["2026-11-24T23:00:00.000000Z", "2027-01-24T23:00:00.000000Z"],
  );
  assert.deepEqual(
    facts?.occurrences.map(({ calendar: of, summary, description }) => [of, summary, description]),
    [["Ann's", "Dentist", "Room 3"]],
  );
  const [busy, occupancy] = issues;
  assert.deepEqual(
    busy?.slots.map(({ from, to, value }) => [
      microsToRfc3339(from).slice(5, 16),
      microsToRfc3339(to).slice(5, 16),
      value,
    ]),
    [
      ["11-25T23:00", "11-26T11:30", "off"],
      ["11-26T11:30", "11-26T12:30", "on"],
      ["11-26T12:30", "12-03T23:00", "off"],
    ],
  );
  assert.deepEqual(
    occupancy?.slots.map(({ value }) => value),
    ["unknown"],
  );
  assert.deepEqual(
    readings.map(({ quantity, value, time }) => [quantity, value, microsToRfc3339(time).slice(11, 16)]),
    [
      ["busy", "on", "11:30"],
      ["occupancy", "unknown", "23:00"],
    ],
  );
});

test("what is said of the next days is the same all day long", async () => {
  const read = async (now: string) =>
    (
      await icsUrl.read(
        asked(() => calendar(DENTIST), { settings: settingsOf(), now, place: { timeZone: "Europe/Amsterdam" } }),
      )
    ).issues.map(({ slots }) => slots);
  assert.deepEqual(await read("2026-11-25T23:00:00Z"), await read("2026-11-26T22:59:00Z"));
  assert.notDeepEqual(await read("2026-11-26T22:59:00Z"), await read("2026-11-26T23:00:00Z"));
});

test("an event that is called off while it is on takes no time from then on, and one that is added does since it began", async () => {
  const read = (text: string, now: string, facts?: unknown) =>
    icsUrl.read({
      ...asked(() => text, { settings: settingsOf(), now, place: { timeZone: "Europe/Amsterdam" } }),
      facts,
    });
  const busy = ({ readings }: Awaited<ReturnType<typeof read>>) =>
    readings
      .filter(({ quantity }) => quantity === "busy")
      .map(({ value, time }) => `${value} ${microsToRfc3339(time).slice(11, 16)}`);
  const first = await read(calendar(DENTIST), "2026-11-26T11:35:00Z");
  assert.deepEqual(busy(first), ["on 11:30"]);
  assert.deepEqual(busy(await read(calendar(DENTIST), "2026-11-26T11:50:00Z", first.facts)), ["on 11:30"]);
  const off = await read(calendar(), "2026-11-26T11:50:00Z", first.facts);
  assert.deepEqual(busy(off), ["off 11:50"]);
  assert.deepEqual(busy(await read(calendar(DENTIST), "2026-11-26T12:05:00Z", off.facts)), ["on 11:30"]);
  // Facts of another shape are of no use.
  assert.deepEqual(busy(await read(calendar(DENTIST), "2026-11-26T12:05:00Z", { events: 1 })), ["on 11:30"]);
});

test("titles are recorded where the user wants them, and nowhere else; descriptions never are", async () => {
  const recorded = async (more: object) => {
    const { issues, readings } = await icsUrl.read(needs(() => calendar(DENTIST), more));
    return JSON.stringify([issues, readings]);
  };
  assert.doesNotMatch(await recorded({}), /Dentist|Room/);
  assert.doesNotMatch(await recorded({ holidays: true, words: "en" }), /Dentist|Room/);
  const kept = await recorded({ keep_names: true });
  assert.match(kept, /Dentist/);
  assert.doesNotMatch(kept, /Room/);
});

test("whole days of a calendar of holidays are holidays of the home's days", async () => {
  const text = calendar(event("UID:x", "DTSTART;VALUE=DATE:20261126", "SUMMARY:Thanksgiving"));
  const { issues, readings } = await icsUrl.read(needs(() => text, { holidays: true, name: "Days" }));
  const { slots = [] } = issues.find(({ quantity }) => quantity === "holiday") ?? {};
  assert.deepEqual(
    slots.map(({ value }) => value),
    ["Thanksgiving", ...Array.from({ length: 7 }, () => "none")],
  );
  assert.equal(readings.find(({ quantity }) => quantity === "holiday")?.value, "Thanksgiving");
});

test("a feed that has not changed is not sent again, and is read anew for the new day", async () => {
  let asks = 0;
  const asking = needs((request) => {
    asks++;
    return request.headers?.["if-none-match"] === '"1"'
      ? { status: 304, text: "" }
      : { text: calendar(DENTIST), headers: { etag: '"1"' } };
  });
  const first = await icsUrl.read(asking);
  assert.deepEqual(await icsUrl.read(asking), first);
  assert.equal(asks, 2);
});

test("whatever comes in place of a calendar is a failure that says neither address nor content", async () => {
  const answers: readonly [Parameters<typeof asked>[0], string][] = [
    [() => "<html>Sign in, s3cret</html>", "no_calendar"],
    [() => "", "no_calendar"],
    [() => ({ status: 404, text: "private-s3cret not found" }), "unexpected_status"],
    [() => ({ status: 403, text: "s3cret" }), "refused"],
    [() => ({ status: 429, text: "" }), "limited"],
    [() => ({ status: 500, text: "s3cret" }), "provider_failed"],
    [() => ({ status: 302, text: "", headers: { location: "https://elsewhere.example/s3cret" } }), "unexpected_status"],
  ];
  for (const [answer, code] of answers)
    await assert.rejects(icsUrl.read(needs(answer)), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, code);
      assert.doesNotMatch(`${error.message} ${error.fix}`, /s3cret/);
      return true;
    });
  // A good calendar that is cut off gives what it holds.
  const { facts } = await icsUrl.read(needs(() => calendar(DENTIST).slice(0, -20)));
  assert.equal(facts?.occurrences.length, 1);
});

test("an address is asked for at most 10 MB, and must be one", async () => {
  const asking = needs(() => calendar());
  await icsUrl.read(asking);
  assert.equal(asking.requests[0]?.mostBytes, 10_000_000);
  for (const url of ["", "calendar", "ftp://a/b", "file:///etc/passwd", "https://a b"])
    assert.ok(!v.safeParse(icsUrl.settings, { url }).success, url);
  assert.deepEqual(v.getMetadata(icsUrl.settings.entries.url as v.GenericSchema), { secret: true });
});
