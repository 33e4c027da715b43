import { join } from "node:path";
import type { Window } from "../../src/domain/time/time.ts";
import { createHistory } from "../../src/history/history.ts";
import { systemClock as clock } from "../../src/platform/time/clock.ts";
import { silentLog as log } from "../../src/platform/told/log.ts";
import { startWorker } from "../../src/platform/worker.ts";
import { type Core, coreUnavailable, startCore } from "../../tests/support/core/core.ts";
import { type Hub, startHub } from "../../tests/support/hub/hub.ts";
import type { Bench, Goal, Measure, RunContext } from "../goal.ts";
import { differentRows, rowsOfHub, timedRange } from "../measure/range.ts";
import { median } from "../measure/statistics.ts";
import { openStored } from "../measure/stored.ts";
import { openCoreHistory, rowsOfCore } from "../peers/core-history.ts";
import { fillBoth } from "../workload/both.ts";
import { connected } from "../workload/tally.ts";

const CHANGES = 420_000;
const ENTITIES = 10;
const PREFIX = "range";
const NAMES = Array.from({ length: ENTITIES }, (_, i) => `sensor.${PREFIX}_${i}`);
const SIZES = [840, 8_400, 84_000, 420_000];
/** In the short form a long answer of Core's is asked for less often. */
const REPEATS = { 840: 30, 8400: 20, 84000: 9, 420000: 5 } as Record<number, number>;
const LONG_REPEATS = 50;
const EVER: Window = { from: 0, to: 4_000_000_000_000_000 };

export const p5: Bench = {
  id: "P5",
  title: "a range of raw history, from the question to the last byte",
  workload: `core: states of ${ENTITIES} entities set inside a real Home Assistant Core, ${CHANGES.toLocaleString("en-US")} unless said otherwise; the last rows of them, all entities in one question`,
  unavailable: () => coreUnavailable(),
  run: async (context) => {
    const core = await startCore({ name: "bench-p5" });
    const options = {
      haUrl: core.url,
      haToken: core.token,
      dataDir: join(context.folder, "hub"),
      entry: context.hubEntry,
    };
    const start = async () => {
      const hub = await startHub(options);
      await connected(hub);
      return hub;
    };
    let hub = await start();
    try {
      const made = await fill(hub, core, context.changes ?? CHANGES);
      const windows = windowsOf(rowsOfHub(await timedRange(hub, NAMES, EVER)).map(({ time }) => time));
      context.say(`${made} changes are recorded by both`);
      const warm: Sizes[] = [];
      for (const window of windows) warm.push(await bothSides(context, hub, core, window, repeatsOf(context, window)));
      const cold: { ours: number[]; theirs: number[] }[] = windows.map(() => ({ ours: [], theirs: [] }));
      for (let i = 0; i < (context.form === "short" ? 1 : 5); i++) {
        await hub.stop();
        await core.shutDown();
        await core.start();
        hub = await start();
        for (const [at, window] of windows.entries()) {
          const { ours, theirs } = await bothSides(context, hub, core, window, 1, false);
          cold[at]?.ours.push(ours);
          cold[at]?.theirs.push(theirs);
        }
      }
      const ping = await pingOf(core);
      await hub.stop();
      const bare = await withoutTransport(join(options.dataDir, "home/store"), windows[0] as Asked);
      return {
        measures: [
          ...warm.flatMap((size, at) => measuresOf(size, cold[at])),
          {
            name: "840 rows, without transport",
            unit: "ms",
            ours: bare,
            peer: { name: "Core, less its ping", value: (warm[0] as Sizes).theirs - ping },
            goals: [{ of: "peer / ours", must: "at least", limit: 20 }],
          },
        ],
        notes: [
          `${made.toLocaleString("en-US")} changes were made in this run.`,
          "Ours: POST history/query over HTTP with a token, the default answer of times in RFC 3339 and states, pages of 100,000 rows one after the other, everything sealed. Core: history/history_during_period over its WebSocket with minimal_response and no_attributes, every row, uncompressed. Both warm, asked in turn; every row of both answers was compared: entity, state text, time in µs. Answers are read as JSON by nobody while the time runs.",
          "Columns: the same rows as times in µs and states, in two lists. After a restart: the first question of that size to a hub and a Core that have just started, files in the system's cache.",
          "Without transport: the question to history within one process, its worker included, against Core's time less that of a ping on the same connection.",
        ],
      };
    } finally {
      await hub.stop();
      await core.stop();
    }
  },
};

type Asked = Window & { readonly size: number };
type Sizes = {
  readonly size: number;
  readonly rows: number;
  readonly ours: number;
  readonly columns: number;
  readonly theirs: number;
  readonly different: number;
};

