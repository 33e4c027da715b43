import assert from "node:assert/strict";
import { test } from "node:test";
import type { Field } from "../../api-outside-types.ts";
import { draftOf, freeId, moved, numberOf, settingsOf, ticked, wrongIn } from "./form.ts";

const field = (name: string, type: Field["type"], more: Partial<Field> = {}): Field => ({
  name,
  type,
  title: name,
  required: false,
  ...more,
});
const FORM: readonly Field[] = [
  field("api_key", "text", { secret: true }),
  field("price", "number", { required: true, least: -5, most: 9 }),
  field("hourly", "truth", { default: true }),
  field("zone", "choice", { choices: ["a", "b"] }),
  field("teams", "list", { item: [field("value", "text")] }),
  field("periods", "list", { item: [field("from", "text"), field("price", "number")] }),
  field("formula", "group", { fields: [field("vat", "number")] }),
];

test("what is kept goes through a form and comes out the same, a masked secret too", () => {
  const settings = {
    api_key: "***",
    price: 0.25,
    hourly: false,
    zone: "b",
    teams: ["kc", "buf"],
    periods: [{ from: "22:00", price: 0.1 }],
    formula: { vat: 19 },
  };
  assert.deepEqual(settingsOf(FORM, draftOf(FORM, settings)), settings);
});

test("what is left empty is not sent, and what is as it is by default neither", () => {
  assert.deepEqual(settingsOf(FORM, draftOf(FORM, {})), {});
});

test("a comma is a decimal point, and what is no number goes as it was typed, for the hub to say so", () => {
  assert.deepEqual(settingsOf(FORM, { ...draftOf(FORM, {}), price: "0,25" }), { price: 0.25 });
  assert.deepEqual(settingsOf(FORM, { ...draftOf(FORM, {}), price: "much" }), { price: "much" });
  assert.deepEqual(["", " ", "1,000.5", "1e400"].map(numberOf), [undefined, undefined, undefined, undefined]);
});

test("a number that cannot be right is told before it is sent", () => {
  const price = FORM[1] as Field;
  assert.deepEqual(
    ["", "3", "x", "10", "-6"].map((text) => wrongIn(price, text)),
    [undefined, undefined, "number", "range", "range"],
  );
  assert.equal(wrongIn(field("n", "integer"), "1.5"), "number");
});

test("a list of choices is ticked", () => {
  assert.deepEqual(ticked(field("days", "list", { item: [field("value", "choice", { choices: ["mon"] })] })), ["mon"]);
  assert.equal(ticked(FORM[4] as Field), undefined);
});

test("a further source of a kind has an id of its own", () => {
  assert.equal(freeId("weather", []), "weather");
  assert.equal(freeId("weather", [{ id: "weather" }, { id: "weather_2" }]), "weather_3");
});

test("a provider moves up or down, and not beyond the ends", () => {
  assert.deepEqual(moved(["a", "b", "c"], 1, -1), ["b", "a", "c"]);
  assert.deepEqual(moved(["a", "b"], 1, 1), ["a", "b"]);
});
