import type { Micros } from "../../../domain/time/time.ts";

/** What is to happen in the home, in order of time; equal times in the order they were planned. */
export type Agenda = {
  plan(time: Micros, run: () => void): void;
  /** When the next thing is due. */
  next(): Micros | undefined;
  /** Does everything due up to and at `time`; `begin` hears each moment first. */
  play(time: Micros, begin: (moment: Micros) => void): void;
};

type Item = { readonly time: Micros; readonly order: number; readonly run: () => void };

export function createAgenda(): Agenda {
  const heap: Item[] = [];
  let order = 0;
  const before = (a: Item, b: Item) => a.time < b.time || (a.time === b.time && a.order < b.order);
  const swap = (i: number, j: number) => {
    [heap[i], heap[j]] = [heap[j] as Item, heap[i] as Item];
  };
  const rise = (i: number) => {
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(heap[i] as Item, heap[parent] as Item)) return;
      swap(i, parent);
      i = parent;
    }
  };
  const sink = (i: number) => {
    for (;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < heap.length && before(heap[child] as Item, heap[least] as Item)) least = child;
      if (least === i) return;
      swap(i, least);
      i = least;
    }
  };
  const take = (): Item => {
    const first = heap[0] as Item;
    const last = heap.pop() as Item;
    if (heap.length > 0) {
      heap[0] = last;
      sink(0);
    }
    return first;
  };
  return {
    plan(time, run) {
      heap.push({ time, order: order++, run });
      rise(heap.length - 1);
    },
    next: () => heap[0]?.time,
    play(time, begin) {
      while (heap[0] && heap[0].time <= time) {
        const item = take();
        begin(item.time);
        item.run();
      }
    },
  };
}
