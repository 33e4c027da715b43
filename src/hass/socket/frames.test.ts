import assert from "node:assert/strict";
import { test } from "node:test";
import { holdsOnly, parseFrame } from "./frames.ts";

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
  for (const number of ["12345678901234567890", "9007199254740993", "1e309", "-0", "-0.0", "-12345678901234567891.5"]) {
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

test("only a frame that holds nothing else may wait for its turn", () => {
  const change = '{"id":7,"type":"event","event":{"c":{"sensor.a":{"+":{"s":"1","lc":1.5}}}}}';
  const other = '{"id":8,"type":"event","event":{"event_type":"call_service","data":{}}}';
  const result = '{"id":9,"type":"result","success":true,"result":null}';
  const holds = (text: string) => holdsOnly(Buffer.from(text), 7);
  assert.ok(holds(change));
  assert.ok(holds(`[${change},${change}]`));
  for (const text of [
    other,
    result,
    `[${change},${other}]`,
    `[${result},${change}]`,
    `[${change},${result}]`,
    "[]",
    "",
  ])
    assert.ok(!holds(text), text);
  assert.ok(!holds(`[${change},{"id":10,"type":"pong"}]`));
  assert.ok(!holdsOnly(Buffer.from(change), 77));
});
