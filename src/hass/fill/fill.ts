import { Failure } from "../../domain/failure.ts";
import type { Change, FeedItem, HomeGap } from "../../domain/home/home.ts";
import type { Micros, Window } from "../../domain/time/time.ts";
import type { Clock } from "../../platform/time/clock.ts";
import type { Log } from "../../platform/told/log.ts";
import { recordedChanges } from "./history.ts";
import type { OpenHole } from "./holes.ts";
import { heldRemovals, rowKey, timeOf } from "./rows.ts";
import { strangersIn } from "./strangers.ts";

export { rowKey } from "./rows.ts";

/** What the store holds already, by the name that an entity has now. */
export type Holdings = {
  latest(entityId: string): { readonly time: Micros; readonly state: string | null } | undefined;
  /** Keys (`rowKey`) of all readings of an entity in a window. */
  rows(entityId: string, window: Window): Promise<ReadonlySet<string>>;
  /** Every entity that has its name still; `present`: it was not removed. */
  entities(): Iterable<{ readonly entityId: string; readonly present: boolean }>;
};

/** A hole between two connections, or between two runs of the hub. */
export type Hole = {
  /** Everything before this was heard. */
  readonly from: Micros;
  /** When the new subscription was asked for, and when it began, by our clock. */
  readonly asked: Micros;
  readonly to: Micros;
  /** Every entity's state at that moment. */
  readonly snapshot: readonly Change[];
  /** Earlier holes of which something is still to be had. */
  readonly earlier: readonly OpenHole[];
};

