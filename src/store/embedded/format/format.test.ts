import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { T0 } from "../../conformance/support/samples.ts";
import { createBytes, putText, putTime, putVarint, takeText, takeTime, takeVarint } from "./bytes.ts";
import { closeFrame, FRAME, frameAt, KIND, openFrame } from "./frame.ts";
import { ID, putHex, putUlid, takeHex, takeUlid } from "./ids.ts";

test("whole numbers up to 2^53 come back in at most eight bytes", () =>
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeNat(), fc.nat({ max: 70_000 })), (value) => {
      const bytes = createBytes(16);
      putVarint(bytes, value);
      assert.ok(bytes.at <= 8);
      assert.ok(bytes.at <= 1 || value >= 128 ** (bytes.at - 1));
      bytes.at = 0;
      assert.equal(takeVarint(bytes), value);
    }),
  ));

test("any time comes back from its distance to any other", () =>
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.oneof(fc.maxSafeInteger(), fc.constant(T0)), (time, base) => {
      const bytes = createBytes(16);
      putTime(bytes, time, base);
      const end = bytes.at;
      bytes.at = 0;
      assert.equal(takeTime(bytes, base), time);
      assert.equal(bytes.at, end);
    }),
  ));

test("any text comes back, with whatever follows it left in place", () =>
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const bytes = createBytes(4);
      putText(bytes, text);
      putVarint(bytes, 77);
      bytes.at = 0;
      assert.equal(takeText(bytes), text);
      assert.equal(takeVarint(bytes), 77);
    }),
  ));

test("ids take 16 bytes where that gives them back exactly, and stay text elsewhere", () => {
  const crockford = [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"];
  const ulid = fc.string({ unit: fc.constantFrom(...crockford), minLength: 26, maxLength: 26 });
  const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(fc.oneof(ulid, hex, fc.string(), fc.constant(null)), (id) => {
      for (const [put, take, isShort] of [
        [putUlid, takeUlid, id?.length === 26 && id < "8" && /^[0-9A-HJKMNP-TV-Z]+$/.test(id)],
        [putHex, takeHex, /^[0-9a-f]{32}$/.test(id ?? "")],
      ] as const) {
        const bytes = createBytes(16);
        const form = put(bytes, id);
        assert.equal(form, id === null ? ID.none : isShort ? ID.short : ID.text);
        const end = bytes.at;
        if (form === ID.short) assert.equal(end, 16);
        bytes.at = 0;
        assert.equal(take(bytes, form), id);
        assert.equal(bytes.at, end);
      }
    }),
  );
});

const record = (payload: string, position: number): Buffer => {
  const bytes = createBytes(16);
  const start = openFrame(bytes);
  bytes.at += bytes.buffer.write(payload, bytes.at);
  closeFrame(bytes, start, KIND.event, position);
  return bytes.buffer.subarray(0, bytes.at);
};

test("a record is good where it was written, and nowhere else", () => {
  for (const payload of ["x", "abc", "x".repeat(199), "x".repeat(30)]) {
    const bytes = record(payload, 1000);
    assert.equal(frameAt(bytes, 0, bytes.length, 1000), "good");
    // A copy elsewhere in the log, as a disk that mixes up blocks would leave it.
    assert.equal(frameAt(bytes, 0, bytes.length, 1001), "bad");
    assert.equal(frameAt(bytes, 0, bytes.length - 1, 1000), "cut");
    assert.equal(frameAt(bytes, 0, FRAME - 1, 1000), "bad");
  }
});

test("no change of a single byte of a record passes, and none makes it look cut off", () => {
  for (const payload of ["abc", "x".repeat(30)]) {
    const good = record(payload, 2 ** 40);
    for (let at = 0; at < good.length; at++)
      for (let change = 1; change < 256; change++) {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] as number) ^ change;
        assert.equal(frameAt(bytes, 0, bytes.length, 2 ** 40), "bad", `byte ${at}, change ${change}`);
      }
  }
});

test("what takes more than a record can hold is refused", () => {
  const bytes = createBytes(16);
  const start = openFrame(bytes);
  bytes.at += 2 ** 24;
  assert.throws(() => closeFrame(bytes, start, KIND.reading, 0), { code: "entry_not_storable" });
});
