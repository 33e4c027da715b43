import { openSync, writeSync } from "node:fs";
import { systemClock } from "../../../src/platform/time/clock.ts";
import { silentLog } from "../../../src/platform/told/log.ts";
import { blockingMaintainer } from "../../../src/store/embedded/maintenance/job.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Entry } from "../../../src/store/store.ts";

/**
 * One life of a store in a process of its own, to be killed at any of its steps: appends, sealing and merging meanwhile,
 * puts all of it together, and lets a part go. Says `n` when the n-th batch is acknowledged, and what it came to. Where a
 * second argument names a file, it syncs now and then and notes there what is acknowledged, and what is on the disk.
 */
export const SERIES = [0, 1, 2];
export const BATCHES = 60;
export const PER_BATCH = 40;
const SECOND = 1_000_000;
/** The last day of a month: what is stored lies in two. */
export const FIRST = Date.UTC(2026, 9, 31, 23, 50) * 1000;
export const CUTOFF = FIRST + BATCHES * PER_BATCH * 0.5 * SECOND * 0.5;

export const timeOf = (number: number): number => FIRST + Math.floor(number * 0.5 * SECOND);

/** What is let go: readings from before the cut-off, but for those of series 1. */
export const PLAN = { readings: { default: CUTOFF, series: new Map([[1, null]]) }, events: { default: CUTOFF } };

export const openSmall = (folder: string) =>
  openStore({
    kind: "embedded",
    folder,
    clock: systemClock,
    log: silentLog,
    segmentBytes: 12_000,
    windowBytes: 30_000,
    maintainer: blockingMaintainer,
  });

export const entryOf = (number: number): Entry => ({
  kind: "reading",
  reading: {
    series: number % SERIES.length,
    time: timeOf(number),
    changed: timeOf(number),
    state: String(number),
    attributes: { n: number % 7, unit: "W" },
    context: null,
    origin: "live",
    timeIsArrival: false,
    flaws: [],
  },
});
/** Each batch has one event, numbered like the batch. */
export const eventOf = (index: number): Entry => ({
  kind: "event",
  event: { type: "batch", time: timeOf(index * PER_BATCH), data: { index }, context: null, origin: "live" },
});

export const batch = (index: number): Entry[] => [
  ...Array.from({ length: PER_BATCH }, (_, i) => entryOf(index * PER_BATCH + i)),
  eventOf(index),
];

export const identities: Entry[] = SERIES.map((series) => ({
  kind: "series",
  series,
  identity: {
    from: 0,
    entityId: `sensor.s${series}`,
    holdsName: true,
    registryId: null,
    name: null,
    deviceId: null,
    areaId: null,
    floorId: null,
    labels: [],
    integration: null,
    category: null,
  },
}));

if (import.meta.main) {
  const store = await openSmall(process.argv[2] as string);
  const say = (what: string) => process.stdout.write(`${what}\n`);
  const notes = process.argv[3] === undefined ? undefined : openSync(process.argv[3], "a");
  // At once, so that it stands among what the store does in the order in which it happened.
  const note = (what: string) => void (notes !== undefined && writeSync(notes, `${what}\n`));
  await store.append(identities);
  for (let index = 0; index < BATCHES; index++) {
    const positions = await store.append(batch(index));
    say(String(index + 1));
    note(`acknowledged ${positions.at(-1)}`);
    if (notes !== undefined && index % 5 === 2) {
      await store.sync();
      note(`synced ${index + 1}`);
    }
    await store.maintained();
  }
  await store.seal();
  say("sealed");
  note("shedding");
  await store.shed(PLAN);
  say("shed");
  await store.close();
}
