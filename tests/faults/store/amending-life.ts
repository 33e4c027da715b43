import { openSync, writeSync } from "node:fs";
import { ALL_TIME } from "../../../src/domain/time/time.ts";
import type { Correction, Entry, ErasePlan } from "../../../src/store/store.ts";
import { identities, openSmall } from "./life.ts";

/**
 * A store's life in a process of its own, to be killed at any of its steps: what was recorded is partly sealed, then some
 * of it is corrected and some of it erased. Says what it has come to; where a second argument names a file, it notes it there, too,
 * and syncs what was recorded first. With UNTIL_RECORDED=1 it ends there: so its steps are counted.
 */
export const COUNT = 400;
const SECOND = 1_000_000;
/** The last hour of a month: what is stored lies in two. */
const FIRST = Date.UTC(2026, 9, 31, 23, 58) * 1000;
export const SECRET = "Zanzibar-4711";

export const timeOf = (number: number): number => FIRST + number * SECOND;
const of = (number: number, state: string): Extract<Entry, { kind: "reading" }>["reading"] => ({
  series: number % 2,
  time: timeOf(number),
  changed: timeOf(number),
  state,
  attributes: number % 2 === 1 ? { who: SECRET, n: number % 7 } : { n: number % 5, unit: "W" },
  context: null,
  origin: "live",
  timeIsArrival: false,
  flaws: [],
});
export const stateOf = (number: number): string => (number % 2 === 1 ? `${SECRET} ${number}` : String(number));

export const batches: readonly (readonly Entry[])[] = Array.from({ length: COUNT / 20 }, (_, index) => [
  ...Array.from({ length: 20 }, (_, i): Entry => {
    const number = index * 20 + i;
    return { kind: "reading", reading: of(number, stateOf(number)) };
  }),
  {
    kind: "event",
    event: {
      type: "call_service",
      time: timeOf(index * 20),
      data: { entity_id: index % 2 === 1 ? "sensor.s1" : "sensor.s0" },
      context: null,
      origin: "live",
    },
  },
]);

/** One in the blocks, one in the log, the last one; and one that is taken out. */
export const CORRECTIONS: readonly Correction[] = [4, 150, COUNT - 2].map((number) => ({
  series: 0,
  time: timeOf(number),
  reading: of(number, "corrected"),
}));
export const REMOVED: Correction = { series: 0, time: timeOf(6), reading: null };
export const ERASURE: ErasePlan = { series: [{ series: 1, names: ["sensor.s1"] }], window: ALL_TIME };

if (import.meta.main) {
  const store = await openSmall(process.argv[2] as string);
  const say = (what: string) => process.stdout.write(`${what}\n`);
  const notes = process.argv[3] === undefined ? undefined : openSync(process.argv[3], "a");
  // At once, so that it stands among what the store does in the order in which it happened.
  const note = (what: string) => void (notes !== undefined && writeSync(notes, `${what}\n`));
  await store.append(identities);
  for (const [index, batch] of batches.entries()) {
    await store.append(batch);
    await store.maintained();
    if (index === 8) await store.seal();
  }
  if (process.env.UNTIL_RECORDED === "1") process.exit(0);
  if (notes !== undefined) await store.sync();
  note("recorded");
  await store.correct([...CORRECTIONS, REMOVED]);
  say("corrected");
  note("corrected");
  await store.maintained();
  await store.erase(ERASURE);
  say("erased");
  note("erased");
  await store.close();
}
