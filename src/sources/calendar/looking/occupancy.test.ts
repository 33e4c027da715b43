import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as v from "valibot";
import type { OccupancyRule, Occurrence } from "../../../domain/outside/occurrence.ts";
import { microsFromRfc3339, microsToRfc3339 } from "../../../domain/time/time.ts";
import { COMMON_ENTRIES, rulesOf } from "../settings.ts";
import { holdsWords, NOTHING_SAID, occupancy } from "./occupancy.ts";
import { WORDS } from "./words.ts";

const ZONE = "Europe/Amsterdam";
const at = (text: string) => microsFromRfc3339(`2026-11-${text}:00+01:00`) as number;
const occurrence = (from: string, to: string, summary: string, more: Partial<Occurrence> = {}): Occurrence => ({
  calendar: "Family",
  uid: summary,
  recurrence: null,
  start: at(from),
  end: at(to),
  dates: null,
  summary,
  location: null,
  description: null,
  status: "confirmed",
  busy: null,
  ...more,
});
const wholeDay = (day: number, summary: string, days = 1, more: Partial<Occurrence> = {}) =>
  occurrence(`${day}T00:00`, `${day + days}T00:00`, summary, {
    dates: { from: `2026-11-${day}`, to: `2026-11-${day + days}` },
    ...more,
  });
const settings = v.strictObject(COMMON_ENTRIES);
const rules = (given: v.InferInput<typeof settings>) => rulesOf(v.parse(settings, given));
const rule = (means: "home" | "away", ...words: string[]) => ({ means, where: "summary" as const, words });

/** The 26th and 27th of November, in local time. */
function expected(occurrences: readonly Occurrence[], by: readonly OccupancyRule[]) {
  const window = { from: at("26T00:00"), to: at("28T00:00") };
  const slots = occupancy({ occurrences, rules: () => by, window, timeZone: ZONE });
  assert.equal(slots[0]?.from, window.from);
  assert.equal(slots.at(-1)?.to, window.to);
  const local = (time: number) => microsToRfc3339(time + 3_600_000_000).slice(8, 16);
  return slots.map(({ from, expected: who, evidence }) =>
    [local(from), who, ...evidence.map(({ found }) => found)].join(" "),
  );
}

test("where no event says anything, nobody is taken to be home or away, and it is said why", () => {
  assert.deepEqual(expected([occurrence("26T10:00", "26T11:00", "Dentist")], []), ["26T00:00 unknown"]);
  const [slot] = occupancy({ occurrences: [], rules: () => [], window: { from: 0, to: 1 }, timeZone: ZONE });
  assert.equal(slot?.why, NOTHING_SAID);
});

test("no word means anything until the user says so", () => {
  const all = [occurrence("26T10:00", "26T11:00", "WFH"), wholeDay(26, "Vacation")];
  assert.deepEqual(expected(all, rules({})), ["26T00:00 unknown"]);
  assert.deepEqual(expected(all, rules({ words: "en" })), [
    "26T00:00 away vacation",
    "26T10:00 home wfh",
    "26T11:00 away vacation",
    "27T00:00 unknown",
  ]);
});

test("a rule finds its words in the title, the place or the calendar, with the event as evidence", () => {
  const all = [
    occurrence("26T08:00", "26T09:00", "Swimming"),
    occurrence("26T10:00", "26T11:00", "Meeting", { location: "Main Street 1" }),
    occurrence("26T12:00", "26T13:00", "Anything", { calendar: "Shifts" }),
    occurrence("26T14:00", "26T15:00", "Swimming", { status: "cancelled" }),
  ];
  const by = rules({
    rules: [
      rule("away", "swimming", "tennis"),
      { means: "away", where: "location", words: ["main street"] },
      { means: "away", where: "calendar", words: ["shifts"] },
    ],
  });
  assert.deepEqual(expected(all, by), [
    "26T00:00 unknown",
    "26T08:00 away swimming",
    "26T09:00 unknown",
    "26T10:00 away main street",
    "26T11:00 unknown",
    "26T12:00 away shifts",
    "26T13:00 unknown",
  ]);
});

