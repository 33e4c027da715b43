import assert from "node:assert/strict";
import { test } from "node:test";
import { microsFromRfc3339, microsFromSeconds, microsToRfc3339 } from "./time.ts";

test("float seconds become the microseconds that Home Assistant meant, for every microsecond of a thousand", () => {
  for (let i = 0; i < 1000; i++) {
    const micros = 1_795_455_326_000_000 + i * 1009;
    // What Python's datetime.timestamp() gives: the nearest double to micros / 1e6.
    assert.equal(microsFromSeconds(micros / 1e6), micros);
  }
});

test("times keep their microseconds through RFC 3339 text", () => {
  for (const micros of [0, 1, 999, 1_000, 1_795_455_326_760_001, 1_795_455_326_999_999, -1]) {
    assert.equal(microsFromRfc3339(microsToRfc3339(micros)), micros);
  }
  assert.equal(microsToRfc3339(1_795_455_326_760_001), "2026-11-23T17:35:26.760001Z");
});

test("a text with an offset is the same moment; a text without a zone is no time", () => {
  assert.equal(microsFromRfc3339("2026-11-23T18:35:26+01:00"), microsFromRfc3339("2026-11-23T17:35:26Z"));
  for (const text of ["2026-11-23T18:35:26", "yesterday", "", "2026-13-40T00:00:00Z"])
    assert.equal(microsFromRfc3339(text), undefined);
});