const repeatsOf = ({ form }: RunContext, { size }: Asked): number =>
  form === "short" ? (REPEATS[size] as number) : LONG_REPEATS;

async function fill(hub: Hub, core: Core, changes: number): Promise<number> {
  const made = await fillBoth(core, hub, { changes, entities: ENTITIES, prefix: PREFIX });
  const sealed = await hub.post("api/v1/store/seal", {});
  if (!sealed.ok) throw new Error(`sealing answers ${sealed.status}: ${await sealed.text()}`);
  return made;
}

/** The last rows of all. A window begins between two times that are far enough apart for Core's seconds as doubles. */
function windowsOf(unsorted: readonly number[]): Asked[] {
  const times = Float64Array.from(unsorted).sort();
  const to = (times.at(-1) as number) + 1000;
  return SIZES.filter((size) => size <= times.length).map((size) => {
    let first = Math.max(0, times.length - size);
    while (first > 0 && (times[first] as number) - (times[first - 1] as number) < 8) first--;
    return { size, from: (times[first] as number) - 4, to };
  });
}

async function bothSides(
  { run, say }: RunContext,
  hub: Hub,
  core: Core,
  window: Asked,
  repeats: number,
  compare = true,
): Promise<Sizes> {
  const history = await openCoreHistory(core);
  try {
    const [ours, theirs, columns]: number[][] = [[], [], []];
    const sides = [
      async () => ours?.push((await timedRange(hub, NAMES, window)).ms),
      async () => theirs?.push((await history.ask(NAMES, window)).ms),
      async () => columns?.push((await timedRange(hub, NAMES, window, "columns")).ms),
    ];
    // The first question after a start is what a start costs; warm ones are asked once in vain.
    if (compare) for (const side of sides) await side();
    for (const list of compare ? [ours, theirs, columns] : []) list?.pop();
    for (let i = 0; i < repeats; i++) for (const side of run % 2 === 1 ? sides : sides.toReversed()) await side();
    const [rows, peers] = compare
      ? [rowsOfHub(await timedRange(hub, NAMES, window)), rowsOfCore(await history.ask(NAMES, window))]
      : [[], []];
    const figures = {
      size: window.size,
      rows: rows.length,
      ours: median(ours ?? []),
      columns: median(columns ?? []),
      theirs: median(theirs ?? []),
      different: differentRows(rows, peers),
    };
    if (compare)
      say(
        `${rows.length} rows: ${figures.ours.toFixed(2)} ms, Core ${figures.theirs.toFixed(2)} ms, ${figures.different} different`,
      );
    return figures;
  } finally {
    history.close();
  }
}

async function pingOf(core: Core): Promise<number> {
  const history = await openCoreHistory(core);
  const taken: number[] = [];
  for (let i = 0; i < 30; i++) taken.push(await history.ping());
  history.close();
  return median(taken);
}

async function withoutTransport(folder: string, { from, to }: Window): Promise<number> {
  const store = await openStored(folder);
  const history = createHistory({ store, startWorker: () => startWorker("history/worker"), clock, log });
  const series = [...store.series().values()].flatMap(({ id, identities }) => {
    const entityId = identities.at(-1)?.entityId ?? "";
    return NAMES.includes(entityId) ? [{ id, entityId }] : [];
  });
  const taken: number[] = [];
  try {
    for (let i = 0; i < 2 * LONG_REPEATS; i++) {
      const began = performance.now();
      const answer = await history.points({ series, from, to, limit: CHANGES });
      if (!(answer instanceof Uint8Array)) await new Response(answer).bytes();
      taken.push(performance.now() - began);
    }
    return median(taken.slice(LONG_REPEATS));
  } finally {
    await history.close();
    await store.close();
  }
}

function measuresOf(
  { size, rows, ours, columns, theirs, different }: Sizes,
  cold?: { ours: number[]; theirs: number[] },
) {
  const name = `${size.toLocaleString("en-US")} rows`;
  const peer = { name: "Core", value: theirs };
  const goals: Goal[] = [{ of: "peer / ours", must: "at least", limit: size === 840 ? 5 : 20 }];
  const measures: Measure[] = [
    { name, unit: "ms", ours, peer, goals },
    { name: `${name}, as columns`, unit: "ms", ours: columns, peer },
    {
      name: `${name}, after a restart`,
      unit: "ms",
      ours: median(cold?.ours ?? []),
      peer: { name: "Core", value: median(cold?.theirs ?? []) },
    },
    {
      name: `${name}: rows that differ from Core's`,
      unit: `of ${rows.toLocaleString("en-US")}`,
      ours: different,
      goals: [{ of: "ours", must: "at most", limit: 0, inEveryRun: true }],
    },
  ];
  return measures;
}
