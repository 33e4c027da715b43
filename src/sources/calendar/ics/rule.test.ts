import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Failure } from "../../../domain/failure.ts";
import { readCalendar } from "./occurrences.ts";
import { expandRule } from "./rule.ts";
import { wallOf } from "./time/values.ts";
import { ianaZone } from "./time/wall.ts";

type Row = { name: string; start: string; zone: string; rule: string; first: string[] };
/** What python-dateutil counts; tests/integration asks it anew. */
const table = JSON.parse(
  readFileSync(join(import.meta.dirname, "../cases/recurrences.json"), "utf8"),
) as readonly Row[];

const wall = (text: string) => wallOf(text) as number;
const FAR = wall("21000101");

test(`${table.length} rules recur as another implementation says`, () => {
  assert.ok(table.length >= 80);
  for (const { name, start, zone: id, rule, first } of table) {
    const zone = ianaZone(id);
    const counted = expandRule({ start: wall(start), rule, from: 0, to: FAR, until: zone.wall });
    const told = counted.slice(0, 12).map((at) => new Date(zone.instant(at)).toISOString().replace(".000", ""));
    assert.deepEqual(told, first, `${name}: ${rule}`);
  }
});

test("a rule is counted from any time on as from its beginning", () => {
  for (const { name, start, zone: id, rule } of table) {
    const { wall: until } = ianaZone(id);
    const all = expandRule({ start: wall(start), rule, from: 0, to: FAR, until });
    for (const at of [1, 3, 7].map((index) => all[index]).filter((found) => found !== undefined))
      assert.deepEqual(expandRule({ start: wall(start), rule, from: at, to: at + 1, until }), [at], `${name}: ${rule}`);
  }
});

test("what is no rule is refused, and costs its own event alone", async () => {
  const broken = [
    "FREQ=NONSENSE",
    "FREQ=DAILY;BYDAY=XX",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;COUNT=-1",
    "",
    "BYDAY=MO",
    "FREQ=DAILY;UNTIL=garbage",
    "FREQ=DAILY;FOO=1",
    "FREQ=SECONDLY",
    "FREQ=YEARLY;BYYEARDAY=1,2;BYDAY=MO",
    "FREQ=DAILY;BYMONTH=one",
    "FREQ=WEEKLY;WKST=XX",
    "__proto__=1;FREQ=DAILY",
    "FREQ=DAILY;constructor=1",
  ];
  for (const rule of broken) {
    assert.throws(
      () =>
        expandRule({
          start: wall("20100101T090000"),
          rule,
          from: wall("20260101"),
          to: wall("20270101"),
          until: (at) => at,
        }),
      (error) => error instanceof Failure && error.code === "bad_rule",
      rule,
    );
    const event = (uid: string, more: string) =>
      `BEGIN:VEVENT\nUID:${uid}\nDTSTART:20260105T090000Z\n${more}\nSUMMARY:Secret\nEND:VEVENT\n`;
    const { occurrences, problems } = await readCalendar({
      texts: [
        `BEGIN:VCALENDAR\n${event("bad", `RRULE:${rule}`)}${event("good", "RRULE:FREQ=DAILY;COUNT=2")}END:VCALENDAR\n`,
      ],
      window: { from: Date.UTC(2026, 0, 1) * 1000, to: Date.UTC(2026, 1, 1) * 1000 },
      timeZone: "UTC",
    });
    assert.deepEqual(
      occurrences.map(({ uid }) => uid),
      ["good", "good"],
      rule,
    );
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["bad_rule"],
      rule,
    );
    assert.doesNotMatch(JSON.stringify(problems), /Secret|bad"/);
  }
});

test("what has recurred for decades is still counted", () => {
  const window = { from: wall("20261101"), to: wall("20261201"), until: (at: number) => at };
  for (const [start, rule, count] of [
    ["19700101T090000", "FREQ=DAILY", 30],
    ["20100101T090000", "FREQ=HOURLY", 720],
    ["19700101T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", 5],
    ["19700101T090000", "FREQ=MONTHLY;BYDAY=-1FR", 1],
    ["19000115T090000", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15", 1],
  ] as const)
    assert.equal(expandRule({ start: wall(start), rule, ...window }).length, count, rule);
});
