import assert from "node:assert/strict";
import { test } from "node:test";
import { sameValues } from "../bench/measure/same-values.ts";

const same = (a: string, b: string) => assert.equal(sameValues(a, b), true, `${a} and ${b}`);
const differ = (a: string, b: string) => assert.equal(sameValues(a, b), false, `${a} and ${b}`);

test("another spelling of a number, a text or an order of members is the same value", () => {
  same('{"a":8.0}', '{"a":8}');
  same('{"a":[1e-05,100,0.0]}', '{"a":[0.00001,1e2,0]}');
  same('{"a":"\\u00e9"}', '{"a":"é"}');
  same('{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3.0,"c":2},"a":1}');
});

test("a number that differs in a digit beyond doubles is another value", () => {
  differ('{"a":9007199254740993}', '{"a":9007199254740992}');
  differ("[0.1]", "[0.1000000000000000055511151231257827]");
  differ("[-0.0]", "[0]");
  differ("[1e400]", "[1e401]");
});

test("what is of another kind is another value", () => {
  differ('["1"]', "[1]");
  differ('["number 1e0"]', "[1]");
  differ("[null]", "[false]");
  differ('{"a":1}', '{"a":1,"b":null}');
  differ("[1,2]", "[2,1]");
  differ('{"__proto__":1}', "{}");
});
