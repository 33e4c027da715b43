import type { SeriesId } from "../../../src/domain/data/reading.ts";
import type { HomeFacts } from "../../../src/domain/home/home.ts";
import type { PartStatus } from "../../../src/domain/status.ts";
import { ALL_TIME, type Micros } from "../../../src/domain/time/time.ts";
import type { ConnectionConfig } from "../../../src/hass/connections/connection.ts";
import { rowKey } from "../../../src/hass/fill/fill.ts";
import type { OpenHole } from "../../../src/hass/fill/holes.ts";
import { type Link, type LinkNeeds, startLink } from "../../../src/hass/link.ts";
import { createHeld } from "../../../src/history/held.ts";
import { createIngest } from "../../../src/ingest/ingest.ts";
import { systemClock } from "../../../src/platform/time/clock.ts";
import { createLog } from "../../../src/platform/told/log.ts";
import { createMask } from "../../../src/platform/told/mask.ts";
import { createStatusBoard } from "../../../src/platform/told/status-board.ts";
import { createMemoryStore } from "../../../src/store/memory/memory.ts";
import type { Store } from "../../../src/store/store.ts";
import { createTestClock, type TestClock } from "../test-clock.ts";

/** The link and ingest over a memory store, on a clock that the test moves; Home Assistant lives by the real one. */
export type TestLink = AsyncDisposable & {
  readonly clock: TestClock;
  readonly store: Store;
  readonly link: Link;
  readonly lines: readonly string[];
  /** The link's own status. */
  part(): Partial<PartStatus>;
  partOf(name: string): Partial<PartStatus>;
  /** Moves the clock on, a second at a time, letting the network have its turns in between. */
  pass(seconds: number): Promise<void>;
  /** Lets the clock run until this holds. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
  /** The states of an entity, oldest first. */
  states(entityId: string): Promise<{ time: Micros; state: string | null }[]>;
};

const PATIENCE_MS = 20_000;
/** Real time for the network between two steps of the clock. */
const TURN_MS = 1;
const STEP_MS = 5;

export function startTestLink(
  given: { url: string; token: string } | readonly ConnectionConfig[],
  more: Partial<LinkNeeds> = {},
): TestLink {
  const connections = "url" in given ? [{ ...given, id: "primary", name: "Primary" }] : given;
  const clock = createTestClock(systemClock.now());
  const lines: string[] = [];
  const log = createLog({ clock, mask: createMask(), level: "debug", write: (line) => void lines.push(line) });
  const status = createStatusBoard({ clock });
  const store = createMemoryStore();
  const held = createHeld({ store, keyOf: rowKey });
  const ingest = createIngest({
    append: store.append,
    series: store.series().values(),
    latest: store.latest,
    heldIn: held.heldIn,
    readingsAt: held.readingsAt,
    correct: store.correct,
    isHeld: async (series, time, state) =>
      (await held.rows(series, { from: time, to: time + 1 })).has(rowKey(time, state)),
    publish: { changes: () => {}, events: () => {}, gaps: () => {} },
    keepExclusions: { get: () => undefined, set: () => {} },
    keepThinning: { get: () => undefined, set: () => {} },
    around: async () => ({ before: undefined, after: undefined }),
    clock,
    log,
    status,
  });
  let holes: readonly OpenHole[] = [];
  const link = startLink({
    connections,
    clock,
    log,
    status,
    eventTypes: [],
    settleMs: [1_000],
    record: ingest.record,
    holdings: held.byName(ingest.holder),
    heard: { changes: undefined, events: undefined },
    holes: {
      get: () => holes,
      set: (next) => {
        holes = next;
      },
    },
    home: { check: () => {}, bind: () => {} },
    pauses: { get: () => undefined, set: () => {} },
    onFacts: (_facts: HomeFacts) => {},
    onRegistries: () => {},
    onRest: ingest.rest,
    ...more,
  });
  const turn = () => new Promise((resolve) => setTimeout(resolve, TURN_MS));
  return {
    clock,
    store,
    link,
    lines,
    part: () => status.get("home_assistant") ?? {},
    partOf: (name) => status.get(name) ?? {},
    pass: async (seconds) => {
      for (let i = 0; i < seconds; i++) {
        clock.advance(1_000);
        await turn();
      }
    },
    until: async (holds) => {
      const deadline = performance.now() + PATIENCE_MS;
      while (!(await holds())) {
        if (performance.now() > deadline) throw new Error(`it did not come to pass:\n${lines.join("")}`);
        clock.advance(STEP_MS);
        await turn();
      }
    },
    states: async (entityId) => {
      const series = ingest.holder(entityId);
      return series === undefined ? [] : rowsOf(store, series);
    },
    [Symbol.asyncDispose]: async () => {
      await link.close();
      await ingest.close();
      await store.close();
    },
  };
}

async function rowsOf(store: Store, series: SeriesId) {
  const view = store.view({ series: [series] });
  const reader = store.reader(view);
  const rows: { time: Micros; state: string | null }[] = [];
  const window = ALL_TIME;
  const query = { series, window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER, attributes: false } as const;
  for await (const page of reader.readings(query)) for (const { time, state } of page) rows.push({ time, state });
  await reader.close();
  store.release(view);
  return rows;
}
