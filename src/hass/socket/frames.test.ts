import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFrame } from "./frames.ts";

test("a frame is one message or an array of them", () => {
  assert.equal(parseFrame('{"type":"pong","id":1}').length, 1);
  assert.equal(parseFrame('[{"type":"pong","id":1},{"type":"event","id":2}]').length, 2);
});

test("what is no message is refused", () => {
  for (const text of [
    "",
    "{",
    "null",
    "5",
    '"x"',
    "[1]",
    "[[]]",
    "{}",
    '{"type":5}',
    '{"type":"x","id":"1"}',
    '{"type":"x","id":1.5}',
  ])
    assert.throws(() => parseFrame(text), text);
});

test("numbers that a double would alter print as they came", () => {
  for (const number of ["12345678901234567890", "9007199254740993", "1e309", "-12345678901234567891.5"]) {
    const text = `{"type":"event","id":1,"event":{"a":${number}}}`;
    assert.equal(
      JSON.stringify(parseFrame(text)[0]),
      JSON.stringify(JSON.parse('{"type":"event","id":1,"event":{"a":"@"}}')).replace('"@"', number),
    );
  }
});

test("such numbers are found wherever a number can stand", () => {
  for (const content of ["[1,12345678901234567890]", '{"b": 12345678901234567890}', "[-12345678901234567890]"])
    assert.match(JSON.stringify(parseFrame(`{"type":"event","id":1,"event":${content}}`)[0]), /12345678901234567890/);
});

test("ordinary numbers stay numbers beside them", () => {
  const [message] = parseFrame('{"type":"event","id":1,"event":{"a":12345678901234567890,"b":1795455326.76}}');
  assert.equal((message?.event as { b: unknown })?.b, 1795455326.76);
});
