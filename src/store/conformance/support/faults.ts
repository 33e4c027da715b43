import type { Clock } from "../../../platform/time/clock.ts";
import { type Files, type OpenFile, systemFiles } from "../../embedded/files.ts";

/** What the disk does wrong from now on; all undefined: it works. Files are opened for reading all the same. */
export type Faults = {
  /** Takes so many bytes of a write, then fails. */
  write: { readonly code: string; readonly taken: number } | undefined;
  mostAtOnce: number | undefined;
  truncate: string | undefined;
  datasync: string | undefined;
  open: string | undefined;
  /** Counted since the beginning. */
  writes: number;
  lastWritten: number;
  syncs: number;
  /** Lets syncs wait until the answer is called. */
  holdSyncs(): () => void;
  /** Resolves when no call to the disk is under way, nor any that one of those led to. */
  settled(): Promise<void>;
};

const failure = (code: string): Error => Object.assign(new Error(`${code}: made to fail`), { code });

export function failingFiles(): { readonly files: Files; readonly faults: Faults } {
  let held: Promise<void> = Promise.resolve();
  const under = new Set<Promise<unknown>>();
  const track = <T>(call: Promise<T>): Promise<T> => {
    under.add(call);
    const done = () => void under.delete(call);
    call.then(done, done);
    return call;
  };
  const faults: Faults = {
    write: undefined,
    mostAtOnce: undefined,
    truncate: undefined,
    datasync: undefined,
    open: undefined,
    writes: 0,
    lastWritten: 0,
    syncs: 0,
    holdSyncs: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    settled: async () => {
      for (let quiet = 0; quiet < 3; quiet++) {
        // Whoever waited for a call gets its turn to make the next one.
        await new Promise((resolve) => setImmediate(resolve));
        if (under.size > 0) quiet = -1;
        await Promise.allSettled(under);
      }
    },
  };

  const wrap = (handle: OpenFile): OpenFile => ({
    close: () => track(handle.close()),
    read: handle.read.bind(handle),
    sync: () => track(handle.sync()),
    truncate: (length) => track(faults.truncate ? Promise.reject(failure(faults.truncate)) : handle.truncate(length)),
    datasync: async () => {
      faults.syncs++;
      await held;
      if (faults.datasync) throw failure(faults.datasync);
      await track(handle.datasync());
    },
    write: (async (bytes: Buffer, from = 0, length = bytes.length - from, position?: number) => {
      faults.writes++;
      faults.lastWritten = length;
      const { write } = faults;
      const most = Math.min(length, write?.taken ?? length, faults.mostAtOnce ?? length);
      const taken = await track(handle.write(bytes, from, most, position));
      if (write) throw failure(write.code);
      return taken;
    }) as OpenFile["write"],
  });

  const files: Files = {
    ...systemFiles,
    open: (async (path: string, flags?: string) => {
      if (faults.open && flags !== "r") throw failure(faults.open);
      return wrap(await track(systemFiles.open(path, flags)));
    }) as unknown as Files["open"],
  };
  return { files, faults };
}

/** A clock that only moves when told to; what is due runs at once, in order. */
export function manualClock(): Clock & { advance(ms: number): void } {
  let ticks = 0;
  const waiting = new Set<{ readonly at: number; readonly run: () => void }>();
  const after: Clock["after"] = (ms, run) => {
    const one = { at: ticks + ms, run };
    waiting.add(one);
    return () => waiting.delete(one);
  };
  return {
    now: () => 1_795_455_326_000_000 + ticks * 1000,
    ticks: () => ticks,
    after,
    sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
    advance: (ms) => {
      const until = ticks + ms;
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (!next) break;
        waiting.delete(next);
        ticks = next.at;
        next.run();
      }
      ticks = until;
    },
  };
}
