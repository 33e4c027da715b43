import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeedItem } from "../../domain/home/home.ts";
import { removal } from "../entities.ts";
import { createCoreClock, timeRemovals } from "./core-clock.ts";

const state = (entityId: string, time: number): FeedItem => ({
  kind: "change",
  change: { ...removal(entityId, time, "live"), state: "on", timeIsArrival: false },
});
const gone = (entityId: string, arrival: number): FeedItem => ({
  kind: "change",
  change: removal(entityId, arrival, "live"),
});
const times = (items: FeedItem[]) => items.map((item) => (item.kind === "change" ? item.change.time : undefined));

test("Home Assistant's clock is ours less the least delay of late", () => {
  const clock = createCoreClock();
  assert.equal(clock.at(1_000), 1_000);
  clock.observe(10_500, 10_000);
  clock.observe(20_300, 20_000);
  clock.observe(30_900, 30_000);
  assert.equal(clock.at(40_305), 40_000);
});

test("a removal lies between the messages around it, however late it arrived", () => {
  const clock = createCoreClock();
  const items = [state("a", 100), gone("b", 900), state("c", 200)];
  timeRemovals(items, clock);
  assert.deepEqual(times(items), [100, 199, 200]);
  assert.equal(clock.told, 200);
  const next = [gone("c", 150), state("d", 300)];
  timeRemovals(next, clock);
  assert.deepEqual(times(next), [200, 300], "not before what was told in the slice before");
});

test("a removal is before the same entity's return, each of several in a row", () => {
  const items = [gone("a", 900), state("a", 102), gone("a", 900), state("a", 104)];
  timeRemovals(items, createCoreClock());
  assert.deepEqual(times(items), [101, 102, 103, 104]);
});

test("a removal with nothing behind it keeps its estimate", () => {
  const items = [state("a", 100), gone("b", 900)];
  timeRemovals(items, createCoreClock());
  assert.deepEqual(times(items), [100, 900]);
});

test("a neighbour with a time out of order does not move a removal into the past", () => {
  const items = [state("a", 500), gone("b", 600), state("restored", 20)];
  timeRemovals(items, createCoreClock());
  assert.deepEqual(times(items), [500, 600, 20]);
});
