import type { HomeEvent, Reading, SeriesId, Stored } from "../domain/data/reading.ts";
import { currentIdentity } from "../domain/data/series.ts";
import type { Statistic } from "../domain/data/statistic.ts";
import { isOutside } from "../domain/outside/names.ts";
import { ALL_TIME, type Micros, type Window } from "../domain/time/time.ts";
import type { Store, ViewReader } from "../store/store.ts";

/** Keys of readings; `rolledUp`: of this time readings were let go, so what is not among them may have been held. */
export type HeldRows = Set<string> & { readonly rolledUp?: Window };

/** What the store holds of a series in a window. */
export type HeldIn = {
  /** Also true of a time of which readings were let go: nothing is told anew there. */
  has(time: Micros, state: string | null): boolean;
  /** Whether there is a reading at a time, whatever its state. */
  holds(time: Micros): boolean;
};

/** What the store holds already, for whoever fills holes: asked on the main thread, small, and rarely. */
export type Held = {
  /** Keys of all readings of a series in a window. */
  rows(series: SeriesId, window: Window): Promise<HeldRows>;
  /** The same to be asked, reading by reading. */
  heldIn(series: SeriesId, window: Window): Promise<HeldIn>;
  /** The readings of a time, in the order in which they came, with attributes. */
  readingsAt(series: SeriesId, time: Micros): Promise<readonly Stored<Reading>[]>;
  /** The readings next to a time, without attributes. */
  around(
    series: SeriesId,
    time: Micros,
  ): Promise<{ before: Stored<Reading> | undefined; after: Stored<Reading> | undefined }>;
  /** The same by the name that an entity has now, with the latest readings and the names in use. */
  byName(holder: (entityId: string) => SeriesId | undefined): {
    latest(entityId: string): { readonly time: Micros; readonly state: string | null } | undefined;
    rows(entityId: string, window: Window): Promise<HeldRows>;
    entities(): { readonly entityId: string; readonly present: boolean }[];
  };
  /** Statistics of hours that the store holds of a series, by their start. */
  statistics(series: SeriesId, window: Window): Promise<ReadonlyMap<Micros, Statistic>>;
  /** Events of a type in a window, oldest first. */
  events(type: string, window: Window): Promise<readonly Stored<HomeEvent>[]>;
  /** The newest times that Home Assistant named (a time of arrival is by another clock); undefined: none. */
  newest(): Promise<{ readonly changes: Micros | undefined; readonly events: Micros | undefined }>;
};

/** @param needs.keyOf what makes two readings of one series the same. */
export function createHeld(needs: { store: Store; keyOf: (time: Micros, state: string | null) => string }): Held {
  const { store, keyOf } = needs;
  const read = async (narrow: Parameters<Store["view"]>[0], use: (reader: ViewReader) => Promise<void>) => {
    const view = store.view(narrow);
    const reader = store.reader(view);
    try {
      await use(reader);
    } finally {
      await reader.close();
      store.release(view);
    }
  };
  const readIn = async (series: SeriesId, window: Window) => {
    const keys = new Set<string>();
    const times = new Set<Micros>();
    let rolledUp: Window | undefined;
    const query = { series, window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER, attributes: false } as const;
    await read({ series: [series] }, async (reader) => {
      for await (const page of reader.readings(query))
        for (const { time, state } of page) {
          keys.add(keyOf(time, state));
          times.add(time);
        }
      rolledUp = await reader.rolledUp(series);
    });
    return { keys, times, rolledUp };
  };
  const rows: Held["rows"] = async (series, window) => {
    const { keys, rolledUp } = await readIn(series, window);
    return Object.assign(keys, rolledUp && { rolledUp });
  };
  const heldIn: Held["heldIn"] = async (series, window) => {
    const { keys, times, rolledUp } = await readIn(series, window);
    return {
      has: (time, state) =>
        keys.has(keyOf(time, state)) || (rolledUp !== undefined && time >= rolledUp.from && time < rolledUp.to),
      holds: (time) => times.has(time),
    };
  };
  const readingsAt: Held["readingsAt"] = async (series, time) => {
    const found: Stored<Reading>[] = [];
    const window = { from: time, to: time + 1 };
    await read({ series: [series], events: false, log: false }, async (reader) => {
      const query = { series, window, order: "oldest_first", limit: 1000, attributes: true } as const;
      for await (const page of reader.readings(query)) found.push(...page);
    });
    return found;
  };
  const around: Held["around"] = async (series, time) => {
    const found: Awaited<ReturnType<Held["around"]>> = { before: undefined, after: undefined };
    const window = { from: time + 1, to: ALL_TIME.to };
    await read({ series: [series] }, async (reader) => {
      found.before = await reader.before(series, time);
      for await (const [row] of reader.readings({ series, window, order: "oldest_first", limit: 1, attributes: false }))
        found.after = row;
    });
    return found;
  };
  return {
    rows,
    heldIn,
    readingsAt,
    around,
    byName: (holder) => ({
      latest: (entityId) => {
        const series = holder(entityId);
        return series === undefined ? undefined : store.latest(series);
      },
      rows: async (entityId, window) => {
        const series = holder(entityId);
        return series === undefined ? new Set<string>() : rows(series, window);
      },
      entities: () =>
        [...store.series().values()].flatMap((series) => {
          const { entityId, holdsName } = currentIdentity(series);
          return holdsName && !isOutside(entityId)
            ? [{ entityId, present: typeof store.latest(series.id)?.state === "string" }]
            : [];
        }),
    }),
    statistics: async (series, window) => {
      const byStart = new Map<Micros, Statistic>();
      await read({ series: [series], events: false, log: false }, async (reader) => {
        for await (const page of reader.statistics({ series, period: "hour", window }))
          for (const one of page) byStart.set(one.start, one);
      });
      return byStart;
    },
    events: async (type, window) => {
      const found: Stored<HomeEvent>[] = [];
      const query = { window, order: "oldest_first", limit: Number.MAX_SAFE_INTEGER, types: [type] } as const;
      await read({ series: [], events: true, log: false }, async (reader) => {
        for await (const page of reader.events(query)) found.push(...page);
      });
      return found;
    },
    newest: async () => {
      const events: Micros[] = [];
      await read({ series: [], events: true }, async (reader) => {
        for await (const page of reader.events({ window: ALL_TIME, order: "newest_first", limit: 1 }))
          events.push(...page.map(({ time }) => time));
      });
      const isOfHome = (series: SeriesId) => {
        const known = store.series().get(series);
        return known !== undefined && !isOutside(currentIdentity(known).entityId);
      };
      // What a source told says nothing of when Home Assistant was heard.
      const named = [...store.allLatest()].filter(({ timeIsArrival, series }) => !timeIsArrival && isOfHome(series));
      const times = (readings: typeof named) => readings.map(({ time }) => time);
      // One connection brings changes and events in order, so both are known up to the later one. What was filled says
      // nothing of events: those that came meanwhile were still waiting.
      const live = named.filter(({ origin }) => origin === "live");
      const told = store.gaps(ALL_TIME).flatMap((gap) => (gap.kind === "events" ? gap.to : []));
      return {
        changes: latestOf([...times(named), ...events]),
        events: latestOf([...times(live), ...events, ...told]),
      };
    },
  };
}

const latestOf = (times: readonly Micros[]): Micros | undefined =>
  times.reduce<Micros | undefined>((a, b) => Math.max(a ?? b, b), undefined);
