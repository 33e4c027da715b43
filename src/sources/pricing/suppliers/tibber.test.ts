import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "../../../../tests/support/outside/asked.ts";
import { nothingIsMadeUp } from "../../../../tests/support/outside/mutations.ts";
import { recorded, recordedAreAbsent } from "../../../../tests/support/outside/recorded.ts";
import { plain } from "../../../../tests/support/outside/told.ts";
import { Failure } from "../../../domain/failure.ts";
import { MINUTE } from "../slots.ts";
import { tibber } from "./tibber.ts";

const berlin = { country: "DE", timeZone: "Europe/Berlin" };
const needsOf = (text: string, now: string, more: object = {}) =>
  asked(() => text, { settings: { token: "s3cret", ...more }, now, place: berlin });
const quarter = (startsAt: string, total: number) => ({ total, energy: total - 0.2, startsAt, currency: "EUR" });
const home = (id: string, today: object[], tomorrow: object[] = []) => ({
  id,
  currentSubscription: { priceInfo: { current: null, today, tomorrow } },
});
const answer = (...homes: object[]) => JSON.stringify({ data: { viewer: { homes } } });
const QUARTERS = [0, 15, 30, 45].map((minute) =>
  quarter(`2026-11-26T14:${String(minute).padStart(2, "0")}:00.000+01:00`, 0.3 + minute / 1000),
);
const NOW = "2026-11-26T13:20:00Z";

test("quarter hours are asked for, and each is as long as it is", async () => {
  const needs = needsOf(answer(home("a", QUARTERS)), NOW);
  const { issues, readings, units, waitsFor } = await tibber.read(needs);
  assert.match(String(needs.requests[0]?.body), /QUARTER_HOURLY/);
  assert.equal(needs.requests[0]?.headers?.authorization, "Bearer s3cret");
  const price = issues.find(({ quantity }) => quantity === "price")?.slots ?? [];
  assert.deepEqual(
    price.map(({ from, to, value }) => [plain(from), (to - from) / MINUTE, value]),
    [
      ["2026-11-26T13:00:00Z", 15, 0.3],
      ["2026-11-26T13:15:00Z", 15, 0.315],
      ["2026-11-26T13:30:00Z", 15, 0.33],
      ["2026-11-26T13:45:00Z", 15, 0.345],
    ],
  );
  // What Tibber pays for the energy, without tax.
  assert.equal(
    readings.find(({ quantity, time }) => quantity === "market_price" && plain(time) === "2026-11-26T13:15:00Z")?.value,
    0.115,
  );
  assert.deepEqual(units, { market_price: "EUR/kWh", price: "EUR/kWh" });
  assert.match(String(waitsFor), /tomorrow/);
});

test("a home without a subscription is passed over; a home that is named is the only one", async () => {
  const ended = { id: "old", currentSubscription: null };
  assert.equal((await tibber.read(needsOf(answer(ended, home("a", QUARTERS)), NOW))).issues[0]?.slots.length, 4);
  await assert.rejects(
    tibber.read(needsOf(answer(ended, home("a", QUARTERS)), NOW, { home: "old" })),
    (error) => error instanceof Failure && error.code === "nothing_known",
  );
});

test("an error with status 200 is an error: a wrong token is refused, anything else is tried again", async () => {
  const failing = (code: string) =>
    JSON.stringify({ data: null, errors: [{ message: "No valid access token", extensions: { code } }] });
  for (const [text, code] of [
    [failing("UNAUTHENTICATED"), "refused"],
    [failing("INTERNAL_SERVER_ERROR"), "provider_failed"],
    ["{}", "changed_shape"],
  ] as const)
    await assert.rejects(tibber.read(needsOf(text, NOW)), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, code);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
});

test("recorded: ten hours of a September day", { skip: recordedAreAbsent }, async () => {
  const needs = needsOf(recorded("tibber/price_info_2020-09-25_trimmed.json"), "2020-09-25T05:30:00Z");
  const { issues, units } = await tibber.read(needs);
  const at = (quantity: string, time: string) =>
    issues.find((issue) => issue.quantity === quantity)?.slots.find(({ from }) => plain(from) === time)?.value;
  // 07:00 in Berlin: 0.2531 EUR/kWh, of which 0.0519 is the energy.
  assert.equal(at("price", "2020-09-25T05:00:00Z"), 0.2531);
  assert.equal(at("market_price", "2020-09-25T05:00:00Z"), 0.0519);
  assert.equal(issues[0]?.slots.length, 10);
  // The recording names no currency: the home's.
  assert.equal(units?.price, "EUR/kWh");
});

test("nothing is made up of a broken answer", async () => {
  await nothingIsMadeUp(answer(home("a", QUARTERS, [])), (mutated) => tibber.read(needsOf(mutated, NOW)));
});
