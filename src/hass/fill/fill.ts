import { Failure } from "../../domain/failure.ts";
import type { Change, FeedItem, HomeGap } from "../../domain/home.ts";
import type { GapCause } from "../../domain/reading.ts";
import type { Micros, Window } from "../../domain/time.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import { recordedChanges } from "./history.ts";

/** What the store holds already, by the name that an entity has now. */
export type Holdings = {
  latest(entityId: string): { readonly time: Micros; readonly state: string | null } | undefined;
  /** Keys (`rowKey`) of all readings of an entity in a window. */
  rows(entityId: string, window: Window): Promise<ReadonlySet<string>>;
};

const REMOVED = "\u0000removed";
export const rowKey = (time: Micros, state: string | null): string => `${time}|${state ?? REMOVED}`;

/** A removal that was heard carries its arrival: it is the recorder's when it stands between the same two states. */
function removalHeld(keys: ReadonlySet<string>, after = Number.NEGATIVE_INFINITY, before = Infinity): boolean {
  for (const key of keys) {
    if (!key.endsWith(`|${REMOVED}`)) continue;
    const time = Number(key.slice(0, key.indexOf("|")));
    if (after <= time && time < before) return true;
  }
  return false;
}

/** A hole between two connections, or between two runs of the hub. */
export type Hole = {
  /** Everything before this was heard. */
  readonly from: Micros;
  /** When the new subscription began. */
  readonly to: Micros;
  /** Present states at `to`. */
  readonly snapshot: readonly Change[];
  /** Entities that the store holds as present and that the snapshot lacks. */
  readonly absent: readonly string[];
  readonly cause: GapCause;
};

