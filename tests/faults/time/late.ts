import assert from "node:assert/strict";
import { numberOf } from "../../../src/domain/data/summary.ts";
import { bruteForce, localEdges, type Row } from "../../support/data/brute-force.ts";
import { createRandom } from "../../support/data/random.ts";
import { eventually } from "../../support/eventually.ts";
import { openSimulatedHome, type SimulatedHome } from "../../support/home/simulated-home.ts";
import type { Fault } from "../runner/fault.ts";

const SEED = Number(process.env.SEED ?? 13);
const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

type Made = Row & { readonly entityId: string };
type Bucket = { from: number; to: number; mean: number | null; min: number; max: number; increase: number };

const PARTS = 4;

export const outOfOrder: Fault = {
  id: "R13",
  name: "out of order by up to 7 days, across sealed chunks",
  how: "5000 changes of 20 entities over 10 days, each up to 7 days after others of its time; all that came is sealed three times amid them and once at the end, with a kill and two clean restarts between; /history and /statistics are compared with a plain count while a part is sealed and when all is",
  home: "simulated",
  runs: "table",
  run: async (row) => {
    await using home = await openSimulatedHome();
    const random = createRandom(SEED);
    const end = Math.floor(Date.now() / 1000) * 1_000_000;
    const made = Array.from({ length: 5000 }, (_, n): Made & { comes: number } => {
      const time = end - Math.floor(random() * 10 * DAY);
      const state = (Math.floor(random() * 4000) / 100).toFixed(2);
      return { entityId: `sensor.late_${n % 20}`, time, changed: time, state, comes: time + random() * 7 * DAY };
    }).sort((a, b) => a.comes - b.comes);
    row.emitted = made.length;
    row.gaps = 0;
    const asked = { buckets: 0, pages: 0 };
    for (const [part, stop] of (["term", "kill", "term", undefined] as const).entries()) {
      const until = ((part + 1) * made.length) / PARTS;
      await tell(home, made.slice((part * made.length) / PARTS, until));
      await compareAll(home, made.slice(0, until), end, row, asked);
      if (!stop) break;
      await seal(home);
      await home.stopHub(stop);
      await home.startHub();
      await home.filled();
    }
    await seal(home);
    await compareAll(home, made, end, row, asked);
    row.notes.push(
      `${await sealedReadings(home)} readings in blocks at the end; ${asked.buckets} days and hours and ${asked.pages} pages of history equal a plain count (seed ${SEED})`,
    );
  },
};

/** As a user has it done: what is closed and what is not goes into blocks, and those of a month become one. */
async function seal(home: SimulatedHome): Promise<void> {
  await home.reader.post("api/v1/store/seal", undefined);
}

async function sealedReadings(home: SimulatedHome): Promise<number> {
  const { months } = await home.reader.get<{ months: { kind: string; entries: number }[] }>("api/v1/storage");
  const sealed = months.filter(({ kind }) => kind === "readings").reduce((sum, { entries }) => sum + entries, 0);
  assert.ok(sealed > 0, "nothing is sealed");
  return sealed;
}

/** Everything that the hub answers of what was made until now. */
async function compareAll(
  home: SimulatedHome,
  made: readonly Made[],
  end: number,
  row: { lost?: number; duplicated?: number },
  asked: { buckets: number; pages: number },
): Promise<void> {
  const entities = [...new Set(made.map(({ entityId }) => entityId))];
  // The simulated home itself does not have them: each start finds them removed.
  const held = (await home.reader.history(entities, end - 11 * DAY, end + DAY)).filter(({ state }) => state !== null);
  const keyOf = (one: { entityId: string; time: number; state: string | null }) =>
    `${one.entityId}|${one.time}|${one.state}`;
  const keys = new Set(held.map(keyOf));
  row.lost = (row.lost ?? 0) + made.filter((one) => !keys.has(keyOf(one))).length;
  row.duplicated = (row.duplicated ?? 0) + held.length - keys.size;
  assert.deepEqual([row.lost, row.duplicated, held.length], [0, 0, made.length]);
  for (const entityId of entities) {
    const own = made.filter((one) => one.entityId === entityId);
    const times = held.filter((one) => one.entityId === entityId).map(({ time }) => time);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    const edges = localEdges("Europe/Amsterdam", "day", end - 10 * DAY, end - DAY);
    asked.buckets += await compare(home, own, "1d", edges, "Europe/Amsterdam");
    const hours = Array.from({ length: 49 }, (_, i) => (Math.floor(end / HOUR) - 120 + i) * HOUR);
    asked.buckets += await compare(home, own, "1h", hours, "Europe/Amsterdam");
    asked.pages += await comparePages(home, own, end);
  }
}

