import assert from "node:assert/strict";
import { test } from "node:test";
import { checkHome } from "./binding.ts";

const home = (simulated: boolean, ...ids: string[]) => ({ simulated, ids });

test("an empty store takes any home, a known one its own, even after most ids have changed", () => {
  checkHome(undefined, home(false, "a"), "data");
  checkHome(home(false, "a", "b", "c"), home(false, "c", "d"), "data");
});

test("a home that shares no id, and a simulated one in a real one's place, are refused with choices", () => {
  for (const [known, seen] of [
    [home(false, "a"), home(false, "b")],
    [home(false, "a"), home(true, "a")],
    [home(true, "a"), home(false, "a")],
  ] as const)
    assert.throws(
      () => checkHome(known, seen, "data"),
      (error: Error & { code?: string; fix?: string }) =>
        error.code === "another_home" && /HA_INGESTOR_DATA/.test(error.fix ?? ""),
    );
});
