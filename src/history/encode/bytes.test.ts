import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import { createByteWriter } from "./bytes.ts";

const written = (run: (writer: ReturnType<typeof createByteWriter>) => void, capacity = 8) => {
  const writer = createByteWriter(capacity);
  run(writer);
  return Buffer.from(writer.take()).toString("utf8");
};

test("any text is written as JSON writes it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(
        written((writer) => writer.string(text)),
        JSON.stringify(text),
      );
    }),
  );
  for (const text of ["", "21.5", 'a "quote"', "back\\slash", "line\nbreak", "ünï ☃ 🎉", "\ud800 alone", "\u007f"])
    assert.equal(
      written((writer) => writer.string(text)),
      JSON.stringify(text),
    );
  assert.equal(
    written((writer) => writer.string(null)),
    "null",
  );
});

test("any time is written as microsToRfc3339 writes it, whatever came before", () => {
  const times = fc.integer({ min: -62_135_596_800_000_000 / 10, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 5 }), (some) => {
      assert.equal(
        written((writer) => {
          for (const time of some) writer.time(time);
        }),
        some.map((time) => `"${microsToRfc3339(time)}"`).join(""),
      );
    }),
  );
});

test("a bare time is the same without its quote marks, and leaves what stands before and after it", () => {
  const times = fc.integer({ min: -62_135_596_800_000_000 / 10, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 5 }), fc.constantFrom("", "x", ","), (some, between) => {
      const whole = written((writer) => {
        for (const time of some) {
          writer.bareTime(time);
          writer.ascii(between);
        }
      });
      assert.equal(whole, some.map((time) => `${microsToRfc3339(time)}${between}`).join(""));
    }),
  );
});

test("a day's first and last microsecond keep their day", () => {
  const midnight = 1_795_392_000_000_000;
  for (const time of [midnight - 1, midnight, midnight + 86_399_999_999, midnight + 86_400_000_000])
    assert.equal(
      written((writer) => writer.time(time)),
      `"${microsToRfc3339(time)}"`,
    );
});

test("what was taken is not touched by what is written next", () => {
  const writer = createByteWriter(4);
  writer.ascii("first");
  const first = writer.take();
  writer.ascii("second");
  assert.equal(Buffer.from(first).toString(), "first");
  assert.equal(Buffer.from(writer.take()).toString(), "second");
});

test("microseconds are written as the number they are", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e15, max: Number.MAX_SAFE_INTEGER }), (time) => {
      const writer = createByteWriter(8, "us");
      writer.time(time);
      assert.equal(Buffer.from(writer.take()).toString(), String(time));
      writer.bareTime(time);
      assert.equal(Buffer.from(writer.take()).toString(), String(time));
    }),
  );
});
