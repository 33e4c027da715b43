import type { Context } from "../context.ts";

type UnderWay = {
  readonly under_way: { readonly done: number; readonly total: number; readonly phase?: string } | null;
};

const LOOK_EVERY_MS = 300;

/** Looks again and again until the work is over, and shows how far it has come. */
export async function untilDone<T extends UnderWay>(
  { out, clock, signal }: Context,
  label: string,
  look: () => Promise<T>,
  id?: string,
): Promise<T> {
  const progress = out.progress(label);
  try {
    for (;;) {
      const answer = await look();
      const { under_way: work } = answer;
      if (!work || (id !== undefined && "id" in work && work.id !== id)) return answer;
      progress.show(work.done, work.total, work.phase ?? "");
      await clock.sleep(LOOK_EVERY_MS, signal);
      signal.throwIfAborted();
    }
  } finally {
    progress.end();
  }
}