export type FillNeeds = {
  readonly call: (command: { type: string; [key: string]: unknown }) => Promise<unknown>;
  readonly holdings: Holdings;
  readonly record: (items: readonly FeedItem[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Waits before asking for the last seconds again; Home Assistant's recorder writes every few seconds. */
  readonly settleMs: readonly number[];
  readonly signal: AbortSignal;
};

/** Home Assistant sends in the order of its changes, but its clock and ours may have been adjusted between. */
const MARGIN: Micros = 10_000_000;
/** How far back the later passes ask again: more than a recorder with a long queue lags behind. */
const ASK_AGAIN: Micros = 10 * 60 * 1_000_000;
const PATIENCE_WITH_BACKLOG_MS = 120_000;

export type Fill = {
  /** Fills from history what the recorder has written so far, then records the snapshot. Live changes wait for it. */
  first(): Promise<{ filled: number }>;
  /** Asks again for what the recorder wrote later, and records a gap for all that stays unknown. */
  settle(): Promise<{ filled: number; gaps: number }>;
};

/** A hole's filling in two steps, so that live changes flow again as soon as the order of time allows. */
export function planFill(hole: Hole, needs: FillNeeds): Fill {
  const window: Window = { from: hole.from - MARGIN, to: hole.to + MARGIN };
  const present = new Map(hole.snapshot.map((change) => [change.entityId, change]));
  const touched = hole.snapshot.filter((change) => change.time >= window.from);
  const asked = [...touched.map((change) => change.entityId), ...hole.absent];
  const held = new Map<string, Set<string>>();
  /** Entities whose snapshot row the recorder holds too: all before it is complete. */
  const complete = new Set<string>();
  const knownBefore = new Set<string>();
  let historyMissing: string | undefined;

  const pass = async (entityIds: readonly string[], part: Window): Promise<number> => {
    let filled = 0;
    for await (const piece of recordedChanges(needs.call, entityIds, part)) {
      const items: FeedItem[] = [];
      for (const [entityId, rows] of piece) {
        const rowsHeld = held.get(entityId) ?? new Set(await needs.holdings.rows(entityId, window));
        held.set(entityId, rowsHeld);
        const snapshot = present.get(entityId);
        for (const [i, change] of rows.entries()) {
          if (snapshot && change.time === snapshot.time && change.state === snapshot.state) complete.add(entityId);
          // From the snapshot on, the live stream has every change.
          if (change.time >= (snapshot?.time ?? hole.to)) continue;
          const key = rowKey(change.time, change.state);
          if (rowsHeld.has(key)) continue;
          if (change.state === null && removalHeld(rowsHeld, rows[i - 1]?.time, rows[i + 1]?.time)) continue;
          rowsHeld.add(key);
          items.push({ kind: "change", change });
        }
      }
      filled += items.length;
      if (items.length > 0) await needs.record(items);
    }
    return filled;
  };

  const tryPass = async (entityIds: readonly string[], part: Window): Promise<number> => {
    if (entityIds.length === 0) return 0;
    try {
      const filled = await pass(entityIds, part);
      historyMissing = undefined;
      return filled;
    } catch (error) {
      // Without the connection the whole filling starts anew; without history it goes on and ends in gaps.
      if (needs.signal.aborted || !(error instanceof Failure) || error.code !== "command_refused") throw error;
      historyMissing = error.message;
      return 0;
    }
  };

  const recordSnapshot = async () => {
    const items = hole.snapshot.filter(isNews).map((change): FeedItem => {
      const known = needs.holdings.latest(change.entityId);
      return { kind: "change", change: known ? { ...change, origin: "filled" } : change };
    });
    if (items.length > 0) await needs.record(items);
  };
  const isNews = (change: Change) => {
    const known = needs.holdings.latest(change.entityId);
    if (known?.time === change.time && known.state === change.state) return false;
    return !held.get(change.entityId)?.has(rowKey(change.time, change.state));
  };

  const waitForRecorder = async () => {
    const until = needs.clock.ticks() + PATIENCE_WITH_BACKLOG_MS;
    while (needs.clock.ticks() < until && !needs.signal.aborted) {
      const info = (await needs.call({ type: "recorder/info" }).catch(() => null)) as { backlog?: number } | null;
      if (!info || !((info.backlog ?? 0) > 50)) return;
      await needs.clock.sleep(500, needs.signal);
    }
  };

  const gapsLeft = (): HomeGap[] =>
    touched.flatMap((change): HomeGap[] => {
      // An entity that is new has no hole, whatever the recorder holds of it.
      if (complete.has(change.entityId) || !knownBefore.has(change.entityId)) return [];
      const before = [...(held.get(change.entityId) ?? [])]
        .map((key) => Number(key.slice(0, key.indexOf("|"))))
        .filter((time) => time < change.time);
      const from = Math.max(hole.from, ...before);
      if (from >= change.time - 1) return [];
      const cause = historyMissing ? "no_history" : "not_recorded";
      return [{ kind: "states", entityId: change.entityId, from, to: change.time, cause }];
    });

  return {
    first: async () => {
      // A store that already has a row at the snapshot's time must not get it twice, whatever history says.
      for (const change of touched) {
        held.set(change.entityId, new Set(await needs.holdings.rows(change.entityId, window)));
        if (needs.holdings.latest(change.entityId)) knownBefore.add(change.entityId);
      }
      for (const change of touched) if (!isNews(change)) complete.add(change.entityId);
      const filled = await tryPass(asked, window);
      await recordSnapshot();
      return { filled };
    },
    settle: async () => {
      let filled = 0;
      for (const wait of needs.settleMs) {
        const open = asked.filter((entityId) => !complete.has(entityId) || historyMissing);
        if (wait !== needs.settleMs[0] && open.length === 0) break;
        await needs.clock.sleep(wait, needs.signal);
        await waitForRecorder();
        if (needs.signal.aborted) throw new Failure("connection_lost", "the connection ended while a hole was filled");
        const again: Window = historyMissing
          ? window
          : { from: Math.max(window.from, hole.to - ASK_AGAIN), to: window.to };
        filled += await tryPass(wait === needs.settleMs[0] ? asked : open, again);
      }
      const gaps = gapsLeft();
      if (gaps.length > 0) await needs.record(gaps.map((gap): FeedItem => ({ kind: "gap", gap })));
      if (historyMissing)
        needs.log.warning("Home Assistant answers no history; holes stay open", { why: historyMissing });
      return { filled, gaps: gaps.length };
    },
  };
}
