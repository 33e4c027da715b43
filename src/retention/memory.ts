import * as v from "valibot";
import type { Micros } from "../domain/time/time.ts";
import type { Sample } from "./forecast/forecast.ts";
import type { Announcement } from "./plan/plan.ts";
import type { Watch } from "./time/home-time.ts";

export type LastRun = {
  readonly began: Micros;
  readonly ended: Micros;
  readonly state: "done" | "failed" | "refused";
  readonly why?: string;
  readonly readings: number;
  readonly events: number;
  readonly rollups: number;
  readonly bytes: number;
  readonly files: number;
};

const kept = v.object({
  watch: v.exactOptional(v.object({ seen: v.number(), evenMs: v.nullable(v.number()) })),
  samples: v.array(v.object({ at: v.number(), readings: v.number(), events: v.number(), logBytes: v.number() })),
  announced: v.array(
    v.object({
      what: v.picklist(["readings", "events", "rollups"]),
      before: v.number(),
      announced: v.number(),
      due: v.number(),
      bytes: v.number(),
    }),
  ),
  lastRun: v.nullable(
    v.object({
      began: v.number(),
      ended: v.number(),
      state: v.picklist(["done", "failed", "refused"]),
      why: v.exactOptional(v.string()),
      readings: v.number(),
      events: v.number(),
      rollups: v.optional(v.number(), 0),
      bytes: v.number(),
      files: v.number(),
    }),
  ),
  /** When a run by the clock last looked, whether or not anything went. */
  scheduled: v.nullable(v.number()),
  /** Everything that ever went. */
  gone: v.object({ readings: v.number(), events: v.number() }),
});

/** What retention must know after a restart; app.db keeps it. */
export type RetentionMemory = {
  readonly watch: Watch | undefined;
  readonly samples: readonly Sample[];
  readonly announced: readonly Announcement[];
  readonly lastRun: LastRun | null;
  readonly scheduled: Micros | null;
  readonly gone: { readonly readings: number; readonly events: number };
};

const NOTHING: RetentionMemory = {
  watch: undefined,
  samples: [],
  announced: [],
  lastRun: null,
  scheduled: null,
  gone: { readings: 0, events: 0 },
};

const KEY = "retention_memory";

export function openMemory(settings: { get(key: string): unknown; set(key: string, value: unknown): void }) {
  const read = v.safeParse(kept, settings.get(KEY));
  let now: RetentionMemory = NOTHING;
  if (read.success) {
    const { watch, ...rest } = read.output;
    // Ticks are of one run of the hub alone.
    now = { ...rest, watch: watch && { ...watch, ticks: null } };
  }
  return {
    get now(): RetentionMemory {
      return now;
    },
    note: (more: { readonly [K in keyof RetentionMemory]?: RetentionMemory[K] }) => {
      now = { ...now, ...more };
      const { watch, ...rest } = now;
      settings.set(KEY, { ...rest, ...(watch ? { watch: { seen: watch.seen, evenMs: watch.evenMs } } : {}) });
    },
  };
}
