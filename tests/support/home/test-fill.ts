import assert from "node:assert/strict";
import { Failure } from "../../../src/domain/failure.ts";
import type { Change, FeedItem, HomeGap } from "../../../src/domain/home/home.ts";
import { type Micros, microsFromRfc3339 } from "../../../src/domain/time/time.ts";
import { planFill, rowKey } from "../../../src/hass/fill/fill.ts";
import type { OpenHole } from "../../../src/hass/fill/holes.ts";
import { silentLog } from "../../../src/platform/told/log.ts";
import { createTestClock, TEST_TIME } from "../test-clock.ts";

/** A filling against a recorder and a store that a test looks into, by the seconds since the hole began. */

export const SECOND = 1_000_000;
export const FROM = TEST_TIME;
export const TO = TEST_TIME + 60 * SECOND;
export const at = (seconds: number): Micros => FROM + seconds * SECOND;

export const change = (
  entityId: string,
  seconds: number,
  state: string | null,
  more: Partial<Change> = {},
): Change => ({
  entityId,
  state,
  attributes: { of: "the wire" },
  time: at(seconds),
  changed: at(seconds),
  context: { id: "c", parentId: null, userId: null },
  origin: "live",
  timeIsArrival: false,
  ...more,
});

type Row = { entityId: string; time: Micros; state: string | null; committed: boolean };

/** Home Assistant's recorder as its history command shows it: both ends of the asked time are outside. */
function createRecorder() {
  const rows: Row[] = [];
  const answers: number[] = [];
  let known = true;
  let hasLogbook = true;
  let commitAfter = Number.POSITIVE_INFINITY;
  const commit = () => {
    for (const row of rows) row.committed = true;
  };
  return {
    answers,
    keep: (entityId: string, seconds: number, state: string | null, committed = true) =>
      rows.push({ entityId, time: at(seconds), state, committed }),
    commit,
    commitAfter: (asked: number) => {
      commitAfter = asked;
    },
    isKnown: (is: boolean) => {
      known = is;
    },
    hasNoLogbook: () => {
      hasLogbook = false;
    },
    call: async (command: { type: string; [key: string]: unknown }): Promise<unknown> => {
      if (command.type === "recorder/info") return { backlog: 0 };
      const isLogbook = command.type === "logbook/get_events";
      assert.ok(isLogbook || command.type === "history/history_during_period");
      if (!known || (isLogbook && !hasLogbook))
        throw new Failure("command_refused", "Home Assistant refused history: Unknown command.");
      const [from, to] = [command.start_time, command.end_time].map(
        (time) => microsFromRfc3339(String(time)) as Micros,
      );
      const within = rows.filter(({ time }) => time > (from as Micros) && time < (to as Micros));
      if (isLogbook) return within.flatMap(logbookEntry(rows));
      const found = within
        .filter(({ entityId }) => (command.entity_ids as string[]).includes(entityId))
        .filter(({ committed }) => committed)
        .sort((a, b) => a.time - b.time);
      answers.push(found.length);
      if (answers.length >= commitAfter) commit();
      const answer: { [entityId: string]: unknown[] } = {};
      for (const { entityId, time, state } of found) {
        answer[entityId] ??= [];
        answer[entityId].push({ s: state, a: { of: "the recorder" }, lu: time / 1e6 });
      }
      return answer;
    },
  };
}

/** What appears or goes is no entry, and neither is what did not change. */
const logbookEntry =
  (rows: readonly Row[]) =>
  ({ entityId, time, state, committed }: Row) => {
    const before = rows.filter((one) => one.entityId === entityId && one.time < time).at(-1)?.state ?? null;
    const isTold = committed && state !== null && before !== null && before !== state;
    return isTold ? [{ when: time / 1e6, entity_id: entityId, state }] : [];
  };

type Setup = {
  snapshot?: Change[];
  held?: Change[];
  earlier?: OpenHole[];
  untilRunning?: () => Promise<void>;
  to?: Micros;
};

export function setUpFill({ snapshot = [], held = [], earlier = [], untilRunning = async () => {}, to = TO }: Setup) {
  const recorder = createRecorder();
  const clock = createTestClock(to);
  const store = [...held];
  const gaps: HomeGap[] = [];
  const recorded: Change[] = [];
  const batches: number[] = [];
  const latest = (entityId: string) =>
    store
      .filter((one) => one.entityId === entityId)
      .reduce<Change | undefined>((a, b) => (a && a.time > b.time ? a : b), undefined);
  const closing = new AbortController();
  const fill = planFill(
    { from: FROM, asked: to - SECOND, to, snapshot, earlier },
    {
      call: recorder.call,
      holdings: {
        latest,
        rows: async (entityId, window) =>
          new Set(
            store
              .filter((one) => one.entityId === entityId && one.time >= window.from && one.time < window.to)
              .map(({ time, state }) => rowKey(time, state)),
          ),
        entities: () =>
          [...new Set(store.map(({ entityId }) => entityId))].map((entityId) => ({
            entityId,
            present: latest(entityId)?.state !== null,
          })),
      },
      record: async (items: readonly FeedItem[]) => {
        batches.push(items.length);
        for (const item of items) {
          if (item.kind === "gap") gaps.push(item.gap);
          if (item.kind !== "change") continue;
          recorded.push(item.change);
          store.push(item.change);
        }
      },
      clock,
      log: silentLog,
      settleMs: [6_000, 15_000],
      untilRunning,
      signal: closing.signal,
    },
  );
  /** Lets the clock run until the promise is settled. */
  const run = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    promise.then(
      () => (done = true),
      () => (done = true),
    );
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      if (clock.timers > 0) clock.advance(100);
    }
    return promise;
  };
  const told = () =>
    recorded.map(({ entityId, time, state, origin }) => [entityId, (time - FROM) / SECOND, state, origin]);
  /** As the live stream does. */
  const hear = (heard: Change) => store.push(heard);
  return { recorder, fill, gaps, recorded, batches, closing, run, told, hear };
}
