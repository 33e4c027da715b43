import assert from "node:assert/strict";
import { test } from "node:test";
import { retailPrice } from "./formula.ts";

test("what the home pays is ((market + surcharge) × (1 + VAT)) + fees", () => {
  // (0.10 + 0.02) × 1.19 + 0.15 = 0.2928
  assert.equal(retailPrice(0.1, { surcharge: 0.02, vat: 19, fees: 0.15 }), 0.2928);
  assert.equal(retailPrice(0.1, { vat: 25 }), 0.125);
  assert.equal(retailPrice(0.1, { fees: 0.2 }), 0.3);
  assert.equal(retailPrice(0.1, { surcharge: 0.03 }), 0.13);
});

test("a negative market price lowers what is paid, with its VAT, and may leave less than nothing", () => {
  // (−0.50 + 0.02) × 1.20 + 0.10 = −0.476
  assert.equal(retailPrice(-0.5, { surcharge: 0.02, vat: 20, fees: 0.1 }), -0.476);
  assert.equal(retailPrice(-0.05, { vat: 20, fees: 0.1 }), 0.04);
});

test("a tariff of which nothing is said makes no price: the market's is not passed off as the home's", () => {
  assert.equal(retailPrice(0.1, {}), undefined);
  assert.equal(retailPrice(0.1, { feed_in: 0.08 }), undefined);
  assert.equal(retailPrice(0.1, { surcharge: 0 }), 0.1);
});
