import * as v from "valibot";
import type { Micros, Window } from "../domain/time/time.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(v.number(), v.safeInteger());
const who = v.object({ series: count, entityId: v.string() });

const Receipt = v.object({
  id: v.string(),
  asked: time,
  entities: v.array(who),
  window: v.object({ from: time, to: time }),
  /** Whether events that mention an entity were to go too. */
  withEvents: v.boolean(),
  removed: v.object({ readings: count, statistics: count, rollups: count, events: count }),
  gaps: count,
  /** Since when no answer tells any of it; null: not yet. */
  answers: v.nullable(time),
  /** Since when no file of the store holds a byte of it; null: not yet. */
  files: v.nullable(time),
  backups: v.object({
    choice: v.picklist(["replace", "keep"]),
    /** Made without it, in place of the others. */
    made: v.nullable(v.string()),
    removed: v.array(v.string()),
    /** Those that hold it still. */
    held: v.array(v.string()),
  }),
  /** Files that could not be read and were set aside: whether they hold any of it nobody can tell. */
  setAside: v.array(v.string()),
  state: v.picklist(["running", "done", "failed"]),
  ended: v.nullable(time),
  why: v.optional(v.string()),
  fix: v.optional(v.string()),
});
/** What became of an erasure. It holds nothing of what was erased but names, times and numbers. */
export type Receipt = v.InferOutput<typeof Receipt>;

const Corrected = v.object({
  id: v.string(),
  at: time,
  /** No states: what was wrong may be what somebody wants to be gone. */
  readings: v.array(v.object({ ...who.entries, time, what: v.picklist(["replaced", "removed"]) })),
});
export type Corrected = v.InferOutput<typeof Corrected>;

const Kept = v.object({ made: count, erasures: v.array(Receipt), corrections: v.array(Corrected) });

const MOST = 500;
const KEY = "amendments";

export type Book = { get(key: string): unknown; set(key: string, value: unknown): void };

/** What was corrected and erased, kept in app.db; newest last. */
export function openReceipts(settings: Book) {
  const read = v.safeParse(Kept, settings.get(KEY));
  const kept: v.InferOutput<typeof Kept> = read.success ? read.output : { made: 0, erasures: [], corrections: [] };
  const save = () => {
    kept.erasures.splice(0, kept.erasures.length - MOST);
    kept.corrections.splice(0, kept.corrections.length - MOST);
    settings.set(KEY, kept);
  };
  const newId = (kind: string) => `${kind}-${++kept.made}`;
  return {
    erasures: (): readonly Receipt[] => kept.erasures.toReversed(),
    corrections: (): readonly Corrected[] => kept.corrections.toReversed(),
    find: (id: string) => kept.erasures.find((one) => one.id === id),
    begin: (
      about: Pick<Receipt, "asked" | "entities" | "withEvents" | "removed"> & {
        window: Window;
        choice: Receipt["backups"]["choice"];
      },
    ): Receipt => {
      const { choice, ...rest } = about;
      const receipt: Receipt = {
        ...{ id: newId("erasure"), gaps: 0, answers: null, files: null, setAside: [] },
        ...rest,
        ...{ backups: { choice, made: null, removed: [], held: [] }, state: "running", ended: null },
      };
      kept.erasures.push(receipt);
      save();
      return receipt;
    },
    note: (receipt: Receipt, more: Partial<Receipt>): void => {
      Object.assign(receipt, more);
      save();
    },
    corrected: (at: Micros, readings: Corrected["readings"]): Corrected => {
      const one = { id: newId("correction"), at, readings };
      kept.corrections.push(one);
      save();
      return one;
    },
  };
}
