import type { GapCause } from "../../domain/data/reading.ts";
import type { Change, FeedItem } from "../../domain/home/home.ts";
import type { Micros } from "../../domain/time/time.ts";
import { removal } from "../entities.ts";
import { type FillNeeds, planFill } from "./fill.ts";
import type { HoleBook, OpenHole } from "./holes.ts";

export type CatchUpNeeds = FillNeeds & {
  readonly holes: HoleBook;
  /** Everything before was heard; undefined: nothing ever was. Changes and events apart. */
  readonly heard: { readonly changes: Micros | undefined; readonly events: Micros | undefined };
  /** Every entity's state at the moment of the subscription. */
  readonly snapshot: readonly Change[];
  /** When events could be heard again, when changes were asked for, and when those could be, by our clock. */
  readonly since: { readonly events: Micros; readonly asked: Micros; readonly changes: Micros };
  readonly whyGone: (since: Micros) => Promise<GapCause>;
  /** Tells the registries once more; now what is gone from them may lose its name. */
  readonly forgetGone: () => Promise<void>;
  /** Whether Home Assistant has this entity now. */
  readonly isPresent: (entityId: string) => boolean;
  /** Lets live changes flow. */
  readonly release: () => void;
  /** Resolves `false` when live changes can wait no longer, `true` when `done` is aborted before. */
  readonly canWait: (done: AbortSignal) => Promise<boolean>;
  readonly onFilling: () => void;
};

export type CaughtUp = { readonly filled: number; readonly gaps: number };

/**
 * From a new subscription's snapshot to the present. Resolves when live changes flow; what is left of a hole goes on
 * behind them, and `rest` resolves when all of it is stored or told as gaps; undefined: there was no hole.
 */
export async function catchUp(needs: CatchUpNeeds): Promise<{ rest: Promise<CaughtUp> | undefined }> {
  const { holes, heard, snapshot, since } = needs;
  const names = [...needs.holdings.entities()].map(({ entityId }) => entityId);
  const known = holes.get();
  const unfinished = known.find(({ to }) => to === null);
  const earlier = known.filter(({ to }) => to !== null);
  const from = unfinished?.from ?? heard.changes;
  if (from === undefined) {
    await needs.record(snapshot.map((change): FeedItem => ({ kind: "change", change })));
    await needs.forgetGone();
    needs.release();
    return { rest: undefined };
  }

  needs.onFilling();
  const heardEvents = heard.events ?? from;
  const gap = {
    kind: "events",
    entityId: null,
    from: heardEvents,
    to: Math.max(since.events, heardEvents + 1),
  } as const;
  await needs.record([{ kind: "gap", gap: { ...gap, cause: await needs.whyGone(heardEvents) } }]);
  const keep = (hole: OpenHole) => holes.set([...earlier, hole]);
  keep({ from, to: null, changed: [], absent: [] });

  const fill = planFill({ from, asked: since.asked, to: since.changes, snapshot, earlier }, needs);
  let flowing: Promise<void> | undefined;
  /** Present states first, so that each live change finds the one before it. */
  const flow = () => {
    flowing ??= fill.snapshot().then(() => {
      keep(fill.open());
      needs.release();
    });
    return flowing;
  };
  const done = new AbortController();
  const early = needs.canWait(done.signal).then((waited) => (waited ? undefined : flow()));
  early.catch(() => {});
  let filled = 0;
  try {
    ({ filled } = await fill.first());
  } finally {
    done.abort();
  }
  await flow();

  const rest = async (): Promise<CaughtUp> => {
    const { filled: late, gaps } = await fill.settle();
    // Only now: history tells more exactly when something was removed.
    await needs.forgetGone();
    await removeGone();
    const settled = new Set([from, ...earlier.map((hole) => hole.from)]);
    holes.set(holes.get().filter((hole) => !settled.has(hole.from)));
    return { filled: filled + late, gaps };
  };
  /** Home Assistant runs by now: what is still missing is gone. */
  const removeGone = async () => {
    const present = new Set([...needs.holdings.entities()].filter((one) => one.present).map((one) => one.entityId));
    const gone = [...names, ...fill.strangers()].filter(
      (entityId) => present.has(entityId) && !needs.isPresent(entityId),
    );
    const at = Math.max(since.changes, fill.open().to ?? 0);
    const items = gone.map((id): FeedItem => ({ kind: "change", change: removal(id, at, "filled") }));
    if (items.length > 0) await needs.record(items);
  };
  return { rest: rest() };
}
