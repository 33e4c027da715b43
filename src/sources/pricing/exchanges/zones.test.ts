import assert from "node:assert/strict";
import { test } from "node:test";
import { ZONE_IDS, ZONES } from "./zones.ts";

/** The sixteenth character of an energy identification code follows from the fifteen before it. */
function checkCharacter(code: string): string {
  const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
  const sum = [...code].reduce((total, one, index) => total + CHARACTERS.indexOf(one) * (16 - index), 0);
  return CHARACTERS[36 - ((sum - 1) % 37)] as string;
}

test("the codes of the zones are right to their check character, and each zone is there once", () => {
  for (const { id, eic } of ZONES) {
    assert.equal(eic.length, 16, id);
    assert.equal(eic.at(-1), checkCharacter(eic.slice(0, 15)), id);
  }
  assert.equal(new Set(ZONE_IDS).size, ZONES.length);
  assert.equal(new Set(ZONES.map(({ eic }) => eic)).size, ZONES.length);
});
