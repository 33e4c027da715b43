import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { formOf } from "./form.ts";

test("a schema of settings makes its form: kinds of fields, words, units, bounds, defaults and what is secret", () => {
  const schema = v.strictObject({
    api_key: v.pipe(v.string(), v.minLength(8), v.title("API key"), v.metadata({ secret: true })),
    days: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(7), v.title("Days"), v.metadata({ unit: "d" })),
      3,
    ),
    scale: v.optional(v.pipe(v.picklist(["us", "eu"]), v.title("Scale"), v.description("Which index."))),
    taxed: v.nullish(v.pipe(v.boolean(), v.title("Taxed"))),
    teams: v.pipe(v.array(v.pipe(v.string(), v.title("Team"))), v.title("Teams")),
    periods: v.pipe(
      v.array(v.strictObject({ price: v.pipe(v.number(), v.title("Price")), secret: v.string() })),
      v.title("Periods"),
    ),
  });
  const text = { type: "text", required: true } as const;
  assert.deepEqual(formOf(schema), [
    { name: "api_key", ...text, title: "API key", secret: true },
    { name: "days", type: "integer", title: "Days", required: false, default: 3, unit: "d", least: 1, most: 7 },
    {
      ...{ name: "scale", type: "choice", choices: ["us", "eu"] },
      ...{ title: "Scale", description: "Which index.", required: false },
    },
    { name: "taxed", type: "truth", title: "Taxed", required: false },
    { name: "teams", type: "list", item: [{ name: "value", ...text, title: "Team" }], title: "Teams", required: true },
    {
      ...{ name: "periods", type: "list", title: "Periods", required: true },
      item: [
        { name: "price", type: "number", title: "Price", required: true },
        { name: "secret", ...text, title: "secret" },
      ],
    },
  ]);
});