export type FillNeeds = {
  readonly call: (command: { type: string; [key: string]: unknown }) => Promise<unknown>;
  readonly holdings: Holdings;
  readonly record: (items: readonly FeedItem[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Waits before asking for the last seconds again; Home Assistant's recorder writes every few seconds. */
  readonly settleMs: readonly number[];
  /** Resolves once Home Assistant has started: before that it may not know its history yet. */
  readonly untilRunning: () => Promise<void>;
  readonly signal: AbortSignal;
};

/** Home Assistant sends in the order of its changes, but its clock and ours may have been adjusted between. */
const MARGIN: Micros = 10_000_000;
/** How far back the later passes ask again: more than a recorder with a long queue lags behind. */
const ASK_AGAIN: Micros = 10 * 60 * 1_000_000;
const PATIENCE_WITH_BACKLOG_MS = 120_000;
const RECORDED_AT_ONCE = 2_000;

/**
 * A stretch of one entity's time of which we know the end. If Home Assistant's history holds what stands there, it
 * held everything before it too; if not, what lies between the last row that we hold and the end stays unknown.
 */
type Stretch = {
  readonly entityId: string;
  readonly from: Micros;
  readonly to: Micros;
  /** Time of the row that history must hold. */
  readonly proof: Micros;
  /** True: any later row proves as much. */
  readonly orLater: boolean;
  proven: boolean;
  /** Nothing more is to come: a later row alone does not say so, the recorder may be writing the next ones still. */
  settled: boolean;
};

export type Fill = {
  /** Fills from history what the recorder has written so far, then records the snapshot. Live changes wait for it. */
  first(): Promise<{ filled: number }>;
  /** Records the snapshot, once. */
  snapshot(): Promise<void>;
  /** What is open once the snapshot is recorded. */
  open(): OpenHole;
  /** Asks again for what the recorder wrote later, and records a gap for all that stays unknown. */
  settle(): Promise<{ filled: number; gaps: number }>;
  /** Entities that came and went meanwhile, as far as `settle` found any. */
  strangers(): readonly string[];
};

/** A hole's filling in two steps, so that live changes flow again as soon as the order of time allows. */
export function planFill(hole: Hole, needs: FillNeeds): Fill {
  const { holdings, signal } = needs;
  const present = new Map(hole.snapshot.map((change) => [change.entityId, change]));
  const newest = hole.snapshot.reduce((time, change) => Math.max(time, change.time), hole.from);
  const window: Window = { from: hole.from - MARGIN, to: Math.max(hole.to, newest) + MARGIN };
  const oldest = hole.earlier.reduce((time, earlier) => Math.min(time, earlier.from - MARGIN), window.from);
  const touched = hole.snapshot.filter((change) => change.time >= window.from);
  const absent = [...holdings.entities()].filter(({ entityId }) => !present.has(entityId));
  const known = new Set([...present.keys(), ...[...holdings.entities()].map(({ entityId }) => entityId)]);
  let strangers: readonly string[] = [];
  const held = new Map<string, Set<string>>();
  const stretches = new Map<string, Stretch[]>();
  /**
   * What is absent from the snapshot may be back at once. Until those live changes are stored, nothing that may be newer
   * than the snapshot is taken from history, or it would be there twice.
   */
  let absentUntil = Math.max(hole.asked, newest + 1);
  let historyMissing: string | undefined;
  let marked: Promise<void> | undefined;
  let snapshotRecorded: Promise<void> | undefined;

  const heldOf = async (entityId: string): Promise<Set<string>> => {
    const known = held.get(entityId);
    if (known) return known;
    const rows = new Set(await holdings.rows(entityId, { from: oldest, to: window.to }));
    held.set(entityId, rows);
    return rows;
  };
  const mark = (stretch: Omit<Stretch, "proven" | "settled">) => {
    const marked = { ...stretch, proven: false, settled: false };
    const others = stretches.get(stretch.entityId);
    if (others) others.push(marked);
    else stretches.set(stretch.entityId, [marked]);
  };
  /** An entity that is gone has no row at the end: its last known one shows that the recorder keeps it. */
  const markAbsent = (entityId: string, from: Micros, to: Micros) => {
    const last = holdings.latest(entityId);
    if (last) mark({ entityId, from, to, proof: last.time, orLater: true });
  };
  const markAll = async () => {
    for (const { entityId, time, state } of touched) {
      // What was heard before the hole and has not changed since is complete.
      if ((await heldOf(entityId)).has(rowKey(time, state)) && time <= hole.from) continue;
      mark({ entityId, from: hole.from, to: time, proof: time, orLater: false });
    }
    for (const { entityId, present: wasThere } of absent) if (wasThere) markAbsent(entityId, hole.from, hole.to);
  };
  const marking = () => {
    marked ??= markAll();
    return marked;
  };
  const markEarlier = async () => {
    for (const { from, to, changed, absent: gone } of hole.earlier) {
      if (to === null) continue;
      for (const entityId of gone) markAbsent(entityId, from, to);
      for (const entityId of changed) {
        let last: Micros = from;
        for (const key of await heldOf(entityId)) if (timeOf(key) <= to) last = Math.max(last, timeOf(key));
        if (last > from) mark({ entityId, from, to: last, proof: last, orLater: false });
      }
    }
  };

  const takePiece = async (entityId: string, rows: readonly Change[], items: FeedItem[]) => {
    const rowsHeld = await heldOf(entityId);
    // From the snapshot on, the live stream has every change.
    const end = present.get(entityId)?.time ?? absentUntil;
    const isHeldRemoval = rows.some(({ state }) => state === null) ? heldRemovals(rowsHeld, rows) : () => false;
    for (const change of rows) {
      for (const stretch of stretches.get(entityId) ?? []) {
        const isLater = stretch.orLater && change.time > stretch.proof;
        if (change.time !== stretch.proof && !isLater) continue;
        stretch.proven = true;
        stretch.settled ||= !stretch.orLater || (isLater && change.state === null);
      }
      const key = rowKey(change.time, change.state);
      if (change.time < oldest || change.time >= end || rowsHeld.has(key) || isHeldRemoval(change)) continue;
      rowsHeld.add(key);
      items.push({ kind: "change", change });
    }
  };
  const pass = async (entityIds: readonly string[], part: Window): Promise<number> => {
    let filled = 0;
    for await (const piece of recordedChanges(needs.call, entityIds, part)) {
      const items: FeedItem[] = [];
      for (const [entityId, rows] of piece) await takePiece(entityId, rows, items);
      filled += items.length;
      await recordSlowly(items);
    }
    return filled;
  };
  const recordSlowly = async (items: readonly FeedItem[]) => {
    for (let i = 0; i < items.length; i += RECORDED_AT_ONCE) await needs.record(items.slice(i, i + RECORDED_AT_ONCE));
  };
  const tryPass = async (entityIds: readonly string[], part: Window): Promise<number> => {
    if (entityIds.length === 0) return 0;
    try {
      const filled = await pass(entityIds, part);
      historyMissing = undefined;
      return filled;
    } catch (error) {
      // Without the connection the whole filling starts anew; without history it goes on and ends in gaps.
      if (signal.aborted || !(error instanceof Failure) || error.code !== "command_refused") throw error;
      historyMissing = error.message;
      return 0;
    }
  };

  const recordSnapshot = async () => {
    await marking();
    const items: FeedItem[] = [];
    for (const change of hole.snapshot) {
      const known = holdings.latest(change.entityId);
      if (known?.time === change.time && known.state === change.state) continue;
      if (held.get(change.entityId)?.has(rowKey(change.time, change.state))) continue;
      items.push({ kind: "change", change: { ...change, origin: "filled" } });
    }
    await recordSlowly(items);
  };
  const waitForRecorder = async () => {
    const until = needs.clock.ticks() + PATIENCE_WITH_BACKLOG_MS;
    while (needs.clock.ticks() < until && !signal.aborted) {
      const info = (await needs.call({ type: "recorder/info" }).catch(() => null)) as { backlog?: number } | null;
      if (!info || !((info.backlog ?? 0) > 50)) return;
      await needs.clock.sleep(500, signal);
    }
  };

  const unproven = () => [...stretches.values()].flat().filter((stretch) => !stretch.proven);
  const unsettled = () => [...stretches.values()].flat().filter((stretch) => !stretch.settled);
  const askAgain = async (): Promise<number> => {
    absentUntil = window.to - MARGIN;
    for (const { entityId } of absent) held.delete(entityId);
    const open = new Set(unsettled().map(({ entityId }) => entityId));
    for (const { entityId } of absent) open.add(entityId);
    // Up to now: what came back since shows that the recorder keeps it.
    const to = Math.max(window.to, needs.clock.now() + MARGIN);
    const from = historyMissing ? window.from : Math.max(window.from, hole.to - ASK_AGAIN);
    let filled = await tryPass([...open], { from, to });
    for (const earlier of hole.earlier) {
      const names = [...earlier.changed, ...earlier.absent].filter((entityId) => open.has(entityId));
      const part = { from: earlier.from - MARGIN, to: (earlier.to ?? earlier.from) + MARGIN };
      filled += await tryPass(names, part);
    }
    for (const { entityId, proof, orLater } of unproven())
      if (orLater) filled += await tryPass([entityId], { from: proof, to: proof + 1 });
    return filled;
  };
  /** The recorder has caught up by now, so that the logbook, which reads what it wrote, has too. */
  const fillStrangers = async (): Promise<number> => {
    if (historyMissing) return 0;
    const found = new Set<string>();
    const isKnown = (entityId: string) => known.has(entityId);
    for (const { from, to } of [...hole.earlier, hole])
      for (const id of await strangersIn({ from, to: to ?? hole.to }, { call: needs.call, isKnown })) found.add(id);
    strangers = [...found];
    return tryPass(strangers, { from: oldest, to: window.to });
  };
  const gapsLeft = async (): Promise<HomeGap[]> => {
    const gaps: HomeGap[] = [];
    for (const { entityId, from: earliest, to, orLater } of unproven()) {
      // An absent entity may have come back before the stretch ends by our clock.
      const last = orLater ? Math.min(to, newest + 1) : to;
      let from = earliest;
      for (const key of await heldOf(entityId)) if (timeOf(key) < last) from = Math.max(from, timeOf(key));
      const cause = historyMissing ? "no_history" : "not_recorded";
      if (from < to - 1) gaps.push({ kind: "states", entityId, from, to, cause });
    }
    return gaps;
  };

  const changedNames = () =>
    touched.map(({ entityId }) => entityId).filter((id) => stretches.get(id)?.some((one) => !one.proven));
  const snapshot = () => {
    snapshotRecorded ??= recordSnapshot();
    return snapshotRecorded;
  };
  return {
    snapshot,
    strangers: () => strangers,
    first: async () => {
      await marking();
      const filled = await tryPass([...changedNames(), ...absent.map(({ entityId }) => entityId)], window);
      await snapshot();
      return { filled };
    },
    open: () => ({
      from: hole.from,
      to: newest,
      changed: changedNames(),
      absent: absent.filter((one) => one.present).map(({ entityId }) => entityId),
    }),
    settle: async () => {
      await needs.untilRunning();
      await markEarlier();
      let filled = 0;
      for (const [i, wait] of needs.settleMs.entries()) {
        if (i > 0 && unsettled().length === 0) break;
        await needs.clock.sleep(wait, signal);
        await waitForRecorder();
        if (signal.aborted) throw new Failure("connection_lost", "the connection ended while a hole was filled");
        filled += await askAgain();
      }
      filled += await fillStrangers();
      const gaps = await gapsLeft();
      await recordSlowly(gaps.map((gap): FeedItem => ({ kind: "gap", gap })));
      if (historyMissing)
        needs.log.warning("Home Assistant answers no history; holes stay open", { why: historyMissing });
      return { filled, gaps: gaps.length };
    },
  };
}
