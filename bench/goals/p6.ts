import { join } from "node:path";
import Database from "better-sqlite3";
import { createCalendar } from "../../src/domain/time/calendar.ts";
import { microsToRfc3339 } from "../../src/domain/time/time.ts";
import { createHistory } from "../../src/history/history.ts";
import type { Bucket, StatisticsAnswer } from "../../src/history/statistics/shapes.ts";
import { systemClock as clock } from "../../src/platform/time/clock.ts";
import { silentLog as log } from "../../src/platform/told/log.ts";
import { startWorker } from "../../src/platform/worker.ts";
import { openStore } from "../../src/store/open.ts";
import type { Entry } from "../../src/store/store.ts";
import { identity, reading } from "../../tests/support/hub/test-hub.ts";
import type { Bench, Goal, Measure } from "../goal.ts";
import { median } from "../measure/statistics.ts";
import { openReplica } from "../peers/recorder/replica.ts";
import { type SensorYear, sensorYear, YEAR_FROM, YEAR_TO, YEAR_ZONE } from "../workload/year.ts";

const PER_BATCH = 5000;
const DAILY = ["mean", "min", "max", "count"] as const;

export const p6: Bench = {
  id: "P6",
  title: "daily aggregates over a year of local days",
  workload: "a year of sensors that write at times without order, 27,000 changes each; one of them, and all",
  unavailable: async () => false,
  run: async ({ form, folder, run, say }) => {
    const entities = form === "short" ? 20 : 370;
    const years = Array.from({ length: entities }, (_, n) => sensorYear(n, 27_000));
    const ours = await openOurs(join(folder, "store"), years, say);
    const peer = openPeer(join(folder, "replica.db"), years, say);
    const goals: Goal[] = [{ of: "peer / ours", must: "at least", limit: 50 }];
    const measures: Measure[] = [];
    let worst = 0;
    for (const [name, asked, times] of [
      ["one entity", years.slice(0, 1), 30],
      [`${entities} entities`, years, 3],
    ] as const) {
      const sides = {
        ours: await timesOf(times, () => ours.daily(asked)),
        peer: [] as number[],
      };
      sides.peer = await timesOf(times, async () => asked.map((one) => peer.daily(one)));
      worst = Math.max(worst, ...deviations(await ours.daily(asked), asked));
      measures.push({
        name: `${name}, a year by days`,
        unit: "ms",
        ours: median(sides.ours),
        peer: { name: "recorder replica, SQL", value: median(sides.peer) },
        goals,
      });
      say(`run ${run}, ${name}: ${median(sides.ours).toFixed(2)} ms, SQL ${median(sides.peer).toFixed(2)} ms`);
    }
    measures.push({
      name: "largest deviation from a plain count of the raw rows",
      unit: "of the value",
      ours: worst,
      goals: [{ of: "ours", must: "at most", limit: 1e-9, inEveryRun: true }],
    });
    await ours.close();
    peer.close();
    return {
      measures,
      notes: [
        "Ours: from the question in history to the last byte of its JSON, which a worker makes: mean weighted by time, least, most and number of each day. SQL: the same days by an indexed range of the recorder's tables, with the plain mean, which costs less than one weighted by time; rows taken as objects. Both warm, in one process, without HTTP.",
        "Home Assistant's statistics_during_period is not beside it: a real Core makes a year of statistics in a year.",
      ],
    };
  },
};

async function timesOf(times: number, once: () => Promise<unknown>): Promise<number[]> {
  await once();
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await once();
    taken.push(performance.now() - began);
  }
  return taken;
}