test("a whole day of work from home does not colour the whole day", () => {
  const all = [wholeDay(26, "WFH", 2)];
  // Nobody said when work is.
  assert.deepEqual(expected(all, rules({ words: "en" })), ["26T00:00 unknown"]);
  const hours = ["26T00:00 unknown", "26T08:30 home wfh", "26T17:00 unknown", "27T08:30 home wfh", "27T17:00 unknown"];
  assert.deepEqual(expected(all, rules({ words: "en", work_from: "08:30", work_to: "17:00" })), hours);
  assert.deepEqual(expected(all, rules({ rules: [{ ...rule("home", "wfh"), from: "08:30", to: "17:00" }] })), hours);
  // By the local day, whose rule names no hours, it is all of it.
  assert.deepEqual(expected(all, rules({ rules: [rule("home", "wfh")] })), ["26T00:00 home wfh"]);
});

test("an event with a time of its own is worth more than one of whole days, and a rule more than a word", () => {
  const by = rules({ words: "en", rules: [rule("home", "party"), rule("away", "vacation")] });
  assert.deepEqual(expected([wholeDay(26, "Vacation"), occurrence("26T18:00", "26T22:00", "Party")], by), [
    "26T00:00 away vacation",
    "26T18:00 home party",
    "26T22:00 away vacation",
    "27T00:00 unknown",
  ]);
  const own = rules({ words: "en", rules: [rule("home", "online")] });
  assert.deepEqual(expected([occurrence("26T09:00", "26T10:00", "Office, online")], own)[1], "26T09:00 home online");
});

test("events that contradict each other say nothing, with both as evidence", () => {
  const by = rules({ rules: [rule("home", "guests"), rule("away", "cinema")] });
  const both = [occurrence("26T18:00", "26T22:00", "Guests"), occurrence("26T20:00", "26T23:00", "Cinema")];
  assert.deepEqual(expected(both, by), [
    "26T00:00 unknown",
    "26T18:00 home guests",
    "26T20:00 unknown guests cinema",
    "26T22:00 away cinema",
    "26T23:00 unknown",
  ]);
});

test("words are found whole, in any case and script, and the longest says what an event means", () => {
  for (const [text, words] of [
    ["Urlaub (Teneriffa)", "urlaub"],
    ["WFH", "wfh"],
    ["Télétravail", "TÉLÉTRAVAIL"],
    ["Te\u0301le\u0301travail", "télétravail"],
    ["at  the\noffice", "at the office"],
    ["Офис", "офис"],
  ] as const)
    assert.ok(holdsWords(text, words), text);
  for (const [text, words] of [
    ["Preisestimmung", "reise"],
    ["Officer", "office"],
    ["x", " "],
    ["Büros", "büro"],
  ] as const)
    assert.ok(!holdsWords(text, words), text);
  const by = rules({ words: "en" });
  assert.deepEqual(expected([occurrence("26T09:00", "26T10:00", "Home office")], by)[1], "26T09:00 home home office");
  assert.deepEqual(expected([occurrence("26T09:00", "26T10:00", "Office")], by)[1], "26T09:00 away office");
});

test("every word of every list is in the README, under its language", () => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  for (const [language, words] of Object.entries(WORDS)) {
    const [row = ""] = readme.split("\n").filter((line) => line.startsWith(`| ${language} |`));
    for (const word of Object.values(words).flat()) assert.ok(row.includes(word), `${language}: ${word}`);
  }
});

test("a rule without words, with half its hours or hours that end before they begin is refused", () => {
  for (const bad of [
    { ...rule("home"), words: [] },
    { ...rule("home", "a"), from: "08:00" },
    { ...rule("home", "a"), from: "18:00", to: "08:00" },
    { ...rule("home", "a"), from: "8", to: "9" },
    { ...rule("home", " ") },
  ])
    assert.ok(!v.safeParse(settings, { rules: [bad] }).success, JSON.stringify(bad));
});
