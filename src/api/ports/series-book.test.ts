import assert from "node:assert/strict";
import { test } from "node:test";
import { identity } from "../../../tests/support/hub/test-hub.ts";
import { TEST_TIME } from "../../../tests/support/test-clock.ts";
import { createMemoryStore } from "../../store/memory/memory.ts";
import { createSeriesBook } from "./series-book.ts";

test("a series is found by the name it has before one that it had, through a swap of names", async () => {
  const store = createMemoryStore();
  const name = (series: number, entityId: string, step: number, holdsName = true) =>
    store.append([{ kind: "series", series, identity: identity(entityId, { from: TEST_TIME + step, holdsName }) }]);
  const book = createSeriesBook(store.series);
  const found = () => ["light.a", "light.b"].map((entityId) => book.named(entityId)?.id);
  await name(10, "light.a", 0);
  await name(11, "light.b", 0);
  assert.deepEqual(found(), [10, 11]);
  await name(10, "light.b", 1);
  await name(11, "light.a", 1);
  assert.deepEqual(found(), [11, 10]);
  // Nobody holds it now: whoever had it last.
  await name(11, "light.a", 2, false);
  assert.deepEqual(found(), [11, 10]);
  await name(12, "light.a", 3);
  assert.deepEqual(found(), [12, 10]);
  assert.equal(book.named("light.never"), undefined);
});
