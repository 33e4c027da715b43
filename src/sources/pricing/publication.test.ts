import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../../../tests/support/outside/told.ts";
import { createCalendar } from "../../domain/time/calendar.ts";
import { askAgain, twoDays } from "./publication.ts";
import { HOUR, MINUTE, type PriceSlot } from "./slots.ts";

const calendar = createCalendar("Europe/Berlin");
const publication = { calendar, from: 12 * 60 + 45, until: 20 * 60 };
const at = (text: string): number => Date.parse(text) * 1000;

function slotsOf(from: number, to: number, step: number): PriceSlot[] {
  const slots: PriceSlot[] = [];
  for (let time = from; time < to; time += step) slots.push({ from: time, to: time + step, value: 1 });
  return slots;
}
function asking(now: string, known: "today" | "both", step = 15 * MINUTE) {
  const { today, tomorrow } = twoDays(calendar, at(now));
  const { next, waitsFor } = askAgain(
    slotsOf(today.from, known === "today" ? today.to : tomorrow.to, step),
    at(now),
    publication,
  );
  return [plain(next), waitsFor] as const;
}

test("before the time of publication nothing is missing, and nobody is asked until then", () => {
  assert.deepEqual(asking("2026-11-26T06:00:00Z", "today"), ["2026-11-26T11:45:00Z", undefined]);
  // In summer the same clocks are another time.
  assert.deepEqual(asking("2026-07-26T06:00:00Z", "today"), ["2026-07-26T10:45:00Z", undefined]);
});

test("from then on it is asked every five minutes, and hourly once it is late", () => {
  assert.deepEqual(asking("2026-11-26T11:45:00Z", "today"), [
    "2026-11-26T11:50:00Z",
    "the prices of tomorrow, which come out at about 11:45 UTC",
  ]);
  const [next, words] = asking("2026-11-26T19:00:00Z", "today");
  assert.equal(next, "2026-11-26T20:00:00Z");
  assert.match(String(words), /they are late/);
});

test("tomorrow is whole with 92, 96 or 100 quarter hours, and not with one less", () => {
  for (const [now, quarters, next] of [
    ["2026-03-28T13:00:00Z", 92, "2026-03-29T10:45:00Z"],
    ["2026-11-26T13:00:00Z", 96, "2026-11-27T11:45:00Z"],
    ["2026-10-24T13:00:00Z", 100, "2026-10-25T11:45:00Z"],
  ] as const) {
    const { today, tomorrow } = twoDays(calendar, at(now));
    const slots = slotsOf(today.from, tomorrow.to, 15 * MINUTE);
    assert.equal(slots.filter(({ from }) => from >= tomorrow.from).length, quarters);
    assert.deepEqual(askAgain(slots, at(now), publication), { next: at(next) });
    assert.ok(askAgain(slots.slice(0, -1), at(now), publication).waitsFor);
    assert.deepEqual(asking(now, "both", HOUR), [next, undefined]);
  }
});

test("a hole in what is left of today is said, and asked for once an hour", () => {
  const now = at("2026-11-26T13:00:00Z");
  const { today, tomorrow } = twoDays(calendar, now);
  const slots = slotsOf(today.from, tomorrow.to, HOUR).filter(({ from }) => from !== at("2026-11-26T15:00:00Z"));
  assert.deepEqual(askAgain(slots, now, publication), {
    next: now + HOUR,
    waitsFor: "prices of today that are missing",
  });
});