/** Three days of one entity, newest first, a few at a time: each page goes on where the one before ended. */
async function comparePages(home: SimulatedHome, made: readonly Made[], end: number): Promise<number> {
  const window = { from: end - 6 * DAY, to: end - 3 * DAY };
  const expected = made
    .filter(({ time }) => time >= window.from && time < window.to)
    .sort((a, b) => b.time - a.time)
    .map(({ time, state }) => [time, state]);
  const found: [number, string | null][] = [];
  let pages = 0;
  for (let cursor: string | null | undefined; cursor !== null; pages++) {
    const page: Page = await home.reader.post<Page>("api/v1/history/query", {
      entities: [made[0]?.entityId],
      from: rfc(window.from),
      to: rfc(window.to),
      order: "newest_first",
      limit: 17,
      times: "us",
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { points } of page.series) for (const [time, state] of points) found.push([time, state]);
    cursor = page.next_cursor;
  }
  assert.deepEqual(
    found.filter(([, state]) => state !== null),
    expected,
  );
  return pages;
}

type Page = {
  series: { points: [number, string | null][] }[];
  next_cursor: string | null;
};

const rfc = (time: number) => new Date(time / 1000).toISOString();

/** Zones with what is odd about them, and when. */
const CLOCKS = [
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["Europe/Berlin", "2025-10-26T01:00:00Z"],
  ["America/New_York", "2026-03-08T07:00:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["Asia/Kathmandu", "2026-02-28T18:15:00Z"],
  ["America/St_Johns", "2025-12-31T23:00:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["America/Sao_Paulo", "2018-11-04T03:00:00Z"],
] as const;

export const summerTime: Fault = {
  id: "R15",
  name: "clocks that change, odd zones, a day that was left out",
  how: `days of 23, 24, 25 and other hours in ${new Set(CLOCKS.map(([zone]) => zone)).size} zones, weeks and months around them; a kill before they are asked for`,
  home: "simulated",
  runs: "always",
  run: async (row) => {
    await using home = await openSimulatedHome();
    const random = createRandom(SEED);
    const made = CLOCKS.map(([, text], n) => {
      const around = Date.parse(text) * 1000;
      return Array.from({ length: 150 }, (): Made => {
        const time = around + Math.floor((random() - 0.5) * 8 * DAY);
        return { entityId: `sensor.clock_${n}`, time, changed: time, state: String(Math.floor(random() * 1000)) };
      });
    });
    await tell(home, made.flat());
    await home.stopHub("kill");
    await home.startHub();
    row.emitted = made.flat().length;
    let compared = 0;
    const lengths = new Set<number>();
    for (const [n, [zone, text]] of CLOCKS.entries()) {
      const around = Date.parse(text) * 1000;
      for (const [resolution, unit] of [
        ["1d", "day"],
        ["1w", "week"],
        ["1mo", "month"],
      ] as const) {
        const edges = localEdges(zone, unit, around - 4 * DAY, around + 4 * DAY);
        if (unit === "day") for (const [i, edge] of edges.entries()) lengths.add((edge - (edges[i - 1] ?? 0)) / HOUR);
        compared += await compare(home, made[n] as Made[], resolution, edges, zone);
      }
    }
    const hours = [...lengths].filter((one) => one < 48).sort((a, b) => a - b);
    assert.deepEqual(
      hours,
      [23, 23.5, 24, 24.5, 25].filter((one) => hours.includes(one)),
    );
    assert.ok(hours.length >= 4, `days of ${hours} hours`);
    row.notes.push(`${compared} days, weeks and months equal a plain count; days of ${hours.join(", ")} h`);
  },
};

/** Sends changes by the times that they name, and waits until the hub has the last. */
async function tell(home: SimulatedHome, changes: readonly Made[]): Promise<void> {
  for (const { entityId, time, state } of changes) {
    const full = { s: state, a: { unit_of_measurement: "W" }, c: `c${time}`, lc: time / 1e6 };
    home.sim.faults.sendEntities(JSON.stringify({ a: { [entityId]: full } }));
  }
  home.sim.core.states.set("sensor.mark", String(performance.now()), {});
  const mark = home.sim.core.states.get("sensor.mark")?.state;
  await eventually(60, async () => {
    const { state } = await home.reader.get<{ state: string }>("api/v1/states/sensor.mark");
    assert.equal(state, mark);
  });
}

/** Every bucket that the hub answers against a plain count of what was made; how many there were. */
async function compare(
  home: SimulatedHome,
  made: readonly Made[],
  resolution: string,
  edges: readonly number[],
  zone: string,
): Promise<number> {
  const answer = await home.reader.post<{ series: { buckets: Bucket[] }[] }>("api/v1/statistics/query", {
    entities: [made[0]?.entityId],
    from: rfc(edges[0] as number),
    to: rfc(edges.at(-1) as number),
    resolution,
    time_zone: zone,
    times: "us",
    functions: ["mean", "min", "max", "increase"],
  });
  const found = new Map(answer.series[0]?.buckets.map((bucket) => [bucket.from, bucket]));
  const rows = made.toSorted((a, b) => a.time - b.time);
  const size = rows.reduce((total, one) => total + Math.abs(numberOf(one.state)), 1);
  // Gaps would be times in which the hub was away, which are after all that was made.
  for (const [i, from] of edges.slice(0, -1).entries()) {
    const to = edges[i + 1] as number;
    const expected = bruteForce(rows, { from, to }, [], Number.MAX_SAFE_INTEGER);
    const bucket = found.get(from);
    if (expected.completeness === 0) {
      assert.equal(bucket, undefined);
      continue;
    }
    assert.equal(bucket?.to, to);
    for (const name of ["mean", "min", "max", "increase"] as const)
      assert.ok(Math.abs((bucket?.[name] ?? Number.NaN) - (expected[name] ?? Number.NaN)) <= 1e-9 * size, name);
  }
  return found.size;
}