/** All rows in the order of time, batch by batch. */
function* inOrder(years: readonly SensorYear[]): Generator<{ series: number; row: number }[]> {
  const next = years.map(() => 0);
  let batch: { series: number; row: number }[] = [];
  for (let day = YEAR_FROM; day < YEAR_TO; day += 86_400_000_000) {
    const own: { series: number; row: number }[] = [];
    for (const [series, { times }] of years.entries())
      for (let row = next[series] as number; row < times.length; row++) {
        if ((times[row] as number) >= day + 86_400_000_000) break;
        own.push({ series, row });
        next[series] = row + 1;
      }
    const time = (one: { series: number; row: number }) => years[one.series]?.times[one.row] as number;
    for (const one of own.sort((a, b) => time(a) - time(b))) {
      batch.push(one);
      if (batch.length < PER_BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function openOurs(folder: string, years: readonly SensorYear[], say: (text: string) => void) {
  // As the hub does: the home's days are those that are summarised.
  const store = await openStore({ kind: "embedded", folder, clock, log, timeZone: () => YEAR_ZONE });
  await store.append(
    years.map(({ entityId }, series): Entry => ({ kind: "series", series, identity: identity(entityId) })),
  );
  const attributes = { unit_of_measurement: "W" };
  for (const batch of inOrder(years))
    await store.append(
      batch.map(({ series, row }): Entry => {
        const { times, states } = years[series] as SensorYear;
        const time = times[row] as number;
        const state = states[row] as string;
        return { kind: "reading", reading: reading(series, state, { time, changed: time, attributes }) };
      }),
    );
  await store.maintained();
  await store.seal();
  say(`the hub's store holds ${store.stats().readings} changes, ${store.stats().bytes} B`);
  const history = createHistory({ store, startWorker: () => startWorker("history/worker"), clock, log });
  const ids = new Map(years.map(({ entityId }, id) => [entityId, id]));
  return {
    daily: async (asked: readonly SensorYear[]): Promise<Uint8Array> => {
      const answer = await history.statistics({
        series: asked.map(({ entityId }) => ({ id: ids.get(entityId) as number, entityId })),
        from: YEAR_FROM,
        to: YEAR_TO,
        resolution: "1d",
        functions: DAILY,
        times: "us",
        limit: 100_000,
        timeZone: YEAR_ZONE,
      });
      return answer instanceof Uint8Array ? answer : new Response(answer).bytes();
    },
    close: async () => {
      await history.close();
      await store.close();
    },
  };
}

function openPeer(file: string, years: readonly SensorYear[], say: (text: string) => void) {
  const replica = openReplica(file);
  for (const batch of inOrder(years)) {
    for (const { series, row } of batch) {
      const { entityId, times, states } = years[series] as SensorYear;
      const text = microsToRfc3339(times[row] as number).replace("Z", "+00:00");
      replica.record({
        entity_id: entityId,
        new_state: {
          state: states[row] as string,
          attributes: { unit_of_measurement: "W" },
          last_changed: text,
          last_updated: text,
        },
        time_fired: text,
        context: { id: "01KAS0V3QG8Z6XJ4M2N7P9RTWY", parent_id: null, user_id: null },
      });
    }
    replica.commit();
  }
  say(`the replica holds ${replica.rows} changes`);
  replica.close();
  const database = new Database(file, { readonly: true });
  database.pragma("cache_size = -65536");
  database.exec("CREATE TEMP TABLE days (start REAL PRIMARY KEY, end REAL)");
  const insert = database.prepare("INSERT INTO temp.days VALUES (?, ?)");
  for (const { from, to } of localDays()) insert.run(from / 1e6, to / 1e6);
  const daily = database.prepare(
    `SELECT days.start, count(*) AS count, min(CAST(state AS REAL)) AS least, max(CAST(state AS REAL)) AS most,
       avg(CAST(state AS REAL)) AS mean
     FROM days JOIN states ON states.metadata_id = (SELECT metadata_id FROM states_meta WHERE entity_id = ?)
       AND last_updated_ts >= days.start AND last_updated_ts < days.end
     GROUP BY days.start`,
  );
  return { daily: ({ entityId }: SensorYear) => daily.all(entityId), close: () => database.close() };
}

function localDays(): { from: number; to: number }[] {
  const calendar = createCalendar(YEAR_ZONE);
  const days = [];
  for (let from = YEAR_FROM; from < YEAR_TO; ) {
    const to = calendar.nextAfter("day", from);
    days.push({ from, to });
    from = to;
  }
  return days;
}

/** How far each figure of each day is from a plain count of the raw rows. */
function* deviations(answer: Uint8Array, asked: readonly SensorYear[]): Generator<number> {
  const { series, next_cursor } = JSON.parse(Buffer.from(answer).toString()) as StatisticsAnswer;
  if (next_cursor !== null || series.length !== asked.length) throw new Error("the answer is not whole");
  for (const [i, { times, states }] of asked.entries()) {
    const buckets = new Map(series[i]?.buckets?.map((bucket) => [bucket.from as number, bucket]));
    let row = 0;
    for (const { from, to } of localDays()) {
      let [area, seconds, count] = [0, 0, 0];
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const hold = (value: number, since: number, until: number) => {
        area += value * ((until - since) / 1e6);
        seconds += (until - since) / 1e6;
        least = Math.min(least, value);
        most = Math.max(most, value);
      };
      let at = from;
      for (; row < times.length && (times[row] as number) < to; row++) {
        if (row > 0) hold(Number(states[row - 1]), at, times[row] as number);
        at = times[row] as number;
        least = Math.min(least, Number(states[row]));
        most = Math.max(most, Number(states[row]));
        count++;
      }
      if (row > 0) hold(Number(states[row - 1]), at, to);
      const found = buckets.get(from) as Bucket;
      const expected = { mean: area / seconds, min: least, max: most, count };
      for (const name of DAILY)
        yield Math.abs((found?.[name] ?? Number.NaN) - expected[name]) / Math.max(1, Math.abs(expected[name]));
    }
  }
}
